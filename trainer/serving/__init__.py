"""A model folder as a service: what managed endpoints call, a small HTTP server, and an archive to deploy.

    handlers     model_fn, input_fn, predict_fn, output_fn
    server       `asr-trainer serve`: the handlers behind HTTP, on the limits of asr_desktop.server
    worker       what its recogniser's process reads requests with
    bundle       `asr-trainer endpoint`: model.tar.gz with everything that the handlers need

Nothing of PyTorch is imported: the endpoint runs what the app runs.
"""
