"""Digits that are read out one by one: telephone numbers, codes, the number of a room or a flight."""

from __future__ import annotations

from itertools import pairwise

from asr_desktop.writing.english_cardinals import Words
from asr_desktop.writing.pieces import Piece, listed

FEWEST_OF_A_TELEPHONE = 7
MOST_OF_A_TELEPHONE = 15
_TIMES = {"double": 2, "triple": 3, "treble": 3}
GROUP_GAP_SECONDS = 0.25
"""Silence longer than this separates groups of digits."""
# Nouns that are followed by a number. Not after an article: "the room two people shared".
_NUMBERED = frozenset(
    listed("""page pages chapter chapters room gate platform version flight route highway channel apartment
    flat section volume paragraph verse exit bus episode season extension interstate lane suite article
    appendix figure windows boeing airbus junction motorway""")
)
_CODES = frozenset(listed("code pin number extension password passcode zip zipcode postcode id account"))
_ARTICLES = frozenset(listed("a an the this that my your his her its our their every each"))
_COUNTRIES = (
    "44",
    "49",
    "33",
    "39",
    "34",
    "61",
    "64",
    "91",
    "81",
    "86",
    "31",
    "32",
    "41",
    "43",
    "45",
    "46",
    "47",
    "48",
)


def digits_read_out(words: Words, index: int, gaps_seconds: list[float] | None = None) -> list[Piece] | None:
    """A telephone number (seven digits or more, or after "plus"), a code (four or more, or with "oh" or
    "double")."""
    begin = index + 1 if words.at(index) == "plus" else index
    digits, stop, groups, is_spelled = _digits(words, begin, gaps_seconds)
    if begin > index:
        return (
            [Piece(f"+{_international(digits)}", index, stop)]
            if len(digits) >= FEWEST_OF_A_TELEPHONE
            else None
        )
    if stop - index < 2:
        return None
    if FEWEST_OF_A_TELEPHONE <= len(digits) <= MOST_OF_A_TELEPHONE:
        return None if _counts(digits) else [Piece(_telephone(digits, groups), index, stop)]
    is_code = words.before(index) in _CODES | _NUMBERED or words.before(index) == "is"
    if len(digits) > MOST_OF_A_TELEPHONE or (len(digits) >= 3 and (is_spelled or is_code)):
        return None if _counts(digits) and not is_code else [Piece(digits, index, stop)]
    if len(digits) >= 4 and not _counts(digits):
        return [Piece(digits, index, stop)]
    return None


def _digits(words: Words, index: int, gaps_seconds: list[float] | None) -> tuple[str, int, list[int], bool]:
    """(digits, index after them, sizes of the groups separated by pauses, whether "oh", "double" … is in
    them).

    A pause or the end of a sentence does not end the digits if it is between groups.
    """
    digits, place, groups, is_spelled = "", index, [0], False
    while place < len(words):
        word = words.at(place)
        times = _TIMES.get(word, 1)
        digit = words.digit(place + (times > 1), first=True)
        if digit is None or (place > index and times > 1 and place in words.breaks):
            break
        following = words.next(place + (times > 1) + 1)
        if following in ("hundred", "thousand", "million", "point", "percent"):
            break
        is_spelled = is_spelled or times > 1 or word in ("oh", "o")
        digits += str(digit) * times
        groups[-1] += times
        place += 1 + (times > 1)
        if gaps_seconds is not None and gaps_seconds[place - 1] >= GROUP_GAP_SECONDS:
            groups.append(0)
    return digits, place, [size for size in groups if size], is_spelled


def _counts(digits: str) -> bool:
    """Whether somebody counts: "one two three four", "five four three"."""
    steps = {int(after) - int(before) for before, after in pairwise(digits)}
    return steps in ({1}, {-1}) and len(digits) < 10


def _telephone(digits: str, groups: list[int]) -> str:
    if len(groups) > 1 and all(2 <= size <= 6 for size in groups):
        sizes = groups
    elif digits.startswith("0"):
        sizes = {11: [5, 6] if digits[1] == "7" else [3, 4, 4], 10: [5, 5]}.get(len(digits), [len(digits)])
    elif len(digits) == 7:
        sizes = [3, 4]
    elif len(digits) == 10:
        sizes = [3, 3, 4]
    elif len(digits) == 11 and digits.startswith("1"):
        sizes = [1, 3, 3, 4]
    else:
        sizes = [len(digits)]
    # Words of a transcript contain no spaces, so groups are joined by hyphens.
    return "-".join(_cut(digits, sizes))


def _international(digits: str) -> str:
    code = 1 if digits.startswith("1") else 2 if digits.startswith(_COUNTRIES) else 3
    rest = digits[code:]
    sizes = [3, 3, 4] if code == 1 and len(rest) == 10 else [4, 6] if len(rest) == 10 else [len(rest)]
    return "-".join([digits[:code], *_cut(rest, sizes)])


def _cut(digits: str, sizes: list[int]) -> list[str]:
    parts, place = [], 0
    for size in sizes:
        parts.append(digits[place : place + size])
        place += size
    return parts


def numbered(words: Words, index: int) -> list[Piece] | None:
    """The number after "chapter", "room", "flight": in figures even if it is small, also "room four
    twelve"."""
    before = words.before(index)
    if before not in _NUMBERED or words.at(index - 2) in _ARTICLES:
        return None
    pair = words.pair(index)
    if pair is not None and pair[0] < 100 and pair[1] < 100:
        return [Piece(f"{pair[0]}{pair[1]:02}", index, pair[2])]
    found = words.cardinal(index)
    if found is None or words.next(found.stop) in ("of", "point", "percent", "hundred"):
        return (
            None
            if found is None or words.next(found.stop) != "of"
            else [Piece(str(found.value), index, found.stop)]
        )
    pieces = [Piece(str(found.value), index, found.stop)]
    until = words.cardinal(found.stop + 1) if words.next(found.stop) == "to" else None
    if until is not None and until.value > found.value:
        return [Piece(f"{found.value}–{until.value}", index, until.stop)]
    return pieces
