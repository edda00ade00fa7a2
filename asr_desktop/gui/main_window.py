"""The main window: the list of pages on the left, the page on the right, messages at the page's foot.

A page is imported and created when it is first shown, so the window opens at once.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QByteArray, QCoreApplication, QLocale, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QSizePolicy,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.file_drops import FileDrops
from asr_desktop.gui.notices import MessageBar
from asr_desktop.gui.pages import Page, TranscriptPage
from asr_desktop.gui.theme import ICON_PIXELS, SPACE, icon
from asr_desktop.gui.translations import said
from asr_desktop.gui.widgets.parts import ToolButton, label
from asr_desktop.gui.widgets.record_button import RecordingClock, RecordingSign

PROGRAM = "ASR Desktop"
TITLE_ORDER = ("recording", "files", "voice", "texts")
"""Which task comes first in the window's title when several are running."""
START_PAGE = "live"
SIDEBAR_PIXELS = 196
SMALLEST = QSize(760, 520)
FIRST_SIZE = QSize(1180, 760)


@dataclass(frozen=True, slots=True)
class PageInfo:
    """What the list needs to know about a page that may not be imported yet."""

    key: str
    title: str
    icon_name: str

    @property
    def module(self) -> str:
        return f"asr_desktop.gui.pages.{self.key}_page"

    @property
    def class_name(self) -> str:
        return f"{self.key.capitalize()}Page"


def known_pages() -> list[PageInfo]:
    """All pages in the order of the list, with titles in the user's language."""

    translate = QCoreApplication.translate
    pages = [
        PageInfo("live", translate("MainWindow", "Live"), "microphone"),
        PageInfo("files", translate("MainWindow", "Files"), "files"),
        PageInfo("library", translate("MainWindow", "Library"), "library"),
        PageInfo("editor", translate("MainWindow", "Editor"), "editor"),
        PageInfo("models", translate("MainWindow", "Models"), "models"),
        PageInfo("voice", translate("MainWindow", "Voice"), "voice"),
        PageInfo("settings", translate("MainWindow", "Settings"), "settings"),
        PageInfo("help", translate("MainWindow", "Help"), "help"),
    ]
    return [page for page in pages if importlib.util.find_spec(page.module) is not None]


class MainWindow(QMainWindow):
    """The only main window. `closing` is emitted when it really closes, not when it goes to the tray."""

    closing = Signal()

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.hides_instead_of_closing = False
        """Whether closing hides the window: there is a tray icon and the user has chosen it."""
        self._current = ""
        self._first_run: QWidget | None = None
        self.title = WindowTitle(context, self)
        self._drops = FileDrops(self, self.open_files)
        self.setWindowIcon(icon("app"))
        self.setMinimumSize(SMALLEST)
        self.message_bar = MessageBar()
        self.recording_clock = RecordingClock(context, self)
        self.recording_clock.changed.connect(self._show_recording)
        self._build()
        context.show_message.connect(self.message_bar.say)
        context.notify.connect(self.message_bar.show_notice)
        context.is_over.connect(self.message_bar.end)
        context.withdraw.connect(self.message_bar.withdraw)
        context.offer.connect(self.message_bar.offer)
        context.show_page.connect(self.go_to)
        context.open_transcript.connect(self._open_transcript)
        self._restore_geometry()
        last = context.recall("window.page", START_PAGE)
        self.go_to(last if last in self._infos else START_PAGE)
        if self._current == "editor":
            self._editor().reopen()
        self.page(self._current).setFocus()
        if context.settings_problem:
            self.message_bar.say(said(context.settings_problem), "warning")

    # Pages

    def page(self, key: str) -> Page:
        """A page; created at the first call."""
        if key not in self._pages:
            info = self._infos[key]
            page_class = getattr(importlib.import_module(info.module), info.class_name)
            made: Page = page_class(self.context)
            made.setAccessibleName(info.title)
            self._pages[key] = made
            self._stack.addWidget(made)
            self._drops.leave_to_window(made)
        return self._pages[key]

    def _editor(self) -> TranscriptPage:
        page = self.page("editor")
        assert isinstance(page, TranscriptPage)
        return page

    @property
    def current_page(self) -> str:
        return self._current

    def go_to(self, key: str) -> None:
        """Show a page; an unknown key is ignored."""
        if key not in self._infos:
            return
        page = self.page(key)
        self._stack.setCurrentWidget(page)
        self._current = key
        self._buttons[key].setChecked(True)
        self.message_bar.show_page(key, page)
        self.context.remember("window.page", key)
        page.entered()

    def _clicked(self, key: str) -> None:
        """By keyboard, the focus stays in the list for the next step; a mouse click moves it to the page."""
        if self._buttons[key].hasFocus():
            self.go_to(key)
        else:
            self._go_by_key(key)

    def _go_by_key(self, key: str) -> None:
        """Go to a page and move the focus into it, so the user need not leave the list first."""
        self.go_to(key)
        page, focused = self.page(key), self.focusWidget()
        if focused is None or not page.isAncestorOf(focused):
            page.setFocus()

    def _show_recording(self, time: str) -> None:
        self.title.tell("recording", f"● {time}" if time else "")

    def _toggle_recording(self) -> None:
        if self._first_run is None:  # the first run uses the microphone itself
            self.context.live.toggle()

    def _open_transcript(self, entry_id: int, at_seconds: float) -> None:
        if "editor" in self._infos:
            self.go_to("editor")
            self._editor().open(entry_id, at_seconds)

    def open_files(self, paths: Sequence[Path]) -> None:
        """Transcribe audio, video and folders; open transcripts that were exported as JSON."""
        transcripts = [path for path in paths if path.suffix.lower() == ".json"]
        others = [path for path in paths if path not in transcripts]
        if others:
            self.go_to("files")
            self.context.file_jobs.add(others)
        if transcripts:
            self.go_to("editor")
            self._editor().open_file(transcripts[-1])

    def is_busy(self) -> bool:
        """Whether a page does work that closing it would interrupt."""
        return any(page.is_busy() for page in self._pages.values())

    def make_anew(self) -> None:
        """Create all pages again, in another language; each takes over the state of its predecessor."""
        former = self._pages
        focused = self._place_of_focus()
        was_first_run = self._stack.currentWidget() is self._first_run
        self.setLocale(QLocale())
        self._build()
        for key, page in former.items():
            self.page(key).take_over(page)
        if was_first_run:
            self.welcome()
        else:
            self.go_to(self._current)
            parts = self.page(self._current).findChildren(QWidget)
            if focused is not None and focused < len(parts):
                parts[focused].setFocus()

    def _place_of_focus(self) -> int | None:
        """Index of the focused widget within the page; it is the same when the page is created anew."""
        parts = self.page(self._current).findChildren(QWidget)
        focused = self.focusWidget()
        return parts.index(focused) if focused in parts else None

    def _build(self) -> None:
        self._infos = {info.key: info for info in known_pages()}
        self._pages: dict[str, Page] = {}
        self._buttons: dict[str, QToolButton] = {}
        self._stack = QStackedWidget()
        self._first_run = None
        side = QFrame()
        side.setProperty("role", "sidebar")
        side.setFixedWidth(SIDEBAR_PIXELS)
        column = QVBoxLayout(side)
        column.setContentsMargins(SPACE + 4, 2 * SPACE, SPACE + 4, 2 * SPACE)
        column.setSpacing(SPACE // 2)
        column.addLayout(self._brand())
        column.addSpacing(SPACE)
        group = QButtonGroup(side)
        for info in self._infos.values():
            if info.key == "settings":
                column.addStretch(1)  # settings and help are at the bottom, as users expect
                column.addWidget(RecordingSign(self.context, self.recording_clock))  # moves no button
            button = self._page_button(info)
            group.addButton(button)
            self._buttons[info.key] = button
            column.addWidget(button)
        right = QWidget()
        content = QVBoxLayout(right)
        content.setContentsMargins(0, 0, 0, 0)
        content.setSpacing(0)
        content.addWidget(self._stack, 1)
        self.message_bar.lay_over(right)
        self.context.shortcuts.bind("live.record", self, self._toggle_recording)
        whole = QWidget()
        columns = QHBoxLayout(whole)
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setSpacing(0)
        columns.addWidget(side)
        columns.addWidget(right, 1)
        self.setCentralWidget(whole)
        self.context.shortcuts.bind("window.quit", self, self.quit)

    def _brand(self) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setContentsMargins(SPACE, 0, 0, SPACE)
        line.setSpacing(SPACE)
        mark = QLabel()
        mark.setPixmap(icon("app").pixmap(QSize(26, 26), self.devicePixelRatio()))
        line.addWidget(mark)
        line.addWidget(label(PROGRAM, "heading"))
        line.addStretch(1)
        return line

    def _page_button(self, info: PageInfo) -> QToolButton:
        button = ToolButton()
        button.setProperty("role", "page")
        button.setCheckable(True)
        button.setAutoExclusive(True)
        button.setText(f"  {info.title}")
        button.setAccessibleName(info.title)
        button.setIcon(icon(info.icon_name))
        button.setIconSize(QSize(ICON_PIXELS, ICON_PIXELS))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        # A click moves the focus to the page, so the button takes it by Tab only.
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setCursor(Qt.CursorShape.PointingHandCursor)
        button.clicked.connect(lambda _checked=False, key=info.key: self._clicked(key))
        name = f"window.{info.key}"
        shortcuts = self.context.shortcuts
        shortcuts.bind(name, self, partial(self._go_by_key, info.key))
        button.setToolTip(f"{info.title} ({shortcuts.text(name)})")
        return button

    def welcome(self) -> None:
        """Show the steps of the first run in place of the pages."""
        from asr_desktop.gui.pages.first_run import FirstRun

        steps = self._first_run = FirstRun(self.context)
        self._stack.addWidget(steps)
        self._stack.setCurrentWidget(steps)

        def done(wants_to_speak: bool) -> None:
            self._first_run = None
            self.go_to(START_PAGE)
            self._stack.removeWidget(steps)
            steps.deleteLater()
            if wants_to_speak:
                self.context.live.start()

        steps.done.connect(done)

    # Geometry and the end

    def _restore_geometry(self) -> None:
        stored = QByteArray.fromBase64(self.context.recall("window.geometry", "").encode())
        if stored.isEmpty() or not self.restoreGeometry(stored):
            screen = QGuiApplication.primaryScreen().availableGeometry()
            self.resize(FIRST_SIZE.boundedTo(screen.size()))

    def closeEvent(self, event: QCloseEvent) -> None:
        self.context.remember("window.geometry", bytes(self.saveGeometry().toBase64().data()).decode())
        if self.hides_instead_of_closing:
            event.ignore()
            self.hide()
            return
        for key in self.context.under_way():
            self.page(key)  # created even if it was never shown, because it asks before closing
        for page in self._pages.values():
            can_close = getattr(page, "can_close", None)
            if can_close is not None and not can_close():
                event.ignore()
                return
        event.accept()
        self.closing.emit()

    def come_forward(self) -> None:
        """Show the window, restored and in front as far as the desktop allows."""
        if self.isMinimized():
            self.showNormal()
        self.show()
        self.raise_()
        self.activateWindow()

    def quit(self) -> None:
        """End the program even if closing would hide the window; pages may ask first."""
        self.hides_instead_of_closing = False
        QTimer.singleShot(0, self.close)


class WindowTitle(QObject):
    """What is running, then the program's name, so that the taskbar shows the progress.

    Follows `AppContext.progressed`; other parts of the window may call `tell`.
    """

    def __init__(self, context: AppContext, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._parts: dict[str, str] = {}
        context.progressed.connect(self._progressed)
        self._show()

    def tell(self, what: str, text: str) -> None:
        """what: one of TITLE_ORDER. text: shown in the title; "" when the task has ended."""
        if self._parts.get(what, "") != text:
            self._parts[what] = text
            self._show()

    def _progressed(self, what: str, fraction: float) -> None:
        self.tell(what, self.tr("{percent}%").format(percent=int(100 * fraction)) if fraction >= 0 else "")

    def _show(self) -> None:
        told = [self._parts[what] for what in TITLE_ORDER if self._parts.get(what)]
        self._window.setWindowTitle(" – ".join([*told, PROGRAM]))
