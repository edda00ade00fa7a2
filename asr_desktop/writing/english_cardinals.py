"""English number words to values: "two hundred and fifty thousand", "twenty fifth", "oh", "one ninety two".

Functions take the spoken words in lower case and an index, and return a value and the index after it, or
None. They only parse number words; the rules decide whether figures are written.
"""

from __future__ import annotations

from dataclasses import dataclass

from asr_desktop.writing.pieces import listed

DIGITS = {
    word: value for value, word in enumerate(listed("zero one two three four five six seven eight nine"))
}
SAID_DIGITS = DIGITS | {"oh": 0, "o": 0, "nought": 0, "naught": 0}
TEENS = {
    word: value
    for value, word in enumerate(
        listed("ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"), start=10
    )
}
TENS = {
    word: value * 10
    for value, word in enumerate(listed("twenty thirty forty fifty sixty seventy eighty ninety"), start=2)
}
TENS["fourty"] = 40
SCALES = {"thousand": 1000, "million": 10**6, "billion": 10**9, "trillion": 10**12}
ORDINAL_DIGITS = {
    word: value
    for value, word in enumerate(
        listed("first second third fourth fifth sixth seventh eighth ninth"), start=1
    )
}
ORDINAL_TEENS = {
    word: value
    for value, word in enumerate(
        listed(
            "tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth "
            "nineteenth"
        ),
        start=10,
    )
}
ORDINAL_TENS = {
    word: value * 10
    for value, word in enumerate(
        listed("twentieth thirtieth fortieth fiftieth sixtieth seventieth eightieth ninetieth"), start=2
    )
}
DECADES = {
    word: value * 10
    for value, word in enumerate(
        listed("tens twenties thirties forties fifties sixties seventies eighties nineties"), start=1
    )
}
_ROUND_ORDINALS = {"hundredth": 100, "thousandth": 1000, "millionth": 10**6, "billionth": 10**9}
_BEGINNINGS = DIGITS.keys() | TEENS.keys() | TENS.keys()
NUMBER_WORDS = frozenset(_BEGINNINGS | SCALES.keys() | {"hundred"})


@dataclass(frozen=True, slots=True)
class Found:
    """A value, and the index after its last word."""

    value: int
    stop: int


class Words:
    """Spoken words in lower case, with the sentence and clause ends that a number must not span.

    breaks: indices of words before such an end.
    """

    def __init__(self, words: list[str], breaks: frozenset[int] = frozenset()) -> None:
        self.words = words
        self.breaks = breaks

    def __len__(self) -> int:
        return len(self.words)

    def at(self, index: int) -> str:
        """The word at `index`; "" before the first and after the last."""
        return self.words[index] if 0 <= index < len(self.words) else ""

    def next(self, index: int) -> str:
        """The word at `index` if no break is before it, otherwise ""."""
        return "" if index - 1 in self.breaks else self.at(index)

    def before(self, index: int) -> str:
        """The word before the one at `index` in the same clause."""
        return "" if index - 1 in self.breaks else self.at(index - 1)

    def follows(self, index: int, *texts: str) -> bool:
        """Whether these words start at `index`, without a break."""
        return all(self.next(index + offset) == text for offset, text in enumerate(texts))

    def follows_hundred(self, index: int) -> bool:
        """Whether a bare "hundred" is at `index`; it is a number only before "percent"."""
        return self.at(index) == "hundred" and self.before(index) not in NUMBER_WORDS

    def digit(self, index: int, *, first: bool = False) -> int | None:
        """The digit at `index`, including "oh"; None if there is none."""
        return SAID_DIGITS.get(self.at(index) if first else self.next(index))

    def below_hundred(self, index: int, *, first: bool = False) -> Found | None:
        """1 … 99."""
        word = self.at(index) if first else self.next(index)
        if word in TENS:
            unit = DIGITS.get(self.next(index + 1), 0)
            return Found(TENS[word] + unit, index + 2) if unit else Found(TENS[word], index + 1)
        value = TEENS.get(word) or DIGITS.get(word)
        return Found(value, index + 1) if value else None

    def below_thousand(self, index: int, *, first: bool = False, may_add: bool = True) -> Found | None:
        """1 … 999, and "fifteen hundred" up to 9900. may_add: whether "and" may join the hundreds and the
        rest."""
        small = self.below_hundred(index, first=first)
        if small is None or self.next(small.stop) != "hundred":
            return small
        if small.value >= 10 and small.value % 10 == 0:
            return small
        value, stop = small.value * 100, small.stop + 1
        rest = self._rest(stop, may_add=may_add)
        return Found(value + rest.value, rest.stop) if rest is not None else Found(value, stop)

    def _rest(self, index: int, *, may_add: bool) -> Found | None:
        """The rest after a hundred or thousand: "[and] twenty five", unless another hundred or thousand
        follows."""
        begin = index + 1 if may_add and self.next(index) == "and" else index
        rest = self.below_hundred(begin)
        if rest is None:
            return None
        if self.next(rest.stop) == "hundred":
            return None  # "one hundred two hundred"
        return rest

    def cardinal(self, index: int) -> Found | None:
        """The longest number at `index`: "two million three hundred thousand and five"."""
        may_add = self.before(index) != "between"
        if self.at(index) == "zero":
            return Found(0, index + 1)
        found = self.below_thousand(index, first=True, may_add=may_add)
        if found is None:
            return None
        total, stop, least = 0, index, 10**15
        part: Found | None = found
        while part is not None:
            scale = SCALES.get(self.next(part.stop), 1)
            if scale >= least or (scale == 1 and total and part.value >= 1000):
                break
            total, stop, least = total + part.value * scale, part.stop + (scale > 1), scale
            if scale == 1:
                break
            begin = stop + 1 if may_add and self.next(stop) == "and" else stop
            part = self.below_thousand(begin, may_add=may_add)
            if begin > stop and part is not None and self.next(part.stop) in SCALES:
                break
        return Found(total, stop)

    def article_number(self, index: int) -> Found | None:
        """ "a hundred", "a thousand", including the rest: "a hundred and twenty"."""
        if self.at(index) not in ("a", "an") or self.next(index + 1) not in ("hundred", "thousand"):
            return None
        value = 100 if self.next(index + 1) == "hundred" else 1000
        stop = index + 2
        if value == 100 and self.next(stop) == "thousand":
            return Found(100_000, stop + 1)
        if value == 1000:
            begin = stop + 1 if self.next(stop) == "and" else stop
            rest = self.below_thousand(begin)
        else:
            rest = self._rest(stop, may_add=True)
        if rest is not None and self.next(rest.stop) not in SCALES:
            return Found(value + rest.value, rest.stop)
        return Found(value, stop)

    def ordinal(self, index: int) -> Found | None:
        """ "twenty fifth", "nineteenth", "two hundred and first"; not "second" on its own."""
        found = self._ordinal_end(index, first=True)
        if found is not None:
            return found
        before = self._before_ordinal(index)
        if before is None:
            return None
        if self.next(before.stop) in _ROUND_ORDINALS:
            factor = _ROUND_ORDINALS[self.next(before.stop)]
            return Found(before.value * factor, before.stop + 1)
        begin = before.stop + 1 if self.next(before.stop) == "and" else before.stop
        end = self._ordinal_end(begin)
        # "one hundred second(s)" is a time.
        is_time = begin == before.stop and self.next(begin) == "second"
        if end is not None and before.value % 100 == 0 and not is_time:
            return Found(before.value + end.value, end.stop)
        return None

    def _before_ordinal(self, index: int) -> Found | None:
        found = self.cardinal(index)
        if found is None:
            return None
        # "two hundred and twenty fifth": the cardinal includes words of the ordinal.
        stop = found.stop
        while stop > index + 1 and self._ordinal_end(stop - 1) is not None:
            stop -= 1
        if stop == found.stop:
            return found
        return Words(self.words[:stop], self.breaks).cardinal(index)

    def _ordinal_end(self, index: int, *, first: bool = False) -> Found | None:
        word = self.at(index) if first else self.next(index)
        if word in TENS and self.next(index + 1) in ORDINAL_DIGITS:
            return Found(TENS[word] + ORDINAL_DIGITS[self.next(index + 1)], index + 2)
        value = ORDINAL_DIGITS.get(word) or ORDINAL_TEENS.get(word) or ORDINAL_TENS.get(word)
        return Found(value, index + 1) if value else None

    def pair(self, index: int, *, first: bool = True) -> tuple[int, int, int] | None:
        """Two numbers as years and clock times are said: "nineteen eighty four", "three oh five", "four
        twelve".

        Returns (first number, second number, index after them); the second is 1 … 9 only after "oh".
        """
        left = self.below_hundred(index, first=first)
        if left is None:
            return None
        # "twenty six" could begin "twenty | six…"; the right side of a pair needs tens, so the longer left
        # side is kept.
        if self.next(left.stop) in ("oh", "o", "zero") and self.digit(left.stop + 1):
            return left.value, self.digit(left.stop + 1) or 0, left.stop + 2
        right = self.below_hundred(left.stop)
        if right is None or right.value < 10:
            return None
        return left.value, right.value, right.stop


def grouped(value: int) -> str:
    """With commas from a thousand on: "1,000"."""
    return f"{value:,}"


def ordinal_text(value: int) -> str:
    """ "21st", "12th"."""
    ending = "th" if value % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")
    return f"{grouped(value)}{ending}"
