"""Files: transcribe dropped or chosen files."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QMenu,
    QMessageBox,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from asr_desktop.audio.media import MEDIA_SUFFIXES
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.file_jobs import JobTableModel
from asr_desktop.gui.pages import Page
from asr_desktop.gui.theme import SPACE
from asr_desktop.gui.widgets.columns import TwoColumns
from asr_desktop.gui.widgets.file_options import DropArea, ExportSettings, FileRecognition, WatchedFolders
from asr_desktop.gui.widgets.job_table import JobDetails, JobTable
from asr_desktop.gui.widgets.parts import (
    button,
    closing_question,
    icon_button,
    is_agreed,
    label,
    page_layout,
    row,
)
from asr_desktop.jobs.job import FileJob, JobState


class FilesPage(Page):
    """The queue of files, the options for their transcripts, and watched folders."""

    title = "Files"
    icon_name = "files"

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.jobs = context.file_jobs
        self.setAcceptDrops(True)
        self.model = JobTableModel(self.jobs, self)
        self.table = JobTable(self.model)
        self.drop_area = DropArea()
        self.drop_area.choose_files.connect(self.choose_files)
        self.drop_area.choose_folder.connect(self.choose_folder)
        outer = page_layout(self, self.tr("Files"))
        self.tools = self._make_tools()
        self.columns = TwoColumns(self._make_list(), self._make_options(), "settings", self.tr("Output"))
        self.tools.addWidget(self.columns.toggle)
        outer.addLayout(self.tools)
        outer.addWidget(self.columns, 1)
        self.columns.narrowed.connect(self._give_way)
        self._bind_keys()
        self.table.opened.connect(self._open_row)
        self.table.selectionModel().selectionChanged.connect(self._show_selection)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.customContextMenuRequested.connect(self._show_menu)
        for signal in (self.model.rowsInserted, self.model.layoutChanged, self.model.dataChanged):
            signal.connect(self._show_state)
        self._show_state()

    def can_close(self) -> bool:
        """Asks while files are being transcribed; unfinished files are offered again at the next start."""
        if not self.jobs.queue.is_busy:
            return True
        return is_agreed(self.closing_question())

    def closing_question(self) -> QMessageBox:
        """The question asked while files are being transcribed; its first button closes the window."""
        return closing_question(
            self,
            title=self.tr("Files are being transcribed"),
            question=self.tr("Close before all files are transcribed?"),
            consequence=self.tr("You can continue with the remaining files next time."),
            close=self.tr("Close"),
            stay=self.tr("Keep open"),
        )

    # Building the page

    def _make_tools(self) -> QHBoxLayout:
        self.open_button = icon_button("editor", self.tr("Open in Editor"), on_click=self.open_selected)
        self.retry_button = icon_button("refresh", self.tr("Try again"), on_click=self.retry_selected)
        self.cancel_button = icon_button("stop", self.tr("Cancel"), on_click=self.cancel_selected)
        self.up_button = icon_button("arrow-up", self.tr("Move up"), on_click=lambda: self.move_selected(-1))
        self.down_button = icon_button(
            "arrow-down", self.tr("Move down"), on_click=lambda: self.move_selected(1)
        )
        self.remove_button = icon_button("trash", self.tr("Remove from list"), on_click=self.remove_selected)
        self.add_button = button(self.tr("Add files"), "plus", kind="primary", on_click=self.choose_files)
        self.add_folder_button = button(self.tr("Add folder"), "folder", on_click=self.choose_folder)
        return row(
            self.add_button,
            self.add_folder_button,
            None,
            self.open_button,
            self.retry_button,
            self.cancel_button,
            self.up_button,
            self.down_button,
            self.remove_button,
        )

    def _make_list(self) -> QStackedWidget:
        self.clear_button = button(
            self.tr("Clear finished"), kind="quiet", on_click=self.jobs.queue.remove_finished
        )
        self.summary = label("", "muted")
        self.summary.setAccessibleName(self.tr("Files done"))
        self.details = JobDetails()
        self._with_jobs = QWidget()
        column = QVBoxLayout(self._with_jobs)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE + SPACE // 2)
        column.addWidget(self.table, 1)
        column.addWidget(self.details)
        column.addLayout(row(self.summary, None, self.clear_button))
        self.stack = QStackedWidget()
        self.stack.addWidget(self.drop_area)
        self.stack.addWidget(self._with_jobs)
        return self.stack

    def _make_options(self) -> QWidget:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * SPACE)
        self.recognition = FileRecognition(self.context)
        self.output_options = ExportSettings(self.context)
        self.watched = WatchedFolders(self.context)
        column.addWidget(self.recognition)
        column.addWidget(self.output_options)
        column.addWidget(self.watched)
        column.addStretch(1)
        return inside

    def _bind_keys(self) -> None:
        for name, act, its_button in (
            ("files.add", self.choose_files, self.add_button),
            ("files.retry", self.retry_selected, self.retry_button),
            ("files.cancel", self.cancel_selected, self.cancel_button),
            ("files.earlier", lambda: self.move_selected(-1), self.up_button),
            ("files.later", lambda: self.move_selected(1), self.down_button),
            ("files.remove", self.remove_selected, self.remove_button),
        ):
            self.context.shortcuts.bind(name, self, act)
            its_button.setToolTip(f"{its_button.accessibleName()} ({self.context.shortcuts.text(name)})")
        self.open_button.setToolTip(self.tr("Open in Editor (Enter)"))

    # User actions

    def choose_files(self) -> None:
        endings = " ".join(f"*{suffix}" for suffix in sorted(MEDIA_SUFFIXES))
        kinds = f"{self.tr('Sound and video')} ({endings});;{self.tr('All files')} (*)"
        start = self.context.recall("files.last_folder", "")
        names, _ = QFileDialog.getOpenFileNames(self, self.tr("Files to transcribe"), start, kinds)
        if names:
            self.context.remember("files.last_folder", str(Path(names[0]).parent))
            self.jobs.add(map(Path, names))

    def choose_folder(self) -> None:
        start = self.context.recall("files.last_folder", "")
        name = QFileDialog.getExistingDirectory(self, self.tr("Folder to transcribe"), start)
        if name:
            self.context.remember("files.last_folder", name)
            self.jobs.add([Path(name)])

    def open_selected(self) -> None:
        for job in self._selected()[:1]:
            self._open(job)

    def retry_selected(self) -> None:
        self.jobs.queue.retry([job.id for job in self._selected()])

    def cancel_selected(self) -> None:
        self.jobs.queue.cancel([job.id for job in self._selected()])

    def remove_selected(self) -> None:
        self.jobs.queue.remove([job.id for job in self._selected()])

    def move_selected(self, by: int) -> None:
        """Move the selected rows up (-1) or down (1) in the queue; several rows are brought together."""
        rows = self.table.selected_rows()
        if not rows:
            return
        place = rows[0] - 1 if by < 0 else rows[-1] + 2
        if 0 <= place <= self.model.rowCount():
            self.jobs.queue.move([self.model.job(number).id for number in rows], place)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls() and any(url.isLocalFile() for url in event.mimeData().urls()):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            self.drop_area.set_inviting(True)

    def dragLeaveEvent(self, event: object) -> None:
        self.drop_area.set_inviting(False)

    def dropEvent(self, event: QDropEvent) -> None:
        self.drop_area.set_inviting(False)
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self.jobs.add(paths)

    # Updating the page

    def _give_way(self, is_narrow: bool) -> None:
        """In a narrow window, hide buttons whose actions are also in the menu and on keys."""
        self.add_folder_button.setText("" if is_narrow else self.add_folder_button.accessibleName())
        self.add_folder_button.setToolTip(self.add_folder_button.accessibleName() if is_narrow else "")
        self._show_tools(self.model.rowCount() > 0)

    def _open_row(self, number: int) -> None:
        self._open(self.model.job(number))

    def _open(self, job: FileJob) -> None:
        if job.entry_id is not None:
            self.context.open_transcript.emit(job.entry_id, 0.0)

    def _selected(self) -> list[FileJob]:
        return [self.model.job(number) for number in self.table.selected_rows()]

    def _show_menu(self, place: object) -> None:
        menu = QMenu(self)
        for its_button in (
            self.open_button,
            self.retry_button,
            self.cancel_button,
            self.up_button,
            self.down_button,
            self.remove_button,
        ):
            action = QAction(its_button.icon(), its_button.accessibleName(), menu)
            action.setEnabled(its_button.isEnabled())
            action.triggered.connect(its_button.click)
            menu.addAction(action)
        menu.popup(self.table.viewport().mapToGlobal(place))  # type: ignore[call-overload]

    def _show_state(self) -> None:
        jobs = self.model.jobs()
        self.stack.setCurrentIndex(1 if jobs else 0)
        self._show_tools(bool(jobs))
        counts = {state: sum(job.state is state for job in jobs) for state in JobState}
        parts = [self.tr("{done} of {all} done").format(done=counts[JobState.DONE], all=len(jobs))]
        if counts[JobState.FAILED]:
            parts.append(self.tr("{count} failed").format(count=counts[JobState.FAILED]))
        self.summary.setText(", ".join(parts))
        self.clear_button.setEnabled(counts[JobState.DONE] + counts[JobState.CANCELLED] > 0)
        self._show_selection()

    def _show_tools(self, has_jobs: bool) -> None:
        """Show the tools only if there are jobs; the empty list has its own buttons."""
        for its_button in (
            self.add_button,
            self.add_folder_button,
            self.open_button,
            self.retry_button,
            self.cancel_button,
            self.remove_button,
        ):
            its_button.setVisible(has_jobs)
        for its_button in (self.up_button, self.down_button):
            its_button.setVisible(has_jobs and not self.columns.is_narrow)

    def _show_selection(self) -> None:
        chosen = self._selected()
        states = {job.state for job in chosen}
        self.open_button.setEnabled(len(chosen) == 1 and chosen[0].entry_id is not None)
        self.retry_button.setEnabled(bool(states & {JobState.FAILED, JobState.CANCELLED}))
        self.cancel_button.setEnabled(bool(states & {JobState.WAITING, JobState.RUNNING}))
        rows = self.table.selected_rows()
        self.up_button.setEnabled(bool(rows) and rows[0] > 0)
        self.down_button.setEnabled(bool(rows) and rows[-1] < self.model.rowCount() - 1)
        self.remove_button.setEnabled(bool(chosen))
        self.details.show_job(chosen[0] if len(chosen) == 1 else None)
