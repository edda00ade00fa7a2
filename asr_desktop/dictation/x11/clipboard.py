"""The X11 clipboard: saved completely, used for one paste, and restored (ICCCM 2, selections).

X11 has no stored clipboard, only programs that own a selection and convert it on request. The previous
contents are therefore read from their owner in every type that it offers, and offered by this program
afterwards. Clipboard managers are asked not to record the pasted text.
"""

from __future__ import annotations

import queue
import select
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from Xlib import X, Xatom
from Xlib.display import Display
from Xlib.error import ConnectionClosedError, XError
from Xlib.protocol import event as xevent
from Xlib.protocol import request

from asr_desktop.base.sentences import Sentence
from asr_desktop.dictation.desktop import InsertionRefused
from asr_desktop.dictation.x11.selection_reader import ASKED_ONLY, Content, Contents, SelectionReader

TAKEN_WITHIN_SECONDS = 3.0
"""If no program has requested the text by then, the paste has failed."""
_CHUNK_BYTES = 128 * 1024
_SETTLES_SECONDS = 0.03
"""Some programs request a second type after the first; later requests get the old clipboard."""


class NotTaken(InsertionRefused):
    """No program requested the text that was to be pasted."""

    def __init__(self) -> None:
        super().__init__(Sentence("The window in front did not take the text."))


@dataclass
class _Transfer:
    """An incremental transfer (INCR) of data that is too large for one property."""

    requestor: Any
    property: int
    content: Content
    at: int = 0


@dataclass
class _Loan:
    """A paste in progress. `client`: the target program's part of X resource ids; `lent`: selections that
    hold the text; `served`: times of the target's requests, in seconds of time.monotonic."""

    client: int
    lent: tuple[int, ...]
    saved: dict[int, Contents]
    has_primary: bool
    is_sent: bool = False
    served: list[float] = field(default_factory=list)
    early_clients: set[int] = field(default_factory=set)
    """Clients that requested the text before the keys were pressed: clipboard managers."""
    others: set[int] = field(default_factory=set)
    """Other clients that requested it afterwards: probably clipboard managers, but possibly a process that
    pastes for the window in front."""


class Clipboard:
    """Serves the owned selections in a thread of its own, until `close`. Only that thread uses the X
    connection."""

    def __init__(self, display_name: str | None = None) -> None:
        self._display = Display(display_name)
        self._atom = self._display.get_atom
        screen = self._display.screen()
        self._window = screen.root.create_window(
            0, 0, 1, 1, 0, X.CopyFromParent, X.InputOnly, event_mask=X.PropertyChangeMask
        )
        self._client_bits = ~self._display.display.info.resource_id_mask & 0xFFFFFFFF
        self._owned: dict[int, tuple[int, Contents]] = {}
        """Selection → (server time of the acquisition, contents)."""
        self._transfers: list[_Transfer] = []
        self._loan: _Loan | None = None
        self._queue: queue.SimpleQueue[tuple[Future[Any], Callable[[], Any]]] = queue.SimpleQueue()
        self._waker, self._woken = socket.socketpair()
        self._is_closing = False
        self._ended_by: Exception | None = None
        """Why the thread ended; nobody may ask it anything from then on."""
        self._asking = threading.Lock()
        self._reader = SelectionReader(self._display, self._window, self._until)
        self._thread = threading.Thread(target=self._serve, name="clipboard", daemon=True)
        self._thread.start()

    def paste(
        self, text: str, press: Callable[[], None], target_window: int, *, is_primary: bool = False
    ) -> None:
        """Put the text on the clipboard, call `press`, which makes the program paste, wait until it has
        received the text, and restore the clipboard.

        is_primary: also use the primary selection, for programs that paste it. Raises ClipboardBusy without
        any change; NotTaken, and errors of `press`, after the clipboard was restored.
        """
        self._ask(lambda: self._lend(text, target_window, is_primary))
        try:
            press()
            is_taken = self._ask(self._wait_until_taken)
        finally:
            self._ask(self._end_loan)
        if not is_taken:
            raise NotTaken

    def copy(self, text: str) -> None:
        """Put a text on the clipboard permanently."""
        self._ask(lambda: self._own(self._atom("CLIPBOARD"), self._of_text(text, is_secret=False)))

    def contents(self, selection: str = "CLIPBOARD") -> dict[str, bytes]:
        """The contents of a selection: type name → data. Raises ClipboardBusy."""

        def named() -> dict[str, bytes]:
            saved = self._saved(self._atom(selection))
            return {str(self._display.get_atom_name(target)): kept.data for target, kept in saved.items()}

        found: dict[str, bytes] = self._ask(named)
        return found

    def close(self) -> None:
        """End the thread. Restored contents are lost, unless a clipboard manager has stored them."""
        self._is_closing = True
        self._waker.send(b"x")
        self._thread.join(timeout=5)
        self._waker.close()
        self._woken.close()  # not in the thread, which may end before it is woken

    # The thread

    def _ask(self, what: Callable[[], Any]) -> Any:
        answer: Future[Any] = Future()
        with self._asking:
            if self._ended_by is not None:
                raise self._ended_by
            self._queue.put((answer, what))
            self._waker.send(b"x")
        return answer.result()

    def _serve(self) -> None:
        try:
            while not self._is_closing:
                self._handle_events(1.0)
                self._do_what_was_asked()
            self._end(RuntimeError("the clipboard is closed"))
        except Exception as error:
            self._end(InsertionRefused(Sentence("The screen cannot be reached ({reason}).", reason=error)))
            if not isinstance(error, ConnectionClosedError):
                raise
        with suppress(ConnectionClosedError):
            self._display.close()

    def _do_what_was_asked(self) -> None:
        while not self._queue.empty():
            answer, what = self._queue.get()
            try:
                answer.set_result(what())
            except BaseException as error:
                answer.set_exception(error)

    def _end(self, error: Exception) -> None:
        with self._asking:
            self._ended_by = error
        while not self._queue.empty():
            self._queue.get()[0].set_exception(error)

    def _handle_events(self, seconds: float) -> None:
        """Handle pending events, or wait up to `seconds` for the first one."""
        if not self._display.pending_events():
            ready, _, _ = select.select([self._display.fileno(), self._woken], [], [], max(0.0, seconds))
            if self._woken in ready:
                self._woken.recv(64)
        while self._display.pending_events():
            self._handle(self._display.next_event())

    def _until(self, is_done: Callable[[], bool], deadline: float) -> bool:
        while not is_done():
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            self._handle_events(min(left, 0.05))
        return True

    def _handle(self, event: Any) -> None:
        match event.type:
            case X.SelectionRequest:
                with suppress(XError):
                    self._answer(event)
            case X.SelectionClear:
                self._owned.pop(event.atom, None)
            case X.PropertyNotify if event.state == X.PropertyDelete:
                for transfer in list(self._transfers):
                    if (transfer.requestor.id, transfer.property) == (event.window.id, event.atom):
                        self._hand_over_more(transfer)
            case X.PropertyNotify | X.SelectionNotify:
                self._reader.note(event)

    # Pasting

    def _lend(self, text: str, target_window: int, is_primary: bool) -> None:
        clipboard, primary = self._atom("CLIPBOARD"), Xatom.PRIMARY
        loan = _Loan(
            client=target_window & self._client_bits,
            lent=(clipboard, primary) if is_primary else (clipboard,),
            saved={selection: self._saved(selection) for selection in (clipboard, primary)},
            has_primary=bool(self._reader.owner(primary)),
        )
        for selection in loan.lent:
            self._own(selection, self._of_text(text, is_secret=True))
        self._loan = loan
        self._handle_events(0.0)  # clients that request the text before any key press are clipboard managers
        loan.is_sent = True

    def _wait_until_taken(self) -> bool:
        loan = self._loan
        assert loan is not None
        if not self._until(lambda: bool(loan.served), time.monotonic() + TAKEN_WITHIN_SECONDS):
            return bool(loan.others)
        return self._until(
            lambda: not self._transfers and time.monotonic() - loan.served[-1] >= _SETTLES_SECONDS,
            time.monotonic() + TAKEN_WITHIN_SECONDS,
        )

    def _end_loan(self) -> None:
        loan, self._loan = self._loan, None
        assert loan is not None
        for selection in loan.lent:
            if selection in self._owned:  # otherwise another program has copied something meanwhile
                self._put_back(selection, loan.saved[selection])
        # Pasting over selected text makes its program give up the primary selection.
        lost_primary = (
            Xatom.PRIMARY not in loan.lent and loan.has_primary and not self._reader.owner(Xatom.PRIMARY)
        )
        if lost_primary and loan.saved[Xatom.PRIMARY]:
            self._own(Xatom.PRIMARY, loan.saved[Xatom.PRIMARY])
        self._display.flush()

    def _put_back(self, selection: int, contents: Contents) -> None:
        if contents:
            self._own(selection, contents)
        else:
            del self._owned[selection]
            nobody = {"window": X.NONE, "selection": selection, "time": X.CurrentTime}
            request.SetSelectionOwner(display=self._display.display, **nobody)

    def _saved(self, selection: int) -> Contents:
        """The selection's contents. Raises ClipboardBusy if reading takes too long or they are too large."""
        if selection in self._owned:
            return self._owned[selection][1]
        return self._reader.contents(selection)

    # Owning

    def _own(self, selection: int, contents: Contents) -> None:
        now = self._reader.now()
        self._window.set_selection_owner(selection, now)
        if self._reader.owner(selection) == self._window.id:
            self._owned[selection] = (now, contents)

    def _of_text(self, text: str, *, is_secret: bool) -> Contents:
        utf8 = self._atom("UTF8_STRING")
        data = text.encode("utf-8")
        contents = {utf8: Content(utf8, 8, data)}
        for name in ("text/plain;charset=utf-8", "text/plain"):
            contents[self._atom(name)] = Content(self._atom(name), 8, data)
        contents[self._atom("TEXT")] = Content(utf8, 8, data)
        with suppress(UnicodeEncodeError):
            contents[Xatom.STRING] = Content(Xatom.STRING, 8, text.encode("latin-1"))
        if is_secret:  # the hint of password managers, which KDE's and most clipboard managers respect
            hint = self._atom("x-kde-passwordManagerHint")
            contents[hint] = Content(hint, 8, b"secret")
        return contents

    def _answer(self, event: Any) -> None:
        place = event.property or event.target  # obsolete clients set no property (ICCCM 2.2)
        since, contents = self._owned.get(event.selection, (0, None))
        is_ours = contents is not None and event.owner.id == self._window.id
        if not is_ours or contents is None:
            place = X.NONE
        elif event.target == self._atom("MULTIPLE"):
            self._answer_many(event, contents, since)
        elif not self._write(event.requestor, place, event.target, contents, since):
            place = X.NONE
        answer = xevent.SelectionNotify(
            time=event.time,
            requestor=event.requestor,
            selection=event.selection,
            target=event.target,
            property=place,
        )
        event.requestor.send_event(answer, onerror=_ignored)
        self._display.flush()
        asks_only = event.target in {self._atom(name) for name in ASKED_ONLY}
        if place != X.NONE and (not asks_only or event.target == self._atom("MULTIPLE")):
            self._note_served(event.requestor.id & self._client_bits)

    def _note_served(self, client: int) -> None:
        loan = self._loan
        if loan is None:
            return
        if not loan.is_sent:
            loan.early_clients.add(client)
        elif client == loan.client:
            loan.served.append(time.monotonic())
        elif client not in loan.early_clients:
            loan.others.add(client)

    def _answer_many(self, event: Any, contents: Contents, since: int) -> None:
        wanted = event.requestor.get_full_property(event.property, X.AnyPropertyType)
        pairs = list(wanted.value) if wanted is not None else []
        for at in range(0, len(pairs) - 1, 2):
            if not self._write(event.requestor, pairs[at + 1], pairs[at], contents, since):
                pairs[at + 1] = X.NONE
        event.requestor.change_property(event.property, self._atom("ATOM_PAIR"), 32, pairs, onerror=_ignored)

    def _write(self, requestor: Any, place: int, target: int, contents: Contents, since: int) -> bool:
        if target == self._atom("TARGETS"):
            offered = [self._atom(name) for name in ("TARGETS", "TIMESTAMP", "MULTIPLE")] + list(contents)
            requestor.change_property(place, Xatom.ATOM, 32, offered, onerror=_ignored)
        elif target == self._atom("TIMESTAMP"):
            requestor.change_property(place, Xatom.INTEGER, 32, [since], onerror=_ignored)
        elif target not in contents:
            return False
        elif len(contents[target].data) > _CHUNK_BYTES:
            requestor.change_attributes(event_mask=X.PropertyChangeMask, onerror=_ignored)
            size = [len(contents[target].data)]
            requestor.change_property(place, self._atom("INCR"), 32, size, onerror=_ignored)
            self._transfers.append(_Transfer(requestor, place, contents[target]))
        else:
            content = contents[target]
            requestor.change_property(place, content.type, content.format, content.data, onerror=_ignored)
        return True

    def _hand_over_more(self, transfer: _Transfer) -> None:
        content = transfer.content
        piece = content.data[transfer.at : transfer.at + _CHUNK_BYTES]
        transfer.requestor.change_property(
            transfer.property, content.type, content.format, piece, onerror=_ignored
        )
        transfer.at += len(piece)
        self._display.flush()
        if not piece:
            self._transfers.remove(transfer)
        if self._loan is not None and self._loan.served:
            self._loan.served[-1] = time.monotonic()


def _ignored(error: XError, asked: Any) -> None:
    """Ignore errors of a requesting program that has ended meanwhile."""
