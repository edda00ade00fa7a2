"""Decides which English numbers in running text are written in figures and which stay words.

The rules are those common to style guides: figures from ten on and with units, money, per cent, dates, times
and names of things that are numbered; words below ten, and where a number is not a count ("one of them", "a
thousand thanks"). Where style guides differ, the words stay.
"""

from __future__ import annotations

from asr_desktop.writing.english_amounts import amount, measure, number_pieces, per_cent, version
from asr_desktop.writing.english_cardinals import NUMBER_WORDS, SCALES, Words, grouped, ordinal_text
from asr_desktop.writing.english_clock import clock_time, date, year
from asr_desktop.writing.english_digits import digits_read_out, numbered
from asr_desktop.writing.english_money import money
from asr_desktop.writing.pieces import Piece, joined, listed, spoken_pieces

# Fixed phrases with their written form, or None where they stay words. The longest match at each position
# applies.
_PHRASES: dict[tuple[str, ...], tuple[str, ...] | None] = {
    tuple(phrase.split()): None
    for phrase in (
        "forty winks",
        "ten commandments",
        "twelve apostles",
        "twelve disciples",
        "twelve days of christmas",
        "twelfth night",
        "eleventh hour",
        "nine eleven",
        "seven eleven",
        "fifty fifty",
        "sixty four thousand dollar question",
        "ten to one",
        "ten to the power",
        "twenty to one",
        "a hundred to one",
        "a hundred and one",
        "a thousand and one",
        "one in a million",
        "ten a penny",
        "nine times out of ten",
        "nine out of ten",
        "eleven plus",
        "twenty questions",
        "at sixes and sevens",
        "one hundred years of solitude",
        "thirty something",
        "twenty something",
        "forty something",
        "fifty something",
    )
}
_PHRASES[("twenty", "four", "seven")] = ("24/7",)
_PHRASES[("twenty", "four", "hours")] = ("24", "hours")
_PHRASES[("twenty", "twenty", "vision")] = ("20/20", "vision")
_PHRASES[("catch", "twenty", "two")] = ("Catch-22",)
_LONGEST_PHRASE = max(map(len, _PHRASES))
_MANY = frozenset(listed("odd something ish"))
_FRACTIONS = frozenset(listed("half halves third thirds quarter quarters tenths hundredths thousandths"))
_MONARCHS = frozenset(
    listed("""louis henry edward charles george richard philip frederick napoleon elizabeth pius benedict leo
    gregory innocent clement urban william catherine""")
)
_ROUND = frozenset(("hundred", *SCALES))


def written_english(
    words: list[str],
    breaks: frozenset[int] = frozenset(),
    gaps_seconds: list[float] | None = None,
    *,
    closed_per_cent: bool = False,
) -> list[Piece]:
    """Pieces that cover `words`, in small letters, in order.

    breaks: indices of words after which a sentence or a clause ends; no number spans them. gaps_seconds:
    silence after each word, by which digits are grouped.
    """
    spoken = Words(words, breaks)
    pieces: list[Piece] = []
    index = 0
    while index < len(words):
        found = _number_at(spoken, index, gaps_seconds, closed_per_cent=closed_per_cent)
        found = spoken_pieces(words, index, index + 1) if found is None else joined(found)
        pieces += found
        index = found[-1].stop
    return pieces


def _number_at(
    words: Words, index: int, gaps_seconds: list[float] | None, *, closed_per_cent: bool
) -> list[Piece] | None:
    phrase = _phrase(words, index)
    if phrase is not None:
        return phrase
    is_decimal_trap = words.at(index - 1) == "at" and words.follows(index, "one", "point")
    return (
        _clock_before_digits(words, index)
        or digits_read_out(words, index, gaps_seconds)
        or version(words, index)
        or per_cent(words, index, closed=closed_per_cent)
        or money(words, index)
        or measure(words, index)
        or clock_time(words, index)
        or _approximate(words, index)
        or _out_of(words, index)
        or numbered(words, index)
        or date(words, index)
        or year(words, index)
        or _year_old(words, index)
        or _monarch(words, index)
        or _ordinal(words, index)
        or (None if is_decimal_trap else _decimal(words, index))
        or _cardinal(words, index)
    )


def _clock_before_digits(words: Words, index: int) -> list[Piece] | None:
    """ "at nine oh five" is a time, "room nine oh five" digits."""
    time = clock_time(words, index)
    if time is None or words.digit(time[-1].stop) is not None or words.digit(index + 1) is None:
        return None
    return time


def _phrase(words: Words, index: int) -> list[Piece] | None:
    for length in range(_LONGEST_PHRASE, 1, -1):
        said = tuple(
            words.at(index) if not offset else words.next(index + offset) for offset in range(length)
        )
        if said not in _PHRASES:
            continue
        written = _PHRASES[said]
        stop = index + length
        # Before further number words, "a hundred and one" is part of a count and not the phrase.
        if words.next(stop) in NUMBER_WORDS and said[-1] in NUMBER_WORDS:
            continue
        if written is None:
            return spoken_pieces(words.words, index, stop)
        if len(written) == 1:
            return [Piece(written[0], index, stop)]
        return [Piece(written[0], index, stop - 1), Piece(written[1], stop - 1, stop, is_word=True)]
    return None


def _approximate(words: Words, index: int) -> list[Piece] | None:
    """ "five or six hundred", "nine or ten", "from ten to four": both stay words."""
    first = words.cardinal(index)
    if first is None or first.value > 12 or words.next(first.stop) not in ("or", "to"):
        return None
    other = words.cardinal(first.stop + 1)
    if other is not None and first.value >= 10:
        return spoken_pieces(words.words, index, other.stop) if 0 < other.value < 10 else None
    if other is None or (other.value >= 10 and words.at(other.stop - 1) not in _ROUND and other.value != 10):
        return None
    if words.next(first.stop) == "to" and other.value < 10:
        return None
    if other.value < 10**6:
        return spoken_pieces(words.words, index, other.stop)
    return None


def _out_of(words: Words, index: int) -> list[Piece] | None:
    """ "eight out of ten": both stay words where the first one does."""
    first = words.cardinal(index)
    if first is None or first.value >= 10 or not words.follows(first.stop, "out", "of"):
        return None
    other = words.cardinal(first.stop + 2)
    return None if other is None or other.value > 10 else spoken_pieces(words.words, index, other.stop)


def _year_old(words: Words, index: int) -> list[Piece] | None:
    """ "twenty five year old": one word, with hyphens."""
    found = words.cardinal(index)
    if found is None or words.next(found.stop) != "year" or words.next(found.stop + 1) not in ("old", "olds"):
        return None
    number = str(found.value) if found.value >= 10 else words.at(index)
    return [Piece(f"{number}-year-{words.next(found.stop + 1)}", index, found.stop + 2)]


def _monarch(words: Words, index: int) -> list[Piece] | None:
    """ "henry the eighth": the eighth becomes VIII, with its article."""
    if words.at(index) != "the" or words.before(index) not in _MONARCHS:
        return None
    found = words.ordinal(index + 1) if index not in words.breaks else None
    if (
        found is None
        or found.value > 39
        or words.next(found.stop) in ("time", "one", "person", "to", "day", "half")
    ):
        return None
    return [Piece(_roman(found.value), index, found.stop)]


def _roman(value: int) -> str:
    text = ""
    for sign, worth in (("X", 10), ("IX", 9), ("V", 5), ("IV", 4), ("I", 1)):
        text += sign * (value // worth)
        value %= worth
    return text


FRACTIONS = ("hundredth", "thousandth", "millionth", "billionth")


def _ordinal(words: Words, index: int) -> list[Piece] | None:
    found = words.ordinal(index)
    if found is None or found.value < 10:
        return None
    before = words.before(index)
    # "one tenth of it"; "a twentieth" is a fraction unless a noun that it counts follows.
    if before in ("one", "a", "half") and (before != "a" or words.next(found.stop) in ("of", "")):
        return None
    last = words.at(found.stop - 1)
    # "a thirty second break" lasts thirty seconds.
    if last == "second" and found.stop - index > 1 and before in ("a", "another"):
        return None
    if words.at(index) == "one" and last in FRACTIONS and words.next(found.stop) == "of":
        return None
    return [Piece(ordinal_text(found.value), index, found.stop)]


def _decimal(words: Words, index: int) -> list[Piece] | None:
    found = amount(words, index)
    if found is None or words.at(index) == "point":
        return None
    is_minus = words.at(index) in ("minus", "negative")
    if "." not in found.text and not (is_minus and not found.is_small):
        return None
    if (
        ".5" in found.text
        and "half" in words.words[index : found.stop]
        and not found.scale
        and found.is_small
    ):
        return None  # "two and a half hours"
    if ".25" in found.text and "quarter" in words.words[index : found.stop] and not found.scale:
        return None
    if is_minus and words.before(index) in NUMBER_WORDS:
        return None  # "ten minus twenty"
    return number_pieces(found, index)


def _cardinal(words: Words, index: int) -> list[Piece] | None:
    found = words.cardinal(index) or words.article_number(index)
    if found is None:
        return None
    is_round_article = words.at(index) in ("a", "an") and words.at(found.stop - 1) in _ROUND
    if found.value < 10 or is_round_article:
        # All of "a hundred", and "three hundredths", stay together.
        return spoken_pieces(words.words, index, found.stop)
    following = words.next(found.stop)
    if following in _MANY or following in _FRACTIONS:
        return spoken_pieces(words.words, index, found.stop)
    whole = amount(words, index)
    if whole is not None and whole.scale:
        return number_pieces(whole, index)
    return [Piece(grouped(found.value), index, found.stop)]
