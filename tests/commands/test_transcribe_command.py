"""`asr-desktop transcribe` with a recogniser that answers at once: what is written, kept and told."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from asr_desktop import DEFAULT_MODEL
from asr_desktop.base import settings
from asr_desktop.base.errors import MediaError
from asr_desktop.recognition.beam_search_options import BeamSearchOptions
from asr_desktop.recognition.hotwords import Hotword
from asr_desktop.recognition.segmenter import SegmenterOptions
from asr_desktop.recognition.worker.protocol import ModelChoice
from asr_desktop.speakers.turns import SpeakerCount
from asr_desktop.writing.options import SPOKEN, Replacement, WritingOptions
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


def test_words_can_stay_as_they_are_spoken(files: Path, fake: type[FakeTranscriber]) -> None:
    assert run("transcribe", files / "one.wav", "--spoken") == 0

    assert [made["writing"] for made in fake.made] == [SPOKEN]


def test_a_replacement_without_a_spoken_form_is_refused(
    files: Path, fake: type[FakeTranscriber], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("transcribe", files / "one.wav", "--replace", "nonsense") == 1

    assert "spoken=written" in " ".join(capsys.readouterr().err.split())


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
        "--without",
        "numbers",
        "--replace",
        "open source=open-source",
    ]
    assert run("transcribe", files / "one.wav", *options) == 0
    assert fake.made == [
        {
            "model": "mine",
            "decoder": "greedy",
            "language_model": "none",
            "hotwords": [Hotword("Ronicky Drew"), Hotword("Gaspar", 3.0), Hotword("Ada Lovelace", 12.0)],
            "decoder_options": BeamSearchOptions(alpha=0.7, beam_width=20),
            "writing": WritingOptions(
                off=("numbers",), replacements=(Replacement("open source", "open-source"),)
            ),
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
    assert "1 of 2 files finished" in capfd.readouterr().err


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
        == [f"asr-desktop: The folder {tmp_path / 'empty'} contains no audio or video files."] * 2
    )


def test_silence_is_no_failure(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "silence.wav").write_bytes(b"")
    assert run("transcribe", tmp_path / "silence.wav") == 0
    out, err = capfd.readouterr()
    assert out == ""
    assert "no speech found" in err


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


@pytest.mark.parametrize("options", [("--alpha", "nan"), ("--beta", "inf"), ("--beam-width", "1000000000")])
def test_numbers_without_sense_are_refused_before_anything_is_done(
    files: Path, options: tuple[str, str], fake: type[FakeTranscriber], capfd: pytest.CaptureFixture[str]
) -> None:
    assert run("transcribe", files / "one.wav", *options) == 1
    assert options[1].rstrip("0") in capfd.readouterr().err
    assert fake.heard == []


def test_the_language_model_that_was_chosen_is_used_unless_another_is_named(
    files: Path, fake: type[FakeTranscriber], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    settings.save(settings.Settings(language_model="none"))
    assert run("transcribe", files / "one.wav") == 0
    assert run("transcribe", files / "one.wav", "--language-model", "other") == 0
    assert run("transcribe", files / "one.wav", "--model", "another") == 0
    assert [made["language_model"] for made in fake.made] == ["none", "other", None]
    settings.save(settings.Settings(language_model=str(tmp_path / "gone")))
    capfd.readouterr()
    assert run("transcribe", files / "one.wav") == 0
    assert fake.made[-1]["language_model"] is None
    assert "no longer exists, so the model's own is used" in capfd.readouterr().err


def test_every_command_that_recognises_gets_its_settings_in_one_place() -> None:
    """What is chosen for one of them is chosen for all."""
    from asr_desktop.commands.recognition_options import (
        RecognitionOptions,
        RuntimeOptions,
        SpeechOptions,
        model_choice,
        transcriber_settings,
    )

    settings.save(settings.Settings(language_model="none"))
    recognition = RecognitionOptions(hotwords=["Ada:3"])
    runtime = RuntimeOptions(providers=["cpu"], threads=2)
    speech = SpeechOptions(hangover_ms=200.0)
    choice = asdict(model_choice(DEFAULT_MODEL, recognition, runtime, speech=speech))
    given = transcriber_settings(DEFAULT_MODEL, recognition, runtime, speech=speech)
    made = asdict(ModelChoice(DEFAULT_MODEL, **given))
    assert {**made, "hotwords": tuple(made["hotwords"]), "providers": tuple(made["providers"])} == choice
    assert choice["language_model"] == "none"


@pytest.mark.parametrize(
    ("asked", "count"), [("auto", SpeakerCount()), ("2", SpeakerCount(2, 2)), ("2-4", SpeakerCount(2, 4))]
)
def test_the_number_of_speakers_reaches_the_recogniser(
    files: Path, fake: type[FakeTranscriber], asked: str, count: SpeakerCount
) -> None:
    assert run("transcribe", files / "one.wav", "--speakers", asked) == 0
    assert run("transcribe", files / "one.wav") == 0
    assert fake.speakers == [count, None]


@pytest.mark.parametrize("asked", ["many", "0", "5-2", "2-999"])
def test_a_bad_number_of_speakers_is_one_sentence(
    files: Path, fake: type[FakeTranscriber], capfd: pytest.CaptureFixture[str], asked: str
) -> None:
    assert run("transcribe", files / "one.wav", "--speakers", asked) != 0
    told = capfd.readouterr()
    assert told.out == ""
    assert len(told.err.strip().splitlines()) == 1
    assert "Traceback" not in told.err
    assert fake.made == []
