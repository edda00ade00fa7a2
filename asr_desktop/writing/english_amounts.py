"""Decimals, per cent and units of measure, as English says them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from asr_desktop.writing.english_cardinals import SCALES, Words, grouped
from asr_desktop.writing.pieces import Piece, listed

MINUS = "\N{MINUS SIGN}"
DEGREE = "\N{DEGREE SIGN}"

# Symbols that are usual after figures in running text. Other units stay words ("5 metres").
_SYMBOLS = {
    ("kilometre", "kilometer", "k m", "km"): "km",
    ("centimetre", "centimeter"): "cm",
    ("millimetre", "millimeter"): "mm",
    ("kilogram", "kilogramme"): "kg",
    ("milligram", "milligramme"): "mg",
    ("millilitre", "milliliter"): "ml",
    ("millisecond",): "ms",
    ("kilowatt",): "kW",
    ("megawatt",): "MW",
    ("gigawatt",): "GW",
    ("kilobyte",): "kB",
    ("megabyte",): "MB",
    ("gigabyte",): "GB",
    ("terabyte",): "TB",
    ("hertz",): "Hz",
    ("kilohertz",): "kHz",
    ("megahertz",): "MHz",
    ("gigahertz",): "GHz",
    ("decibel",): "dB",
    ("kilowatt hour",): "kWh",
    ("megabit per second",): "Mbit/s",
    ("gigabit per second",): "Gbit/s",
    ("kilometre per hour", "kilometer per hour", "kilometre an hour", "kilometer an hour"): "km/h",
    ("metre per second", "meter per second"): "m/s",
    ("kilometre per second", "kilometer per second"): "km/s",
    ("mile per hour",): "mph",
    ("square kilometre", "square kilometer"): "km²",
    ("square metre", "square meter"): "m²",
    ("square centimetre", "square centimeter"): "cm²",
    ("cubic metre", "cubic meter"): "m³",
    ("cubic centimetre", "cubic centimeter"): "cm³",
    ("degree celsius", "degree centigrade"): f"{DEGREE}C",
    ("degree fahrenheit",): f"{DEGREE}F",
}
# Numbers before these are always in figures, with the unit as a word.
_MEASURES = frozenset(
    listed("""metre meter gram gramme litre liter watt volt amp ampere tonne kilo joule newton megapixel pixel
    bit byte calorie centilitre centiliter hectare""")
)
_PLURALS = {"foot": "feet", "inch": "inches"}


def _plural(unit: str) -> str:
    head, *tail = unit.split()
    if head in ("square", "cubic"):
        return f"{head} {_plural(' '.join(tail))}"
    if unit == "kilowatt hour":
        return "kilowatt hours"
    return " ".join([head if head.endswith(("hertz", "km", "k")) else f"{head}s", *tail])


_UNITS: dict[tuple[str, ...], str] = {}
for _names, _symbol in _SYMBOLS.items():
    for _name in _names:
        _UNITS[tuple(_name.split())] = _UNITS[tuple(_plural(_name).split())] = _symbol
_MEASURE_WORDS = frozenset(name for unit in _MEASURES for name in (unit, f"{unit}s"))
_LONGEST_UNIT = max(map(len, _UNITS))


@dataclass(frozen=True, slots=True)
class Amount:
    """A number before a unit, in written form; `scale` is a word such as "million" that stays a word, or
    ""."""

    text: str
    stop: int
    value: float
    scale: str = ""
    number_stop: int = 0
    """Index after the figures, before the scale."""
    is_small: bool = False
    """Whether it is a whole number under ten, which stays a word unless a rule requires figures."""


def amount(words: Words, index: int) -> Amount | None:
    """The number at `index`: "three point five million", "two and a half", "a hundred", "minus five"."""
    if words.at(index) in ("minus", "negative"):
        found = amount(words, index + 1) if index not in words.breaks else None
        if found is None or found.text.startswith(MINUS):
            return None
        return Amount(
            MINUS + found.text, found.stop, -found.value, found.scale, found.number_stop, found.is_small
        )
    return _decimal(words, index) or _and_a_half(words, index) or _whole(words, index)


def _decimal(words: Words, index: int) -> Amount | None:
    stop = index
    if words.at(index) == "point":
        number, place = "0", index + 1
    elif words.digit(index, first=True) == 0 and words.next(index + 1) == "point":
        number, place = "0", index + 2
    else:
        whole = words.cardinal(index)
        pair = words.pair(index)
        if pair is not None and pair[0] < 10 and words.next(pair[2]) == "point":
            number, place = f"{pair[0]}{pair[1]:02}", pair[2] + 1
        elif whole is not None and words.next(whole.stop) == "point":
            number, place = grouped(whole.value), whole.stop + 1
        else:
            return None
    decimals, stop = decimals_at(words, place)
    if not decimals:
        return None
    scale = words.next(stop) if words.next(stop) in SCALES else ""
    value = float(f"{number.replace(',', '')}.{decimals}") * SCALES.get(scale, 1)
    return Amount(f"{number}.{decimals}", stop + bool(scale), value, scale, stop)


def decimals_at(words: Words, index: int) -> tuple[str, int]:
    """The digits after a "point", or "" if there are none, and the index after them."""
    two = words.below_hundred(index)
    if two is not None and two.value >= 10 and words.next(two.stop) not in ("hundred",):
        return str(two.value), two.stop
    digits, stop = "", index
    while (digit := words.digit(stop)) is not None:
        digits, stop = f"{digits}{digit}", stop + 1
    return digits, stop


def _and_a_half(words: Words, index: int) -> Amount | None:
    whole = words.cardinal(index)
    # "two million and a half" is ambiguous (half a million?) and stays as it was spoken.
    if (
        whole is None
        or words.at(whole.stop - 1) in ("hundred", *SCALES)
        or not words.follows(whole.stop, "and", "a")
    ):
        return None
    part = {"half": ".5", "quarter": ".25"}.get(words.next(whole.stop + 2))
    if part is None:
        return None
    stop = whole.stop + 3
    scale = words.next(stop) if words.next(stop) in SCALES and words.next(stop) != "thousand" else ""
    value = (whole.value + float(part)) * SCALES.get(scale, 1)
    return Amount(
        f"{grouped(whole.value)}{part}", stop + bool(scale), value, scale, stop, is_small=whole.value < 10
    )


def _whole(words: Words, index: int) -> Amount | None:
    found = words.cardinal(index) or words.article_number(index)
    if found is None:
        return None
    pair = words.pair(index)
    if pair is not None and pair[0] < 10 and pair[2] > found.stop:  # "one fifty"
        return Amount(f"{pair[0]}{pair[1]:02}", pair[2], pair[0] * 100 + pair[1], number_stop=pair[2])
    scale = words.at(found.stop - 1)
    if found.value >= 10**6 and scale in SCALES and 0 < found.value // SCALES[scale] < 1000:
        # "two million": the figures are those before it.
        return Amount(grouped(found.value // SCALES[scale]), found.stop, found.value, scale, found.stop - 1)
    return Amount(
        grouped(found.value), found.stop, found.value, number_stop=found.stop, is_small=found.value < 10
    )


def unit_at(words: Words, index: int) -> tuple[str, int] | None:
    """The symbol of the unit at `index`, and the index after it."""
    for length in range(_LONGEST_UNIT, 0, -1):
        symbol = _UNITS.get(tuple(words.next(index + offset) for offset in range(length)))
        if symbol is not None:
            return symbol, index + length
    return None


def number_pieces(found: Amount, index: int) -> list[Piece]:
    """The figures, followed by a word such as "million", if any."""
    pieces = [Piece(found.text, index, found.number_stop or found.stop)]
    if found.scale:
        pieces.append(Piece(found.scale, found.stop - 1, found.stop, is_word=True))
    return pieces


def per_cent(words: Words, index: int, *, closed: bool) -> list[Piece] | None:
    """ "twenty five per cent", "ten to fifteen percent"; closed: "25%" in place of "25 %"."""
    found = amount(words, index)
    if found is None and words.follows_hundred(index):
        found = Amount("100", index + 1, 100, number_stop=index + 1)
    if found is None:
        return None
    stop = percent_stop(words, found.stop)
    if stop is not None:
        if closed and not found.scale:
            return [Piece(f"{found.text}%", index, stop)]
        return [*number_pieces(found, index), Piece("%", found.stop, stop)]
    if words.next(found.stop) == "percentage" and words.next(found.stop + 1) in ("point", "points"):
        return number_pieces(found, index)
    return first_of_two(words, index, found, lambda other: percent_stop(words, other.stop) is not None)


def percent_stop(words: Words, index: int) -> int | None:
    """The index after "percent" or "per cent"."""
    if words.next(index) == "percent":
        return index + 1
    return index + 2 if words.follows(index, "per", "cent") else None


def measure(words: Words, index: int) -> list[Piece] | None:
    """ "five kilometres", "ten to twenty grams", "minus five degrees"."""
    found = amount(words, index)
    if found is None:
        return None
    unit = unit_at(words, found.stop)
    if unit is not None:
        return [*number_pieces(found, index), Piece(unit[0], found.stop, unit[1])]
    following = words.next(found.stop)
    is_article = words.at(index) in ("a", "an")
    if following in _MEASURE_WORDS and not is_article and not (found.value == 1 and following.endswith("s")):
        return number_pieces(found, index)
    if following in ("degrees", "degree") and (
        found.value < 0 or words.next(found.stop + 1) in ("below", "above", "north", "south", "east", "west")
    ):
        return number_pieces(found, index)
    if following in ("foot", "feet") and not found.scale and not is_article:
        return _feet_and_inches(words, index, found)
    return first_of_two(
        words,
        index,
        found,
        lambda other: unit_at(words, other.stop) is not None or words.next(other.stop) in _MEASURE_WORDS,
    )


def _feet_and_inches(words: Words, index: int, feet: Amount) -> list[Piece] | None:
    inches = words.below_hundred(feet.stop + 1)
    if inches is None or inches.value > 11:
        return None
    has_unit = words.next(inches.stop) in ("inch", "inches")
    # "six foot two", but not "six feet two …" of something else.
    if not has_unit and words.next(feet.stop) != "foot":
        return None
    return [
        *number_pieces(feet, index),
        Piece(words.at(feet.stop), feet.stop, feet.stop + 1, is_word=True),
        Piece(str(inches.value), feet.stop + 1, inches.stop),
    ]


def first_of_two(
    words: Words, index: int, found: Amount, is_measured: Callable[[Amount], bool]
) -> list[Piece] | None:
    """The first number of "ten to fifteen percent": in figures, as the second will be."""
    if words.next(found.stop) not in ("to", "or", "and"):
        return None
    if words.next(found.stop) == "and" and words.before(index) != "between":
        return None
    other = amount(words, found.stop + 1)
    if (
        other is None
        or other.text.startswith(MINUS)
        or not is_measured(other)
        or words.at(index) in ("a", "an")
    ):
        return None
    if found.value < 10 <= other.value and words.at(other.stop - 1) in ("hundred", *SCALES):
        return None  # "two or three hundred"
    return number_pieces(found, index)


def version(words: Words, index: int) -> list[Piece] | None:
    """Numbers with two points or more: "three point eleven point seven", "one ninety two point one sixty
    eight …"."""
    chunks: list[str] = []
    place = index
    while True:
        chunk = _chunk(words, place, first=place == index)
        if chunk is None:
            return None
        chunks.append(chunk[0])
        place = chunk[1]
        if words.next(place) not in ("point", "dot"):
            break
        place += 1
    return [Piece(".".join(chunks), index, place)] if len(chunks) > 2 else None


def _chunk(words: Words, index: int, *, first: bool) -> tuple[str, int] | None:
    pair = words.pair(index, first=first)
    if pair is not None and pair[0] < 10:
        return f"{pair[0]}{pair[1]:02}", pair[2]
    if words.digit(index, first=first) == 0:
        return "0", index + 1
    found = words.below_thousand(index, first=first)
    return (str(found.value), found.stop) if found is not None else None
