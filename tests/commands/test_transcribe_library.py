"""`asr-desktop transcribe` and the library: what is kept there, what is not, and what a broken one costs."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import numpy as np
import pytest

from asr_desktop.audio.media import SAMPLE_RATE
from asr_desktop.audio.read import read_all
from asr_desktop.commands.transcribe import MOST_FILES_KEPT_UNASKED
from asr_desktop.jobs.outputs import LibraryKeeping
from asr_desktop.transcripts.document import Segment, Transcript, Word
from asr_desktop.transcripts.library import Library, database
from tests.fake_transcriber import FakeTranscriber, fake, files, run
from tests.fixtures.make_media import Track, write_tracks

__all__ = ["fake", "files"]


def said(word: str) -> Transcript:
    return Transcript("x", 2.0, "m", (Segment((Word(word, 0.5, 1.0, 0.9),)),))


def many(folder: Path, count: int) -> Path:
    folder.mkdir()
    for number in range(count):
        (folder / f"talk{number}.wav").write_bytes(b"sound")
    return folder


def test_a_few_files_are_found_again(files: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run("transcribe", files / "one.wav") == 0
    assert run("transcribe", files / "two.mp3", "--format", "srt", "--output-dir", tmp_path / "out") == 0
    library = Library()
    two, one = library.entries()
    assert (one.source, one.title, one.kind) == (files / "one.wav", "one", "file")
    assert library.audio_path(two.id) == files / "two.mp3"
    assert [hit.entry_id for hit in library.search("one")] == [one.id]
    assert capfd.readouterr().err == "", "a script that reads standard error is told of troubles only"


def test_no_library_leaves_nothing_there(files: Path, home: Path) -> None:
    assert run("transcribe", files / "one.wav", "--no-library") == 0
    assert not (home / "library.sqlite3").exists()


def test_a_corpus_does_not_fill_the_library_unasked(
    tmp_path: Path, home: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    corpus = many(tmp_path / "corpus", MOST_FILES_KEPT_UNASKED + 1)
    out = tmp_path / "out"
    assert run("transcribe", corpus, "--output-dir", out) == 0
    assert not (home / "library.sqlite3").exists()
    assert f"Not adding {MOST_FILES_KEPT_UNASKED + 1} files to the library; use --library" in (
        capfd.readouterr().err
    )
    assert run("transcribe", corpus, "--output-dir", out, "--overwrite", "--library") == 0
    assert len(Library().entries()) == MOST_FILES_KEPT_UNASKED + 1
    assert capfd.readouterr().err == ""


def test_another_track_than_the_one_that_the_window_plays(
    files: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run("transcribe", files / "one.wav", "--track", "2") == 0
    assert "Not adding the text of track 2 to the library" in capfd.readouterr().err
    assert Library().entries() == []


def test_the_sound_of_another_track_is_kept_beside_its_text(files: Path, tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    tracks = [(0.1 * rng.standard_normal(8000)).astype(np.float32) for _ in range(2)]
    films = [
        write_tracks(
            tmp_path / name,
            [Track(sound, SAMPLE_RATE, "flac", is_default=sound is tracks[0]) for sound in tracks],
        )
        for name in ("default.mkv", "other.mkv")
    ]
    assert run("transcribe", films[0], "--track", "1", "--library") == 0
    assert run("transcribe", films[1], "--track", "2", "--library") == 0
    library = Library()
    entries = {entry.title: entry.id for entry in library.entries()}
    assert library.audio_path(entries["default"]) == films[0], "players begin with it"
    kept = library.audio_path(entries["other"])
    assert kept is not None
    np.testing.assert_allclose(read_all(kept), read_all(films[1], track=2), atol=1e-4)


def test_what_was_skipped_or_failed_is_not_kept(
    files: Path, tmp_path: Path, fake: type[FakeTranscriber]
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "one.txt").write_text("corrected by hand")
    assert run("transcribe", files / "one.wav", "--output-dir", out) == 1
    assert run("transcribe", files / "one.wav", "--output-dir", out, "--skip-existing") == 0
    assert Library().entries() == []


def test_a_file_that_is_transcribed_again_is_there_once(files: Path) -> None:
    source = files / "one.wav"
    library = Library()
    first = library.add(said("former"), source, title="The harbour", tags=["sea"])
    assert run("transcribe", source) == 0
    (entry,) = library.entries()
    assert (entry.title, entry.tags, entry.first_words) == ("The harbour", ("sea",), "one")
    assert [binned.id for binned in library.entries(deleted=True)] == [first]


def test_a_corrected_transcript_stays_beside_the_new_one(files: Path) -> None:
    library = Library()
    first = library.add(said("former"), files / "one.wav")
    library.save_transcript(first, said("corrected"))
    assert run("transcribe", files / "one.wav") == 0
    assert run("transcribe", files / "one.wav") == 0
    assert [entry.first_words for entry in library.entries()] == ["one", "corrected"]


@pytest.mark.parametrize("asked", [False, True])
def test_a_library_that_another_program_holds(
    files: Path,
    tmp_path: Path,
    asked: bool,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)
    library = Library()
    library.add(said("former"), tmp_path / "elsewhere.wav")
    holder = sqlite3.connect(library.path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    try:
        wish = ["--library"] if asked else []
        code = run("transcribe", files, "--output-dir", tmp_path / "out", *wish)
    finally:
        holder.close()
    assert code == (1 if asked else 0), "it is a failure only of what was asked for"
    assert sorted(path.name for path in (tmp_path / "out").rglob("*.txt")) == [
        "one.txt",
        "three.txt",
        "two.txt",
    ]
    [line] = capfd.readouterr().err.splitlines()
    assert "is in use by another program" in line
    assert "transcripts are complete" in line
    assert [entry.first_words for entry in library.entries()] == ["former"]


def test_a_damaged_library_is_mended_and_keeps_it(files: Path, capfd: pytest.CaptureFixture[str]) -> None:
    library = Library()
    library.add(said("former"), files / "two.mp3")
    library.close()
    library.path.write_bytes(b"this is no database" * 1000)
    assert run("transcribe", files / "one.wav") == 0
    out, err = capfd.readouterr()
    assert out == "one\n"
    [line] = err.splitlines()
    assert "was damaged" in line
    assert {entry.first_words for entry in Library().entries()} == {"one", "former"}


def test_a_library_that_cannot_be_made(files: Path, home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (home / "library.sqlite3").mkdir()
    assert run("transcribe", files / "one.wav") == 0
    out, err = capfd.readouterr()
    assert out == "one\n"
    [line] = err.splitlines()
    assert "cannot be written" in line


def test_a_pipe_is_nothing_that_could_be_opened_again(tmp_path: Path) -> None:
    keeping = LibraryKeeping()
    keeping.keep(said("word"), tmp_path / "gone.wav")
    assert (keeping.entries, keeping.trouble) == ([], None)
