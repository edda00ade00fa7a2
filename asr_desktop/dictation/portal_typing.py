"""Typing on Wayland through the portal org.freedesktop.portal.RemoteDesktop, for desktops such as GNOME and
KDE whose compositors let no program type directly.

The user allows it once in the desktop's dialog. From version 2 on the portal gives a token with which the
next session starts without a dialog; the file with it is the user's alone.

Keysyms are sent, and the desktop finds the key. It drops without a word what the layout lacks, so that is not
typed but has to be pasted. ConnectToEIS is not used: libei's keyboards take key codes only, and once it is
connected the portal refuses keysyms.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from contextlib import suppress

from asr_desktop.base import atomic_write, paths, private_files
from asr_desktop.base.sentences import Sentence
from asr_desktop.dictation.chord import parse_chord
from asr_desktop.dictation.desktop import InsertionRefused, OtherWayNeeded
from asr_desktop.dictation.keysyms import MODIFIER_KEYSYMS, keysym_of_key
from asr_desktop.dictation.portal import (
    CLOSED,
    GONE,
    Portal,
    PortalCancelled,
    PortalError,
    PortalFailed,
    PortalMissing,
    Signal,
    Variant,
)

REMOTE_DESKTOP = "org.freedesktop.portal.RemoteDesktop"
ALLOWED_WITHIN_SECONDS = 3.0
"""How long a text waits for a session that needs no dialog; with a dialog, it is kept."""
_logger = logging.getLogger(__name__)
_KEYBOARD = 1
_UNTIL_REVOKED = 2
_RELEASED, _PRESSED = 0, 1


class NotAllowedYet(InsertionRefused):
    """The desktop's dialog is open."""

    def __init__(self) -> None:
        super().__init__(
            Sentence("Your desktop asks whether ASR Desktop may type; allow it, then insert the text.")
        )


class PortalKeyboard:
    """Types with the desktop's permission. current_keysyms: character → keysym, for those that the desktop
    can type now. To be used from one thread at a time.

    Text may arrive in part if the desktop ends the session while it is typed. Raises PortalMissing if this
    desktop cannot do it.
    """

    def __init__(self, current_keysyms: Callable[[], Mapping[str, int]]) -> None:
        self._current_keysyms = current_keysyms
        self._token_file = paths.keyboard_permission_file()
        self._signals: queue.Queue[Signal] = queue.Queue()
        self._session: Future[str] | None = None
        """The path of the session; None before the user is asked and after a refusal."""
        self._was_refused = self._is_closed = False
        self._portal = Portal(self._signals.put)
        self._version = self._portal.version(REMOTE_DESKTOP)
        types = self._portal.property(REMOTE_DESKTOP, "AvailableDeviceTypes")
        # Some portals know their devices only once a session is made, and say 0 before.
        if not self._version or (types and not types & _KEYBOARD):
            self._portal.close()
            raise PortalMissing

    def prepare(self) -> None:
        """Ask for permission in the background, unless the user has refused it before."""
        self._take_signals()
        if self._session is None and not self._was_refused:
            self._session = self._begin()

    def wait_until_allowed(self) -> None:
        """Wait up to ALLOWED_WITHIN_SECONDS for the permission. Raises InsertionRefused."""
        self._open_session(ALLOWED_WITHIN_SECONDS)

    def type_text(self, text: str) -> None:
        """Type the text, if that is allowed already: a wait here would give the user time to go to another
        window. Raises OtherWayNeeded if the layout lacks a character, and InsertionRefused."""
        text = text.replace("\r\n", "\n")
        known = self._current_keysyms()
        missing = next((character for character in text if character not in known), None)
        if missing is not None:
            raise OtherWayNeeded(
                Sentence("This keyboard layout cannot type “{character}”.", character=missing)
            )
        self._send((known[character], state) for character in text for state in (_PRESSED, _RELEASED))

    def press(self, chord: str, times: int = 1) -> None:
        """Press a chord such as "Ctrl+Z", if that is allowed already. Raises InsertionRefused, or ValueError
        for an invalid chord."""
        parsed = parse_chord(chord)
        is_named = len(parsed.key) > 1
        key = keysym_of_key(parsed.key) if is_named else self._current_keysyms().get(parsed.key, 0)
        if not key:
            raise InsertionRefused(Sentence("This keyboard has no key {key}.", key=str(parsed)))
        held = [MODIFIER_KEYSYMS[name] for name in parsed.modifiers]
        self._send(
            [
                *((modifier, _PRESSED) for modifier in held),
                *((key, state) for _ in range(times) for state in (_PRESSED, _RELEASED)),
                *((modifier, _RELEASED) for modifier in reversed(held)),
            ]
        )

    def close(self) -> None:
        """End the session."""
        self._is_closed = True
        self._portal.close()

    # The session

    def _begin(self) -> Future[str]:
        """Start a session in a thread of its own: the user may take their time."""
        session: Future[str] = Future()

        def start() -> None:
            try:
                session.set_result(self._started())
            except PortalError as error:
                session.set_exception(error)
            except Exception:  # an answer that lacks something; without this, each text would wait for it
                _logger.exception("the session could not be started")
                session.set_exception(PortalFailed())

        threading.Thread(target=start, name="portal keyboard", daemon=True).start()
        return session

    def _started(self) -> str:
        if not self._portal.is_open:
            self._portal.close()
            self._portal = Portal(self._signals.put)
        portal = self._portal
        if self._is_closed:  # while it was made
            portal.close()
            raise PortalMissing
        session = str(portal.create_session(REMOTE_DESKTOP)["session_handle"])
        persistence: dict[str, Variant] = {}
        if self._version >= 2:
            persistence["persist_mode"] = ("u", _UNTIL_REVOKED)
            if token := self._stored_token():
                persistence["restore_token"] = ("s", token)
        portal.request(REMOTE_DESKTOP, "SelectDevices", "o", session, types=("u", _KEYBOARD), **persistence)
        results = portal.request(REMOTE_DESKTOP, "Start", "os", session, "")
        self._store_token(str(results.get("restore_token", "")))
        if not int(results.get("devices", 0)) & _KEYBOARD:
            portal.close_session(session)
            raise PortalCancelled
        return session

    def _stored_token(self) -> str:
        with suppress(OSError, UnicodeDecodeError):
            return self._token_file.read_text(encoding="utf-8").strip()
        return ""

    def _store_token(self, token: str) -> None:
        """A token can be used once, so an old one is worth nothing now."""
        with suppress(OSError):  # then the desktop asks again next time
            if token:
                private_files.make_folder(self._token_file.parent)
                atomic_write.write_text(self._token_file, token)
            else:
                self._token_file.unlink(missing_ok=True)

    def _open_session(self, wait_seconds: float = 0.0) -> str:
        """The session, if the user has allowed it. Raises InsertionRefused."""
        self._take_signals()
        if self._session is None:
            self._session = self._begin()
        try:
            return self._session.result(timeout=wait_seconds)
        except TimeoutError:
            raise NotAllowedYet from None
        except PortalError as error:
            self._session, self._was_refused = None, True
            raise _refusal(error) from error

    def _take_signals(self) -> None:
        """Forget a session that the desktop has ended meanwhile."""
        with suppress(queue.Empty):
            while True:
                signal = self._signals.get_nowait()
                is_ours = signal.member == CLOSED and self._session is not None and self._session.done()
                if signal.member == GONE or (is_ours and signal.path == _path(self._session)):
                    self._session = None

    def _send(self, events: Iterable[tuple[int, int]]) -> None:
        session = self._open_session()
        try:
            # One after the other: portals handle calls in threads, and so mix up several at a time.
            for keysym, state in events:
                self._portal.call(
                    REMOTE_DESKTOP, "NotifyKeyboardKeysym", "oa{sv}iu", session, {}, keysym, state
                )
        except PortalError as error:
            self._session = None
            self._portal.close_session(session)  # which releases keys that are down
            raise _refusal(error) from error


def _path(session: Future[str] | None) -> str:
    return session.result() if session is not None and session.exception() is None else ""


def _refusal(error: PortalError) -> InsertionRefused:
    if isinstance(error, PortalCancelled):
        return InsertionRefused(Sentence("Typing was not allowed in your desktop's dialog."))
    return InsertionRefused(Sentence("Your desktop did not take the text: {reason}", reason=str(error)))
