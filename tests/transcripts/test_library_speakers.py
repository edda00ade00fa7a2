"""Who said it: speakers as a part of a search."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from asr_desktop.transcripts.document import Transcript
from asr_desktop.transcripts.library import Library
from asr_desktop.transcripts.library.search import Term, speakers_and_rest
from tests.transcripts.libraries import said


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "library.sqlite3")


def spoken(*turns: tuple[str, str | None]) -> Transcript:
    transcript = said(*(text for text, _ in turns))
    segments = zip(transcript.segments, turns, strict=True)
    return replace(transcript, segments=tuple(replace(s, speaker=name) for s, (_, name) in segments))


INTERVIEW = spoken(
    ("when did the boat come back", "Anna"),
    ("the boat came back at night", "Björn Åkesson"),
    ("with all the fish on board", "Björn Åkesson"),
    ("was the boat damaged then", "Anna"),
    ("nobody knows who says this", None),
)


@pytest.mark.parametrize(
    ("text", "asked", "rest"),
    [
        ("speaker:Anna boat", [Term(("anna",))], "boat"),
        ("boat SPEAKER:anna", [Term(("anna",))], "boat"),
        ('boat speaker:"Anna B" night', [Term(("anna", "b"))], "boat night"),
        ("speaker:„Anna B“", [Term(("anna", "b"))], ""),
        ("Sprecher:Björn", [Term(("bjorn",))], ""),
        ("speaker:", [], ""),
        ("loudspeaker:Anna", [], "loudspeaker:Anna"),
        ("speaker Anna", [], "speaker Anna"),
        ("speaker:An* speaker:Bo", [Term(("an",), is_prefix=True), Term(("bo",))], ""),
    ],
)
def test_who_is_asked_for(text: str, asked: list[Term], rest: str) -> None:
    found, remaining = speakers_and_rest(text)
    assert (found, " ".join(remaining.split())) == (asked, rest)


def test_words_are_found_where_the_speaker_says_them(library: Library) -> None:
    library.add(INTERVIEW, Path("interview.mp3"))
    library.add(spoken(("the boat of somebody else", "Carla")), Path("other.mp3"))
    starts = [segment.start_seconds for segment in INTERVIEW.segments]
    hits = library.search("speaker:anna boat")
    assert [hit.speaker for hit in hits] == ["Anna", "Anna"]
    assert starts[0] < hits[0].start_seconds < starts[1]
    assert starts[3] < hits[1].start_seconds < starts[4]
    assert [hit.speaker for hit in library.search("boat speaker:akesson")] == ["Björn Åkesson"]
    assert library.search("speaker:carla fish") == []
    assert library.search("speaker:nobody boat") == []
    assert len(library.search("boat")) == 4


def test_without_other_words_the_turns_of_a_speaker_are_found(library: Library) -> None:
    library.add(INTERVIEW, Path("interview.mp3"))
    hits = library.search('speaker:"björn åkesson"')
    assert [hit.start_seconds for hit in hits] == [INTERVIEW.segments[1].start_seconds]
    assert hits[0].snippet.startswith("the boat came back at night")
    assert hits[0].marks == ()
    assert len(library.search("speaker:anna")) == 2
    assert len(library.search("speaker:anna speaker:akesson")) == 3
    assert library.search("speaker:an") == []
    assert len(library.search("speaker:an", as_typed=True)) == 2
    assert library.search("speaker:anna", limit=1) == library.search("speaker:anna")[:1]


def test_entries_are_those_in_which_somebody_speaks(library: Library) -> None:
    first = library.add(INTERVIEW, Path("interview.mp3"), tags=["sea"])
    second = library.add(spoken(("a boat", "Anna"), ("indeed", "Carla")), Path("other.mp3"))
    assert [entry.id for entry in library.entries("speaker:anna")] == [second, first]
    assert [entry.id for entry in library.entries("speaker:anna fish")] == [first]
    assert [entry.id for entry in library.entries("speaker:anna inter", names_only=True)] == [first]
    assert [hit.entry_id for hit in library.search("speaker:anna", tag="sea")] == [first, first]
    assert library.speakers() == ["Anna", "Björn Åkesson", "Carla"]
    library.delete(second)
    assert library.speakers() == ["Anna", "Björn Åkesson"]
    assert [entry.id for entry in library.entries("speaker:carla", deleted=True)] == [second]
    assert library.search("speaker:carla") == []


def test_a_speaker_who_is_renamed_is_found_under_the_new_name(library: Library) -> None:
    number = library.add(INTERVIEW, Path("interview.mp3"))
    segments = tuple(
        replace(s, speaker="Dora" if s.speaker == "Anna" else s.speaker) for s in INTERVIEW.segments
    )
    library.save_transcript(number, replace(INTERVIEW, segments=segments))
    assert library.search("speaker:anna boat") == []
    assert len(library.search("speaker:dora boat")) == 2
    assert len(library.search("boat")) == 3


def test_speakers_of_a_library_from_before_are_found_too(library: Library) -> None:
    library.add(INTERVIEW, Path("interview.mp3"))
    library.add(said("nobody is named here"), Path("other.mp3"))
    library.close()
    with sqlite3.connect(library.path) as db:  # as version 3 left it
        db.execute("DROP INDEX passages_by_speaker")
        db.execute("ALTER TABLE passages DROP COLUMN speaker")
        db.execute("PRAGMA user_version = 3")
    db.close()
    assert len(Library(library.path).search("boat")) == 3
    assert len(Library(library.path).search("speaker:anna boat")) == 2
    assert Library(library.path).speakers() == ["Anna", "Björn Åkesson"]


def test_a_rebuilt_index_knows_who_speaks(library: Library) -> None:
    library.add(INTERVIEW, Path("interview.mp3"))
    library.repair()
    assert len(library.search("speaker:anna boat")) == 2
