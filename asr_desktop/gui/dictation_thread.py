"""The thread that inserts dictated text at the cursor; all access to other programs happens in it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from asr_desktop.dictation.desktop import Desktop
from asr_desktop.dictation.insertion import AUTOMATIC, WAYS, Inserted, Inserter, Kept
from asr_desktop.dictation.profiles import profile_for
from asr_desktop.dictation.session import DictationSession, Unplaced
from asr_desktop.dictation.spoken_commands import SpokenCommands
from asr_desktop.gui.live_controller import Wishes
from asr_desktop.gui.translations import said
from asr_desktop.recognition.live_events import Final
from asr_desktop.transcripts.document import Word
from asr_desktop.writing.options import CAPITALS, WritingOptions

if TYPE_CHECKING:
    from asr_desktop.base.settings import Settings
    from asr_desktop.dictation.accessibility import AccessibleFields

WISHES_WITHIN_SECONDS = 1.0
LIKELY_CHARACTERS = "–—“”„’‘…€äöüÄÖÜßéèàç"


Outcome = Inserted | Kept | Unplaced


@dataclass(frozen=True, slots=True)
class LastUtterance:
    """An utterance and the results of its insertion. `entry_id`: of its recording in the library; 0 during
    the recording, and if dictations are not kept. `model`: the name of the model that recognised it.
    `corrected`: the text that the user has put in its place, "" for none, and `correction`: the result of
    its insertion."""

    final: Final
    outcomes: tuple[Inserted | Kept, ...] = ()
    entry_id: int = 0
    model: str = ""
    corrected: str = ""
    correction: Outcome | None = None

    @property
    def recognised(self) -> str:
        """Its last text that was inserted or kept, without surrounding white space; "" if it had only key
        presses."""
        if not self.outcomes:
            return ""
        last = self.outcomes[-1]
        return (last.added if isinstance(last, Kept) else last.text).strip()

    @property
    def text(self) -> str:
        """Its text as it is now."""
        return self.corrected or self.recognised

    @property
    def newest(self) -> Outcome:
        """The result of its last insertion."""
        return self.correction or self.outcomes[-1]


@dataclass(frozen=True, slots=True)
class CorrectedDictation:
    """The result of replacing an utterance's text by a corrected one."""

    final: Final
    text: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class KeptText:
    """A text that could not be inserted, and the reason, for the user. correction_of: the utterance that it
    corrects; None for dictated text, all of which is one."""

    text: str
    reason: str
    correction_of: Final | None = None


class KeptTexts:
    """The dictated text that could not be inserted, and the newest correction of each utterance that could
    not."""

    def __init__(self) -> None:
        self._dictated: KeptText | None = None
        self._corrections: dict[int, KeptText] = {}

    @property
    def texts(self) -> list[KeptText]:
        """What was dictated, then corrections, the oldest first."""
        dictated = [self._dictated] if self._dictated is not None else []
        return [*dictated, *self._corrections.values()]

    def note(self, outcome: Outcome, correction_of: Final | None = None) -> None:
        """Take note of the result of an insertion, of an utterance's correction or of dictated text."""
        self._corrections.pop(id(correction_of), None)
        match outcome:
            case Kept("", _):
                self._dictated = None
            case Kept(text, reason):
                self._dictated = KeptText(text, said(reason))
            case Unplaced(text, reason):
                self._corrections[id(correction_of)] = KeptText(text, said(reason), correction_of)
            case Inserted() if correction_of is None:
                self._dictated = None  # it is what waited, or would have waited behind it

    def remove(self, kept: KeptText) -> bool:
        """Forget a text; False if that was done before."""
        if kept.correction_of is not None:
            return self._corrections.pop(id(kept.correction_of), None) is not None
        was_kept, self._dictated = self._dictated is not None, None
        return was_kept


class DictationThread:
    """Created in the window's thread, which submits tasks. `on_stop`: called in the dictation thread for
    "stop listening"."""

    def __init__(self, on_stop: Callable[[], object]) -> None:
        self.make_desktop: Callable[[], Desktop] | None = None
        """Replaces the system's desktop in tests."""
        self.session: DictationSession | None = None
        """None until the desktop could be opened."""
        self.is_cancelled = False
        """Whether speech that is not inserted yet is dropped."""
        self._on_stop = on_stop
        self._thread = ThreadPoolExecutor(1, "dictation")
        self._desktop: Desktop | None = None
        self._fields: AccessibleFields | None = None
        self._language = ("", "en")
        """A model's name and its language, cached."""

    def submit(self, what: Callable[..., Any], *arguments: Any) -> Future[Any]:
        """Run a function in the thread after all tasks that were submitted before."""
        return self._thread.submit(what, *arguments)

    def close(self) -> None:
        """Close the desktop and end the thread after all submitted tasks."""
        self.submit(self._close_desktop)
        self._thread.shutdown()

    # In the thread

    def begin(self, wanted: tuple[Settings, Future[Wishes]]) -> None:
        """Begin a dictation into the window in front. wanted: the settings, and a future that receives the
        wishes for recognition."""
        chosen, prepared = wanted
        try:
            prepared.set_result(self._prepared(chosen))
        finally:
            if not prepared.done():
                prepared.set_result(Wishes())

    def _prepared(self, chosen: Settings) -> Wishes:
        if self._desktop is None:
            from asr_desktop.dictation.desktop import open_desktop

            self._desktop = (self.make_desktop or open_desktop)()
            if self.make_desktop is None and sys.platform == "linux":
                from asr_desktop.dictation.accessibility import AccessibleFields

                self._fields = AccessibleFields()
                self._fields.begin()
        if self.session is None:
            inserter = Inserter(self._desktop, self._fields)
            self.session = DictationSession(inserter, SpokenCommands(()), self._on_stop)
        target = self.session.begin()  # first, before another window can come to the front
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
            from asr_desktop.recognition.model_folder import ModelFolderError, find_model

            language = None
            with suppress(ModelFolderError):  # told when it is to recognise
                language = find_model(model_name).language
            self._language = model_name, language or "en"
        return self._language[1]

    def rewrite(self, words: Sequence[Word]) -> None:
        """See :meth:`DictationSession.rewrite`."""
        if not self.is_cancelled and self.session is not None:
            self.session.rewrite(words)

    def replace(self, utterance: LastUtterance, text: str) -> CorrectedDictation | None:
        """Replace an utterance's text by a corrected one; None if the desktop is not open."""
        if self.session is None:
            return None
        return CorrectedDictation(utterance.final, text, self.session.replace(utterance.newest, text))

    def put(self, final: Final, text: str) -> CorrectedDictation | None:
        """Insert the correction of an utterance into the window in front; None if the desktop is not open."""
        return CorrectedDictation(final, text, self.session.put(text)) if self.session is not None else None

    def insert(self, utterance: LastUtterance) -> LastUtterance | None:
        """Insert an utterance; returns it with the results, or None if the dictation was cancelled."""
        if self.is_cancelled:
            return None
        if self.session is None:  # the desktop could not be opened, which was reported already
            return None
        return replace(utterance, outcomes=tuple(self.session.take(utterance.final.words)))

    def _close_desktop(self) -> None:
        if self._fields is not None:
            self._fields.close()
        if self._desktop is not None:
            self._desktop.close()


def awaited(prepared: Future[Wishes]) -> Wishes:
    """The prepared wishes; default ones after a timeout, because the previous dictation may still wait for
    keys to be released. To be called in a thread."""
    try:
        return prepared.result(timeout=WISHES_WITHIN_SECONDS)
    except TimeoutError:
        return Wishes()
