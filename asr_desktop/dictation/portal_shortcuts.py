"""Global shortcuts on Wayland through the portal org.freedesktop.portal.GlobalShortcuts.

The program names its shortcuts and the keys it would like; the desktop asks the user and decides. The user
changes them in the desktop's settings later.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any

from asr_desktop.base.sentences import Sentence
from asr_desktop.dictation.chord import parse_chord
from asr_desktop.dictation.keysyms import name_of_key
from asr_desktop.dictation.portal import (
    APPEARED,
    CLOSED,
    GONE,
    Portal,
    PortalCancelled,
    PortalError,
    PortalFailed,
    PortalMissing,
    Signal,
)

_logger = logging.getLogger(__name__)
SHORTCUTS = "org.freedesktop.portal.GlobalShortcuts"
SESSION_TOKEN = "asr_desktop_shortcuts"
"""Always the same: KDE before Plasma 6.1 knows a program without an app id by it, and keeps its keys so."""
_MODIFIERS = {"Ctrl": "CTRL", "Alt": "ALT", "Shift": "SHIFT", "Meta": "LOGO"}
NO_SHORTCUTS = Sentence(
    "This desktop lets no program have global shortcuts; set one in its keyboard settings that runs: "
    "asr-desktop toggle"
)


class PortalGlobalKeys:
    """Global shortcuts that the desktop decides on. chords: name → the chord that is asked for; descriptions:
    name → what the desktop shows for it. on_key: called in a thread of its own with the name, whether the key
    is down, and the time in seconds of time.monotonic. on_change: called in that thread when `bound` or
    `conflicts` have changed.

    Neither the constructor nor `close` waits for the desktop.
    """

    def __init__(
        self,
        chords: Mapping[str, str],
        on_key: Callable[[str, bool, float], object],
        descriptions: Mapping[str, str],
        on_change: Callable[[], object],
    ) -> None:
        self.conflicts: dict[str, str] = {}
        self.bound: dict[str, str] | None = {}
        self.can_configure = False
        self._wanted = {name: chord for name, chord in chords.items() if chord}
        self._descriptions = descriptions
        self._on_key, self._on_change = on_key, on_change
        self._signals: queue.Queue[Signal | Callable[[], object] | None] = queue.Queue()
        self._down: set[str] = set()
        self._session = ""
        self._portal: Portal | None = None
        self._is_closing = False
        self._thread = threading.Thread(target=self._serve, name="portal shortcuts", daemon=True)
        self._thread.start()

    def configure(self) -> None:
        """Show the desktop's own dialog for these shortcuts, or ask anew if nothing is bound."""
        self._signals.put(self._configure)

    def close(self) -> None:
        self._is_closing = True
        self._signals.put(None)
        if self._portal is not None:
            self._portal.close()

    # In the thread

    def _serve(self) -> None:
        self._try(self._bind)
        while (found := self._signals.get()) is not None and not self._is_closing:
            if isinstance(found, Signal):
                self._handle(found)
            else:
                self._try(found)
        if self._portal is not None:
            self._portal.close()

    def _try(self, what: Callable[[], object]) -> None:
        try:
            what()
        except PortalError as error:
            self._end_session()  # shortcuts of a session can be bound only once
            self._refuse(_why(error))
        except Exception:  # an answer that lacks something: the thread goes on, for keys that are set again
            _logger.exception("the shortcuts could not be set")
            self._end_session()
            self._refuse(_why(PortalFailed()))

    def _bind(self, is_asked: bool = False) -> None:
        """is_asked: whether the user wants to choose keys now."""
        if self._portal is None or not self._portal.is_open:
            self._portal = Portal(self._signals.put)
        portal = self._portal
        if self._is_closing:  # while it was made; from here on `close` ends what waits for it
            raise PortalMissing
        version = portal.version(SHORTCUTS)
        if not version:
            raise PortalMissing
        self.can_configure = version >= 2
        wanted = [
            (name, {"description": ("s", self._descriptions[name]), **_preferred(chord)})
            for name, chord in self._wanted.items()
        ]
        # Plasma 5.27 follows a draft: it takes shortcuts here, and asks in no dialog, but its BindShortcuts
        # opens the system settings each time and binds nothing. Others leave out what they do not know.
        results = portal.create_session(SHORTCUTS, SESSION_TOKEN, shortcuts=("a(sa{sv})", wanted))
        self._session = str(results["session_handle"])
        if "shortcuts" not in results or is_asked:
            results = portal.request(SHORTCUTS, "BindShortcuts", "oa(sa{sv})s", self._session, wanted, "")
        # Later versions of KDE answer without them after the dialog.
        self._take(results.get("shortcuts") or self._listed())

    def _listed(self) -> Any:
        assert self._portal is not None
        with suppress(PortalError):
            results = self._portal.request(SHORTCUTS, "ListShortcuts", "o", self._session)
            return results.get("shortcuts", [])
        return []

    def _configure(self) -> None:
        if self._session and self.can_configure and self._portal is not None:
            self._portal.call(SHORTCUTS, "ConfigureShortcuts", "osa{sv}", self._session, "", {})
        else:
            self._end_session()
            self._bind(is_asked=True)

    def _end_session(self) -> None:
        self._release_all()
        if self._session and self._portal is not None:
            self._portal.close_session(self._session, waits=True)  # the next one has the same path
        self._session = ""

    def _take(self, shortcuts: Iterable[tuple[str, Mapping[str, tuple[str, Any]]]]) -> None:
        """Take over what the desktop says is bound."""
        keys = {name: str(about.get("trigger_description", ("s", ""))[1]) for name, about in shortcuts}
        self.bound = {name: key for name, key in keys.items() if name in self._wanted and key}
        self.conflicts = {
            name: Sentence(
                "“{shortcut}” has no key; set one in the desktop's settings.",
                shortcut=self._descriptions[name],
            )
            for name in self._wanted
            if name not in self.bound
        }
        self._tell()

    def _refuse(self, sentence: str) -> None:
        """Nothing is bound, for one reason, which is said once."""
        self._release_all()
        self.bound = {}
        self.conflicts = dict.fromkeys(list(self._wanted)[:1], sentence)
        self._tell()

    def _tell(self) -> None:
        if not self._is_closing:
            self._on_change()

    def _handle(self, signal: Signal) -> None:
        match signal:
            case Signal("Activated" | "Deactivated", _, (session, name, _, _)) if session == self._session:
                self._key(name, signal.member == "Activated")
            case Signal("ShortcutsChanged", _, (session, shortcuts)) if session == self._session:
                self._take(shortcuts)
            case Signal(member, path) if member == CLOSED and path == self._session:
                self._session = ""
                self._refuse(Sentence("The desktop has ended the shortcuts of ASR Desktop; set them again."))
            case Signal(member) if member == GONE:
                self._session = ""
                self._refuse(
                    Sentence("The desktop's shortcuts have stopped; if they do not return, set them again.")
                )
            case Signal(member) if member == APPEARED:
                self._try(self._bind)

    def _key(self, name: str, is_down: bool) -> None:
        if name not in self._wanted or is_down == (name in self._down):  # auto-repeat
            return
        (self._down.add if is_down else self._down.discard)(name)
        self._on_key(name, is_down, time.monotonic())

    def _release_all(self) -> None:
        """No release will be reported any more."""
        for name in list(self._down):
            self._key(name, False)


def _why(error: PortalError) -> str:
    if isinstance(error, PortalCancelled):
        return Sentence("The shortcuts were not allowed in the desktop's dialog; set them again.")
    if error.name == "org.freedesktop.portal.Error.NotAllowed":
        return Sentence(
            "The desktop allows shortcuts only to programs in its menu; run: asr-desktop menu-entry"
        )
    if isinstance(error, PortalMissing):
        return NO_SHORTCUTS
    return Sentence("The shortcuts could not be set: {reason}", reason=str(error))


def _preferred(chord: str) -> dict[str, tuple[str, str]]:
    """The trigger to suggest, as https://specifications.freedesktop.org/shortcuts-spec/latest/ writes it."""
    try:
        parsed = parse_chord(chord)
    except ValueError:
        return {}
    name = name_of_key(parsed.key)
    modifiers = [_MODIFIERS[modifier] for modifier in parsed.modifiers]
    return {"preferred_trigger": ("s", "+".join((*modifiers, name)))} if name else {}
