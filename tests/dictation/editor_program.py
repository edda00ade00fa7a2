"""A window of another program: an editor, a password field and a button.

It tells what it holds as lines of JSON on standard output, and obeys lines on standard input: `clear`,
`focus text|password|button`, `type TEXT`, `select`, `unselect`, `copy`, `quit`.
"""

from __future__ import annotations

import json
import os
import sys

from PySide6.QtCore import QByteArray, QMimeData, QSocketNotifier
from PySide6.QtGui import QClipboard, QFont, QGuiApplication
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget


class Editor(QWidget):
    def __init__(self, title: str) -> None:
        super().__init__()
        self.setWindowTitle(title)
        self.setFont(QFont("DejaVu Sans", 10))
        self.text, self.password, self.button = QPlainTextEdit(), QLineEdit(), QPushButton("Button")
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        column = QVBoxLayout(self)
        for part in (self.text, self.password, self.button):
            column.addWidget(part)
        self.text.textChanged.connect(self.tell)
        self.password.textChanged.connect(self.tell)
        self.rest = b""
        self.resize(420, 260)
        self.lines = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read, self)
        self.lines.activated.connect(self.read)

    def tell(self) -> None:
        has_focus = QApplication.focusWidget()
        names = {self.text: "text", self.password: "password", self.button: "button"}
        said = {
            "text": self.text.toPlainText(),
            "password": self.password.text(),
            "focus": names.get(has_focus, "") if self.isActiveWindow() else "",  # type: ignore[call-overload]
        }
        print(json.dumps(said), flush=True)

    def read(self) -> None:
        block = os.read(sys.stdin.fileno(), 1 << 16)
        if not block:  # the test has ended
            os._exit(0)
        *lines, self.rest = (self.rest + block).split(b"\n")
        for line in lines:
            self.obey(line.decode())

    def obey(self, line: str) -> None:
        word, _, rest = line.partition(" ")
        match word:
            case "clear":
                self.text.clear()
            case "focus":
                {"text": self.text, "password": self.password, "button": self.button}[rest].setFocus()
            case "type":
                self.text.setPlainText(json.loads(rest))
                self.text.moveCursor(self.text.textCursor().MoveOperation.End)
            case "select":
                self.text.selectAll()
                QGuiApplication.clipboard().setText(self.text.toPlainText(), QClipboard.Mode.Selection)
            case "unselect":
                QGuiApplication.clipboard().clear(QClipboard.Mode.Selection)
            case "copy":
                QGuiApplication.clipboard().setMimeData(rich_content())
            case "quit":
                QApplication.quit()
        self.tell()


def rich_content() -> QMimeData:
    """Several types, one of them too large for one property of X11."""
    content = QMimeData()
    content.setText("what was copied – before")
    content.setHtml("<b>what was copied</b> &ndash; before")
    content.setData("application/x-test", QByteArray(bytes(range(256)) * 3000))
    content.setData("image/png", QByteArray(b"\x89PNG" + bytes(5000)))
    return content


application = QApplication(sys.argv[:1])
QGuiApplication.setDesktopFileName("test-editor")
editor = Editor(sys.argv[1])
editor.show()
editor.activateWindow()
application.focusChanged.connect(lambda *_: editor.tell())
editor.tell()
application.exec()
