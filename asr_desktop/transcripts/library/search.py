"""The index of words: how a transcript gets into it, and where in the sound a query is said.

A passage is a segment and the first words of what follows, so that a phrase is found over the border of two
segments. What lies wholly in those further words is a hit of the next passage, not of this one.
"""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from asr_desktop.transcripts.document import Transcript, Word
from asr_desktop.transcripts.library.entry import Entry, moment_of
from asr_desktop.transcripts.phrases import needs_space

# Words as a search sees them: without capitals, accents and punctuation.
#
# Index and queries go through the same function, so that SQLite's own tokenizer has nothing left to decide,
# and nothing that a user types can mean anything to it.

_ASCII_TOKEN = re.compile(r"[a-z0-9]+")
_ACCENTS = re.compile("[\u0300-\u036f]")
# Letters that Unicode does not take apart, but that people leave the stroke off all the same.
_WITHOUT_STROKE = str.maketrans({"ø": "o", "đ": "d", "ł": "l", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe"})
# Han and kana, which are written without spaces: each character is a token of its own.
_ALONE = re.compile(
    "[\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003fffd]"
)


@lru_cache(maxsize=65_536)
def tokens(text: str) -> tuple[str, ...]:
    """The tokens of a text, none for one of punctuation: "Café-au-lait" is ("cafe", "au", "lait")."""
    if text.isascii():
        return tuple(_ASCII_TOKEN.findall(text.lower()))
    apart = unicodedata.normalize("NFKD", text.casefold())
    folded = unicodedata.normalize("NFC", _ACCENTS.sub("", apart)).translate(_WITHOUT_STROKE)
    found: list[str] = []
    open_token = ""
    for character in folded:
        is_alone = _ALONE.match(character) is not None
        # Marks are letters here: the vowel signs of Indian scripts are among them.
        if is_alone or unicodedata.category(character)[0] not in "LNM":
            found.append(open_token)
            open_token = ""
        if is_alone:
            found.append(character)
        elif unicodedata.category(character)[0] in "LNM":
            open_token += character
    found.append(open_token)
    return tuple(token for token in found if token)


# What the user types into a search box, and where a passage says it

# "a phrase" (straight, curly or angle quotes, also one that is still open), or a word.
_PARTS = re.compile(r'["“”„«»]([^"“”„«»]*)(?:["“”„«»]|$)|([^\s"“”„«»]+)')


@dataclass(frozen=True, slots=True)
class Term:
    """Tokens that have to follow one another; with `is_prefix` the last may go on."""

    tokens: tuple[str, ...]
    is_prefix: bool = False

    def fts5(self) -> str:
        """The term in FTS5's language. Tokens hold letters and digits only, so nothing has to be escaped."""
        return f'"{" ".join(self.tokens)}"' + (" *" if self.is_prefix else "")

    def is_at(self, spoken: Sequence[str], place: int) -> bool:
        """Whether the tokens from `place` on say it."""
        end = place + len(self.tokens)
        if end > len(spoken):
            return False
        *first, last = self.tokens
        return list(spoken[place : end - 1]) == first and (
            spoken[end - 1].startswith(last) if self.is_prefix else spoken[end - 1] == last
        )


# speaker:Anna, or the name in quotes; in German as well.
_SPEAKER = re.compile(
    r"""(?<!\S)(?:speaker|sprecher):(?:["“”„«»]([^"“”„«»]*)(?:["“”„«»]|$)|([^\s"“”„«»]*))""", re.IGNORECASE
)


def speakers_and_rest(text: str, *, as_typed: bool = False) -> tuple[list[Term], str]:
    """Who is asked for in a query (`speaker:Anna`, `speaker:"Anna B"`), and the query without that.

    A name is found by any of its words; as_typed: by the beginning of one, unless it is in quotes.
    """
    asked: list[Term] = []
    for part in _SPEAKER.finditer(text):
        quoted, word = part.groups()
        spoken = tokens(quoted if quoted is not None else word)
        if spoken:
            asked.append(Term(spoken, is_prefix=quoted is None and (as_typed or word.endswith("*"))))
    return list(dict.fromkeys(asked)), _SPEAKER.sub(" ", text)


def parse(text: str, *, as_typed: bool = False) -> list[Term]:
    """The terms of a query, all of which are wanted: words, "phrases in quotes", and beginnings like `harb*`.

    as_typed: the last word may still be in the making, so it counts as a beginning.
    """
    terms: list[Term] = []
    for part in _PARTS.finditer(text):
        phrase, word = part.groups()
        spoken = tokens(phrase if phrase is not None else word)
        if spoken:
            is_open = as_typed and part.end() == len(text) and phrase is None
            terms.append(Term(spoken, is_prefix=is_open or (word or "").endswith("*")))
    return list(dict.fromkeys(terms))


def all_of(terms: Sequence[Term]) -> str:
    """A query of FTS5 for passages with all of them."""
    return " AND ".join(term.fts5() for term in terms)


def any_of(terms: Sequence[Term]) -> str:
    """A query of FTS5 for passages with one of them."""
    return " OR ".join(term.fts5() for term in terms)


def matched_words(terms: Sequence[Term], words: Sequence[str]) -> list[int]:
    """The indices of the words that the terms found, in order."""
    spoken: list[str] = []
    word_of: list[int] = []
    for index, word in enumerate(words):
        for token in tokens(word):
            spoken.append(token)
            word_of.append(index)
    found: set[int] = set()
    for place in range(len(spoken)):
        for term in terms:
            if term.is_at(spoken, place):
                found.update(word_of[place : place + len(term.tokens)])
    return sorted(found)


MOST_HITS = 300
"""Unless somebody asks for another number: more than a person looks through."""
FOLLOWING_WORDS = 8
LONGEST_PASSAGE_WORDS = 60
SNIPPET_WORDS_BEFORE = 4
SNIPPET_WORDS = 24
# No control character is ever part of a word, see `document.Word`.
_BETWEEN_WORDS = "\n"
# Between a word and what it was spoken in, where a search could tell them apart.
_BEFORE_SPOKEN = "\t"
# A token that nobody can type: `tokens` finds letters and figures only.
_BETWEEN_FORMS = "\ue000"
_PASSAGES_AN_ENTRY = 1 << 20

_Row = tuple[str, str, bytes, int, str]


@dataclass(frozen=True, slots=True)
class Hit:
    """A place where a query is said.

    `snippet` are the words around it; `marks` are the ranges of characters in it that the query found.
    """

    entry_id: int
    title: str
    created_at: datetime
    start_seconds: float
    snippet: str
    marks: tuple[tuple[int, int], ...]
    speaker: str = ""
    """Who says it, where that is known."""


def index_transcript(db: sqlite3.Connection, entry_id: int, transcript: Transcript) -> None:
    """Put the words of an entry into the index, in place of those it had; unchanged ones cost nothing."""
    stored = {
        row[0]: tuple(row)[1:]
        for row in db.execute(
            "SELECT id, words, starts_ms, own_words, speaker FROM passages WHERE entry_id = ?", (entry_id,)
        )
    }
    for position, (spoken, *fields) in enumerate(_passages(transcript)):
        passage_id = _passage_id(entry_id, position)
        former = stored.pop(passage_id, None)
        if former == tuple(fields):
            continue
        if former is not None and former[:-1] == tuple(fields[:-1]):
            db.execute("UPDATE passages SET speaker = ? WHERE id = ?", (fields[-1], passage_id))
            continue
        if former is not None:
            _drop(db, passage_id)
        db.execute(
            "INSERT INTO passages (id, entry_id, words, starts_ms, own_words, speaker) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            (passage_id, entry_id, *fields),
        )
        db.execute("INSERT INTO passage_index (rowid, tokens) VALUES (?, ?)", (passage_id, spoken))
    for passage_id in stored:
        _drop(db, passage_id)


def _passage_id(entry_id: int, position: int) -> int:
    """Numbers that go down in the order in which hits are shown: the newest entry first, each from its
    beginning. FTS5 gives them in this order without sorting, however many there are."""
    return entry_id * _PASSAGES_AN_ENTRY + (_PASSAGES_AN_ENTRY - 1 - position)


def _drop(db: sqlite3.Connection, passage_id: int) -> None:
    db.execute("DELETE FROM passage_index WHERE rowid = ?", (passage_id,))
    db.execute("DELETE FROM passages WHERE id = ?", (passage_id,))


def drop_from_index(db: sqlite3.Connection, entry_id: int) -> None:
    """Take the words of an entry out of the index."""
    db.execute(
        "DELETE FROM passage_index WHERE rowid IN (SELECT id FROM passages WHERE entry_id = ?)", (entry_id,)
    )
    db.execute("DELETE FROM passages WHERE entry_id = ?", (entry_id,))


def entries_that_say(db: sqlite3.Connection, term: Term) -> set[int]:
    """The entries in which a term is said, those in the bin included."""
    rows = db.execute(
        "SELECT DISTINCT entry_id FROM passages "
        "WHERE id IN (SELECT rowid FROM passage_index WHERE passage_index MATCH ?)",
        (term.fts5(),),
    )
    return {row[0] for row in rows}


def find(
    db: sqlite3.Connection,
    terms: Sequence[Term],
    limit: int,
    within: set[int] | None = None,
    speakers: frozenset[str] | None = None,
) -> list[Hit]:
    """At most `limit` places where all terms are said close together, in the newest entries, by date.

    Where there is none, the places where any of them is said, in entries that say all of them. within: in
    these entries only. speakers: by one of these only.
    """
    if not terms:
        return []
    hits = _hits(db, terms, all_of(terms), within, limit, speakers)
    if hits or len(terms) == 1:
        return hits
    entries = set.intersection(*(entries_that_say(db, term) for term in terms))
    if within is not None:
        entries &= within
    return _hits(db, terms, any_of(terms), entries, limit, speakers) if entries else []


def _hits(
    db: sqlite3.Connection,
    terms: Sequence[Term],
    match: str,
    entries: set[int] | None,
    limit: int,
    speakers: frozenset[str] | None,
) -> list[Hit]:
    names = sorted(speakers or ())
    said_by = "" if speakers is None else f"AND p.speaker IN ({','.join('?' * len(names))})"
    wanted = "" if entries is None else f"AND e.id IN ({','.join(map(str, sorted(entries)))})"
    # A word like "the" is in nearly all passages: CROSS JOIN keeps SQLite from looking at the entries first,
    # and so from sorting; it stops at the last hit that is wanted.
    rows = db.execute(
        f"""
        SELECT e.id, e.title, e.created_at, p.words, p.starts_ms, p.own_words, p.speaker
        FROM passage_index CROSS JOIN passages AS p ON p.id = passage_index.rowid
            CROSS JOIN entries AS e ON e.id = p.entry_id
        WHERE passage_index MATCH ? AND e.deleted_at IS NULL {wanted} {said_by}
        ORDER BY passage_index.rowid DESC
        """,
        (match, *names),
    )
    hits: list[Hit] = []
    for row in rows:
        hit = _hit(row, terms)
        if hit is not None:
            hits.append(hit)
            if len(hits) == limit:
                break
    # Entries are numbered as they came; a recording may have come long after it was made.
    return sorted(hits, key=lambda hit: hit.created_at, reverse=True)


def _hit(row: sqlite3.Row, terms: Sequence[Term]) -> Hit | None:
    forms = [word.partition(_BEFORE_SPOKEN) for word in row["words"].split(_BETWEEN_WORDS)]
    words = [written for written, _, _ in forms]
    found = sorted(
        {
            *matched_words(terms, words),
            *matched_words(terms, [spoken if mark else written for written, mark, spoken in forms]),
        }
    )
    if not found or found[0] >= row["own_words"]:
        return None
    snippet, marks = _snippet(words, found)
    return hit_of_row(row, array("i", row["starts_ms"])[found[0]], snippet, marks)


def hit_of_row(row: sqlite3.Row, start_ms: int, snippet: str, marks: tuple[tuple[int, int], ...]) -> Hit:
    """A place in a passage of an entry."""
    created_at = moment_of(row["created_at"])
    assert created_at is not None
    speaker = row["speaker"] or ""
    return Hit(row["id"], row["title"], created_at, start_ms / 1000, snippet, marks, speaker)


def first_words(row: sqlite3.Row) -> tuple[str, tuple[tuple[int, int], ...]]:
    """How a passage begins, with nothing to stress."""
    words = row["words"].split(_BETWEEN_WORDS)
    return _snippet([word.partition(_BEFORE_SPOKEN)[0] for word in words], [])


def _snippet(words: Sequence[str], found: Sequence[int]) -> tuple[str, tuple[tuple[int, int], ...]]:
    """Running text around the first word found, and the ranges of characters to stress in it."""
    # What was found comes early, so that it is seen where there is room for a part of the snippet only.
    first = max(0, found[0] - SNIPPET_WORDS_BEFORE) if found else 0
    shown = words[first : first + SNIPPET_WORDS]
    text = "… " if first > 0 else ""
    stressed = set(found)
    marks: list[tuple[int, int]] = []
    for index, word in enumerate(shown, start=first):
        if index > first and needs_space(shown[index - first - 1], word):
            text += " "
        start = len(text)
        text += word
        if index not in stressed:
            continue
        if marks and index - 1 in stressed and start - marks[-1][1] <= 1:
            start = marks.pop()[0]  # one phrase, one stretch
        marks.append((start, len(text)))
    return text, tuple(marks)


def _passages(transcript: Transcript) -> Iterator[_Row]:
    words = transcript.words
    start = 0
    for segment in transcript.segments:
        end = start + len(segment.words)
        for first in range(start, end, LONGEST_PASSAGE_WORDS):
            last = min(end, first + LONGEST_PASSAGE_WORDS)
            yield (*_row(words[first : last + FOLLOWING_WORDS], last - first), segment.speaker or "")
        start = end


def _row(words: Sequence[Word], own_words: int) -> tuple[str, str, bytes, int]:
    written = [token for word in words for token in tokens(word.text)]
    spoken = [token for word in words for said in word.spoken_words for token in tokens(said.text)]
    # Both forms, so that "25" is found and "twenty five"; no phrase goes over from one to the other.
    indexed = " ".join(written if spoken == written else [*written, _BETWEEN_FORMS, *spoken])
    starts_ms = array("i", (round(word.start_seconds * 1000) for word in words))
    return indexed, _BETWEEN_WORDS.join(map(_both_forms, words)), starts_ms.tobytes(), own_words


def _both_forms(word: Word) -> str:
    """A word as it is stored: written, and spoken where that has other tokens."""
    spoken = " ".join(said.text for said in word.spoken_words)
    return word.text if tokens(spoken) == tokens(word.text) else f"{word.text}{_BEFORE_SPOKEN}{spoken}"


def is_named(entry: Entry, term: Term) -> bool:
    """Whether a search word is said in the title, the file's name or a tag of an entry."""
    for name in (entry.title, entry.source.name, *entry.tags):
        spoken = tokens(name)
        if any(term.is_at(spoken, place) for place in range(len(spoken))):
            return True
    return False
