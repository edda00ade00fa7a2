"""The limits of a subtitle; stored, and used by the check beside the text and by every export."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QDoubleSpinBox, QGridLayout, QSpinBox, QWidget

from asr_desktop.base.errors import ExportError
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.theme import SPACE
from asr_desktop.gui.widgets.parts import label
from asr_desktop.transcripts.export import SubtitleRules

_KEPT_AS = "subtitles.rules"
_NUMBER_PIXELS = 84


def kept_rules(context: AppContext) -> SubtitleRules:
    """The stored rules; the defaults if there are none or they are invalid."""
    try:
        width, lines, speed, shortest, longest = context.recall(_KEPT_AS, [])
        return _rules(int(width), int(lines), float(speed), float(shortest), float(longest))
    except (ValueError, TypeError, ExportError):
        return SubtitleRules()


def keep_rules(context: AppContext, rules: SubtitleRules) -> None:
    """Store the rules."""
    numbers = (rules.max_line_width, rules.max_lines, rules.max_characters_per_second)
    context.remember(_KEPT_AS, [*numbers, rules.min_seconds, rules.max_seconds])


class SubtitleRulesForm(QWidget):
    """Five numbers whose ranges prevent contradictions."""

    changed = Signal()

    def __init__(self, rules: SubtitleRules, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.width_box = QSpinBox(minimum=10, maximum=120)
        self.lines_box = QSpinBox(minimum=1, maximum=4)
        self.speed_box = QDoubleSpinBox(minimum=5.0, maximum=60.0, decimals=0)
        self.shortest_box = QDoubleSpinBox(minimum=0.1, maximum=3.0, decimals=1, singleStep=0.1)
        self.longest_box = QDoubleSpinBox(minimum=3.0, maximum=30.0, decimals=1, singleStep=0.5)
        for box, name in (
            (self.width_box, self.tr("Maximum characters per line")),
            (self.lines_box, self.tr("Maximum lines")),
            (self.speed_box, self.tr("Maximum characters per second")),
            (self.shortest_box, self.tr("Minimum seconds on screen")),
            (self.longest_box, self.tr("Maximum seconds on screen")),
        ):
            box.setAccessibleName(name)
            box.setToolTip(name)
            box.setFixedWidth(_NUMBER_PIXELS)
            box.lineEdit().setTextMargins(SPACE, 0, 0, 0)  # style sheet padding has no effect here
            box.valueChanged.connect(lambda _value: self.changed.emit())
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(SPACE + SPACE // 2)
        grid.setVerticalSpacing(SPACE // 2)
        grid.setColumnStretch(4, 1)
        between = label("–", "muted")
        lines = label(self.tr("Lines"))
        for place, part in (
            ((0, 0), label(self.tr("Characters per line"))),
            ((0, 1), self.width_box),
            ((0, 2), lines),
            ((0, 3), self.lines_box),
            ((1, 0), label(self.tr("Characters per second"))),
            ((1, 1), self.speed_box),
            ((2, 0), label(self.tr("Seconds on screen"))),
            ((2, 1), self.shortest_box),
            ((2, 2), between),
            ((2, 3), self.longest_box),
        ):
            grid.addWidget(part, *place)
        for middle in (lines, between):
            grid.setAlignment(middle, Qt.AlignmentFlag.AlignCenter)
        self.set_rules(rules)

    def rules(self) -> SubtitleRules:
        """The current rules."""
        return _rules(
            self.width_box.value(),
            self.lines_box.value(),
            self.speed_box.value(),
            self.shortest_box.value(),
            self.longest_box.value(),
        )

    def set_rules(self, rules: SubtitleRules) -> None:
        """Show these rules; emits no signal."""
        for box, value in (
            (self.width_box, rules.max_line_width),
            (self.lines_box, rules.max_lines),
            (self.speed_box, rules.max_characters_per_second),
            (self.shortest_box, rules.min_seconds),
            (self.longest_box, rules.max_seconds),
        ):
            with QSignalBlocker(box):
                box.setValue(value)  # type: ignore[arg-type]


def _rules(width: int, lines: int, speed: float, shortest: float, longest: float) -> SubtitleRules:
    usual = SubtitleRules()
    return replace(
        usual,
        max_line_width=width,
        max_lines=lines,
        max_characters_per_second=speed,
        ideal_characters_per_second=min(usual.ideal_characters_per_second, speed),
        min_seconds=shortest,
        max_seconds=longest,
    )
