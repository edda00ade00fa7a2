"""`asr-desktop models …`: the models that there are, and getting, choosing and removing them."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from asr_desktop import paths
from asr_desktop.commands import messages, options
from asr_desktop.commands.interruption import EXIT_INTERRUPTED
from asr_desktop.errors import ModelFolderError

if TYPE_CHECKING:
    from asr_desktop.model_store.cards import ModelCard


app = typer.Typer(help="The models on this machine, and others to get.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="NAME", help="As `models list` and `models search` show it.")]
AsName = Annotated[str | None, typer.Option("--name", metavar="NAME", help="What to call it here.")]


@app.callback()
def models() -> None:
    """The models on this machine, and others to get."""
    from asr_desktop.model_store import disk

    disk.remove_leftovers()


@app.command("list", epilog="Example: asr-desktop models list")
def list_models(as_json: options.AsJson = False) -> None:
    """List the models that `--model` knows by name."""
    from asr_desktop.model_store.cards import ModelState, installed_cards
    from asr_desktop.model_store.default import default_model

    by_name: dict[str, ModelCard] = {}
    for card in installed_cards(default_model()):
        by_name.setdefault(card.name, card)  # the user's own come first
    cards = list(by_name.values())
    usable = [card for card in cards if card.state is not ModelState.UNUSABLE]
    width = max((len(card.name) for card in usable), default=0)
    for card in usable:
        if as_json:
            _print_json(card)
            continue
        about = [", ".join(card.languages) or "language not stated"]
        about += ["language model"] if card.has_language_model else []
        about += ["used where none is named"] if card.state is ModelState.ACTIVE else []
        typer.echo(f"{card.name:<{width}}  {', '.join(about)}  {card.path}")
    for card in cards:
        if card.problem:
            messages.problem(card.problem)
    if not usable:
        messages.note(f"No model is installed; put a model folder into {paths.models_folder()}.")


@app.command("search", epilog="Example: asr-desktop models search --language de")
def search(
    words: Annotated[
        list[str] | None, typer.Argument(metavar="WORD", help="Words to look for, in any order.")
    ] = None,
    language: Annotated[
        str | None, typer.Option("--language", metavar="CODE", help="Such as de, fr, uk.")
    ] = None,
    on_hub: Annotated[
        bool, typer.Option("--hub", help="Ask the hub, not only the catalogue that came with the program.")
    ] = False,
    as_json: options.AsJson = False,
) -> None:
    """Look for models to get, in the catalogue that came with the program or on the hub."""
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
        messages.note("Nothing in the catalogue fits; --hub asks the hub.")


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
        messages.note("The hub has nothing of that name that this program can use.")


@app.command("get", epilog="Example: asr-desktop models get wav2vec2-base-960h-int8")
def get(
    name: Annotated[
        str, typer.Argument(metavar="NAME|OWNER/NAME", help="Of the catalogue, or any repository of the hub.")
    ],
    as_name: AsName = None,
    revision: Annotated[
        str | None,
        typer.Option("--revision", metavar="REVISION", help="A branch, tag or commit of the repository."),
    ] = None,
    weights: Annotated[
        bool, typer.Option("--weights", help="The PyTorch weights too, to go on training from.")
    ] = False,
    without_language_model: Annotated[
        bool, typer.Option("--no-language-model", help="Leave out a language model that comes with it.")
    ] = False,
    use_it: Annotated[bool, typer.Option("--use", help="Use it where no model is named.")] = False,
) -> None:
    """Download a model, check it, and convert it where that is needed.

    The same command goes on where a download was broken off. HF_ENDPOINT names another hub, HF_TOKEN an
    access token, HF_HUB_OFFLINE=1 forbids it; the proxies of the environment are used.
    """
    from asr_desktop.commands.download_progress import shown_download
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
            messages.note("Stopped; the same command goes on where it stopped.")
            raise typer.Exit(EXIT_INTERRUPTED) from None
    for sentence in download.warnings:
        messages.note(sentence)
    typer.echo(folder.path)
    if use_it:
        store.use(folder.name)
    else:
        messages.note(f"To use it where no model is named: asr-desktop models use {folder.name}")


@app.command("add", epilog="Example: asr-desktop models add runs/my-model --name mine")
def add(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A model folder, such as a trainer's.")],
    as_name: AsName = None,
) -> None:
    """Copy a model folder to the others; where it holds PyTorch weights only, convert the copy."""
    from asr_desktop.model_store.store import ModelStore

    typer.echo(ModelStore().add(folder, as_name).path)


@app.command("convert", epilog="Example: asr-desktop models convert checkpoint --name mine")
def convert(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="A Hugging Face checkpoint (safetensors or .bin).")
    ],
    as_name: AsName = None,
    without_float: Annotated[
        bool, typer.Option("--no-float", help="Keep only the 8-bit network: a quarter of the size.")
    ] = False,
    dev: Annotated[
        Path | None,
        typer.Option(
            metavar="SPEECH", help="Labelled speech: 8 bits that cost too many errors are left out."
        ),
    ] = None,
    int8_cost: Annotated[
        float, typer.Option(metavar="ERRORS", help="How many per 100 words of it 8 bits may add.")
    ] = 1.0,
) -> None:
    """Turn a checkpoint into a model: ONNX in floating point and in 8 bits, held against PyTorch's results.

    The folder is left as it is and its copy converted, unless it is one of the installed models. Without
    --dev, 8 bits are judged by whether they give a sample recording the same labels.
    """
    from asr_desktop.model_store.store import ModelStore

    if not (folder.expanduser() / "config.json").is_file():  # before its copy is found to have none
        raise ModelFolderError(f"{folder} has no config.json; name the folder of a Hugging Face checkpoint.")
    model, notes = ModelStore().convert(
        folder, as_name, keep_float=not without_float, dev=dev, int8_cost=int8_cost
    )
    for sentence in notes:
        messages.note(sentence)
    if dev is None:
        messages.note(
            "8 bits were judged by the labels of a sample recording, not by errors; for those, name labelled "
            "speech of the model's language with --dev."
        )
    typer.echo(model.path)


@app.command("use", epilog="Example: asr-desktop models use wav2vec2-base-960h-int8")
def use(name: Name) -> None:
    """Use this model where none is named."""
    from asr_desktop.model_store.store import ModelStore

    model = ModelStore().use(name)
    typer.echo(f"{model.name} is used from now on.")


@app.command("remove", epilog="Example: asr-desktop models remove wav2vec2-base-960h-int8")
def remove(name: Name) -> None:
    """Delete a model from this machine, or what has arrived of one."""
    from asr_desktop.model_store.disk import size_text
    from asr_desktop.model_store.store import ModelStore

    freed = ModelStore().remove(name)
    typer.echo(f"{name} is removed; {size_text(freed)} are free again.")


@app.command("info", epilog="Example: asr-desktop models info starter-en --measure")
def info(
    name: Name,
    measure: Annotated[
        bool, typer.Option("--measure", help="Measure how fast it is here; takes some seconds.")
    ] = False,
    as_json: options.AsJson = False,
) -> None:
    """Tell what there is to know about a model: card, licence, size, figures, speed on this machine."""
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
    from asr_desktop.model_store.speed_check import Verdict

    rows = [("name", card.name), ("state", card.state.value)]
    rows += [("problem", card.problem)] if card.problem else []
    rows += [("about", f"{card.title}. {card.description}".strip())] if card.title != card.name else []
    rows += [("language", ", ".join(card.languages) or "not stated")]
    rows += [("licence", card.licence or "not stated")]
    rows += [("size", size_text(card.size_bytes))] if card.size_bytes else []
    rows += [("language model", "yes" if card.has_language_model else "no")] if card.path else []
    rows += [("can be taught", "yes" if card.can_be_trained else "no: it comes without PyTorch weights")]
    rows += [("errors", f"{rate.percent:g} % ({rate.test})") for rate in card.word_error_rates]
    rows += [("stated at", card.source)] if card.source else []
    if card.repository:
        version = f" at {card.revision}" if card.revision else ""
        rows.append(("repository", f"{card.repository}{version}"))
    rows += [("checked", card.checked)] if card.checked else []
    if card.speed is not None:
        verdict = {
            Verdict.LIVE: "fast enough for live text",
            Verdict.DELAYED: "live text follows with a delay",
            Verdict.FILES: "too slow for live text, good for files",
        }[card.speed.verdict]
        factor = card.speed.real_time_factor
        rows.append(("speed here", f"{factor:.3f} s a second of sound on {card.speed.provider}: {verdict}"))
    elif card.path:
        rows.append(("speed here", "not measured yet: asr-desktop models info --measure"))
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
