"""Everything that a part of the window says, and what of it is English."""

from __future__ import annotations

import re
from collections.abc import Iterator

from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QModelIndex, QObject, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QGroupBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QTabBar,
    QTextEdit,
    QWidget,
)

from asr_desktop.base.paths import resources_folder

ENGLISH = re.compile(
    r"\b(the|and|of|is|are|be|been|not|with|without|this|that|these|your|you|from|what|which|who|it|its|"
    r"to|for|on|at|by|or|if|no|yes|all|more|only|again|here|there|has|have|can|cannot|words?|files?|sound|"
    r"speech|voice|folders?|choose|open|close|save|show|start|cancel|delete|remove|edit|settings|library|"
    r"models|copy|paste|keep|undo|redo|search|find|next|previous|play|new|add|none|left)\b",
    re.IGNORECASE,
)
"""Words that no German sentence has, but for those that both have (in, so, was, Start, Stop, Text, Name)."""
BOTH = re.compile(r"\b(was|Start|Tags?|Models|Hub)\b")
"""Words of the above that are German as well."""
NAMES = re.compile(
    # Names of programs, commands, files, models and licences, and the keys of the keyboard.
    r"asr-\w+( [\w-]+)*|pip install [^\n]*|`[^`]*`|\w+://\S+|[\w.-]*/[\w./-]+|\w+[-_.]\w[\w.-]*|ASR Desktop|"
    # What one says to an English model stands in English quotation marks, German's are others; code=paste.
    r"“[^“”]*”|\w+=\w+|"
    r"(Ctrl|Alt|Shift|Esc|Space|Return|Del|Meta)\+\S+|Home|End|Space|Return|Common Voice( \d \w+)?|Word-?"
)

PROMPTS = frozenset((resources_folder() / "prompts" / "en.txt").read_text(encoding="utf-8").splitlines())


def texts_of(top: QObject) -> Iterator[tuple[str, str]]:
    """Where a text is, and what it says: everything that can be read, pointed at or heard."""
    for item in [top, *top.findChildren(QObject)]:
        kind = type(item).__name__
        if isinstance(item, QAction):
            yield kind, item.text()
            yield f"{kind} tip", item.toolTip()
        if not isinstance(item, QWidget):
            continue
        for name, text in (
            ("tip", item.toolTip()),
            ("name", item.accessibleName()),
            ("description", item.accessibleDescription()),
            ("title", item.windowTitle()),
        ):
            yield f"{kind} {name}", text
        match item:
            case QLabel() | QAbstractButton():
                yield kind, item.text()
            case QGroupBox():
                yield kind, item.title()
            case QComboBox():
                yield from ((f"{kind} choice", item.itemText(number)) for number in range(item.count()))
                yield f"{kind} empty", item.placeholderText()
            case QTabBar():
                yield from ((f"{kind} tab", item.tabText(number)) for number in range(item.count()))
            case QProgressBar():
                yield kind, item.text()
            case QLineEdit() | QPlainTextEdit() | QTextEdit():
                yield f"{kind} empty", item.placeholderText()
            case QAbstractSpinBox():
                yield kind, item.specialValueText()
        if isinstance(item, QAbstractItemView) and item.model() is not None:
            yield from ((f"{kind} of a list", text) for text in texts_of_model(item.model()))
        if isinstance(item, QHeaderView) and item.model() is not None:
            model, along = item.model(), item.orientation()
            is_across = along is Qt.Orientation.Horizontal
            count = model.columnCount(QModelIndex()) if is_across else model.rowCount(QModelIndex())
            for number in range(count):
                for role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
                    yield f"{kind} head", str(model.headerData(number, along, role) or "")


def texts_of_model(model: QAbstractItemModel) -> Iterator[str]:
    roles = (
        Qt.ItemDataRole.DisplayRole,
        Qt.ItemDataRole.ToolTipRole,
        Qt.ItemDataRole.AccessibleTextRole,
    )
    top = QModelIndex()
    for number in range(model.rowCount(top)):
        for column in range(1 if isinstance(model, QAbstractListModel) else model.columnCount(top)):
            for role in roles:
                yield str(model.index(number, column).data(role) or "")


def english_in(top: QObject) -> list[str]:
    found = []
    for where, text in texts_of(top):
        if text in PROMPTS:
            continue  # to be read aloud, in the language of the model
        plain = re.sub(r"<[^>]*>", " ", text).replace("&", "").replace("\u200b", "")
        left = BOTH.sub("", NAMES.sub("", plain))
        if ENGLISH.search(left):
            found.append(f"{where}: {text!r}")
    return sorted(set(found))
