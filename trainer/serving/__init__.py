"""Serves a model folder: handlers for managed endpoints, a small HTTP server, and an archive to deploy.

    handlers     model_fn, input_fn, predict_fn, output_fn
    server       `asr-trainer serve`: the handlers over HTTP, with the limits of asr_desktop.server
    worker       what its recogniser's process reads requests with
    bundle       `asr-trainer endpoint`: model.tar.gz with everything that the handlers need

PyTorch is not imported: the endpoint runs the same engine as the app.
"""
