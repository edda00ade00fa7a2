"""The Library page with a real library."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QFileDialog,
    QLineEdit,
    QMessageBox,
    QStyleOptionViewItem,
)
from pytestqt.qtbot import QtBot

from asr_desktop.gui import operations
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.notices import Notice
from asr_desktop.gui.pages.library_page import LibraryPage
from asr_desktop.gui.widgets.export_dialog import SaveSeveral
from asr_desktop.gui.widgets.library_list import ROW_ROLE, _RowDelegate
from asr_desktop.transcripts.export import FORMATS
from asr_desktop.transcripts.library import Entry, Hit, Library
from tests.transcripts.libraries import recorded, said

PATIENCE_MS = 60_000


@pytest.fixture
def library(context: AppContext) -> Library:
    library = context.library
    library.add(
        said("the boat came back", "in the evening with fish"), Path("/talks/harbour.mp3"), tags=["sea"]
    )
    library.add(said("nothing of the sort was said"), Path("/talks/silence.mp3"))
    return library


@pytest.fixture
def page(context: AppContext, library: Library, qtbot: QtBot) -> LibraryPage:
    page = LibraryPage(context)
    qtbot.addWidget(page)
    page.resize(1080, 760)
    page.show()
    page.entered()
    return page


@pytest.fixture
def settled(page: LibraryPage, qtbot: QtBot) -> Callable[[], list[Entry | Hit]]:
    """Waits until nothing is under way; what is listed then."""

    def settled() -> list[Entry | Hit]:
        qtbot.waitUntil(
            lambda: not page._typing.isActive() and operations.wait_for_all(0.1), timeout=PATIENCE_MS
        )
        return page.model.rows()

    return settled


Settled = Callable[[], "list[Entry | Hit]"]


def choose(page: LibraryPage, row: int) -> None:
    page.list.setCurrentIndex(page.model.index(row))


def test_entries_are_listed_and_details_shown(page: LibraryPage, settled: Settled) -> None:
    rows = settled()
    assert [row.title for row in rows] == ["silence", "harbour"]
    assert page.summary.text() == "2 transcripts"
    assert page.details.nothing.isVisible()
    choose(page, 1)
    assert page.details.name.text() == "harbour"
    assert page.details.tags.text() == "sea"
    assert page.details._facts["words"].text() == "9"
    assert page.details._facts["file"].text() == "/talks/harbour.mp3"
    spoken = page.model.index(1).data(Qt.ItemDataRole.AccessibleTextRole)
    assert "harbour" in spoken
    assert "the boat came back" in spoken


def test_typing_finds_the_moment_and_opens_it(
    page: LibraryPage, settled: Settled, context: AppContext, qtbot: QtBot
) -> None:
    settled()
    qtbot.keyClicks(page.search, "even")
    (hit,) = settled()
    assert isinstance(hit, Hit)
    assert hit.snippet[hit.marks[0][0] : hit.marks[0][1]] == "evening"
    assert page.summary.text() == "1 match in 1 transcript"
    page.grab()
    qtbot.keyClick(page.search, Qt.Key.Key_Return)
    assert page.list.hasFocus()
    with qtbot.waitSignal(context.open_transcript) as opened:
        qtbot.keyClick(page.list, Qt.Key.Key_Return)
    assert opened.args == [hit.entry_id, 6.5]
    assert page.details.name.text() == "harbour", "a place shows its entry"
    page.search.clear()
    assert len(settled()) == 2


def test_names_and_tags_are_found_too(page: LibraryPage, settled: Settled) -> None:
    page.search.setText("harb")
    (entry,) = settled()
    assert isinstance(entry, Entry)
    page.search.setText("nowhere said")
    assert settled() == []
    assert page.stack.currentWidget() is page.empty
    assert page.empty.heading.text() == "No matches"


def test_renaming_and_tagging_in_place(
    page: LibraryPage, settled: Settled, library: Library, qtbot: QtBot
) -> None:
    settled()
    choose(page, 1)
    page.details.name.setText("The harbour")
    qtbot.keyClick(page.details.name, Qt.Key.Key_Return)
    settled()
    page.details.tags.setText("work, sea , ,fish")
    qtbot.keyClick(page.details.tags, Qt.Key.Key_Return)
    rows = settled()
    assert rows[1].title == "The harbour"
    assert library.entries()[1].tags == ("fish", "sea", "work")
    assert page.details.name.text() == "The harbour", "it stays chosen"
    assert [page.tag_box.itemText(number) for number in range(4)] == ["All tags", "fish", "sea", "work"]
    page.tag_box.setCurrentIndex(1)
    page.tag_box.activated.emit(1)
    assert [row.title for row in settled()] == ["The harbour"]
    page.details.name.setText("  ")
    qtbot.keyClick(page.details.name, Qt.Key.Key_Return)
    assert page.details.name.text() == "The harbour"


def test_the_bin_and_the_ways_back(
    page: LibraryPage,
    settled: Settled,
    library: Library,
    context: AppContext,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    offers: list[tuple[str, str, object]] = []
    context.offer.connect(lambda *offer: offers.append(offer))
    settled()
    choose(page, 1)
    page.list.setFocus()
    qtbot.keyClick(page.list, Qt.Key.Key_Delete)
    assert [row.title for row in settled()] == ["silence"]
    sentence, _, undo = offers[0]
    assert "harbour" in sentence
    assert callable(undo)
    undo()
    assert len(settled()) == 2

    page.list.selectAll()
    assert "2" in page.details.nothing.text()
    qtbot.mouseClick(page.details.bin_button, Qt.MouseButton.LeftButton)
    assert settled() == []
    assert page.empty.heading.text() == "Nothing here yet"
    qtbot.mouseClick(page.bin_button, Qt.MouseButton.LeftButton)
    assert len(settled()) == 2
    assert not page.details.open_button.isVisible()
    choose(page, 0)
    qtbot.mouseClick(page.details.restore_button, Qt.MouseButton.LeftButton)
    assert len(settled()) == 1

    def answer(wanted: QMessageBox.ButtonRole) -> None:
        def exec_(box: QMessageBox) -> None:
            chosen = next(made for made in box.buttons() if box.buttonRole(made) is wanted)
            monkeypatch.setattr(box, "clickedButton", lambda: chosen, raising=False)

        monkeypatch.setattr(QMessageBox, "exec", exec_)

    answer(QMessageBox.ButtonRole.RejectRole)
    qtbot.mouseClick(page.empty_button, Qt.MouseButton.LeftButton)
    assert len(settled()) == 1
    answer(QMessageBox.ButtonRole.DestructiveRole)
    qtbot.mouseClick(page.empty_button, Qt.MouseButton.LeftButton)
    assert settled() == []
    assert page.empty.heading.text() == "The bin is empty"
    assert len(library.entries()) == 1
    assert library.entries(deleted=True) == []


def test_saving_as_any_format(
    page: LibraryPage,
    settled: Settled,
    context: AppContext,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    qtbot: QtBot,
) -> None:
    settled()
    choose(page, 1)
    asked: list[str] = []

    def save_name(parent: object, caption: str, suggested: str, kinds: str) -> tuple[str, str]:
        asked.append(suggested)
        return str(tmp_path / "talk"), next(kind for kind in kinds.split(";;") if ".srt" in kind)

    monkeypatch.setattr(QFileDialog, "getSaveFileName", save_name)
    messages: list[str] = []
    context.show_message.connect(lambda sentence, *_: messages.append(sentence))
    qtbot.mouseClick(page.details.export_button, Qt.MouseButton.LeftButton)
    settled()
    assert asked[0].endswith("harbour.txt")
    assert "-->" in (tmp_path / "talk.srt").read_text()
    assert str(tmp_path / "talk.srt") in messages[0]
    page.list.selectAll()


def test_several_are_saved_in_any_format_and_replace_nothing(
    page: LibraryPage,
    settled: Settled,
    context: AppContext,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    qtbot: QtBot,
) -> None:
    settled()
    page.list.selectAll()
    (tmp_path / "harbour.srt").write_text("by someone else")

    def choose_subtitles(dialog: SaveSeveral) -> int:
        qtbot.addWidget(dialog)
        assert [dialog.format.itemData(row) for row in range(dialog.format.count())] == list(FORMATS)
        dialog.format.setCurrentIndex(dialog.format.findData("srt"))
        monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
        dialog._choose()
        return 1

    monkeypatch.setattr(SaveSeveral, "exec", choose_subtitles)
    page.export_selected()
    settled()
    assert (tmp_path / "harbour.srt").read_text() == "by someone else"
    assert "-->" in (tmp_path / "harbour (2).srt").read_text()
    assert (tmp_path / "silence.srt").exists()
    assert context.recall("library.export_format") == "srt"


def test_saving_several_can_be_called_off(
    page: LibraryPage, settled: Settled, context: AppContext, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settled()
    page.list.selectAll()
    monkeypatch.setattr(SaveSeveral, "exec", lambda _dialog: 0)
    page.export_selected()
    settled()
    assert context.recall("library.export_folder") is None


def test_new_recordings_come_by_themselves(
    page: LibraryPage, settled: Settled, context: AppContext, home: Path
) -> None:
    assert len(settled()) == 2
    recorded(home / "sessions", "words of a recording")
    page.entered()
    rows = settled()
    assert isinstance(rows[0], Entry)
    assert (rows[0].kind, rows[0].first_words) == ("session", "words of a recording")


def test_what_other_pages_change_is_shown(
    page: LibraryPage, settled: Settled, context: AppContext, library: Library
) -> None:
    settled()
    choose(page, 1)
    library.add(said("something new"), Path("/talks/new.mp3"))
    context.library_changed.emit()
    assert [row.title for row in settled()] == ["new", "silence", "harbour"]
    assert page.list.selected_rows() == [2], "what is chosen stays chosen"


def test_a_damaged_library_is_told_of_once(
    page: LibraryPage, settled: Settled, context: AppContext, library: Library
) -> None:
    settled()
    messages: list[Notice] = []
    ended: list[str] = []
    context.notify.connect(messages.append)
    context.is_over.connect(ended.append)
    library.close()
    library.path.write_bytes(b"this is no database " * 500)
    page.refresh()
    assert len(settled()) == 2
    assert len(messages) == 1
    assert "damaged" in messages[0].sentence
    page.refresh()
    settled()
    assert len(messages) == 1
    assert not any(messages[0].is_about(cause) for cause in ended), "it stays until somebody has read it"


class Counting(_RowDelegate):
    """Remembers the rows that it painted."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.painted: list[int] = []

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        self.painted.append(index.row())
        super().paint(painter, option, index)


def test_ten_thousand_rows_cost_no_more_than_those_that_are_seen(page: LibraryPage, settled: Settled) -> None:
    entry = settled()[0]
    page.model.set_rows([entry] * 10_000)
    delegate = Counting(page.list)
    page.list.setItemDelegate(delegate)
    page.list.scrollTo(page.model.index(9_000))
    page.grab()
    assert 9_000 in delegate.painted
    assert len(set(delegate.painted)) < 60


def test_everything_has_a_name_and_can_be_reached_by_keys(
    page: LibraryPage, settled: Settled, qtbot: QtBot
) -> None:
    settled()
    for made in page.findChildren(QAbstractButton):
        if made.parent() is page.search:
            continue  # the drawings inside of the field
        assert made.accessibleName() or made.text(), made
        assert made.focusPolicy() & Qt.FocusPolicy.TabFocus, made
    for field in (*page.findChildren(QLineEdit), *page.findChildren(QComboBox), page.list):
        assert field.accessibleName(), field
    page.list.setFocus()
    qtbot.keyClick(page.list, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert page.search.hasFocus()
    assert isinstance(page.model.index(0).data(ROW_ROLE), Entry)


def test_what_somebody_says_is_found_by_name(
    page: LibraryPage, library: Library, settled: Settled, context: AppContext
) -> None:
    settled()
    assert not page.speaker_box.isVisible()  # nobody has a name
    talk = said("the boat is late", "the boat is lost")
    segments = tuple(replace(s, speaker=n) for s, n in zip(talk.segments, ("Speaker 1", "Ada"), strict=True))
    library.add(replace(talk, segments=segments), Path("/talks/interview.mp3"))
    context.library_changed.emit()
    settled()
    assert page.speaker_box.isVisible()
    assert [page.speaker_box.itemText(i) for i in range(page.speaker_box.count())] == ["All speakers", "Ada"]
    page.search.setText("boat speaker:ada")
    (hit,) = settled()
    assert isinstance(hit, Hit)
    assert (hit.speaker, hit.snippet) == ("Ada", "the boat is lost")
    said_aloud = page.model.index(0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert ", interview, Ada: the boat is lost" in said_aloud
    page.search.setText("boat")
    assert len([row for row in settled() if isinstance(row, Hit)]) == 3
    page.speaker_box.setCurrentIndex(1)
    page.speaker_box.activated.emit(1)
    assert [row.title for row in settled()] == ["interview"]
    page.search.setText("")
    assert len(settled()) == 2  # the transcript, and where her turn begins
