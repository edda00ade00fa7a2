"""Controls that keep the keyboard focus when the program disables or hides them.

Qt moves the focus of a disabled control to the next one in the window, so the user's next key press triggers
something else: a take being recorded is lost because Space now means "To the Live page". So a control that is
disabled keeps the focus (and ignores keys until it is enabled again), and one that is hidden passes it to the
control that takes its place in the row (Pause in place of Start), or to its parent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QRect, Qt, QTimer
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    _Base = QWidget
else:
    _Base = object


class KeepsFocus(_Base):
    """A mixin for widgets; must come before the Qt class in the bases."""

    successor: QWidget | None = None
    """Gets the focus when this is hidden; None: a control in the same row."""

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Called by Qt when the focused control is disabled or hidden, and for Tab."""
        if self.isVisible() and self.isEnabled():
            return super().focusNextPrevChild(forward)
        if not self.isVisible():
            hand_on(self)
        return True


def take_turns(one: KeepsFocus, other: KeepsFocus) -> None:
    """For two controls of which one is visible at a time: each passes its focus to the other."""
    one.successor, other.successor = other, one


def hand_on(hidden: QWidget) -> None:
    """Pass the focus of a hidden widget to its parent, and from there to the control that takes its place,
    if any. Does nothing if the focus has been moved elsewhere in the meantime."""
    place = _shown_ancestor(hidden)
    if place is None:
        return
    place.setFocus(Qt.FocusReason.OtherFocusReason)
    # Deferred, because the widget is hidden before its replacement is shown.
    parent, row = hidden.parentWidget(), hidden.geometry()
    successor = getattr(hidden, "successor", None)
    QTimer.singleShot(0, place, lambda: _settle(hidden, successor, parent, row, place))


def discard(widget: QWidget) -> None:
    """Delete a widget that has, or contains, the keyboard focus."""
    focused = widget.window().focusWidget()
    widget.hide()
    if focused is not None and (focused is widget or widget.isAncestorOf(focused)):
        hand_on(widget)
    widget.deleteLater()


def _settle(
    hidden: QWidget, successor: QWidget | None, parent: QWidget | None, row: QRect, place: QWidget
) -> None:
    if place.window().focusWidget() is not place:
        return
    candidates = [hidden, successor] if successor is not None else [hidden, *_in_row(parent, row)]
    for widget in candidates:
        if widget is not None and shiboken6.isValid(widget) and _takes_keys(widget):
            widget.setFocus(Qt.FocusReason.OtherFocusReason)
            return


def _in_row(parent: QWidget | None, row: QRect) -> list[QWidget]:
    """Controls in the row of a hidden widget, nearest first; with some tolerance, because text beside it may
    wrap differently now."""
    if parent is None or not shiboken6.isValid(parent):
        return []
    layout = parent.layout()
    if layout is not None:
        layout.activate()  # gives a newly shown widget its position
    beside = [
        widget
        for widget in parent.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
        if abs(widget.geometry().center().y() - row.center().y()) <= row.height()
    ]
    return sorted(beside, key=lambda widget: abs(widget.x() - row.x()))


def _takes_keys(widget: QWidget) -> bool:
    reached_by_tab = widget.focusPolicy().value & Qt.FocusPolicy.TabFocus.value
    return bool(reached_by_tab) and widget.isVisible() and widget.isEnabled()


def _shown_ancestor(widget: QWidget) -> QWidget | None:
    above = widget.parentWidget()
    while above is not None and not above.isWindow() and not (above.isVisible() and above.isEnabled()):
        above = above.parentWidget()
    return above if above is not None and above.isVisible() else None
