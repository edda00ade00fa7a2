"""Sums of money in English: "forty dollars", "two dollars fifty", and pounds, which may be a weight."""

from __future__ import annotations

from asr_desktop.writing.english_amounts import MINUS, Amount, amount, first_of_two, number_pieces
from asr_desktop.writing.english_cardinals import Words
from asr_desktop.writing.pieces import Piece, listed

_CURRENCIES = {
    "dollar": "$",
    "dollars": "$",
    "euro": "€",
    "euros": "€",
    "pound": "£",
    "pounds": "£",
}
_SMALL_COINS = {"cent": "$€", "cents": "$€", "pence": "£", "p": "£", "penny": "£"}
# Pounds may be weight. They are money where one of these words is shortly before or after them.
_MONEY_WORDS = frozenset(
    listed("""cost costs costing paid pay pays paying price prices priced worth spend spends spent spending
    earn earns earned charge charges charged owe owes owed sold sell sells buy buys bought fine fined save
    saves saved budget bill fee rent wage wages salary loan debt fund funds raise raised donate donated invest
    invested borrow borrowed lend lent pounds ticket tickets win won profit loss bet""")
)
_WEIGHT_WORDS = frozenset(
    listed("""weigh weighs weighed weighing weight lost lose losing gain gained gaining heavy heavier lighter
    lift lifted overweight baby""")
)
_TIMES_OF_PAY = frozenset(("hour", "day", "week", "month", "year", "head", "night"))
_FAR = 6


def money(words: Words, index: int) -> list[Piece] | None:
    """ "forty dollars", "two dollars fifty", "three point five million euros", "ten to twenty dollars"."""
    found = amount(words, index)
    if found is None:
        return None
    name = words.next(found.stop)
    if name not in _CURRENCIES:
        if name in ("cents", "pence") and found.is_small is False and not found.scale:
            return number_pieces(found, index)
        return first_of_two(
            words, index, found, lambda other: _is_plain_money(words, index, other)
        ) and _with_sign(words, index, found)
    if words.at(index) in ("a", "an") and found.value > 1000:
        return None  # "a million dollars" is not an exact price
    if name.startswith("pound") and not _are_pounds_money(words, index, found):
        return None
    sign = _CURRENCIES[name]
    stop = found.stop + 1
    text = found.text
    if name.startswith("pound") and words.next(stop) == "sterling":
        stop += 1
    if not found.scale and "." not in text:
        coins = _coins(words, stop, sign)
        if coins is not None:
            text, stop = f"{text}.{coins[0]:02}", coins[1]
    if found.scale:
        return [
            Piece(_signed(sign, text), index, found.number_stop),
            Piece(found.scale, found.number_stop, stop),
        ]
    return [Piece(_signed(sign, text), index, stop)]


def _is_plain_money(words: Words, index: int, other: Amount) -> bool:
    name = words.next(other.stop)
    return name in _CURRENCIES and (not name.startswith("pound") or _are_pounds_money(words, index, other))


def _with_sign(words: Words, index: int, found: Amount) -> list[Piece] | None:
    other = amount(words, found.stop + 1)
    if other is None:
        return None
    sign = _CURRENCIES[words.next(other.stop)]
    if found.scale or other.scale:
        return [Piece(_signed(sign, found.text), index, found.number_stop), *number_pieces(found, index)[1:]]
    return [Piece(_signed(sign, found.text), index, found.stop)]


def _signed(sign: str, text: str) -> str:
    return f"{MINUS}{sign}{text[1:]}" if text.startswith(MINUS) else f"{sign}{text}"


def _coins(words: Words, index: int, sign: str) -> tuple[int, int] | None:
    """ "fifty cents", "and five cents", or a bare "fifty" after "two dollars"."""
    begin = index + 1 if words.next(index) == "and" else index
    found = words.below_hundred(begin)
    if found is None:
        return None
    if sign in _SMALL_COINS.get(words.next(found.stop), ""):
        return found.value, found.stop + 1
    is_bare = (
        begin == index
        and found.value >= 10
        and words.next(found.stop) in ("", "a", "for", "each", "per", "and")
    )
    return (found.value, found.stop) if is_bare else None


def _are_pounds_money(words: Words, index: int, found: Amount) -> bool:
    stop = found.stop + 1
    if words.next(stop) == "sterling" or found.scale or _coins(words, stop, "£") is not None:
        return True
    if words.next(stop) in ("a", "an", "per") and words.next(stop + 1) in _TIMES_OF_PAY:
        return True
    if words.next(stop) in ("of", "heavier", "lighter", "overweight"):
        return False
    near = {words.at(place) for place in range(max(0, index - _FAR), index)}
    near |= {words.next(place) for place in range(stop, stop + 2)}
    if near & _WEIGHT_WORDS:
        return False
    return bool(near & _MONEY_WORDS)
