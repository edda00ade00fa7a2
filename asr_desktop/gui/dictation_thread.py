"""The thread that puts dictated text where the cursor is: all that touches other programs happens in it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from asr_desktop.dictation.desktop import Desktop
from asr_desktop.dictation.insertion import AUTOMATIC, WAYS, Inserted, Inserter, Kept
from asr_desktop.dictation.profiles import profile_for
from asr_desktop.dictation.session import DictationSession, Unplaced
from asr_desktop.dictation.spoken_commands import SpokenCommands
from asr_desktop.gui.live_controller import Wishes
from asr_desktop.recognition.live_events import Final
from asr_desktop.transcripts.document import Word
from asr_desktop.writing.options import CAPITALS, WritingOptions

if TYPE_CHECKING:
    from asr_desktop.base.settings import Settings
    from asr_desktop.dictation.accessibility import AccessibleFields

WISHES_WITHIN_SECONDS = 1.0
LIKELY_CHARACTERS = "–—“”„’‘…€äöüÄÖÜßéèàç"


@dataclass(frozen=True, slots=True)
class LastUtterance:
    """What was said and what became of it. `entry_id`: of its recording in the library; 0 while the recording
    goes on, and where dictations are not kept. `model`: what it was recognised with."""

    final: Final
    outcomes: tuple[Inserted | Kept | Unplaced, ...] = ()
    entry_id: int = 0
    model: str = ""

    @property
    def text(self) -> str:
        """What was inserted last of it, or waits, without the space around it; "" where nothing was but
        keys."""
        if not self.outcomes:
            return ""
        last = self.outcomes[-1]
        return (last.added if isinstance(last, Kept) else last.text).strip()


@dataclass(frozen=True, slots=True)
class Correction:
    """What became of the corrected text of an utterance."""

    final: Final
    outcome: Inserted | Kept | Unplaced


class DictationThread:
    """Made in the window's thread, which submits what is to be done. `on_stop`: called in this one for "stop
    listening"."""

    def __init__(self, on_stop: Callable[[], object]) -> None:
        self.make_desktop: Callable[[], Desktop] | None = None
        """In place of the system's, for tests."""
        self.session: DictationSession | None = None
        """None until the desktop could be opened."""
        self.is_cancelled = False
        """What was said and is not inserted yet is dropped."""
        self._on_stop = on_stop
        self._thread = ThreadPoolExecutor(1, "dictation")
        self._desktop: Desktop | None = None
        self._fields: AccessibleFields | None = None
        self._language = ("", "en")
        """The model that it was looked up for, and its language."""

    def submit(self, what: Callable[..., Any], *arguments: Any) -> Future[Any]:
        """Have it done after all that was submitted before."""
        return self._thread.submit(what, *arguments)

    def take_kept(self) -> str:
        """The text that waits, which is the caller's from now on; "" where none does. Waits its turn."""
        session = self.session
        return self.submit(session.inserter.take_kept).result() if session is not None else ""

    def close(self) -> None:
        """When all that was submitted is done."""
        self.submit(self._close_desktop)
        self._thread.shutdown()

    # In the thread

    def begin(self, wanted: tuple[Settings, Future[Wishes]]) -> None:
        """A dictation begins in the window in front, with these settings; how it is to be heard."""
        chosen, prepared = wanted
        try:
            prepared.set_result(self._prepared(chosen))
        finally:
            if not prepared.done():
                prepared.set_result(Wishes())

    def _prepared(self, chosen: Settings) -> Wishes:
        if self._desktop is None:
            from asr_desktop.dictation.systems import open_desktop

            self._desktop = (self.make_desktop or open_desktop)()
            if self.make_desktop is None and sys.platform == "linux":
                from asr_desktop.dictation.accessibility import AccessibleFields

                self._fields = AccessibleFields()
                self._fields.begin()
        if self.session is None:
            inserter = Inserter(self._desktop, self._fields)
            self.session = DictationSession(inserter, SpokenCommands(()), self._on_stop)
        target = self.session.begin()  # first: the window in front is the one that is meant
        profile = profile_for(target, chosen.dictation_profiles)
        model_name = profile.model or chosen.model
        self.session.commands = self._commands(chosen, model_name)
        writing = WritingOptions((*chosen.writing_off, *profile.writing_off))
        self.session.has_capitals = writing.has(CAPITALS, self._language_of(model_name))
        inserter = self.session.inserter
        inserter.usual_way = chosen.dictation_way if chosen.dictation_way in WAYS else AUTOMATIC
        ways = (entry.partition("=") for entry in chosen.dictation_ways)
        inserter.ways = {
            program.strip().lower(): way.strip() for program, _, way in ways if way.strip() in WAYS
        }
        if profile.way in WAYS and target is not None:
            inserter.ways = {**inserter.ways, target.program: profile.way}
        self._desktop.prepare(LIKELY_CHARACTERS)
        return Wishes(self.session.commands.phrases, profile.model, profile.hotwords, profile.writing_off)

    def _commands(self, chosen: Settings, model_name: str) -> SpokenCommands:
        if not chosen.dictation_commands:
            return SpokenCommands(())
        return SpokenCommands.of(
            self._language_of(model_name),
            chosen.dictation_own_commands,
            is_everywhere=chosen.dictation_commands_everywhere,
        )

    def _language_of(self, model_name: str) -> str:
        if self._language[0] != model_name:
            from asr_desktop.recognition.model_folder import list_models

            found = [model.language for model in list_models() if model.name == model_name]
            self._language = model_name, (found or [None])[0] or "en"
        return self._language[1]

    def rewrite(self, words: Sequence[Word]) -> None:
        """See DictationSession."""
        if not self.is_cancelled and self.session is not None:
            self.session.rewrite(words)

    def replace(self, utterance: LastUtterance, text: str) -> Correction | None:
        """Put a corrected text in place of an utterance's."""
        if self.session is None:
            return None
        return Correction(utterance.final, self.session.replace(utterance.outcomes[-1], text))

    def insert(self, utterance: LastUtterance) -> LastUtterance | None:
        """The utterance, and what became of it; None where the dictation was cancelled meanwhile."""
        if self.is_cancelled:
            return None
        if self.session is None:  # the desktop could not be opened, which was told
            return None
        return replace(utterance, outcomes=tuple(self.session.take(utterance.final.words)))

    def _close_desktop(self) -> None:
        if self._fields is not None:
            self._fields.close()
        if self._desktop is not None:
            self._desktop.close()


def awaited(prepared: Future[Wishes]) -> Wishes:
    """In a thread. The dictation before may still wait for its keys to come up; then the settings will do."""
    try:
        return prepared.result(timeout=WISHES_WITHIN_SECONDS)
    except TimeoutError:
        return Wishes()
