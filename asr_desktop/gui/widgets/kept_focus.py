"""Controls that keep the keyboard when the program disables or hides them.

Qt gives the focus of a control that is disabled to whatever comes next in the window. Whoever works by key
then presses something else with the next key press: a take that is being recorded is lost because Space now
means "To the Live page". So a control that is disabled keeps the focus (it does nothing until it is enabled
again), and one that is hidden gives it to a control that has taken its place beside it (Pause in place of
Start), or to what it lay in.
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
    """Mixed into a class of widgets, before Qt's own."""

    successor: QWidget | None = None
    """Where the keyboard goes when this is hidden; without it, to what is shown in the same row then."""

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Qt asks this of a control that is disabled or hidden while it has the keyboard, and upon Tab."""
        if self.isVisible() and self.isEnabled():
            return super().focusNextPrevChild(forward)
        if not self.isVisible():
            hand_on(self)
        return True


def take_turns(one: KeepsFocus, other: KeepsFocus) -> None:
    """Of two controls one is shown at a time, and each gives the other the keyboard."""
    one.successor, other.successor = other, one


def hand_on(hidden: QWidget) -> None:
    """The keyboard of a widget that is not shown any more goes to what it lay in, and from there to the
    control that took its place, if one did. Somebody who gives it to another place meanwhile is right."""
    place = _shown_ancestor(hidden)
    if place is None:
        return
    place.setFocus(Qt.FocusReason.OtherFocusReason)
    # One is hidden before the other is shown, so the row is looked at when the program is through with it.
    parent, row = hidden.parentWidget(), hidden.geometry()
    successor = getattr(hidden, "successor", None)
    QTimer.singleShot(0, place, lambda: _settle(hidden, successor, parent, row, place))


def discard(widget: QWidget) -> None:
    """Delete a widget that may have the keyboard, or that holds what has it."""
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
    """What stands at the height of a widget that is hidden, or a little off where words beside it wrap
    otherwise now; the nearest first."""
    if parent is None or not shiboken6.isValid(parent):
        return []
    layout = parent.layout()
    if layout is not None:
        layout.activate()  # what has just been shown is at its place
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
