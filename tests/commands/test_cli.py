"""The command line with a recogniser that answers at once; test_cli_end_to_end.py has a real one."""

from __future__ import annotations

import errno
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

import asr_desktop
from asr_desktop import cli
from asr_desktop.commands.app import app
from asr_desktop.recognition.beam_search_options import BeamSearchOptions
from asr_desktop.recognition.segmenter import SegmenterOptions
from asr_desktop.transcripts.export import SubtitleRules
from tests.fake_transcriber import FakeTranscriber, fake, files, run

__all__ = ["fake", "files"]


def test_an_unforeseen_error_is_logged_and_not_dumped(
    files: Path, home: Path, fake: type[FakeTranscriber], capfd: pytest.CaptureFixture[str]
) -> None:
    def break_down(path: Path) -> None:
        raise RuntimeError("boom")

    fake.on_file = staticmethod(break_down)
    assert run("transcribe", files / "one.wav") == 1
    [line] = capfd.readouterr().err.splitlines()
    [log] = (home / "logs").iterdir()
    assert "Traceback" not in line
    assert "RuntimeError: boom" in line
    assert str(log) in line
    assert "in break_down" in log.read_text(encoding="utf-8")


def test_the_debug_variable_shows_the_traceback(
    files: Path, fake: type[FakeTranscriber], monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(path: Path) -> None:
        raise RuntimeError("boom")

    fake.on_file = staticmethod(break_down)
    monkeypatch.setenv("ASR_DESKTOP_DEBUG", "1")
    with pytest.raises(RuntimeError, match="boom"):
        cli.main(["transcribe", str(files / "one.wav")])


def test_a_reader_that_leaves_ends_it_quietly(files: Path) -> None:
    # `transcribe … | true`: the pipe has no reader by the time that something is written.
    code = (
        "import sys, asr_desktop; from tests.fake_transcriber import FakeTranscriber;"
        "asr_desktop.Transcriber = FakeTranscriber; from asr_desktop.cli import main; sys.stdin.read();"
        f"main(['transcribe', {str(files / 'one.wav')!r}])"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(cli.__file__).parents[1])}
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
    )
    assert process.stdout is not None
    process.stdout.close()
    process.stdout = None
    _, err = process.communicate(b"", timeout=60)
    assert err == b""
    assert process.returncode == 1


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a screen")
def test_without_a_command_and_a_screen_the_sample_is_transcribed(
    fake: type[FakeTranscriber], capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(variable, raising=False)
    assert run() == 0
    [(sample, _)] = fake.heard
    assert sample.is_file()
    out = capfd.readouterr().out
    assert "there is no screen here" in out
    assert str(sample) in out
    assert "text   welcome" in out
    assert "transcribe talk.mp3" in out


def test_models_list_names_the_usable_and_the_broken(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("asr_desktop.base.paths.bundled_models_folder", lambda: tmp_path)
    (home / "models" / "broken").mkdir(parents=True)
    assert run("models", "list") == 0
    out, err = capfd.readouterr()
    assert out == ""
    assert "broken" in err.splitlines()[0]
    assert "No model is installed" in err.splitlines()[1]


def test_version(capfd: pytest.CaptureFixture[str]) -> None:
    assert run("--version") == 0
    assert capfd.readouterr().out == f"asr-desktop {asr_desktop.__version__}\n"


def test_help_answers_without_loading_anything_heavy() -> None:
    code = (
        "import sys; from asr_desktop.cli import main\n"
        "try: main(['transcribe', '--help'])\n"
        "except SystemExit: print({'torch', 'transformers', 'onnxruntime', 'numpy', 'av'} & set(sys.modules))"
    )
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "--hotwords-file" in output
    assert output.endswith("set()\n")


def test_the_help_states_the_true_defaults() -> None:
    parameters = {parameter.name: parameter for parameter in get_command(app).commands["transcribe"].params}
    stated = {
        name: re.search(r"Default: ([\d.]*\d)\.$", parameter.help).group(1)
        for name, parameter in parameters.items()
        if re.search(r"Default: [\d.]*\d\.$", parameter.help or "")
    }
    rules, speech = SubtitleRules(), SegmenterOptions()
    assert {name: float(value) for name, value in stated.items()} == {
        "beam_width": BeamSearchOptions().beam_width,
        "voice_threshold": speech.threshold,
        "onset_ms": speech.onset_ms,
        "pre_roll_ms": speech.pre_roll_ms,
        "hangover_ms": speech.hangover_ms,
        "min_speech_ms": speech.min_speech_ms,
        "max_utterance_seconds": speech.max_utterance_seconds,
        "max_line_length": rules.max_line_width,
        "max_lines": rules.max_lines,
        "max_reading_speed": rules.max_characters_per_second,
        "ideal_reading_speed": rules.ideal_characters_per_second,
        "min_subtitle_seconds": rules.min_seconds,
        "max_subtitle_seconds": rules.max_seconds,
        "subtitle_gap_seconds": rules.min_gap_seconds,
    }


def every_command() -> dict[tuple[str, ...], Any]:
    """Words of a command → what click knows of it."""
    program = get_command(app)
    commands: dict[tuple[str, ...], Any] = {(name,): command for name, command in program.commands.items()}  # type: ignore[attr-defined]
    for path, group in [
        (path, command) for path, command in commands.items() if hasattr(command, "commands")
    ]:
        commands |= {(*path, name): command for name, command in group.commands.items()}
        del commands[path]
    assert len(commands) > 20
    return commands


def test_every_option_and_argument_has_a_sentence_of_help() -> None:
    for path, command in {(): get_command(app), **every_command()}.items():
        assert command.help, path
        for parameter in command.params:
            sentence = getattr(parameter, "help", None)
            assert sentence, (path, parameter.name)
            assert sentence.endswith("."), (path, parameter.name)


def test_every_command_s_help_ends_with_an_example_that_it_understands() -> None:
    """Understood as far as names and kinds of options go; nothing of it is run."""
    for path, command in every_command().items():
        introduction, _, example = (command.epilog or "").partition("asr-desktop ")
        assert introduction == "Example: ", path
        words = shlex.split(example)
        assert tuple(words[: len(path)]) == path
        command.make_context(path[-1], words[len(path) :])


@pytest.mark.parametrize("stream", ["stdin", "stdout", "stderr"])
def test_a_closed_stream_does_not_keep_the_text_from_its_file(
    files: Path, tmp_path: Path, stream: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(sys, stream, None)
        assert run("transcribe", files / "one.wav", "--output-dir", tmp_path / "out") == 0
        getattr(sys, stream).close()
    assert (tmp_path / "out" / "one.txt").read_text(encoding="utf-8") == "one\n"


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.ENOSPC, "cannot be written: the disk is full; free some space"),
        (errno.EACCES, "may not be read or written by this user: change its permissions"),
        (errno.EROFS, "cannot be written: the disk is read-only; choose another place"),
    ],
)
def test_what_a_disk_refuses_is_told_wherever_it_comes_up(
    files: Path, fake: type[FakeTranscriber], number: int, said: str, capfd: pytest.CaptureFixture[str]
) -> None:
    def refuse(path: Path) -> None:
        raise OSError(number, os.strerror(number), str(path))

    fake.on_file = staticmethod(refuse)
    assert run("transcribe", files / "one.wav") == 1
    err = capfd.readouterr().err
    assert f"one.wav {said}" in err
    assert "unexpected" not in err


def test_a_folder_that_may_not_be_read_is_told_as_such(
    files: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Root may read everything, so the system's answer is made up."""
    real = os.scandir

    def scandir(path: str | Path) -> object:
        if Path(path).name == "deep":
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    assert run("transcribe", files) == 1
    captured = capfd.readouterr()
    assert captured.out.count("==>") == 2
    assert (
        f"You do not have permission to read the folder {files / 'deep'} (Permission denied)" in captured.err
    )
