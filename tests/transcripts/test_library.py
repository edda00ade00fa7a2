"""The library: what is kept comes back, also for several programs at once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings

from asr_desktop.base.errors import LibraryError
from asr_desktop.transcripts.document import Transcript
from asr_desktop.transcripts.library import Library
from tests.transcripts.libraries import OLD, again, library, said
from tests.transcripts.strategies import transcripts

__all__ = ["library"]


@settings(max_examples=20)
@given(transcript=transcripts())
def test_any_transcript_comes_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, transcript: Transcript
) -> None:
    library = Library(tmp_path_factory.mktemp("library") / "library.sqlite3")
    entry_id = library.add(transcript, Path(transcript.source))
    assert again(library).transcript(entry_id) == transcript
    entry = library.entry(entry_id)
    assert entry.word_count == len(transcript.words)
    assert entry.duration_seconds == transcript.duration_seconds
    library.close()


def test_entries_are_listed_with_all_that_a_list_shows(library: Library, tmp_path: Path) -> None:
    first = library.add(said("the boat came back"), tmp_path / "Björk's talk.mp3", created_at=OLD)
    second = library.add(
        said("nothing " * 100), tmp_path / "b.wav", title="  Two\nlines ", tags=["x", "X", ""]
    )
    entries = again(library).entries()
    assert [entry.id for entry in entries] == [second, first], "the newest first"
    newest, oldest = entries
    assert (oldest.kind, oldest.title, oldest.source) == (
        "file",
        "Björk's talk",
        tmp_path / "Björk's talk.mp3",
    )
    assert (oldest.created_at, oldest.model, oldest.word_count) == (OLD, "starter-en", 4)
    assert oldest.first_words == "the boat came back"
    assert oldest.duration_seconds == 4.5
    assert (newest.title, newest.tags) == ("Two lines", ("x",))
    assert len(newest.first_words) < 210
    assert newest.first_words.endswith("nothing …")
    assert newest.edited_at is newest.deleted_at is None


def test_a_name_that_is_not_unicode_is_kept(library: Library, tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.wav"))
    entry_id = library.add(said("a"), path)
    assert library.entry(entry_id).source == path
    library.repair()
    assert library.entry(entry_id).source == path


def test_a_corrected_transcript_takes_the_place_of_the_former(library: Library) -> None:
    entry_id = library.add(said("the goat came back"), Path("a.mp3"))
    library.save_transcript(entry_id, said("the boat came back at last"))
    other = again(library)
    assert other.transcript(entry_id).text == "the boat came back at last"
    assert [hit.start_seconds for hit in other.search("boat")] == [1.5]
    assert other.search("goat") == []
    entry = other.entry(entry_id)
    assert entry.word_count == 6
    assert entry.edited_at is not None


def test_a_transcript_knows_that_a_person_has_corrected_it(library: Library) -> None:
    entry_id = library.add(said("the goat came back"), Path("a.mp3"))
    assert not library.transcript(entry_id).is_corrected
    # As it was stored before transcripts told it themselves.
    library.save_transcript(entry_id, said("the boat came back"))
    assert again(library).transcript(entry_id).is_corrected


def test_titles_and_tags(library: Library) -> None:
    one, two = (library.add(said("a b c"), Path(name)) for name in ("one.mp3", "two.mp3"))
    library.rename(one, "  The harbour ")
    library.set_tags(one, ["work", "  Sea  side", "WORK"])
    library.set_tags(two, ["work"])
    assert library.entry(one).title == "The harbour"
    assert library.entry(one).tags == ("Sea side", "work")
    assert library.tags() == [("Sea side", 1), ("work", 2)]
    assert [entry.id for entry in library.entries(tag="sea side")] == [one]
    library.delete(two)
    assert library.tags() == [("Sea side", 1), ("work", 1)]
    with pytest.raises(LibraryError, match="needs a name"):
        library.rename(one, " \n ")


def test_the_bin_keeps_everything_until_it_is_emptied(library: Library, tmp_path: Path) -> None:
    source = tmp_path / "talk.mp3"
    source.write_bytes(b"sound")
    entry_id = library.add(said("the boat"), source)
    kept = library.add(said("the boat"), source)
    library.delete(entry_id)
    assert [entry.id for entry in library.entries()] == [kept]
    assert [entry.id for entry in library.entries("boat", deleted=True)] == [entry_id]
    assert [hit.entry_id for hit in library.search("boat")] == [kept]
    library.restore(entry_id)
    assert len(library.search("boat")) == 2
    library.delete(entry_id)
    folder = library.folder(entry_id)
    assert library.empty_bin() == 1
    assert not folder.exists()
    assert source.exists(), "the user's own file is none of ours"
    assert library.empty_bin() == 0
    for asking in (library.entry, library.transcript, library.restore, library.audio_path):
        with pytest.raises(LibraryError, match="no entry"):
            asking(entry_id)
    assert library.add(said("new"), source) > kept, "no number is used twice"


def test_sound_is_referred_to_or_copied(library: Library, tmp_path: Path) -> None:
    source = tmp_path / "talk.MP3"
    source.write_bytes(b"sound")
    entry_id = library.add(said("a"), source)
    assert library.audio_path(entry_id) == source
    library.keep_sound(entry_id)
    source.unlink()
    kept = library.audio_path(entry_id)
    assert kept is not None
    assert kept.read_bytes() == b"sound"
    assert kept.suffix == ".mp3"
    lost = library.add(said("a"), source)
    assert library.audio_path(lost) is None
    with pytest.raises(LibraryError, match="could not be copied"):
        library.keep_sound(lost)
    assert sorted(path.name for path in library.folder(lost).iterdir()) == ["entry.json", "transcript.json"]


_WRITER = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[3])
from asr_desktop.transcripts.library import Library
from tests.transcripts.libraries import said

library = Library(Path(sys.argv[1]))
for number in range(10):
    entry_id = library.add(said(f"process {sys.argv[2]} number {number}"), Path("a.wav"))
    library.set_tags(entry_id, [sys.argv[2]])
    library.set_tags(1, [*library.entry(1).tags, f"{sys.argv[2]}-{number}"][-1:])
"""


def test_processes_and_threads_that_write_at_once_lose_nothing(library: Library) -> None:
    library.add(said("the first"), Path("first.wav"))
    root = str(Path(__file__).resolve().parents[2])
    processes = [
        subprocess.Popen([sys.executable, "-c", _WRITER, str(library.path), name, root])
        for name in ("alpha", "beta", "gamma")
    ]

    def write() -> None:
        for number in range(10):
            library.add(said(f"thread number {number}"), Path("b.wav"))
            assert library.search("first"), "readers are not kept waiting, and see a whole library"

    threads = [threading.Thread(target=write) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [process.wait(120) for process in processes] == [0, 0, 0]
    entries = library.entries()
    assert len(entries) == len({entry.id for entry in entries}) == 1 + 3 * 10 + 2 * 10
    for name in ("alpha", "beta", "gamma"):
        assert len(library.search(f"process {name} number")) == 10
        assert len(library.entries(tag=name)) == 10
    before = library.entries()
    library.repair()
    assert library.entries() == before, "folders and database say the same"


def test_what_the_folders_say_is_plain_json(library: Library) -> None:
    entry_id = library.add(said("a"), Path("/talks/a.mp3"), tags=["sea"], created_at=OLD)
    fields = json.loads((library.folder(entry_id) / "entry.json").read_text())
    assert fields["title"] == "a"
    assert fields["source"] == "/talks/a.mp3"
    assert fields["tags"] == ["sea"]
    assert fields["created_at"].startswith("2024-02-03T04:05:00")
