"""English times of day, dates, years and decades."""

from __future__ import annotations

from asr_desktop.writing.english_cardinals import DECADES, Found, Words, ordinal_text
from asr_desktop.writing.pieces import Piece, listed

MONTHS = {
    month: month.capitalize()
    for month in listed(
        "january february march april may june july august september october november december"
    )
}
# Months that are also common words.
_DOUBTFUL_MONTHS = frozenset(("may", "march"))
_HALVES = {"am": "a.m.", "pm": "p.m.", "a.m.": "a.m.", "p.m.": "p.m.", "a.m": "a.m.", "p.m": "p.m."}
_PAST_MINUTES = {"five": 5, "ten": 10, "twenty": 20, "quarter": 15, "half": 30}
# After these words, "ten to four" and "three thirty" are times; after "from" and "of" they are ambiguous.
_BEFORE_A_TIME = frozenset(
    listed("""at by until till before after around about since at it's its is was nearly almost approximately
    between tonight tomorrow today monday tuesday wednesday thursday friday saturday sunday morning afternoon
    evening""")
)
_SURELY_A_TIME = frozenset(listed("at by until till since tonight tomorrow today"))
_NEARLY = frozenset(listed("is was nearly almost about around"))
_AFTER_A_TIME = frozenset(("in", "this", "tomorrow", "tonight", "today", "sharp", "on"))
_BEFORE_A_YEAR = frozenset(
    listed("""in since by until till of from to through before after during year circa around early late mid
    and about summer spring autumn winter fall christmas between""")
)
_BEFORE_A_DATE = frozenset(
    listed("on since until till by before after from to for of dated this next last and between the")
)
_ERAS = frozenset(("bc", "ad", "bce", "ce"))


def clock_time(words: Words, index: int) -> list[Piece] | None:
    """ "twenty five past three", "quarter to four", "three thirty", "three p m", "six o'clock"."""
    return (
        _past_or_to(words, index)
        or _with_half(words, index)
        or _o_clock(words, index)
        or _hour_and_minute(words, index)
    )


def _past_or_to(words: Words, index: int) -> list[Piece] | None:
    begin = index + 1 if words.at(index) == "a" and words.next(index + 1) == "quarter" else index
    minute = words.below_hundred(begin, first=begin == index)
    word = words.at(begin)
    if word in ("quarter", "half"):
        minute = Found(_PAST_MINUTES[word], begin + 1)
    if minute is None or minute.value > 59:
        return None
    stop = minute.stop
    is_plain = minute.value % 5 == 0 and (minute.value < 30 or word == "half")
    if words.next(stop) in ("minute", "minutes"):
        stop, is_plain = stop + 1, True
    side = words.next(stop)
    if side not in ("past", "to") or not is_plain or (side == "to" and word == "half"):
        return None
    hour = words.below_hundred(stop + 1)
    if hour is None or hour.value > 12 or words.next(hour.stop) in ("hundred", "thousand", "million"):
        return None
    if words.next(hour.stop) in ("percent", "per", "point", "or", "people", "times"):
        return None
    if side == "to" and not _can_be_to(words, index, hour.stop, is_quarter=word == "quarter"):
        return None
    value, end = hour.value, hour.stop
    if words.next(end) == "o'clock":
        end += 1
    minutes = minute.value
    if side == "to":
        value, minutes = (value - 2) % 12 + 1, 60 - minutes
    return [Piece(f"{value}:{minutes:02}", index, end), *_half(words, end)]


def _can_be_to(words: Words, index: int, stop: int, *, is_quarter: bool) -> bool:
    """Whether "ten to four" is a time, and not a range or odds."""
    before = words.before(index)
    if is_quarter:
        return before in _BEFORE_A_TIME
    follows_it = before in _NEARLY and words.at(index - 2) in ("it", "it's", "is", "was")
    return (before in _SURELY_A_TIME or before == "it's" or follows_it) and not words.next(stop).endswith("s")


def _half(words: Words, index: int) -> list[Piece]:
    """a.m. or p.m., if it is at `index`."""
    word = words.next(index)
    if word in ("a", "p") and words.next(index + 1) == "m":
        return [Piece(f"{word}.m.", index, index + 2)]
    return [Piece(_HALVES[word], index, index + 1)] if word in _HALVES else []


def _with_half(words: Words, index: int) -> list[Piece] | None:
    hour = words.below_hundred(index, first=True)
    if hour is None or hour.value > 12:
        return None
    text, stop = str(hour.value), hour.stop
    pair = words.pair(index)
    if pair is not None and pair[0] <= 12 and pair[1] <= 59:
        text, stop = f"{pair[0]}:{pair[1]:02}", pair[2]
    if (
        words.next(stop) == "am"
        and words.before(index) not in _BEFORE_A_TIME | {"to", "from"}
        and ":" not in text
    ):
        return None  # "which one am I"
    half = _half(words, stop)
    return [Piece(text, index, stop), *half] if half else None


def _o_clock(words: Words, index: int) -> list[Piece] | None:
    hour = words.below_hundred(index, first=True)
    if hour is None or hour.value > 12:
        return None
    if words.next(hour.stop) == "o'clock":
        return [
            Piece(str(hour.value), index, hour.stop),
            Piece("o'clock", hour.stop, hour.stop + 1, is_word=True),
        ]
    if words.follows(hour.stop, "o", "clock"):
        return [Piece(str(hour.value), index, hour.stop), Piece("o'clock", hour.stop, hour.stop + 2)]
    return None


def _hour_and_minute(words: Words, index: int) -> list[Piece] | None:
    before = words.before(index)
    if words.digit(index, first=True) == 0 and words.at(index) != "zero":
        # "oh eight thirty"
        pair = words.pair(index + 1, first=False)
        if pair is not None and pair[0] <= 9 and pair[1] <= 59:
            return [Piece(f"0{pair[0]}:{pair[1]:02}", index, pair[2])]
        return None
    pair = words.pair(index)
    if pair is None:
        return None
    hour, minute, stop = pair
    if minute > 59 or hour > 23:
        return None
    following = words.next(stop)
    if following in (
        "hundred",
        "thousand",
        "million",
        "percent",
        "per",
        "point",
        "dollars",
        "pounds",
        "euros",
    ):
        return None
    is_time = hour <= 12 and (
        before in _SURELY_A_TIME
        or (before in _BEFORE_A_TIME and minute % 5 == 0 and following not in ("people", "miles", "times"))
        or (minute % 15 == 0 and following in _AFTER_A_TIME and hour < 12 and words.follows(stop + 1, "the"))
        or (before in ("to", "from") and minute % 15 == 0)
    )
    is_day_time = hour >= 13 and before == "at" and minute % 5 == 0 and hour != 19 and following != "hundred"
    return [Piece(f"{hour}:{minute:02}", index, stop)] if is_time or is_day_time else None


def date(words: Words, index: int) -> list[Piece] | None:
    """ "may fifth nineteen forty five", "the fifth of may", "june twenty twenty six"."""
    return _month_first(words, index) or _day_first(words, index)


def _month_first(words: Words, index: int) -> list[Piece] | None:
    name = words.at(index)
    if name not in MONTHS:
        return None
    month = Piece(MONTHS[name], index, index + 1)
    year = _year_of_date(words, index + 1)
    if year is not None and words.ordinal(index + 1) is None:
        return [month, Piece(str(year.value), index + 1, year.stop)]
    begin = index + 2 if words.next(index + 1) == "the" else index + 1
    if begin - 1 in words.breaks or index in words.breaks:
        return None
    day = words.ordinal(begin)
    is_ordinal = day is not None
    if day is None and begin == index + 1:
        day = words.cardinal(begin)
        if day is not None and _is_measured(words, day.stop):
            return None
    if day is None or not 1 <= day.value <= 31:
        return None
    year = _year_of_date(words, day.stop)
    if name in _DOUBTFUL_MONTHS and year is None and words.before(index) not in _BEFORE_A_DATE:
        return None
    if name in _DOUBTFUL_MONTHS and year is None and words.before(index) == "the":
        return None  # "the march first …"
    pieces = [month]
    if begin > index + 1:
        pieces.append(Piece("the", index + 1, begin, is_word=True))
    text = ordinal_text(day.value) if begin > index + 1 and is_ordinal else str(day.value)
    if year is None:
        return [*pieces, Piece(text, begin, day.stop)]
    return [*pieces, Piece(f"{text},", begin, day.stop), Piece(str(year.value), day.stop, year.stop)]


def _day_first(words: Words, index: int) -> list[Piece] | None:
    day = words.ordinal(index)
    is_ordinal = day is not None
    day = day or words.cardinal(index)
    if day is None or not 1 <= day.value <= 31:
        return None
    of = words.next(day.stop) == "of"
    place = day.stop + of
    name = words.next(place)
    if name not in MONTHS or (of and not is_ordinal):
        return None
    year = _year_of_date(words, place + 1)
    if not of and year is None and (name in _DOUBTFUL_MONTHS or (not is_ordinal and day.value < 2)):
        return None
    has_article = words.before(index) == "the"
    text = ordinal_text(day.value) if (of or has_article) and is_ordinal else str(day.value)
    pieces = [Piece(text, index, day.stop)]
    if of:
        pieces.append(Piece("of", day.stop, place, is_word=True))
    pieces.append(Piece(MONTHS[name], place, place + 1))
    if year is not None:
        pieces.append(Piece(str(year.value), place + 1, year.stop))
    return pieces


def _is_measured(words: Words, index: int) -> bool:
    """Whether the word at `index` makes the number before it an amount and not a day."""
    following = words.next(index)
    return following in (
        "percent",
        "per",
        "times",
        "or",
        "to",
        "point",
        "hundred",
        "thousand",
        "million",
        "o'clock",
    ) or (following.endswith("s") and following not in ("is", "was", "as", "this", "his", "has", "does"))


def year(words: Words, index: int) -> list[Piece] | None:
    """ "nineteen eighty four", "in ten sixty six", "the nineteen nineties", "two thousand and eight" after
    "in"."""
    decade = _decade(words, index)
    if decade is not None:
        return [Piece(f"{decade.value}s", index, decade.stop)]
    found = _sure_year(words, index) or (
        _year_in_context(words, index) if words.before(index) in _BEFORE_A_YEAR else None
    )
    if found is None or _is_amount(words, found.stop):
        return None
    if words.next(found.stop) in _ERAS:
        era = words.next(found.stop).upper()
        return [Piece(str(found.value), index, found.stop), Piece(era, found.stop, found.stop + 1)]
    pieces = [Piece(str(found.value), index, found.stop)]
    if words.next(found.stop) == "to" and words.before(index) not in ("from", "between"):
        until = _sure_year(words, found.stop + 1)
        if until is not None and until.value > found.value:
            return [Piece(f"{found.value}–{until.value}", index, until.stop)]
    return pieces


def _is_amount(words: Words, index: int) -> bool:
    return words.next(index) in (
        "percent",
        "dollars",
        "pounds",
        "euros",
        "hundred",
        "thousand",
        "million",
        "point",
    )


def _sure_year(words: Words, index: int) -> Found | None:
    """A number that is almost certainly a year."""
    pair = words.pair(index)
    if pair is not None:
        century, rest, stop = pair
        is_time = century <= 12 and rest <= 59
        is_row = rest == century + 1  # "thirteen fourteen"
        if 13 <= century <= 19 and not is_row:
            return Found(century * 100 + rest, stop)
        if century in (20, 21) and not (rest % 10 == 0 and rest > 10):
            return Found(century * 100 + rest, stop)
        if 10 <= century <= 12 and not is_time and words.before(index) in _BEFORE_A_YEAR:
            return Found(century * 100 + rest, stop)
    found = words.cardinal(index)
    if (
        found is not None
        and 1300 <= found.value < 2000
        and found.value % 100 == 0
        and _hundreds(words, index)
    ):
        before = words.before(index)
        if before in ("in", "since", "until", "by", "before", "after", "year"):
            return found
    is_american = found is not None and words.follows(index + 1, "thousand") and words.at(index) == "two"
    if (
        is_american
        and found is not None
        and 2010 <= found.value < 2100
        and "and" not in words.words[index : found.stop]
    ):
        following = words.next(found.stop)
        if following in ("is", "was", "has", "this") or not (
            following.endswith("s") or following == "people"
        ):
            return found
    return None


def _hundreds(words: Words, index: int) -> bool:
    return words.next(index + 1) == "hundred"


def _year_in_context(words: Words, index: int) -> Found | None:
    """A year if a word such as "in" stands before it."""
    pair = words.pair(index)
    if pair is not None and 10 <= pair[0] <= 21:
        return Found(pair[0] * 100 + pair[1], pair[2])
    found = words.cardinal(index)
    before = words.before(index)
    if before in ("about", "around", "to", "and", "from", "between", "after", "before", "of"):
        is_year_like = (
            found is not None and words.follows(index, "two", "thousand") and 2000 < found.value < 2100
        )
        if not is_year_like or before in ("to", "about", "around"):
            return None
        return found if words.next(found.stop) in ("", "to", "and") else None  # type: ignore[union-attr]
    if found is not None and words.at(index) == "two" and 2000 <= found.value < 2100:
        if words.next(found.stop) in ("people", "cases", "years", "days", "of"):
            return None
        return found
    return None


def _year_of_date(words: Words, index: int) -> Found | None:
    """A year after a month or a day."""
    if index - 1 in words.breaks:
        return None
    pair = words.pair(index)
    if pair is not None and 10 <= pair[0] <= 21:
        return None if _is_amount(words, pair[2]) else Found(pair[0] * 100 + pair[1], pair[2])
    found = words.cardinal(index)
    if found is not None and (1000 <= found.value < 2100) and not _is_amount(words, found.stop):
        return found
    return None


def _decade(words: Words, index: int) -> Found | None:
    century = words.below_hundred(index, first=True)
    if century is None:
        return None
    following = words.next(century.stop)
    if 11 <= century.value <= 20 and following in DECADES and (century.value, following) != (20, "tens"):
        return Found(century.value * 100 + DECADES[following], century.stop + 1)
    if 11 <= century.value <= 20 and following == "hundreds":
        return Found(century.value * 100, century.stop + 1)
    is_two_thousands = words.at(index) == "two" and words.next(index + 1) == "thousands"
    return Found(2000, index + 2) if is_two_thousands else None
