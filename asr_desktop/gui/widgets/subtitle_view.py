"""The transcript as a table of subtitles: text, times, reading speed, broken rules and how to fix them.

The rules, and the form to change them, are used by the export dialog too.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QLocale,
    QModelIndex,
    QPersistentModelIndex,
    QSignalBlocker,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QDoubleSpinBox,
    QGridLayout,
    QHeaderView,
    QSpinBox,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from asr_desktop.base.clock import clock_in_tenths
from asr_desktop.base.errors import ExportError
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.theme import SPACE, icon, theme
from asr_desktop.gui.widgets.parts import Card, icon_button, label, row
from asr_desktop.transcripts.export.subtitle_rules import Cue, Rule, SubtitleRules, Violation

AnyIndex = QModelIndex | QPersistentModelIndex
TIME, TEXT, SPEED = range(3)


class SubtitleModel(QAbstractTableModel):
    """One row for each cue."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cues: Sequence[Cue] = ()
        self._broken: dict[int, list[Violation]] = {}
        self._rows: list[int] = []
        self.only_broken = False

    def show_cues(self, cues: Sequence[Cue], broken: Sequence[Violation]) -> None:
        self.beginResetModel()
        self._cues = cues
        by_cue: dict[int, list[Violation]] = defaultdict(list)
        for violation in broken:
            by_cue[violation.cue_index].append(violation)
        self._broken = dict(by_cue)
        self._rows = sorted(self._broken) if self.only_broken else list(range(len(cues)))
        self.endResetModel()

    def set_only_broken(self, only: bool) -> None:
        self.only_broken = only
        self.show_cues(self._cues, [violation for found in self._broken.values() for violation in found])

    def cue(self, row_number: int) -> Cue:
        return self._cues[self._rows[row_number]]

    def row_at(self, seconds: float) -> int | None:
        """The row of the subtitle shown at this time, or of the one before; None if it is filtered out."""
        index = bisect_right(self._cues, seconds, key=lambda cue: cue.start_seconds) - 1
        number = bisect_left(self._rows, index)
        return number if number < len(self._rows) and self._rows[number] == index else None

    def rowCount(self, parent: AnyIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: AnyIndex | None = None) -> int:
        return 3

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return [self.tr("Time"), self.tr("Subtitle"), self.tr("Chars/s")][section]
        return None

    def data(self, index: AnyIndex, role: int = 0) -> Any:
        number = self._rows[index.row()]
        cue, broken = self._cues[number], self._broken.get(number, [])
        column = index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            start = clock_in_tenths(cue.start_ms // 100)
            return (start, cue.text, f"{min(cue.characters_per_second, 999):.0f}")[column]
        if role == Qt.ItemDataRole.ToolTipRole and broken:
            return "\n".join(self.sentence(violation) for violation in broken)
        if role == Qt.ItemDataRole.AccessibleTextRole and column == SPEED and broken:
            sentences = " ".join(self.sentence(violation) for violation in broken)
            return f"{cue.characters_per_second:.0f}. {sentences}"
        if role == Qt.ItemDataRole.ForegroundRole:
            look = theme.tokens
            if broken and column == SPEED:
                return QColor(look.doubtful)
            return QColor(look.muted if column in (TIME, SPEED) else look.text)
        if role == Qt.ItemDataRole.DecorationRole and column == SPEED and broken:
            return icon("warning", lambda look: look.doubtful)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        return None

    def problems(self, row_number: int) -> str:
        """The problems of a row's subtitle as text, "" if there are none."""
        broken = self._broken.get(self._rows[row_number], [])
        return " ".join(self.sentence(violation) for violation in broken)

    def sentence(self, violation: Violation) -> str:
        """A broken rule in plain words, and how to fix it."""
        actual, limit = f"{violation.actual:.3g}", f"{violation.limit:.3g}"
        cue = self._cues[violation.cue_index]
        too_many = math.ceil(cue.characters - violation.limit * cue.duration_seconds)
        match violation.rule:
            case Rule.LINE_WIDTH:
                text = self.tr("A line has {actual} characters; at most {limit}.")
            case Rule.LINES:
                text = self.tr("{actual} lines; at most {limit}.")
            case Rule.READING_SPEED:
                text = self.tr(
                    "{actual} characters per second; at most {limit}. Shorten the text by {too_many} "
                    "characters."
                )
            case Rule.TOO_SHORT:
                text = self.tr(
                    "On screen for {actual} s; at least {limit} s. Join it with the next one, or drag "
                    "its edge in the waveform."
                )
            case Rule.TOO_LONG:
                text = self.tr("On screen for {actual} s; at most {limit} s.")
            case Rule.GAP:
                text = self.tr("Gap of {actual} s before the next subtitle; at least {limit} s.")
            case _:
                text = self.tr("Overlaps the next subtitle by {actual} s.")
        return text.format(actual=actual, limit=limit, too_many=too_many)


class SubtitleView(QWidget):
    """The table; above it a summary and the rules, below it the problems of the selected subtitle."""

    chosen = Signal(object)
    """The Cue that was clicked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = SubtitleModel(self)
        self.summary = label("", "muted", wrap=True)
        self.only_broken = QCheckBox(self.tr("Only those with problems"))
        self.only_broken.toggled.connect(self.model.set_only_broken)
        self.rules_form = SubtitleRulesForm(SubtitleRules())
        self._rules_popup = Card(self.tr("Subtitle rules"), self)
        self._rules_popup.setWindowFlags(Qt.WindowType.Popup)
        self._rules_popup.body.addWidget(self.rules_form)
        self.rules_button = icon_button("settings", self.tr("Edit subtitle rules"), on_click=self.show_rules)
        self.problem = label("", "small", wrap=True)
        self.problem.setAccessibleName(self.tr("Problems with this subtitle"))
        self.problem.hide()
        self.table = QTableView()
        self.table.setModel(self.model)
        self.table.setAccessibleName(self.tr("Subtitles"))
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)  # a subtitle has its own line breaks
        self.table.verticalHeader().hide()
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setTabKeyNavigation(False)
        self.table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = self.table.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(TEXT, QHeaderView.ResizeMode.Stretch)
        # Two lines each; measuring every row would take a second for an hour of speech.
        self.table.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() * 2 + 2 * SPACE)
        metrics = self.fontMetrics()
        speed = self.model.headerData(SPEED, Qt.Orientation.Horizontal, Qt.ItemDataRole.DisplayRole)
        for column, widest in ((TIME, "0:00:00.0"), (SPEED, speed)):
            self.table.setColumnWidth(column, metrics.horizontalAdvance(widest) + 5 * SPACE)
        self.table.selectionModel().currentRowChanged.connect(self._show_problem)
        self.table.clicked.connect(self._clicked)
        self.table.activated.connect(self._clicked)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE)
        layout.addWidget(self.summary)
        layout.addLayout(row(self.only_broken, None, self.rules_button))
        layout.addWidget(self.table, 1)
        layout.addWidget(self.problem)

    def show_rules(self) -> None:
        """Show the rules in a popup below their button; Esc or a click outside closes it."""
        self._rules_popup.adjustSize()
        below = self.rules_button.mapToGlobal(self.rules_button.rect().bottomRight())
        self._rules_popup.move(below.x() - self._rules_popup.width(), below.y() + SPACE // 2)
        self._rules_popup.show()
        self.rules_form.width_box.setFocus()

    def show_cues(self, cues: Sequence[Cue], broken: Sequence[Violation], rules: SubtitleRules) -> None:
        """Show all subtitles, and the rules they break."""
        chosen = self.table.currentIndex().row()
        scrolled = self.table.verticalScrollBar().value()
        self.model.show_cues(cues, broken)
        count = len({violation.cue_index for violation in broken})
        if not cues:
            text = self.tr("No speech was found, so there are no subtitles.")
        elif count:
            text = self.tr("{count} of {total} subtitles break a rule.").format(count=count, total=len(cues))
        else:
            text = self.tr("All {total} subtitles follow the rules.").format(total=len(cues))
        limits = self.tr("At most {width} characters per line, {speed} per second.").format(
            width=rules.max_line_width, speed=QLocale().toString(rules.max_characters_per_second, "g", 4)
        )
        self.summary.setText(f"{text} {limits}")
        self.table.verticalScrollBar().setValue(scrolled)
        if 0 <= chosen < self.model.rowCount():
            self.table.setCurrentIndex(self.model.index(chosen, TEXT))
        else:
            self._say("")

    def show_position(self, seconds: float) -> None:
        """Select the subtitle shown at this time."""
        number = self.model.row_at(seconds)
        if number is not None and number != self.table.currentIndex().row():
            self.table.setCurrentIndex(self.model.index(number, TEXT))

    def _show_problem(self, current: QModelIndex, _former: QModelIndex) -> None:
        self._say(self.model.problems(current.row()) if current.isValid() else "")

    def _say(self, problem: str) -> None:
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))

    def _clicked(self, index: QModelIndex) -> None:
        self.chosen.emit(self.model.cue(index.row()))


# The limits of a subtitle; stored, and used by the check beside the text and by every export

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
