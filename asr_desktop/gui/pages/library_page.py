"""Library: every transcript and recording, with search."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QItemSelection, QItemSelectionModel, Qt, QTimer
from PySide6.QtGui import QShortcut
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.library_actions import LibraryActions
from asr_desktop.gui.notices import Notice
from asr_desktop.gui.operations import Operation
from asr_desktop.gui.pages import Page
from asr_desktop.gui.theme import SPACE, icon
from asr_desktop.gui.translations import said
from asr_desktop.gui.widgets.columns import TwoColumns
from asr_desktop.gui.widgets.entry_details import EntryDetails
from asr_desktop.gui.widgets.library_list import FoundEntries, LibraryList, LibraryModel, entry_id, key, look
from asr_desktop.gui.widgets.parts import EmptyNote, button, label, page_layout, row
from asr_desktop.transcripts.library import Entry, Hit, add_new_sessions
from asr_desktop.transcripts.library.search import MOST_HITS

_TYPING_PAUSE_MS = 120


class LibraryPage(Page):
    """A searchable list, with details of the selected entry beside it."""

    title = "Library"
    icon_name = "library"

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.model = LibraryModel(self)
        self.entry_actions = LibraryActions(context, self)
        self._entries: dict[int, Entry] = {}
        self._tags: list[str] = []
        self._looking: Operation | None = None
        self._is_refreshing = False
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPING_PAUSE_MS)
        self._typing.timeout.connect(self.refresh)
        outer = page_layout(self, self.tr("Library"))
        tools = self._make_tools()
        self.details = EntryDetails()
        self.columns = TwoColumns(self._make_list(), self.details, "info", self.tr("Details"))
        tools.addWidget(self.columns.toggle)
        outer.addLayout(tools)
        outer.addWidget(self.columns, 1)
        self._connect()
        self.details.show_bin(False)
        self.setFocusProxy(self.search)

    def entered(self) -> None:
        """Refresh when the page is shown again."""
        self._find_new_sessions()
        self.refresh()

    def take_over(self, former: LibraryPage) -> None:
        """Take over the search of the former page."""
        self.search.setText(former.search.text())
        for box, before in ((self.tag_box, former.tag_box), (self.speaker_box, former.speaker_box)):
            if before.currentIndex() > 0:
                box.addItem(before.currentText())
                box.setCurrentIndex(1)
        self.bin_button.setChecked(former.bin_button.isChecked())

    # Building the page

    def _make_tools(self) -> QHBoxLayout:
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Search all transcripts"))
        self.search.setAccessibleName(self.tr("Search"))
        self.search.setClearButtonEnabled(True)
        self.search.addAction(
            icon("search", lambda look: look.muted), QLineEdit.ActionPosition.LeadingPosition
        )
        self.tag_box = QComboBox()
        self.tag_box.setAccessibleName(self.tr("Filter by tag"))
        self.tag_box.setToolTip(self.tr("Filter by tag"))
        self.tag_box.addItem(self.tr("All tags"))
        self.speaker_box = QComboBox()
        self.speaker_box.setAccessibleName(self.tr("Filter by speaker"))
        self.speaker_box.setToolTip(self.tr("Filter by speaker"))
        self.speaker_box.addItem(self.tr("All speakers"))
        self.speaker_box.hide()
        self.bin_button = button(self.tr("Bin"), "trash", tip=self.tr("Show the bin"))
        self.bin_button.setCheckable(True)
        self.empty_button = button(self.tr("Empty bin"), on_click=self._empty_bin)
        self.empty_button.hide()
        tools = row(self.search, self.tag_box, self.speaker_box, self.empty_button, self.bin_button)
        tools.setStretch(0, 1)
        return tools

    def _make_list(self) -> QWidget:
        self.list = LibraryList(self.model)
        self.empty = EmptyNote()
        self.stack = QStackedWidget()
        self.stack.addWidget(self.list)
        self.stack.addWidget(self.empty)
        self.summary = label("", "muted")
        self.summary.setAccessibleName(self.tr("Number of results"))
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE)
        column.addWidget(self.stack, 1)
        column.addWidget(self.summary)
        return whole

    def _connect(self) -> None:
        self.search.textChanged.connect(self._typing.start)
        self.search.returnPressed.connect(self._open_first)
        down = QShortcut(Qt.Key.Key_Down, self.search, context=Qt.ShortcutContext.WidgetShortcut)
        down.activated.connect(self._open_first)
        self.tag_box.activated.connect(self.refresh)
        self.speaker_box.activated.connect(self.refresh)
        self.bin_button.toggled.connect(self._show_bin)
        self.list.opened.connect(lambda number: self._open(self.model.row(number)))
        self.list.selectionModel().selectionChanged.connect(self._show_selection)
        self.details.renamed.connect(self.entry_actions.rename)
        self.details.tagged.connect(self.entry_actions.set_tags)
        self.details.opened.connect(self._open_selected)
        self.details.exported.connect(self.export_selected)
        self.details.shown_in_folder.connect(self.show_in_folder)
        self.details.binned.connect(self.delete_selected)
        self.details.restored.connect(self.restore_selected)
        self.context.library_changed.connect(self._refresh_if_shown)
        bind = self.context.shortcuts.bind
        bind("library.search", self, self._go_to_search)
        bind("library.delete", self, self._delete_key)
        bind("library.rename", self, self.details.name.setFocus)
        self.search.setToolTip(
            self.tr('Words, "phrases in quotes", beginnings and speaker:NAME ({key})').format(
                key=self.context.shortcuts.text("library.search")
            )
        )

    # User actions

    def delete_selected(self) -> None:
        """Move the selected entries to the bin; the message offers to undo it."""
        self.entry_actions.delete(self._selected_entries())

    def restore_selected(self) -> None:
        self.entry_actions.restore(self._selected_ids())

    def export_selected(self) -> None:
        """Export one entry to a file of any format, several entries to a folder as text."""
        self.entry_actions.export(self._selected_entries())

    def show_in_folder(self) -> None:
        for entry in self._selected_entries()[:1]:
            self.entry_actions.show_in_folder(entry)

    def _empty_bin(self) -> None:
        self.entry_actions.empty_bin(self.model.rowCount())

    def _delete_key(self) -> None:
        if not self.bin_button.isChecked():
            self.delete_selected()

    def _go_to_search(self) -> None:
        self.search.setFocus()
        self.search.selectAll()

    def _open_first(self) -> None:
        if self._typing.isActive():
            self._typing.stop()
            self.refresh()
        if self.model.rowCount():
            self.list.setCurrentIndex(self.model.index(0))
            self.list.setFocus()

    def _open_selected(self) -> None:
        for number in self.list.selected_rows()[:1]:
            self._open(self.model.row(number))

    def _open(self, shown: Entry | Hit) -> None:
        if not self.bin_button.isChecked():
            at_seconds = shown.start_seconds if isinstance(shown, Hit) else 0.0
            self.context.open_transcript.emit(entry_id(shown), at_seconds)

    # Updating the page

    def refresh(self) -> None:
        """Search again; the result of a search that is still running is ignored."""
        if self._looking is not None:
            self._looking.cancel()
        tag, speaker = (
            box.currentText() if box.currentIndex() > 0 else None for box in (self.tag_box, self.speaker_box)
        )
        self._looking = self.context.run(
            look, self.context.library, self.search.text(), tag, self.bin_button.isChecked(), speaker
        ).on_success(self._show)

    def _refresh_if_shown(self) -> None:
        if self.isVisible():
            self.refresh()

    def _find_new_sessions(self) -> None:
        """Import recordings that are not in the library yet, for example from `asr-desktop live`."""
        folder = self.context.settings.sessions_folder
        self.context.run(
            add_new_sessions, self.context.library, folder=Path(folder) if folder else None
        ).on_success(lambda added: self.context.library_changed.emit() if added else None)

    def _show(self, found: FoundEntries) -> None:
        self._looking = None
        chosen = {key(self.model.row(number)) for number in self.list.selected_rows()}
        scrolled = self.list.verticalScrollBar().value()
        self._entries = found.entries
        self._is_refreshing = True
        self.model.set_rows(found.rows)
        selection = QItemSelection()
        for number, shown in enumerate(found.rows if chosen else []):
            if key(shown) in chosen:
                index = self.model.index(number)
                selection.select(index, index)
        self.list.selectionModel().select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        if not selection.isEmpty():
            self.list.selectionModel().setCurrentIndex(
                selection.indexes()[0], QItemSelectionModel.SelectionFlag.NoUpdate
            )
            self.list.verticalScrollBar().setValue(scrolled)
        self._is_refreshing = False
        self._tags = found.tags
        _offer(self.tag_box, found.tags)
        _offer(self.speaker_box, found.speakers)
        self.speaker_box.setVisible(bool(found.speakers))
        self._show_summary()
        self._show_selection()
        for sentence in found.notices:  # reported only once, so it stays until the user closes it
            self.context.notify.emit(Notice(said(sentence), "warning", page="library"))

    def _show_summary(self) -> None:
        rows = self.model.rows()
        hits = [shown for shown in rows if isinstance(shown, Hit)]
        is_bin = self.bin_button.isChecked()
        self.stack.setCurrentWidget(self.list if rows else self.empty)
        if not rows:
            self._say_why_it_is_empty(is_bin)
        count = len({entry_id(shown) for shown in rows})
        one, many = self.tr("1 transcript"), self.tr("{count} transcripts").format(count=count)
        transcripts = one if count == 1 else many
        if hits:
            one, many = self.tr("1 match"), self.tr("{count} matches").format(count=len(hits))
            places = one if len(hits) == 1 else many
            if len(hits) >= MOST_HITS:
                places = self.tr("the newest {places}").format(places=places)
            transcripts = self.tr("{places} in {transcripts}").format(places=places, transcripts=transcripts)
        self.summary.setText(transcripts if rows else "")
        self.empty_button.setVisible(is_bin and bool(rows))

    def _say_why_it_is_empty(self, is_bin: bool) -> None:
        if (
            self.search.text().strip()
            or self.tag_box.currentIndex() > 0
            or self.speaker_box.currentIndex() > 0
        ):
            self.empty.say("search", self.tr("No matches"), self.tr("Try fewer or shorter words."))
        elif is_bin:
            about = self.tr("You can restore transcripts until you empty the bin.")
            self.empty.say("trash", self.tr("The bin is empty"), about)
        else:
            about = self.tr(
                "Recordings and transcribed files appear here automatically. You can search every word "
                "in them."
            )
            self.empty.say("library", self.tr("Nothing here yet"), about)

    def _show_bin(self, is_bin: bool) -> None:
        self.details.show_bin(is_bin)
        self.list.clearSelection()
        self.refresh()

    def _show_selection(self) -> None:
        if self._is_refreshing:
            return
        numbers = self._selected_ids()
        entry = self._entries.get(numbers[0]) if len(numbers) == 1 else None
        if entry is None:
            self.details.show_nothing(len(numbers))
        else:
            self.details.show_entry(entry, self._tags)

    def _selected_entries(self) -> list[Entry]:
        return [self._entries[number] for number in self._selected_ids() if number in self._entries]

    def _selected_ids(self) -> list[int]:
        return list(dict.fromkeys(entry_id(self.model.row(number)) for number in self.list.selected_rows()))


def _offer(box: QComboBox, names: list[str]) -> None:
    """Set the box's choices after its first entry, keeping the current choice."""
    if names == [box.itemText(index) for index in range(1, box.count())]:
        return
    current = box.currentText() if box.currentIndex() > 0 else None
    while box.count() > 1:
        box.removeItem(1)
    box.addItems(names)
    box.setCurrentIndex(names.index(current) + 1 if current in names else 0)
