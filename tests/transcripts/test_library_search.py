"""Every word ever said is found, at the moment it was said, whatever is typed."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asr_desktop.transcripts.document import Transcript, Word, segments_for_reading
from asr_desktop.transcripts.library import Hit, Library
from asr_desktop.transcripts.library.search import Term, parse, tokens
from tests.transcripts.libraries import said
from tests.transcripts.strategies import transcripts


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "library.sqlite3")


def marked(hit: Hit) -> str:
    """The snippet with what is to be stressed in brackets."""
    text, end = "", 0
    for start, stop in hit.marks:
        text += hit.snippet[end:start] + "[" + hit.snippet[start:stop] + "]"
        end = stop
    return text + hit.snippet[end:]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Café", ("cafe",)),
        ("café", ("cafe",)),
        ("l'homme", ("l", "homme")),
        ("twenty-one,", ("twenty", "one")),
        ("—", ()),
        ("STRASSE Straße", ("strasse", "strasse")),
        ("Łódź Ørsted", ("lodz", "orsted")),
        ("Ёлка", ("елка",)),
        ("世界", ("世", "界")),
        ("がく", ("が", "く")),
        ("한국어", ("한국어",)),
        ("हिन्दी", ("हिन्दी",)),
        ("ﬁne", ("fine",)),
        ("42nd", ("42nd",)),
    ],
)
def test_words_are_folded(text: str, expected: tuple[str, ...]) -> None:
    assert tokens(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Boat evening", [Term(("boat",)), Term(("evening",))]),
        ('"the boat"', [Term(("the", "boat"))]),
        ("“the boat” came", [Term(("the", "boat")), Term(("came",))]),
        ('"the boat', [Term(("the", "boat"))]),
        ("harb*", [Term(("harb",), is_prefix=True)]),
        ("don't", [Term(("don", "t"))]),
        ("boat boat", [Term(("boat",))]),
        ('" " * -- ()', []),
        ("", []),
    ],
)
def test_queries_are_understood(text: str, expected: list[Term]) -> None:
    assert parse(text) == expected


def test_the_last_word_may_be_in_the_making() -> None:
    assert parse("the bo", as_typed=True) == [Term(("the",)), Term(("bo",), is_prefix=True)]
    assert parse("the bo ", as_typed=True) == [Term(("the",)), Term(("bo",))]
    assert parse('"the bo', as_typed=True) == [Term(("the", "bo"))]


def test_a_hit_knows_the_moment_and_what_to_stress(library: Library) -> None:
    entry_id = library.add(said("The boat, it came back", "in the evening of a boating day"), Path("a.mp3"))
    (hit,) = library.search("BOAT")
    assert (hit.entry_id, hit.title, hit.start_seconds) == (entry_id, "a", 1.5)
    assert marked(hit) == "The [boat,] it came back in the evening of a boating day"
    assert [hit.start_seconds for hit in library.search("boat*")] == [1.5, 10.5]
    assert [marked(hit) for hit in library.search("boati")] == []
    assert [hit.start_seconds for hit in library.search("boati", as_typed=True)] == [10.5]


def test_phrases_are_found_over_the_border_of_segments(library: Library) -> None:
    library.add(said("it came back", "in the evening", "and left"), Path("a.mp3"))
    (hit,) = library.search('"back in the"')
    assert hit.start_seconds == 2.5
    assert marked(hit) == "it came [back in the] evening and left"
    assert library.search('"came in"') == []
    assert [hit.start_seconds for hit in library.search("evening")] == [5.5], "once, in its own segment"


def test_words_that_are_far_apart_are_found_in_the_same_entry(library: Library) -> None:
    far = library.add(said("harbour " + "word " * 70, "lighthouse"), Path("a.mp3"))
    library.add(said("harbour alone"), Path("b.mp3"))
    hits = library.search("lighthouse harbour")
    assert [(hit.entry_id, hit.start_seconds) for hit in hits] == [(far, 0.5), (far, 71.5)]
    library.add(said("the harbour and its lighthouse"), Path("c.mp3"))
    assert [hit.title for hit in library.search("lighthouse harbour")] == ["c"], "close together is better"


def test_accents_capitals_and_scripts(library: Library) -> None:
    library.add(said("Un café à Łódź", "今日は世界"), Path("a.mp3"))
    for query in ("cafe", "CAFÉ", "lodz", "世界", '"今日は"', "界"):
        assert len(library.search(query)) == 1, query


def test_long_segments_are_cut_and_lose_nothing(library: Library) -> None:
    library.add(said(" ".join(f"w{number}" for number in range(500))), Path("a.mp3"))
    for number in (0, 59, 60, 61, 119, 120, 499):
        (hit,) = library.search(f"w{number}")
        assert hit.start_seconds == number + 0.5
        assert f"[w{number}]" in marked(hit)
    assert [hit.start_seconds for hit in library.search('"w58 w59 w60 w61"')] == [58.5]


def test_the_number_of_hits_is_limited_to_the_newest(library: Library) -> None:
    for number in range(5):
        library.add(said("the boat", "the other boat"), Path(f"{number}.mp3"))
    assert [hit.title for hit in library.search("boat", limit=3)] == ["4", "4", "3"]
    assert len(library.search("boat")) == 10


def test_a_tag_is_looked_at_before_the_number_of_hits(library: Library) -> None:
    wanted = library.add(said("the boat"), Path("a.mp3"), tags=["sea"])
    for number in range(5):
        library.add(said("the boat"), Path(f"{number}.mp3"))
    assert [hit.entry_id for hit in library.search("boat", limit=3, tag="Sea")] == [wanted]


def test_entries_are_found_by_text_title_tag_and_file_name(library: Library) -> None:
    one = library.add(said("the boat came"), Path("one.mp3"), tags=["sea side"])
    two = library.add(said("the goat came"), Path("two.mp3"), title="Harbour")
    assert {entry.id for entry in library.entries("came the")} == {one, two}
    for query in ("boat", "sea", '"sea side"', "one.mp3", "the one", "boat side came"):
        assert [entry.id for entry in library.entries(query)] == [one], query
    assert [entry.id for entry in library.entries("harb")] == [two]
    assert library.entries("boat goat") == []
    assert library.entries("the", tag="sea side")[0].id == one


NASTY = [
    '"',
    "*",
    'a"b',
    "AND OR NOT",
    "tokens:the",
    "NEAR(a b)",
    "^the",
    "the -boat",
    "(",
    "{a}",
    "';",
    "%_",
]


@pytest.mark.parametrize("text", NASTY)
def test_the_language_of_the_index_cannot_be_spoken(library: Library, text: str) -> None:
    library.add(said("the boat"), Path("a.mp3"))
    assert isinstance(library.search(text), list)
    assert isinstance(library.entries(text), list)


def test_words_of_that_language_are_words(library: Library) -> None:
    library.add(said("this and that or NOT near"), Path("a.mp3"))
    assert [marked(hit) for hit in library.search("and or NOT near*")] == ["this [and] that [or NOT near]"]


@settings(max_examples=20)
@given(text=st.text(), transcript=transcripts())
def test_anything_may_be_typed_and_every_word_is_found(
    tmp_path_factory: pytest.TempPathFactory, text: str, transcript: Transcript
) -> None:
    library = Library(tmp_path_factory.mktemp("library") / "library.sqlite3")
    library.add(transcript, Path("a.mp3"))
    library.search(text, as_typed=True)
    for word in transcript.words[:5]:
        if tokens(word.text) and word.text.isascii():
            hits = library.search(f'"{word.text.replace(chr(34), " ")}"', limit=1000)
            assert hits
            assert all(hit.marks for hit in hits)
            # A passage is a hit once, at the first of its places.
            assert min(hit.start_seconds for hit in hits) <= word.start_seconds + 0.001
    library.close()


def test_repeated_saving_leaves_no_trace_of_former_words(library: Library) -> None:
    entry_id = library.add(said("one"), Path("a.mp3"))
    for number in range(5):
        library.save_transcript(entry_id, said(f"version {number}", "constant"))
    assert [len(library.search(f'"version {number}"')) for number in range(5)] == [0, 0, 0, 0, 1]
    assert len(library.search("constant")) == 1


def test_segments_as_the_recogniser_makes_them(library: Library) -> None:
    words = [Word(text, index * 0.4, index * 0.4 + 0.3, 0.9) for index, text in enumerate(["ship"] * 300)]
    library.add(Transcript("a", 120.0, "m", segments_for_reading([words])), Path("a.mp3"))
    hits = library.search("ship", limit=1000)
    assert [hit.start_seconds for hit in hits] == sorted(hit.start_seconds for hit in hits)
    assert hits[0].start_seconds == 0.0


def written_talk() -> Transcript:
    said = (Word("twenty", 1.0, 1.4, 0.5), Word("five", 1.4, 1.8, 0.5), Word("percent", 1.8, 2.2, 0.5))
    words = [
        Word("It", 0.0, 0.4, 1.0, (Word("it", 0.0, 0.4, 1.0),)),
        Word("was", 0.5, 0.9, 1.0),
        Word("25", 1.0, 1.8, 0.5, said[:2]),
        Word("%.", 1.8, 2.2, 0.5, said[2:]),
    ]
    return Transcript("talk.wav", 5.0, "m", segments_for_reading([words]))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("25", "It was [25] %."),
        ("twenty five", "It was [25] %."),
        ('"was twenty five percent"', "It [was 25 %.]"),
        ('"was 25"', "It [was 25] %."),
        ("percent", "It was 25 [%.]"),
        ('"25 twenty"', None),
        ('"was twenty 25"', None),
    ],
)
def test_both_forms_of_a_number_are_found(library: Library, query: str, found: str | None) -> None:
    library.add(written_talk(), Path("talk.wav"))

    hits = library.search(query)

    assert [marked(hit) for hit in hits] == ([] if found is None else [found])
    if hits:
        assert hits[0].start_seconds in (0.5, 1.0, 1.8)
