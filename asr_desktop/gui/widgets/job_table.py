"""The table of files: name and folder, progress bar, speed, time left."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, QUrl, Signal
from PySide6.QtGui import (
    QColor,
    QDesktopServices,
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QFont,
    QFontMetrics,
    QGuiApplication,
    QKeyEvent,
    QPainter,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from asr_desktop.gui.file_jobs import FILE, JOB_ROLE, PROGRESS, SPEED, TIME_LEFT, JobTableModel
from asr_desktop.gui.theme import SPACE, icon, theme
from asr_desktop.gui.translations import said
from asr_desktop.gui.widgets.parts import button, label
from asr_desktop.jobs.job import FileJob, JobState

ROW_PIXELS = 56
_BAR_PIXELS = 6
_NARROW_PIXELS = 80
_PROGRESS_SHARE = 0.36
_ICONS = {
    JobState.WAITING: ("clock", lambda look: look.muted),
    JobState.RUNNING: ("subtitles", lambda look: look.accent),
    JobState.DONE: ("check", lambda look: look.good),
    JobState.FAILED: ("error", lambda look: look.doubtful),
    JobState.CANCELLED: ("close", lambda look: look.muted),
}


class JobTable(QTableView):
    """Rows can be selected, dragged to another position, and opened."""

    opened = Signal(int)
    """The row that was double-clicked, or selected when Return was pressed."""

    def __init__(self, model: JobTableModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModel(model)
        self.setItemDelegate(_JobDelegate(self))
        self.setAccessibleName(self.tr("Files to transcribe"))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        self.setDragDropOverwriteMode(False)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        rows = self.verticalHeader()
        rows.hide()
        # Fixed heights, so that the number of rows does not matter.
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(ROW_PIXELS)
        columns = self.horizontalHeader()
        columns.setHighlightSections(False)
        columns.setSectionResizeMode(FILE, QHeaderView.ResizeMode.Stretch)
        for column in (PROGRESS, SPEED, TIME_LEFT):
            columns.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
        self.doubleClicked.connect(lambda index: self.opened.emit(index.row()))
        theme.changed.connect(self.viewport().update)

    def selected_rows(self) -> list[int]:
        return sorted(index.row() for index in self.selectionModel().selectedRows())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give most of the width to the names."""
        columns = self.horizontalHeader()
        rest = self.viewport().width()
        for column in (SPEED, TIME_LEFT):
            width = max(_NARROW_PIXELS, columns.sectionSizeHint(column))
            columns.resizeSection(column, width)
            rest -= width
        columns.resizeSection(PROGRESS, round(_PROGRESS_SHARE * rest))
        super().resizeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.opened.emit(self.currentIndex().row())
            return
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down) and not self.selected_rows():
            self.selectRow(max(0, self.currentIndex().row()))  # where it stands already, unseen
            return
        super().keyPressEvent(event)

    # Drops of files from outside are handled by the page, also on the table.

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.ignore()
        else:
            super().dragEnterEvent(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        if event.mimeData().hasUrls():
            event.ignore()
        else:
            super().dragMoveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        if event.mimeData().hasUrls():
            event.ignore()
        else:
            super().dropEvent(event)


class _JobDelegate(QStyledItemDelegate):
    """Paints two lines: the file and its folder; the progress bar and the state."""

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        look = theme.tokens
        job: FileJob = index.data(JOB_ROLE)
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if is_selected:
            painter.fillRect(option.rect, QColor(look.accent_soft))
        painter.setPen(QColor(look.border))
        painter.drawLine(option.rect.bottomLeft(), option.rect.bottomRight())
        text_colour = QColor(look.on_accent_soft if is_selected else look.text)
        muted = QColor(look.on_accent_soft if is_selected else look.muted)
        area = option.rect.adjusted(SPACE, SPACE, -SPACE, -SPACE)
        upper = QRect(area.left(), area.top(), area.width(), area.height() // 2)
        lower = upper.translated(0, area.height() // 2)
        if index.column() == FILE:
            name, colour = _ICONS[job.state]
            icon(name, colour).paint(painter, QRect(area.left(), area.center().y() - 9, 18, 18))
            for rect, text, pen, is_bold in (
                (upper, job.source.name, text_colour, True),
                (lower, str(job.source.parent), muted, False),
            ):
                place = rect.adjusted(18 + SPACE + 4, 0, 0, 0)
                _write(painter, option, place, text, pen, is_bold=is_bold)
        elif index.column() == PROGRESS:
            self._paint_progress(painter, option, job, upper, lower, muted, index.data())
        if job.state is JobState.FAILED and index.column() != FILE:
            self._paint_problem(painter, option, index)
        elif index.column() in (SPEED, TIME_LEFT):
            painter.setPen(text_colour)
            painter.drawText(
                area, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, index.data() or ""
            )
        painter.restore()

    def _paint_progress(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        job: FileJob,
        upper: QRect,
        lower: QRect,
        muted: QColor,
        words: str,
    ) -> None:
        look = theme.tokens
        whole = upper.united(lower)
        if job.state is not JobState.RUNNING:
            if job.state is not JobState.FAILED:
                painter.setPen(muted)
                lines = in_two_lines(words, painter.fontMetrics(), whole.width())
                painter.drawText(whole, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, lines)
            return
        bar = QRectF(whole.left(), upper.center().y() - _BAR_PIXELS / 2, whole.width(), _BAR_PIXELS)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(look.border))
        painter.drawRoundedRect(bar, _BAR_PIXELS / 2, _BAR_PIXELS / 2)
        if job.fraction > 0:
            bar.setWidth(max(_BAR_PIXELS, bar.width() * job.fraction))
            painter.setBrush(QColor(look.accent))
            painter.drawRoundedRect(bar, _BAR_PIXELS / 2, _BAR_PIXELS / 2)
        _write(painter, option, lower, words, muted)

    def _paint_problem(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """The error in two lines across all columns but the first, each painting its part. The whole sentence
        is shown below the table when the row is selected."""
        table = self.parent()
        assert isinstance(table, QTableView)
        first, last = index.sibling(index.row(), PROGRESS), index.sibling(index.row(), TIME_LEFT)
        place = table.visualRect(first).united(table.visualRect(last)).adjusted(SPACE, 0, -SPACE, 0)
        painter.setClipRect(option.rect)
        painter.setPen(QColor(theme.tokens.doubtful))
        lines = in_two_lines(first.data() or "", painter.fontMetrics(), place.width())
        painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, lines)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(_NARROW_PIXELS, ROW_PIXELS)


def _write(
    painter: QPainter,
    option: QStyleOptionViewItem,
    place: QRect,
    text: str,
    colour: QColor,
    *,
    is_bold: bool = False,
) -> None:
    font = QFont(option.font)
    if is_bold:
        font.setWeight(QFont.Weight.DemiBold)
    painter.setFont(font)
    painter.setPen(colour)
    place = place.adjusted(0, 0, -SPACE, 0)
    elided = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, place.width())
    painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, elided)


def in_two_lines(text: str, metrics: QFontMetrics, width: int) -> str:
    """The text in two lines, broken between words; the second line is elided if necessary."""
    words = text.split()
    count = len(words)
    while count > 1 and metrics.horizontalAdvance(" ".join(words[:count])) > width:
        count -= 1
    lines = [" ".join(words[:count]), " ".join(words[count:])]
    return "\n".join(metrics.elidedText(line, Qt.TextElideMode.ElideRight, width) for line in lines if line)


# Details of the selected file: its error, or the files written


class JobDetails(QWidget):
    """Shows the selected row; hidden unless exactly one is selected."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._job: FileJob | None = None
        self.words = label("", wrap=True)
        self.words.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.copy_button = button(self.tr("Copy details"), "copy", kind="quiet", on_click=self.copy)
        self.folder_button = button(
            self.tr("Show in folder"), "folder", kind="quiet", on_click=self.show_in_folder
        )
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(SPACE)
        line.addWidget(self.words, 1)
        line.addWidget(self.copy_button)
        line.addWidget(self.folder_button)

    def show_job(self, job: FileJob | None) -> None:
        self._job = job
        words = "" if job is None else self._about(job)
        is_done = job is not None and job.state is JobState.DONE
        self.words.setText(words)
        self.words.setVisible(bool(words))
        self.copy_button.setVisible(job is not None and bool(job.sentence or job.notes))
        self.folder_button.setVisible(is_done)
        self.setVisible(bool(words) or is_done)

    def copy(self) -> None:
        """Copy path, message and details of the file, to ask for help."""
        if self._job is not None:
            job = self._job
            text = "\n".join(
                filter(None, (str(job.source), said(job.sentence), job.details, *map(said, job.notes)))
            )
            QGuiApplication.clipboard().setText(text)

    def show_in_folder(self) -> None:
        """Open the folder of the written files in the system's file manager."""
        if self._job is not None:
            shown = self._job.written[0] if self._job.written else self._job.source
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(shown.parent)))

    def _about(self, job: FileJob) -> str:
        lines = [said(line) for line in (job.sentence, *job.notes)]
        if job.written:
            names = ", ".join(path.name for path in job.written)
            place = self.tr("Saved {names} in {folder}")
            lines.append(place.format(names=names, folder=job.written[0].parent))
        return "\n".join(filter(None, lines))
