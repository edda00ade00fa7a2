"""The Files page with real files, a tiny network and the recogniser's real process."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QModelIndex, QObject, QPersistentModelIndex, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QPainter
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QFileDialog, QMessageBox, QStyleOptionViewItem
from pytestqt.qtbot import QtBot

from asr_desktop.gui import operations, translations
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.file_jobs import FILE, JOB_ROLE, PROGRESS, SPEAKERS, SPEED, UNFINISHED
from asr_desktop.gui.pages.files_page import FilesPage
from asr_desktop.gui.widgets.file_options import FileSpeakersBox
from asr_desktop.gui.widgets.job_table import _JobDelegate, in_two_lines
from asr_desktop.jobs.job import FileJob, JobState
from asr_desktop.recognition.worker.client import RecogniserProcess
from asr_desktop.speakers.turns import SpeakerCount
from asr_desktop.transcripts.document import Segment, Transcript
from tests.fixtures.make_models import model_folder
from tests.jobs.file_queues import speech
from tests.recognition import worker_loaders

__all__ = ["speech"]

PATIENCE_MS = 120_000


@pytest.fixture
def talks(tmp_path: Path, speech: Path) -> Path:
    folder = tmp_path / "talks"
    folder.mkdir()
    for name in ("one.wav", "two.wav", "three.wav"):
        shutil.copy(speech, folder / name)
    return folder


@pytest.fixture
def hold(tmp_path: Path, context: AppContext, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """While this file is there, the recogniser stands still."""
    monkeypatch.setenv(worker_loaders.FOLDER_VARIABLE, str(tmp_path))
    context._make_recogniser = lambda: RecogniserProcess(loader=f"{worker_loaders.NAME}:held")
    hold = tmp_path / worker_loaders.HOLD
    hold.write_text("1")
    yield hold
    hold.unlink(missing_ok=True)


@pytest.fixture
def page(context: AppContext, qtbot: QtBot) -> FilesPage:
    context.change_settings(model=str(model_folder("wav2vec2-conformer")), decoder="greedy", threads=1)
    page = FilesPage(context)
    qtbot.addWidget(page)
    page.resize(1080, 760)
    page.show()
    return page


@pytest.fixture
def finish(page: FilesPage, qtbot: QtBot) -> Callable[[], list[FileJob]]:
    """Waits until nothing is under way and the table shows it."""

    def finish() -> list[FileJob]:
        def is_done() -> bool:
            shown = page.model.jobs()
            return (
                operations.wait_for_all(0.1)
                and not page.jobs.queue.is_busy
                and shown == page.jobs.queue.jobs()
            )

        qtbot.waitUntil(is_done, timeout=PATIENCE_MS)
        return page.model.jobs()

    return finish


def select(page: FilesPage, *rows: int) -> None:
    page.table.clearSelection()
    for row in rows:
        index = page.model.index(row, 0)
        flags = page.table.selectionModel().SelectionFlag
        page.table.selectionModel().select(index, flags.Select | flags.Rows)


def dropped(page: FilesPage, *paths: Path) -> None:
    """As if somebody had dragged them here from a file manager."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    entered = QDragEnterEvent(QPoint(300, 300), Qt.DropAction.CopyAction, data, buttons, keys)
    page.dragEnterEvent(entered)
    assert entered.isAccepted()
    page.dropEvent(QDropEvent(QPointF(300, 300), Qt.DropAction.CopyAction, data, buttons, keys))


def names(page: FilesPage) -> list[str]:
    return [job.source.name for job in page.model.jobs()]


def test_dropped_files_become_transcripts_that_open_in_the_editor(
    page: FilesPage, context: AppContext, talks: Path, finish: Callable[[], list[FileJob]], qtbot: QtBot
) -> None:
    assert page.stack.currentWidget() is page.drop_area, "an empty list explains itself"
    page.output_options.formats["srt"].setChecked(True)
    changes: list[None] = []
    context.library_changed.connect(lambda: changes.append(None))
    dropped(page, talks)
    jobs = finish()
    assert page.stack.currentIndex() == 1
    assert [job.state for job in jobs] == [JobState.DONE] * 3
    assert (talks / "one.txt").exists()
    assert (talks / "one.srt").exists()
    assert len(context.library.entries()) == len(changes) == 3
    assert "3 of 3 done" in page.summary.text()
    assert page.model.index(0, PROGRESS).data() == "Done: txt, srt"
    assert page.model.index(0, SPEED).data() in ("", f"{jobs[0].speed or 0:.1f}×")

    with qtbot.waitSignal(context.open_transcript) as opened:
        page.table.setCurrentIndex(page.model.index(1, 0))
        qtbot.keyClick(page.table, Qt.Key.Key_Return)
    assert opened.args == [jobs[1].entry_id, 0.0]
    with qtbot.waitSignal(context.open_transcript):
        place = page.table.visualRect(page.model.index(0, FILE)).center()
        qtbot.mouseClick(page.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
        qtbot.mouseDClick(page.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    select(page, 2)
    assert "two.txt" in page.details.words.text(), "folders are gone through in the order of the alphabet"
    qtbot.mouseClick(page.clear_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.stack.currentWidget() is page.drop_area, timeout=PATIENCE_MS)


def test_a_failure_is_readable_and_can_be_copied_and_tried_again(
    page: FilesPage, talks: Path, finish: Callable[[], list[FileJob]], qtbot: QtBot
) -> None:
    bad = talks / "bad.mp3"
    bad.write_text("this is no sound")
    dropped(page, bad, talks / "one.wav")
    failed, done = finish()
    assert (failed.state, done.state) == (JobState.FAILED, JobState.DONE)
    assert "1 failed" in page.summary.text()
    assert page.model.index(0, PROGRESS).data() == failed.sentence
    select(page, 0)
    assert failed.sentence in page.details.words.text()
    assert page.details.copy_button.isVisible()
    assert not page.open_button.isEnabled()
    qtbot.mouseClick(page.details.copy_button, Qt.MouseButton.LeftButton)
    copied = QGuiApplication.clipboard().text()
    assert str(bad) in copied
    assert failed.sentence in copied
    shutil.copy(talks / "one.wav", bad)
    page.table.setFocus()
    qtbot.keyClick(page.table, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    assert [job.state for job in finish()] == [JobState.DONE] * 2


def test_a_failure_fits_into_its_row(page: FilesPage) -> None:
    metrics = page.table.fontMetrics()
    sentence = '"broken.mp3" is not a sound or video file, or it is damaged: check that it plays elsewhere.'
    for width in (120, 200, 400):
        lines = in_two_lines(sentence, metrics, width).split("\n")
        assert len(lines) == 2
        assert all(metrics.horizontalAdvance(line) <= width for line in lines)
    assert in_two_lines(sentence, metrics, 5000) == sentence


def test_progress_cancelling_and_order_by_keys(
    page: FilesPage,
    hold: Path,
    talks: Path,
    tmp_path: Path,
    finish: Callable[[], list[FileJob]],
    qtbot: QtBot,
) -> None:
    dropped(page, talks / "one.wav", talks / "two.wav", talks / "three.wav")
    qtbot.waitUntil((tmp_path / worker_loaders.HELD).exists, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: names(page) == ["one.wav", "two.wav", "three.wav"], timeout=PATIENCE_MS)
    page.table.setFocus()
    page.table.setCurrentIndex(page.model.index(2, 0))
    qtbot.keyClick(page.table, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: names(page) == ["one.wav", "three.wav", "two.wav"], timeout=PATIENCE_MS)
    assert page.table.selected_rows() == [1], "what was chosen stays chosen where it goes"
    qtbot.keyClick(page.table, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: names(page)[2] == "three.wav", timeout=PATIENCE_MS)
    assert not page.down_button.isEnabled()
    qtbot.keyClick(page.table, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: page.model.job(2).state is JobState.CANCELLED, timeout=PATIENCE_MS)
    assert page.model.index(2, PROGRESS).data() == "Cancelled"
    select(page, 0)
    qtbot.mouseClick(page.cancel_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil((tmp_path / worker_loaders.CANCELLED).exists, timeout=PATIENCE_MS)
    hold.unlink()
    assert [job.state for job in finish()] == [JobState.CANCELLED, JobState.DONE, JobState.CANCELLED]
    select(page, 0, 1, 2)
    qtbot.keyClick(page.table, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: page.model.rowCount() == 0, timeout=PATIENCE_MS)


def test_rows_are_dragged_to_other_places(
    page: FilesPage, hold: Path, talks: Path, finish: Callable[[], list[FileJob]], qtbot: QtBot
) -> None:
    dropped(page, talks / "one.wav", talks / "two.wav", talks / "three.wav")
    qtbot.waitUntil(lambda: page.model.rowCount() == 3, timeout=PATIENCE_MS)
    data = page.model.mimeData([page.model.index(2, 0), page.model.index(2, 1)])
    page.model.dropMimeData(data, Qt.DropAction.MoveAction, 1, 0, QModelIndex())
    qtbot.waitUntil(lambda: names(page) == ["one.wav", "three.wav", "two.wav"], timeout=PATIENCE_MS)
    page.model.dropMimeData(
        page.model.mimeData([page.model.index(1, 0)]), Qt.DropAction.MoveAction, -1, -1, QModelIndex()
    )
    qtbot.waitUntil(lambda: names(page) == ["one.wav", "two.wav", "three.wav"], timeout=PATIENCE_MS)
    assert not page.model.dropMimeData(QMimeData(), Qt.DropAction.MoveAction, 0, 0, QModelIndex())
    hold.unlink()
    finish()


def test_the_audio_track_of_films_is_chosen_and_kept(
    page: FilesPage, context: AppContext, qtbot: QtBot
) -> None:
    track = page.output_options.track
    assert context.file_jobs.options().track is None
    qtbot.keyClick(track, Qt.Key.Key_Down)
    qtbot.keyClick(track, Qt.Key.Key_Down)
    assert track.currentText() == "2"
    assert context.file_jobs.options().track == 2
    again = FilesPage(context)
    qtbot.addWidget(again)
    assert again.output_options.track.currentText() == "2"
    qtbot.keyClick(track, Qt.Key.Key_Home)
    assert context.file_jobs.options().track is None


def test_speakers_are_told_apart_where_that_is_chosen(page: FilesPage, context: AppContext) -> None:
    box = page.recognition.speakers
    assert box.accessibleName() == "Speakers"
    assert context.file_jobs.options().speakers is None
    for text, expected in (("Find automatically", SpeakerCount()), ("3 speakers", SpeakerCount(3, 3))):
        box.setCurrentIndex(box.findText(text))
        box.activated.emit(box.currentIndex())
        assert context.file_jobs.options().speakers == expected
    context.remember(SPEAKERS, "2-4")  # by hand
    assert FileSpeakersBox(context).currentText() == "2-4"
    assert context.file_jobs.options().speakers == SpeakerCount(2, 4)
    context.remember(SPEAKERS, "some")
    assert FileSpeakersBox(context).currentText() == "Do not distinguish"
    assert context.file_jobs.options().speakers is None


def test_found_speakers_have_german_names_in_files_and_keep_theirs_in_the_library(
    page: FilesPage,
    context: AppContext,
    talks: Path,
    finish: Callable[[], list[FileJob]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    recognise = RecogniserProcess.transcribe

    def with_speakers(self: RecogniserProcess, *given: Any, **options: Any) -> Any:
        """As if two had been found, of whom one is known: the tiny network's words are no voices."""
        job = recognise(self, *given, **options)
        result = job.result

        def named(*waiting: float) -> Transcript:
            transcript = result(*waiting)
            names = ("Speaker 1", "Anna", "Speaker 2")
            said = zip(transcript.words[:3], names, strict=True)
            return replace(transcript, segments=tuple(Segment((word,), speaker=name) for word, name in said))

        monkeypatch.setattr(job, "result", named)
        return job

    monkeypatch.setattr(RecogniserProcess, "transcribe", with_speakers)
    context.change_settings(export_formats=("txt", "vtt"))
    translations.install("de")
    try:
        page.jobs.add([talks / "one.wav"])
        (job,) = finish()
    finally:
        translations.install("en")
    assert job.state is JobState.DONE
    text = (talks / "one.txt").read_text(encoding="utf-8")
    assert [name for name in ("Sprecher 1:", "Anna:", "Sprecher 2:") if name in text] == [
        "Sprecher 1:",
        "Anna:",
        "Sprecher 2:",
    ]
    assert "Speaker" not in text
    assert "<v Sprecher 2>" in (talks / "one.vtt").read_text(encoding="utf-8")
    assert job.entry_id is not None
    kept = context.library.transcript(job.entry_id)
    assert [segment.speaker for segment in kept.segments] == ["Speaker 1", "Anna", "Speaker 2"]


def test_formats_and_folder_are_chosen_and_kept(
    page: FilesPage,
    context: AppContext,
    talks: Path,
    tmp_path: Path,
    finish: Callable[[], list[FileJob]],
    monkeypatch: pytest.MonkeyPatch,
    qtbot: QtBot,
) -> None:
    options = page.output_options
    options.formats["txt"].setChecked(False)
    options.formats["json"].setChecked(True)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path / "out"))
    qtbot.mouseClick(options.in_folder, Qt.MouseButton.LeftButton)
    options.copy_sound.setChecked(True)
    assert context.settings.export_formats == ("json",)
    assert context.settings.export_folder == str(tmp_path / "out")
    assert options.folder.text() == str(tmp_path / "out")
    dropped(page, talks / "one.wav")
    (job,) = finish()
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["one.json"]
    (talks / "one.wav").unlink()
    assert job.entry_id is not None
    assert context.library.audio_path(job.entry_id) is not None, "the library has a copy"
    again = FilesPage(context)
    qtbot.addWidget(again)
    assert again.output_options.formats["json"].isChecked()
    assert again.output_options.copy_sound.isChecked()
    qtbot.mouseClick(options.beside, Qt.MouseButton.LeftButton)
    assert context.settings.export_folder == ""
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: "")
    qtbot.mouseClick(options.in_folder, Qt.MouseButton.LeftButton)
    assert options.beside.isChecked(), "a dialog that was cancelled changes nothing"


def test_watched_folders_are_followed_and_kept(
    page: FilesPage,
    context: AppContext,
    talks: Path,
    tmp_path: Path,
    finish: Callable[[], list[FileJob]],
    monkeypatch: pytest.MonkeyPatch,
    qtbot: QtBot,
) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    page.jobs.watcher._settle_seconds = 0.3
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(inbox))
    qtbot.mouseClick(page.watched.add_button, Qt.MouseButton.LeftButton)
    assert context.settings.watched_folders == (str(inbox),)
    shutil.copy(talks / "one.wav", inbox / "one.wav")
    qtbot.waitUntil(lambda: page.model.rowCount() == 1, timeout=PATIENCE_MS)
    assert [job.state for job in finish()] == [JobState.DONE]
    remove = next(
        made for made in page.watched.findChildren(QAbstractButton) if str(inbox) in made.accessibleName()
    )
    qtbot.mouseClick(remove, Qt.MouseButton.LeftButton)
    assert context.settings.watched_folders == ()
    assert page.jobs.watcher.folders == ()


def test_closing_asks_and_the_next_start_offers_what_was_left(
    page: FilesPage,
    context: AppContext,
    hold: Path,
    talks: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert page.can_close()
    dropped(page, talks / "one.wav", talks / "two.wav")
    qtbot.waitUntil(lambda: page.model.rowCount() == 2, timeout=PATIENCE_MS)
    answers = iter((1, 0))

    def answer(box: QMessageBox) -> None:
        box.buttons()[0]
        wanted = next(answers)
        roles = (QMessageBox.ButtonRole.AcceptRole, QMessageBox.ButtonRole.RejectRole)
        chosen = next(made for made in box.buttons() if box.buttonRole(made) is roles[wanted])
        monkeypatch.setattr(box, "clickedButton", lambda: chosen, raising=False)

    monkeypatch.setattr(QMessageBox, "exec", answer)
    assert not page.can_close()
    assert page.can_close()
    hold.unlink()
    context.file_jobs.close()
    left = context.recall(UNFINISHED, [])
    assert left
    assert set(left) <= {str(talks / "one.wav"), str(talks / "two.wav")}
    offered: list[object] = []
    context.offer.connect(lambda *offer: offered.extend(offer))
    context.file_jobs.begin()
    assert str(len(left)) in str(offered[0])
    assert callable(offered[2])


class Counting(_JobDelegate):
    """Remembers the rows that it painted."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.painted: list[int] = []

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        self.painted.append(index.row())
        super().paint(painter, option, index)


def test_ten_thousand_rows_cost_no_more_than_those_that_are_seen(page: FilesPage, qtbot: QtBot) -> None:
    # Not worked on: the queue's thread is never started.
    jobs = page.jobs.queue._list.add((Path(f"/talks/{n}.mp3"), Path(f"{n}")) for n in range(10_000))
    page.model.refresh()
    assert page.model.rowCount() == 10_000
    delegate = Counting(page.table)
    page.table.setItemDelegate(delegate)
    page.table.scrollTo(page.model.index(9_000, 0))
    page.grab()
    assert 9_000 in delegate.painted
    assert len(set(delegate.painted)) < 60
    page.jobs.queue.remove([job.id for job in jobs])
    page.model.refresh()
    assert page.model.rowCount() == 0


def test_everything_has_a_name_and_can_be_reached_by_keys(page: FilesPage, talks: Path) -> None:
    for made in page.findChildren(QAbstractButton):
        if made.objectName() == "qt_tableview_cornerbutton":
            continue  # never seen: there are no row numbers
        assert made.accessibleName() or made.text(), made
        assert made.toolTip() or made.text(), made
        assert made.focusPolicy() & Qt.FocusPolicy.TabFocus, made
    assert page.table.accessibleName()
    assert isinstance(page.output_options.formats["txt"], QCheckBox)
    page.jobs.queue._list.add([(Path("/talks/one.mp3"), Path("one"))])
    page.model.refresh()
    text = page.model.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert text == "one.mp3, Waiting"
    assert page.model.index(0, 0).data(JOB_ROLE).id == 1
    page.jobs.queue.remove([1])


def test_a_narrow_window_shows_files_or_options(page: FilesPage, qtbot: QtBot) -> None:
    assert page.output_options.isVisible()
    assert not page.columns.toggle.isVisible()
    page.resize(560, 500)
    qtbot.waitUntil(page.columns.toggle.isVisible, timeout=PATIENCE_MS)
    assert page.drop_area.isVisible()
    assert not page.output_options.isVisible()
    qtbot.mouseClick(page.columns.toggle, Qt.MouseButton.LeftButton)
    assert page.output_options.isVisible()
    assert not page.drop_area.isVisible()
    page.resize(1080, 760)
    qtbot.waitUntil(page.drop_area.isVisible, timeout=PATIENCE_MS)
    assert page.output_options.isVisible()
