"""`asr-trainer serve` and `asr-trainer endpoint`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from trainer.command_line import add_command, port, positive_count, positive_number

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]


def add_commands(commands: Commands) -> None:
    """Add the sub-commands to argparse's `commands`."""
    serve = add_command(
        commands,
        "serve",
        "serve a model over HTTP",
        example="serve starter-en --port 8080",
    )
    serve.add_argument("model", metavar="MODEL", help="model folder, or name of an installed model")
    address = serve.add_argument_group("address")
    address.add_argument(
        "--host", default="localhost", help="address to listen on (default: %(default)s, this machine only)"
    )
    address.add_argument(
        "--port",
        type=port,
        default=8080,
        help="port to listen on; 0 for any free port (default: %(default)s)",
    )
    limits = serve.add_argument_group("limits")
    limits.add_argument(
        "--max-megabytes", type=positive_number, metavar="MB", help="largest request (default: 32)"
    )
    limits.add_argument(
        "--max-seconds",
        type=positive_number,
        metavar="SECONDS",
        help="longest sound in a request (default: 300)",
    )
    limits.add_argument(
        "--max-wait",
        type=positive_number,
        metavar="SECONDS",
        help="longest time that a request may wait for its turn (default: 60)",
    )
    limits.add_argument(
        "--max-waiting",
        type=positive_count,
        metavar="COUNT",
        help="most requests that may wait; others are rejected with 503 (default: 32)",
    )
    access = serve.add_argument_group("access")
    access.add_argument(
        "--token-file",
        type=Path,
        metavar="FILE",
        help="file with the token that clients must send (Authorization: Bearer TOKEN); needed unless --host "
        "is this machine; ASR_DESKTOP_TOKEN does the same",
    )
    serve.set_defaults(run=_serve)

    endpoint = add_command(
        commands,
        "endpoint",
        "package a model as model.tar.gz for a managed endpoint",
        example="endpoint starter-en --output model.tar.gz",
    )
    endpoint.add_argument("model", metavar="MODEL", help="model folder, or name of an installed model")
    endpoint.add_argument(
        "--output",
        type=Path,
        default=Path("model.tar.gz"),
        metavar="FILE",
        help="archive to write (default: %(default)s)",
    )
    endpoint.add_argument("--weights", action="store_true", help="include the PyTorch weights")
    endpoint.set_defaults(run=_endpoint)


def _serve(options: argparse.Namespace) -> int:
    from dataclasses import replace

    from asr_desktop.recognition.model_folder import find_model
    from asr_desktop.server.limits import Limits as ServerLimits
    from asr_desktop.server.running import is_loopback, listening_socket, run
    from asr_desktop.server.token import needed, read_token
    from trainer.serving.handlers import RequestLimits
    from trainer.serving.server import make_application, server_limits

    asked = {
        "body_bytes": None if options.max_megabytes is None else int(options.max_megabytes * 1024 * 1024),
        "seconds": options.max_seconds,
        "wait_seconds": options.max_wait,
    }
    given = {name: value for name, value in asked.items() if value is not None}
    limits = replace(RequestLimits.from_environment(), **given)
    more = ServerLimits(retry_seconds=60)
    if options.max_waiting is not None:
        more = replace(more, waiting=options.max_waiting)
    token = read_token(options.token_file)
    if token is None and not is_loopback(options.host):
        raise needed(options.host)
    model = find_model(options.model)
    listening = listening_socket(options.host, options.port)
    shown = f"[{options.host}]" if ":" in options.host else options.host
    address = f"http://{shown}:{listening.getsockname()[1]}/invocations"

    def tell(warnings: list[str]) -> None:
        for warning in warnings:
            _say(warning)
        print(f"Serving {model.name} at {address} (press Ctrl-C to stop)", flush=True)

    application = make_application(model, limits, token=token, more=more)
    run(application, listening, server_limits(limits, more), tell)
    return 0


def _endpoint(options: argparse.Namespace) -> int:
    from asr_desktop.recognition.model_folder import find_model
    from trainer.serving.bundle import write_bundle

    print(write_bundle(find_model(options.model), options.output, with_weights=options.weights))
    return 0


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
