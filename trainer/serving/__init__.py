"""A model folder as a service: what managed endpoints call, a small HTTP server, and an archive to deploy.

    handlers     model_fn, input_fn, predict_fn, output_fn, and what the recogniser's process of `serve` loads
    server       `asr-trainer serve`: the handlers behind HTTP, on the limits of asr_desktop.server
    bundle       `asr-trainer endpoint`: model.tar.gz with everything that the handlers need

Nothing of PyTorch is imported: the endpoint runs what the app runs.
"""
