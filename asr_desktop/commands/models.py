"""`asr-desktop models …`: list, download, choose and remove models."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from asr_desktop.base import messages, paths
from asr_desktop.base.errors import ModelFolderError
from asr_desktop.commands import options
from asr_desktop.commands.terminal import EXIT_INTERRUPTED

if TYPE_CHECKING:
    from asr_desktop.model_store.cards import ModelCard


app = typer.Typer(help="List, download and manage models.", no_args_is_help=True)

Name = Annotated[
    str, typer.Argument(metavar="NAME", help="Model name, see `models list` and `models search`.")
]
AsName = Annotated[
    str | None, typer.Option("--name", metavar="NAME", help="Name for the model on this computer.")
]


@app.callback()
def models() -> None:
    """List, download and manage models."""
    from asr_desktop.model_store import disk

    disk.remove_leftovers()


@app.command("list", epilog="Example: asr-desktop models list")
def list_models(as_json: options.AsJson = False) -> None:
    """List the installed models."""
    from asr_desktop.model_store.cards import ModelState, installed_cards
    from asr_desktop.model_store.selection import default_model

    by_name: dict[str, ModelCard] = {}
    for card in installed_cards(default_model()):
        by_name.setdefault(card.name, card)  # the user's own models come first
    cards = list(by_name.values())
    usable = [card for card in cards if card.state is not ModelState.UNUSABLE]
    width = max((len(card.name) for card in usable), default=0)
    for card in usable:
        if as_json:
            _print_json(card)
            continue
        about = [", ".join(card.languages) or "language not stated"]
        about += ["language model"] if card.has_language_model else []
        about += ["default"] if card.state is ModelState.ACTIVE else []
        typer.echo(f"{card.name:<{width}}  {', '.join(about)}  {card.path}")
    for card in cards:
        if card.problem:
            messages.problem(card.problem)
    if not usable:
        messages.note(
            "No model is installed; run `asr-desktop models search`, or copy a model folder to "
            f"{paths.models_folder()}."
        )


@app.command("search", epilog="Example: asr-desktop models search --language de")
def search(
    words: Annotated[
        list[str] | None, typer.Argument(metavar="WORD", help="Search words, in any order.")
    ] = None,
    language: Annotated[
        str | None, typer.Option("--language", metavar="CODE", help="Language code, such as de, fr or uk.")
    ] = None,
    on_hub: Annotated[
        bool, typer.Option("--hub", help="Search Hugging Face instead of the built-in catalogue.")
    ] = False,
    as_json: options.AsJson = False,
) -> None:
    """Search for models to download, in the built-in catalogue or on Hugging Face."""
    text = " ".join(words or ())
    if on_hub:
        _search_hub(text, language, as_json)
        return
    from asr_desktop.model_store.catalogue import search_catalogue
    from asr_desktop.model_store.disk import size_text

    found = search_catalogue(text, language)
    width = max((len(entry.name) for entry in found), default=0)
    for entry in found:
        if as_json:
            typer.echo(json.dumps(asdict(entry), ensure_ascii=False))
            continue
        rate = entry.word_error_rates[0] if entry.word_error_rates else None
        figure = f"{rate.percent:g} % errors ({rate.test})" if rate else "no published figure"
        typer.echo(
            f"{entry.name:<{width}}  {','.join(entry.languages)}  {size_text(entry.size_bytes):>7}  "
            f"{entry.licence}  {figure}"
        )
    if not found:
        messages.note("No matches in the catalogue; use --hub to search Hugging Face.")


def _search_hub(text: str, language: str | None, as_json: bool) -> None:
    from asr_desktop.model_store.hub import Hub

    found = Hub().search(text, language)
    for model in found:
        if as_json:
            typer.echo(json.dumps(asdict(model), ensure_ascii=False))
        else:
            languages = ",".join(model.languages) or "language not stated"
            licence = model.licence or "licence not stated"
            typer.echo(f"{model.name}  {languages}  {licence}  {model.downloads:,} downloads")
    if not found:
        messages.note("No compatible models found on Hugging Face.")


@app.command("get", epilog="Example: asr-desktop models get wav2vec2-base-960h-int8")
def get(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME|OWNER/NAME", help="Model from the catalogue, or any Hugging Face repository."
        ),
    ],
    as_name: AsName = None,
    revision: Annotated[
        str | None,
        typer.Option("--revision", metavar="REVISION", help="Branch, tag or commit of the repository."),
    ] = None,
    weights: Annotated[
        bool, typer.Option("--weights", help="Also download the PyTorch weights, for training.")
    ] = False,
    without_language_model: Annotated[
        bool, typer.Option("--no-language-model", help="Do not download its language model.")
    ] = False,
    use_it: Annotated[bool, typer.Option("--use", help="Make it the default model.")] = False,
) -> None:
    """Download a model, verify it, and convert it if necessary.

    Run the same command again to resume a download. HF_ENDPOINT sets another hub, HF_TOKEN an access token;
    HF_HUB_OFFLINE=1 disables downloads. The proxy settings of the environment are used.
    """
    from asr_desktop.commands.terminal import shown_download
    from asr_desktop.model_store.store import ModelStore

    store = ModelStore()
    with shown_download(name) as show:
        download = store.download(
            name,
            as_name=as_name,
            revision=revision,
            weights=weights,
            with_language_model=not without_language_model,
            on_progress=show,
        )
        try:
            folder = download.run()
        except KeyboardInterrupt:
            messages.note("Stopped. Run the same command again to resume.")
            raise typer.Exit(EXIT_INTERRUPTED) from None
    for sentence in download.warnings:
        messages.note(sentence)
    typer.echo(folder.path)
    if use_it:
        store.use(folder.name)
    else:
        messages.note(f"To make it the default: asr-desktop models use {folder.name}")


@app.command("add", epilog="Example: asr-desktop models add runs/my-model --name mine")
def add(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="Model folder, for example from asr-trainer.")
    ],
    as_name: AsName = None,
) -> None:
    """Install a model from a folder. If it has only PyTorch weights, the copy is converted."""
    from asr_desktop.model_store.store import ModelStore

    typer.echo(ModelStore().add(folder, as_name).path)


@app.command("convert", epilog="Example: asr-desktop models convert checkpoint --name mine")
def convert(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="Hugging Face checkpoint (safetensors or .bin).")
    ],
    as_name: AsName = None,
    without_float: Annotated[
        bool, typer.Option("--no-float", help="Keep only the 8-bit model (a quarter of the size).")
    ] = False,
    dev: Annotated[
        Path | None,
        typer.Option(
            metavar="SPEECH",
            help="Transcribed speech: drop the 8-bit model if it makes too many errors on it.",
        ),
    ] = None,
    int8_cost: Annotated[
        float,
        typer.Option(metavar="ERRORS", help="Additional errors per 100 words allowed for the 8-bit model."),
    ] = 1.0,
) -> None:
    """Convert a checkpoint to a model: ONNX in floating point and 8 bits, verified against PyTorch.

    The folder is not changed unless it is an installed model: a copy is converted. Without --dev, the 8-bit
    model is verified on a sample recording only.
    """
    from asr_desktop.model_store.store import ModelStore

    if not (folder.expanduser() / "config.json").is_file():  # checked before the folder is copied
        raise ModelFolderError(f"{folder} has no config.json; name the folder of a Hugging Face checkpoint.")
    model, notes = ModelStore().convert(
        folder, as_name, keep_float=not without_float, dev=dev, int8_cost=int8_cost
    )
    for sentence in notes:
        messages.note(sentence)
    if dev is None:
        messages.note(
            "The 8-bit model was verified on a sample recording only; to measure its errors, use --dev with "
            "transcribed speech in the model's language."
        )
    typer.echo(model.path)


@app.command("use", epilog="Example: asr-desktop models use wav2vec2-base-960h-int8")
def use(name: Name) -> None:
    """Make a model the default."""
    from asr_desktop.model_store.store import ModelStore

    model = ModelStore().use(name)
    typer.echo(f"{model.name} is now the default model.")


@app.command("remove", epilog="Example: asr-desktop models remove wav2vec2-base-960h-int8")
def remove(name: Name) -> None:
    """Delete a model or an unfinished download."""
    from asr_desktop.model_store.disk import size_text
    from asr_desktop.model_store.store import ModelStore

    freed = ModelStore().remove(name)
    typer.echo(f"Removed {name}; freed {size_text(freed)}.")


@app.command("info", epilog="Example: asr-desktop models info starter-en --measure")
def info(
    name: Name,
    measure: Annotated[
        bool, typer.Option("--measure", help="Measure its speed on this computer (takes some seconds).")
    ] = False,
    as_json: options.AsJson = False,
) -> None:
    """Show details of a model: licence, size, error rates, speed on this computer."""
    from asr_desktop.model_store.store import ModelStore
    from asr_desktop.recognition.model_folder import card_lines

    store = ModelStore()
    if measure:
        store.measure(store.card(name).name)
    card = store.card(name)
    if as_json:
        _print_json(card)
        return
    rows = _rows(card)
    width = max(len(label) for label, _ in rows)
    for label, value in rows:
        typer.echo(f"{label:<{width}}  {value}")
    about = "\n".join(card_lines(card.path)) if card.path else ""
    if about:
        typer.echo("\n" + _without_header(about + "\n").strip())


def _rows(card: ModelCard) -> list[tuple[str, str]]:
    from asr_desktop.model_store.disk import size_text
    from asr_desktop.model_store.speed_check import SpeedVerdict

    rows = [("name", card.name), ("state", card.state.value)]
    rows += [("problem", card.problem)] if card.problem else []
    rows += [("about", f"{card.title}. {card.description}".strip())] if card.title != card.name else []
    rows += [("language", ", ".join(card.languages) or "not stated")]
    rows += [("licence", card.licence or "not stated")]
    rows += [("size", size_text(card.size_bytes))] if card.size_bytes else []
    rows += [("language model", "yes" if card.has_language_model else "no")] if card.path else []
    rows += [("trainable", "yes" if card.can_be_trained else "no: it has no PyTorch weights")]
    rows += [("errors", f"{rate.percent:g} % ({rate.test})") for rate in card.word_error_rates]
    rows += [("stated at", card.source)] if card.source else []
    if card.repository:
        version = f" at {card.revision}" if card.revision else ""
        rows.append(("repository", f"{card.repository}{version}"))
    rows += [("checked", card.checked)] if card.checked else []
    if card.speed is not None:
        verdict = {
            SpeedVerdict.LIVE: "fast enough for live text",
            SpeedVerdict.DELAYED: "live text is delayed",
            SpeedVerdict.FILES: "too slow for live text, good for files",
        }[card.speed.verdict]
        factor = card.speed.real_time_factor
        rows.append(("speed here", f"{factor:.3f} s per second of sound on {card.speed.provider}: {verdict}"))
    elif card.path:
        rows.append(("speed here", "not measured; use --measure"))
    rows += [("folder", str(card.path))] if card.path else []
    return rows


def _without_header(text: str) -> str:
    """A model card without its YAML header."""
    if not text.startswith("---\n"):
        return text
    return text[4:].partition("\n---\n")[2] or text


def _print_json(card: ModelCard) -> None:
    content: dict[str, Any] = asdict(card)
    content["path"] = str(card.path) if card.path else None
    if card.speed is not None:
        content["speed"]["verdict"] = card.speed.verdict.value
    typer.echo(json.dumps(content, ensure_ascii=False))
