"""Where text may be cut (sentences, clauses, names, words that lean on the next), and how words are joined.

Pure functions on the text of words, shared by the segments for reading and by the subtitles. Without
punctuation or capitals in the model's output there are no sentence ends and no names; the callers then rely
on pauses and lengths. The lists of function words and titles are English; in other languages punctuation,
capitals, pauses and balance remain.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

# Han, kana and their punctuation: scripts written without spaces. Hangul is as wide but is written with
# spaces, so it is not included.
_NO_SPACE_SCRIPT = (
    "\u3000-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uff60\U00020000-\U0003fffd"
)
_WITHOUT_SPACES = re.compile(f"[{_NO_SPACE_SCRIPT}]")

_CLOSERS = "\"'”’»)]}」』）】》〉"
_SENTENCE_END = re.compile(f"[.?!…。？！｡؟।]+[{re.escape(_CLOSERS)}]*$")
_CLAUSE_END = re.compile(f"[,;:–—，、；：､،]+[{re.escape(_CLOSERS)}]*$")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_TITLES = _words("mr mrs ms dr prof st mister missus doctor professor")
_ABBREVIATIONS = _TITLES | _words("vs etc no jr sr vol fig capt col gen lt sgt rev hon mt")

_SIGNS_BEHIND_FIGURES = _words(
    """
    % km cm mm kg mg ml ms kW MW GW kB MB GB TB Hz kHz MHz GHz dB kWh Mbit/s Gbit/s km/h m/s km/s
    mph km² m² cm² m³
    cm³ °C °F million billion trillion
    """
)

# Words that open a phrase: a line may begin with them.
_OPENERS = _words(
    """
    and but or nor so yet because although though while when whenever where wherever if unless until since
    that which who whom whose what why how than as in on at by for from with without of to into onto over
    under between through during before after about against among toward towards upon above across along
    around behind below beneath beside besides beyond despite except near per via whether within
    """
)
# Words that belong to the next one and must not end a line.
_HANGING = _OPENERS | _words(
    """
    a an the this these those my your his her its our their i you he she it we they is are was were am be
    been will would shall should can could may might must has have had do does did not no very i'm i've
    i'll i'd it's he's she's that's there's what's we're we've you're they're don't didn't can't won't
    """
)

# Break costs, from the best place for a break to the last resort. Only their relation to each other and to
# the costs in export/subtitles.py matters.
SENTENCE_COST, CLAUSE_COST, PHRASE_COST, PLAIN_COST, HANGING_COST, NAME_COST = 0.0, 1.0, 2.5, 4.0, 7.0, 60.0
_PAUSE_THAT_HALVES_SECONDS = 0.2


def join_words(texts: Iterable[str]) -> str:
    """Words as running text: a space between two of them, except beside Chinese and Japanese characters."""
    joined: list[str] = []
    for text in texts:
        if joined and needs_space(joined[-1], text):
            joined.append(" ")
        joined.append(text)
    return "".join(joined)


def needs_space(left: str, right: str) -> bool:
    """Whether a space is written between two words."""
    if left.isascii() and right.isascii():
        return True
    return not (_WITHOUT_SPACES.match(right) or _WITHOUT_SPACES.match(left[-1]))


def is_written_without_spaces(text: str) -> bool:
    """Whether the text holds Chinese or Japanese characters, between which a line may break."""
    return not text.isascii() and _WITHOUT_SPACES.search(text) is not None


@lru_cache(maxsize=4096)
def text_width(text: str) -> int:
    """Columns on the screen: 2 for wide East Asian characters, 0 for combining marks, 1 for all others (UAX
    #11)."""
    if text.isascii():
        return len(text)
    return sum(_character_width(character) for character in text)


def _character_width(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def ends_sentence(text: str, following: str | None = None) -> bool:
    """Whether the punctuation of a word ends its sentence, given the word after it (None: nothing
    follows)."""
    if not _SENTENCE_END.search(text):
        return False
    if following is None:
        return True
    if text.endswith("."):
        stem = text.strip(".\"'“‘(").lower()
        is_initial = len(stem) == 1 and stem.isalpha() and stem != "i"
        if stem in _ABBREVIATIONS or is_initial or _is_acronym(text):
            return False
    # "What?" he said: the sentence continues in lower case.
    return not following[:1].islower()


def ends_clause(text: str) -> bool:
    """Whether a comma, colon, semicolon or dash follows the word."""
    return _CLAUSE_END.search(text) is not None


def inside_number(left: str, right: str) -> bool:
    """Whether the break would separate figures from what belongs to them: "25 | %", "5 | km", "3 | p.m."."""
    sign = right.rstrip(".,;:?!")
    return left[-1:].isdigit() and (
        sign in _SIGNS_BEHIND_FIGURES or right in ("a.m.", "p.m.") or right.startswith(("a.m.", "p.m."))
    )


def inside_name(left: str, right: str) -> bool:
    """Whether two words belong to one name: "Jimmie Dale", "J. Smith", "Mr Smith", "doctor smith"."""
    if ends_clause(left):
        return False
    title = left.rstrip(".")
    if title.lower() in _TITLES and (right[:1].isupper() or title.islower()):
        return True
    return _is_name_part(left) and _is_name_part(right) and not ends_sentence(left, right)


def break_cost(left: str, right: str, pause_seconds: float = 0.0) -> float:
    """Cost for the reader of ending a line or cue between two words; 0 is the best place.

    Sentence and clause ends are good, before a conjunction or preposition is fair, after an article or a
    preposition is bad, inside a name is worst. A pause between the two words makes every place better.
    """
    cost = _text_cost(left, right)
    return cost / (1.0 + pause_seconds / _PAUSE_THAT_HALVES_SECONDS) if pause_seconds > 0.0 else cost


@lru_cache(maxsize=16384)
def _text_cost(left: str, right: str) -> float:
    if inside_name(left, right) or inside_number(left, right):
        return NAME_COST
    if ends_sentence(left, right):
        return SENTENCE_COST
    if ends_clause(left):
        return CLAUSE_COST
    if left.lower() in _HANGING:
        return HANGING_COST
    return PHRASE_COST if right.lower() in _OPENERS else PLAIN_COST


def _is_acronym(text: str) -> bool:
    return re.fullmatch(r"(?:\w\.){2,}", text) is not None


def _is_name_part(text: str) -> bool:
    """A capital and then a small letter ("Dale"), or an initial ("J."); not a function word that opens a
    sentence.

    Text that is all in capitals has no detectable names.
    """
    letters = text.strip("\"'“”‘’().,!?")
    if len(letters) == 1:
        return letters.isupper() and text.endswith(".")
    return letters[:1].isupper() and letters[1:2].islower() and letters.lower() not in _HANGING
