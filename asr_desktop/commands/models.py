"""`asr-desktop models …`: the models that can be used."""

from __future__ import annotations

import typer

from asr_desktop import paths
from asr_desktop.commands import messages

app = typer.Typer(help="The models on this machine.", no_args_is_help=True)


@app.callback()
def models() -> None:
    """The models on this machine."""


@app.command("list")
def list_models() -> None:
    """List the models that `--model` knows by name."""
    from asr_desktop.recognition.model_folder import scan_models

    found, unusable = scan_models()
    width = max((len(model.path.name) for model in found), default=0)
    for model in found:
        about = [model.language or "language not stated"]
        about += ["language model"] if model.language_model else []
        typer.echo(f"{model.path.name:<{width}}  {', '.join(about)}  {model.path}")
    for error in unusable:
        messages.problem(str(error))
    if not found:
        messages.note(f"No model is installed; put a model folder into {paths.models_folder()}.")
