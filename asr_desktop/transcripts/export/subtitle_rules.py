"""What a good subtitle is: the rules, the cue that has to keep them, and a check that names what it breaks.

The rules and their defaults are those of Subtitle Edit, the program most subtitlers check their work with.
Times are whole milliseconds, because that is what SRT and WebVTT store: a rule that holds here holds in the
file.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from asr_desktop.base.errors import ExportError
from asr_desktop.base.sentences import Sentence
from asr_desktop.transcripts.document import Word
from asr_desktop.transcripts.phrases import join_words, needs_space, text_width

# A speed that equals its limit is not above it, whatever the last binary digit says.
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class SubtitleRules:
    """Limits of a subtitle. Raises `ExportError` for values that contradict each other."""

    max_line_width: int = 43
    """Columns a line; a Chinese, Japanese or Korean character takes two, every other one."""
    max_lines: int = 2
    max_characters_per_second: float = 25.0
    """Reading speed that no cue should pass; spaces count, wide characters count twice."""
    ideal_characters_per_second: float = 15.0
    """Reading speed that cues are stretched to where the silence after them allows it."""
    min_seconds: float = 1.0
    max_seconds: float = 8.0
    min_gap_seconds: float = 0.024
    """Dark time between two cues, so that the eye notices the change."""

    def __post_init__(self) -> None:
        if self.max_line_width < 2:
            raise ExportError(
                Sentence("A subtitle line needs room for at least 2 characters; raise the line length.")
            )
        if self.max_lines < 1:
            raise ExportError(Sentence("A subtitle needs at least 1 line; raise the number of lines."))
        if not 0.0 < self.ideal_characters_per_second <= self.max_characters_per_second:
            raise ExportError(
                Sentence(
                    "The ideal reading speed must be above 0 and at most the highest; got "
                    "{ideal_characters_per_second:g} and {max_characters_per_second:g} characters per "
                    "second.",
                    ideal_characters_per_second=self.ideal_characters_per_second,
                    max_characters_per_second=self.max_characters_per_second,
                )
            )
        if not 0.001 <= self.min_seconds <= self.max_seconds < float("inf"):
            raise ExportError(
                Sentence(
                    "The shortest subtitle time must be above 0 and at most the longest; got "
                    "{min_seconds:g} and {max_seconds:g} seconds.",
                    min_seconds=self.min_seconds,
                    max_seconds=self.max_seconds,
                )
            )
        if not 0.0 <= self.min_gap_seconds < float("inf"):
            raise ExportError(
                Sentence(
                    "The gap between subtitles cannot be {min_gap_seconds:g} seconds; use 0 or more.",
                    min_gap_seconds=self.min_gap_seconds,
                )
            )

    @property
    def min_ms(self) -> int:
        return round(self.min_seconds * 1000)

    @property
    def max_ms(self) -> int:
        return round(self.max_seconds * 1000)

    @property
    def min_gap_ms(self) -> int:
        return round(self.min_gap_seconds * 1000)


@dataclass(frozen=True, slots=True)
class Cue:
    """One subtitle: its lines as timed words, and when it is on screen.

    A word that had to be broken over two lines stands in `lines` as two words, each with its share of the
    time.
    """

    start_ms: int
    end_ms: int
    lines: tuple[tuple[Word, ...], ...]
    speaker: str | None = None
    """Whoever says it; None where nobody is named, and where two speakers share it, a line each."""

    @property
    def start_seconds(self) -> float:
        return self.start_ms / 1000

    @property
    def end_seconds(self) -> float:
        return self.end_ms / 1000

    @property
    def duration_seconds(self) -> float:
        return (self.end_ms - self.start_ms) / 1000

    @property
    def text_lines(self) -> tuple[str, ...]:
        return tuple(join_words(word.text for word in line) for line in self.lines)

    @property
    def text(self) -> str:
        return "\n".join(self.text_lines)

    @property
    def characters(self) -> int:
        """What there is to read, in columns; a line break counts as the space that it stands for."""
        lines = self.text_lines
        return sum(map(text_width, lines)) + sum(needs_space(left, right) for left, right in pairwise(lines))

    @property
    def characters_per_second(self) -> float:
        """Reading speed; infinite for a cue that is never on screen."""
        shown_ms = self.end_ms - self.start_ms
        return self.characters * 1000 / shown_ms if shown_ms > 0 else float("inf")


class Rule(StrEnum):
    """The rules a cue can break."""

    LINE_WIDTH = "line width"
    LINES = "number of lines"
    READING_SPEED = "reading speed"
    TOO_SHORT = "shortest time"
    TOO_LONG = "longest time"
    GAP = "gap to the next"
    OVERLAP = "overlap with the next"


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken rule: which cue (0-based), what it has and what the limit is, in the rule's own unit."""

    cue_index: int
    rule: Rule
    actual: float
    limit: float

    def __str__(self) -> str:
        unit = {
            Rule.LINE_WIDTH: "characters",
            Rule.LINES: "lines",
            Rule.READING_SPEED: "characters/s",
        }.get(self.rule, "s")
        return (
            f"Subtitle {self.cue_index + 1}: {self.rule} {self.actual:g} {unit} (limit {self.limit:g} {unit})"
        )


def violations(cues: Sequence[Cue], rules: SubtitleRules | None = None) -> tuple[Violation, ...]:
    """Every rule that the cues break, in the order of the cues; empty when all is well."""
    rules = rules or SubtitleRules()
    found: list[Violation] = []
    for index, cue in enumerate(cues):
        following = cues[index + 1] if index + 1 < len(cues) else None
        found.extend(
            Violation(index, rule, actual, limit) for rule, actual, limit in _broken(cue, following, rules)
        )
    return tuple(found)


def _broken(cue: Cue, following: Cue | None, rules: SubtitleRules) -> Iterable[tuple[Rule, float, float]]:
    widest = max((text_width(line) for line in cue.text_lines), default=0)
    if widest > rules.max_line_width:
        yield Rule.LINE_WIDTH, widest, rules.max_line_width
    if len(cue.lines) > rules.max_lines:
        yield Rule.LINES, len(cue.lines), rules.max_lines
    if cue.characters_per_second > rules.max_characters_per_second + _ROUNDING:
        yield Rule.READING_SPEED, cue.characters_per_second, rules.max_characters_per_second
    shown_ms = cue.end_ms - cue.start_ms
    if shown_ms < rules.min_ms:
        yield Rule.TOO_SHORT, shown_ms / 1000, rules.min_seconds
    if shown_ms > rules.max_ms:
        yield Rule.TOO_LONG, shown_ms / 1000, rules.max_seconds
    if following is not None:
        gap_ms = following.start_ms - cue.end_ms
        if gap_ms < 0:
            yield Rule.OVERLAP, -gap_ms / 1000, 0.0
        elif gap_ms < rules.min_gap_ms:
            yield Rule.GAP, gap_ms / 1000, rules.min_gap_seconds
