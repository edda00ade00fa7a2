"""`asr-trainer serve` and `asr-trainer endpoint`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from trainer.argument_types import port, positive_number

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")


def add_commands(commands: Commands) -> None:
    """Hang them into the trainer's command line."""
    serve = commands.add_parser("serve", help="answer requests over HTTP with a model")
    serve.add_argument("model", help="a model folder, or the name of an installed model")
    serve.add_argument("--host", default="localhost", help="address to listen on (this machine only)")
    serve.add_argument("--port", type=port, default=8080, help="0 takes a free one (8080)")
    serve.add_argument("--max-megabytes", type=positive_number, help="of a request (32)")
    serve.add_argument("--max-seconds", type=positive_number, help="of sound in a request (300)")
    serve.add_argument(
        "--max-wait", type=positive_number, help="seconds that a request may stand in line (60)"
    )
    serve.set_defaults(run=_serve)

    endpoint = commands.add_parser("endpoint", help="model.tar.gz for a managed endpoint")
    endpoint.add_argument("model", help="a model folder, or the name of an installed model")
    endpoint.add_argument("--output", type=Path, default=Path("model.tar.gz"), help="(model.tar.gz)")
    endpoint.add_argument("--weights", action="store_true", help="with the PyTorch weights, too")
    endpoint.set_defaults(run=_endpoint)


def _serve(options: argparse.Namespace) -> int:
    from dataclasses import replace

    from asr_desktop.recognition.model_folder import find_model
    from trainer.serving.handlers import Limits, model_fn
    from trainer.serving.server import make_server

    asked = {
        "body_bytes": None if options.max_megabytes is None else int(options.max_megabytes * 1024 * 1024),
        "seconds": options.max_seconds,
        "wait_seconds": options.max_wait,
    }
    given = {name: value for name, value in asked.items() if value is not None}
    limits = replace(Limits.from_environment(), **given)
    model = model_fn(find_model(options.model).path)
    for warning in model.warnings:
        _say(warning)
    server = make_server(model, options.host, options.port, limits)
    if options.host not in LOCAL_HOSTS:
        _say("Other machines can reach this server, and it asks nobody for a password.")
    address = f"http://{options.host}:{server.effective_port}/invocations"
    print(f"{model.name} answers at {address} (Ctrl-C stops it)", flush=True)
    try:
        server.run()
    finally:
        server.close()
    return 0


def _endpoint(options: argparse.Namespace) -> int:
    from asr_desktop.recognition.model_folder import find_model
    from trainer.serving.bundle import write_bundle

    print(write_bundle(find_model(options.model), options.output, with_weights=options.weights))
    return 0


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
