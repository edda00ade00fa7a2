"""The command line with a recogniser that answers at once; tests/test_cli_end_to_end.py has a real one."""

from __future__ import annotations

import errno
import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command

import asr_desktop
from asr_desktop import cli
from asr_desktop.commands import progress
from asr_desktop.commands.app import app
from asr_desktop.errors import MediaError
from asr_desktop.recognition.beam_search_options import BeamSearchOptions
from asr_desktop.recognition.file_pipeline import Progress
from asr_desktop.recognition.hotwords import Hotword
from asr_desktop.recognition.segmenter import SegmenterOptions
from asr_desktop.transcripts.export import SubtitleRules
from tests.fake_transcriber import FakeTranscriber, fake, files, run

__all__ = ["fake", "files"]


def relative_files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_one_file_is_printed_and_nothing_else(files: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run("transcribe", files / "one.wav") == 0
    assert capfd.readouterr() == ("one\n", "")


def test_one_file_in_another_format(files: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run("transcribe", files / "one.wav", "--format", "json") == 0
    document = json.loads(capfd.readouterr().out)
    assert document["source"].endswith("one.wav")
    assert document["segments"][0]["words"][0]["text"] == "one"


def test_options_reach_the_recogniser(files: Path, fake: type[FakeTranscriber], tmp_path: Path) -> None:
    (tmp_path / "names.txt").write_text("Ada Lovelace:12\n# a remark\n", encoding="utf-8")
    options = ["--model", "mine", "--decoder", "greedy", "--language-model", "none", "--threads", "1"]
    options += [
        "--hotword",
        "Ronicky Drew",
        "--hotword",
        "Gaspar:3",
        "--hotwords-file",
        str(tmp_path / "names.txt"),
    ]
    options += [
        "--alpha",
        "0.7",
        "--beam-width",
        "20",
        "--provider",
        "cpu",
        "--track",
        "2",
        "--hangover-ms",
        "200",
    ]
    assert run("transcribe", files / "one.wav", *options) == 0
    assert fake.made == [
        {
            "model": "mine",
            "decoder": "greedy",
            "language_model": "none",
            "hotwords": [Hotword("Ronicky Drew"), Hotword("Gaspar", 3.0), Hotword("Ada Lovelace", 12.0)],
            "decoder_options": BeamSearchOptions(alpha=0.7, beam_width=20),
            "providers": ["cpu"],
            "threads": 1,
            "segmenter_options": SegmenterOptions(hangover_ms=200.0, tail_ms=200.0),
        }
    ]
    assert fake.heard == [(files / "one.wav", 2)]


def test_several_files_are_printed_under_their_names(files: Path, capfd: pytest.CaptureFixture[str]) -> None:
    one, two = files / "one.wav", files / "two.mp3"
    assert run("transcribe", one, two) == 0
    assert capfd.readouterr().out == f"==> {one} <==\none\n\n==> {two} <==\ntwo\n\n"


def test_what_cannot_be_printed_needs_a_folder(files: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run("transcribe", files / "one.wav", "--format", "txt", "--format", "srt") == 2
    assert run("transcribe", files, "--format", "json") == 2
    assert "--output-dir" in capfd.readouterr().err


def test_a_folder_is_mirrored(
    files: Path, tmp_path: Path, fake: type[FakeTranscriber], capfd: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert run("transcribe", files, "--output-dir", out, "--format", "srt", "--format", "txt") == 0
    assert relative_files(out) == {
        f"{name}.{ending}" for name in ("one", "two", "deep/three") for ending in ("srt", "txt")
    }
    assert len(fake.made) == 1, "the model is loaded once"
    printed = capfd.readouterr().out.splitlines()
    assert {Path(line) for line in printed} == {path for path in out.rglob("*") if path.is_file()}


def test_a_file_named_twice_is_done_once(files: Path, tmp_path: Path, fake: type[FakeTranscriber]) -> None:
    assert run("transcribe", files / "one.wav", files, files / "deep", "--output-dir", tmp_path / "out") == 0
    assert sorted(path.name for path, _ in fake.heard) == ["one.wav", "three.flac", "two.mp3"]


def test_equal_names_do_not_overwrite_each_other(tmp_path: Path) -> None:
    for name in ("talk.wav", "talk.mp3", "Talk.flac", "other/talk.wav", "alone.wav"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    sources = [
        tmp_path / name for name in ("talk.wav", "talk.mp3", "Talk.flac", "other/talk.wav", "alone.wav")
    ]
    assert run("transcribe", *sources, "--output-dir", tmp_path / "out") == 0
    assert relative_files(tmp_path / "out") == {
        "talk.wav.txt",
        "talk.mp3.txt",
        "Talk.flac.txt",
        "talk.wav-2.txt",
        "alone.txt",
    }


def test_a_name_with_dots_keeps_them(tmp_path: Path) -> None:
    (tmp_path / "talk.2024.05.wav").write_bytes(b"")
    assert run("transcribe", tmp_path / "talk.2024.05.wav", "--output-dir", tmp_path / "out") == 0
    assert relative_files(tmp_path / "out") == {"talk.2024.05.txt"}


def test_a_failure_is_one_line_and_the_others_are_done(
    files: Path, tmp_path: Path, fake: type[FakeTranscriber], capfd: pytest.CaptureFixture[str]
) -> None:
    def fail_for_one(path: Path) -> None:
        if path.stem == "one":
            raise MediaError("The file is empty:\nchoose another.")

    fake.on_file = staticmethod(fail_for_one)
    assert run("transcribe", files, "--output-dir", tmp_path / "out") == 1
    assert relative_files(tmp_path / "out") == {"two.txt", "deep/three.txt"}
    [line] = capfd.readouterr().err.splitlines()
    assert line == f"asr-desktop: {files / 'one.wav'}: The file is empty: choose another."


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


def test_ctrl_c_keeps_what_is_finished(
    files: Path, tmp_path: Path, fake: type[FakeTranscriber], capfd: pytest.CaptureFixture[str]
) -> None:
    def stop_at_two(path: Path) -> None:
        if path.stem == "two":
            raise KeyboardInterrupt

    fake.on_file = staticmethod(stop_at_two)
    out = tmp_path / "out"
    assert run("transcribe", files / "one.wav", files / "two.mp3", "--output-dir", out) == 130
    assert relative_files(out) == {"one.txt"}
    assert "1 of 2 files are done" in capfd.readouterr().err


def test_a_transcript_that_exists_is_not_replaced_unasked(
    files: Path, tmp_path: Path, fake: type[FakeTranscriber], capfd: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "one.txt").write_text("corrected by hand")
    command = ["transcribe", str(files), "--output-dir", str(out)]
    assert run(*command) == 1
    assert "--overwrite" in capfd.readouterr().err
    assert (out / "one.txt").read_text() == "corrected by hand"
    assert (out / "two.txt").read_text() == "two\n"
    assert files / "one.wav" not in [path for path, _ in fake.heard], "seen before the work is done"

    fake.heard.clear()
    assert run(*command, "--skip-existing") == 0
    assert fake.heard == []
    assert run(*command, "--skip-existing", "--format", "txt", "--format", "srt") == 0
    assert (out / "one.txt").read_text() == "corrected by hand"
    assert (out / "one.srt").is_file()

    assert run(*command, "--overwrite") == 0
    assert (out / "one.txt").read_text() == "one\n"
    assert run(*command, "--overwrite", "--skip-existing") == 2


def test_an_output_folder_that_cannot_be_made(
    files: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("no folder")
    assert run("transcribe", files / "one.wav", "--output-dir", tmp_path / "file" / "out") == 1
    [line] = capfd.readouterr().err.splitlines()
    assert "--output-dir" in line


def test_a_folder_without_sound_is_a_failure(
    files: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    assert run("transcribe", tmp_path / "empty") == 1
    assert run("transcribe", tmp_path / "empty", files / "one.wav") == 1
    out, err = capfd.readouterr()
    assert out == "one\n"
    assert (
        err.splitlines()
        == [f"asr-desktop: The folder {tmp_path / 'empty'} holds no sound or video file."] * 2
    )


def test_silence_is_no_failure(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "silence.wav").write_bytes(b"")
    assert run("transcribe", tmp_path / "silence.wav") == 0
    out, err = capfd.readouterr()
    assert out == ""
    assert "no speech was found" in err


def test_bad_settings_are_one_sentence(files: Path, capfd: pytest.CaptureFixture[str]) -> None:
    for options in (
        ["--hotword", "Gaspar:900"],
        ["--beam-width", "0"],
        ["--hotwords-file", str(files / "nowhere.txt")],
        ["--max-line-length", "1"],
    ):
        assert run("transcribe", files / "one.wav", *options) == 1
        [line] = capfd.readouterr().err.splitlines()
        assert line.startswith("asr-desktop: ")


def test_subtitle_rules_reach_the_file(files: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run("transcribe", files / "one.wav", "--format", "srt", "--min-subtitle-seconds", "3") == 0
    assert "00:00:00,500 --> 00:00:03,500" in capfd.readouterr().out


def test_notes_of_the_recogniser_are_passed_on(
    files: Path, fake: type[FakeTranscriber], capfd: pytest.CaptureFixture[str]
) -> None:
    fake.warnings = ["The hotword 'X1' is not used."]
    fake.file_warnings = ["The file ends early."]
    assert run("transcribe", files / "one.wav") == 0
    assert capfd.readouterr().err.splitlines() == [
        "asr-desktop: note: The hotword 'X1' is not used.",
        f"asr-desktop: note: {files / 'one.wav'}: The file ends early.",
    ]


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
    monkeypatch.setattr("asr_desktop.paths.bundled_models_folder", lambda: tmp_path)
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


def test_progress_lines_are_rare_and_estimate_the_time_left(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    now = [100.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    with progress.shown_progress("talk.mp3") as show:
        show(Progress(10.0, 600.0, 1.0, 59.0))
        now[0] += 60.0
        show(Progress(200.0, 600.0, 60.0, 120.0))
        now[0] += 1.0
        show(Progress(210.0, 600.0, 61.0, 118.0))
        now[0] += 30.0
        show(Progress(300.0, None, 91.0, None))
    assert capfd.readouterr().err == "talk.mp3: 3:20 of 10:00, about 2:00 left\ntalk.mp3: 5:00\n"


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.4, "0:00"), (59.6, "1:00"), (754, "12:34"), (3723, "1:02:03")]
)
def test_clock(seconds: float, text: str) -> None:
    assert progress.clock(seconds) == text


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


def test_every_command_s_help_ends_with_an_example_that_it_understands() -> None:
    """Understood as far as names and kinds of options go; nothing of it is run."""
    program = get_command(app)
    commands = {(name,): command for name, command in program.commands.items()}  # type: ignore[attr-defined]
    for path, group in [
        (path, command) for path, command in commands.items() if hasattr(command, "commands")
    ]:
        commands |= {(*path, name): command for name, command in group.commands.items()}
        del commands[path]
    assert len(commands) > 20
    for path, command in commands.items():
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
    assert f"The folder {files / 'deep'} may not be read (Permission denied)" in captured.err


@pytest.mark.parametrize("options", [("--alpha", "nan"), ("--beta", "inf"), ("--beam-width", "1000000000")])
def test_numbers_without_sense_are_refused_before_anything_is_done(
    files: Path, options: tuple[str, str], fake: type[FakeTranscriber], capfd: pytest.CaptureFixture[str]
) -> None:
    assert run("transcribe", files / "one.wav", *options) == 1
    assert options[1].rstrip("0") in capfd.readouterr().err
    assert fake.heard == []
