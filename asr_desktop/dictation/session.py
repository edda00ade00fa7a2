"""A dictation session: inserts recognised utterances into the program in front.

    recognised words → spoken commands → written text → spacing and capital → insertion

It remembers what was typed last in the window, because most programs do not report the text before the
cursor.
"""

from __future__ import annotations

import logging
import time
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from asr_desktop.base.sentences import Sentence
from asr_desktop.dictation.desktop import Target
from asr_desktop.dictation.insertion import FAILED, Inserted, Inserter, Kept
from asr_desktop.dictation.joining import joined_to, spaced_after
from asr_desktop.dictation.spoken_commands import Act, SpokenCommands, Step
from asr_desktop.transcripts.document import Word
from asr_desktop.transcripts.phrases import join_words

_logger = logging.getLogger(__name__)
MARKS = ".,?!:;…"
UNDO_KEYS = "Ctrl+Z"
FORGOTTEN_AFTER_SECONDS = 60.0
"""After this time, the user may have sent the message or moved the cursor, so typed text is forgotten."""
_REMEMBERED_CHARACTERS = 400


def written(words: Sequence[Word]) -> str:
    """The words as text. The recogniser's process has already applied the writing step."""
    return join_words(word.text for word in words)


@dataclass
class Typed:
    """The texts inserted into a window, the newest last, as far as they can still be identified."""

    window: str = ""
    texts: list[str] = field(default_factory=list)
    newest: Inserted | None = None
    """The insertion of the last text; None if something was deleted, selected or pressed since."""
    is_own_mark: bool = False
    """Whether the text ends with a punctuation mark from the writing step, not from a spoken command."""
    is_selected: bool = False
    """Whether the last text is selected: the next typed text replaces it, and one Backspace deletes it."""

    def end(self, target: Target | None) -> str:
        """The end of the text before the cursor, or "" if nothing was typed in this window."""
        if target is None or target.window != self.window:
            return ""
        return "".join(self.texts)[-_REMEMBERED_CHARACTERS:]

    def add(self, text: str, target: Target, newest: Inserted | None = None) -> None:
        if target.window != self.window:
            self.window, self.texts, self.is_selected = target.window, [], False
        if self.is_selected:
            self.drop_last()
        self.texts.append(text)
        del self.texts[:-50]
        self.newest = newest

    def forget(self) -> None:
        """Forget all texts, because the cursor has moved."""
        self.texts.clear()
        self.newest = None
        self.is_own_mark = self.is_selected = False

    def drop_last(self) -> None:
        """Remove the last text, because it was deleted in the window."""
        self.texts.pop()
        self.newest = None
        self.is_own_mark = self.is_selected = False


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A correction that could not be inserted, because the original text is no longer at the cursor. The
    caller keeps it; later dictated text does not wait for it. `reason`: for the user."""

    text: str
    reason: str


class DictationSession:
    """To be used from one thread at a time. `on_stop` is called for "stop listening"."""

    def __init__(
        self,
        inserter: Inserter,
        commands: SpokenCommands,
        on_stop: Callable[[], object] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.inserter = inserter
        self.commands = commands
        self.typed = Typed()
        self.has_capitals = True
        """Whether sentences begin with a capital; otherwise the writing step's capitals are kept."""
        self._on_stop = on_stop
        self._clock = clock
        self._inserted_at = -FORGOTTEN_AFTER_SECONDS

    def begin(self) -> Target | None:
        """Begin a dictation: the window in front becomes the target of its text."""
        if self._clock() - self._inserted_at > FORGOTTEN_AFTER_SECONDS:
            self.typed.forget()
        return self.inserter.begin()

    def take(self, words: Sequence[Word]) -> list[Inserted | Kept]:
        """Insert the final words of an utterance. Text between two commands is inserted in one piece. An
        empty Kept says that the kept text was scratched."""
        outcomes: list[Inserted | Kept] = []
        waiting: list[Step] = []
        for step in self.commands.steps(words):
            if step.act in (Act.WORDS, Act.CAPITALS, Act.TEXT):
                waiting.append(step)
                continue
            outcomes += self._insert(waiting)
            waiting = []
            was_kept = self.inserter.kept
            self._do(step)
            if was_kept and not self.inserter.kept:
                outcomes.append(Kept("", ""))
        return outcomes + self._insert(waiting)

    def rewrite(self, words: Sequence[Word]) -> None:
        """Replace the punctuation mark at the end of the last utterance, after recognition of the next one
        has changed it. This is done only if nothing was inserted or pressed since, and only in programs that
        report the text before the cursor, because the user has not asked for these key presses."""
        if self.inserter.field().text_before is None:
            return
        texts = self.typed.texts
        text = written(words)
        mark = text[-1:] if text[-1:] in MARKS else ""
        if self.inserter.kept or not self.typed.is_own_mark or not texts or texts[-1][-1:] == mark:
            return
        last = texts[-1]
        if self._last() and self._erase(1):
            self.typed.is_own_mark = False
            outcome = self.inserter.insert(mark) if mark else None
            if isinstance(outcome, Inserted):
                texts[-1] = last[:-1] + mark
                self.typed.is_own_mark = True

    def retry(self) -> Inserted | Kept | None:
        """Insert the kept text into the window in front."""
        outcome = self.inserter.retry()
        if isinstance(outcome, Inserted):
            self._note(outcome)
        return outcome

    def put(self, text: str) -> Inserted | Unplaced:
        """Insert an unplaced correction into the window in front; other kept text stays kept."""
        inserter = self.inserter
        former, waiting = inserter.target, inserter.kept
        inserter.kept = ""
        try:
            inserter.begin()
            outcome = inserter.insert(text)
        except Exception:  # the window in front could not be found out
            _logger.exception("a correction could not be inserted")
            return Unplaced(text, str(FAILED))
        finally:
            inserter.kept = waiting
        if isinstance(outcome, Kept):
            inserter.target = former
            return Unplaced(text, outcome.reason)
        self._note(outcome)
        return outcome

    def replace(self, former: Inserted | Kept | Unplaced, text: str) -> Inserted | Kept | Unplaced:
        """Replace the text of the outcome `former` by a corrected one, with the same white space around it.

        This is possible if the text is still kept, or if it was the last insertion, nothing was deleted,
        selected or pressed since, and it is still before the cursor as far as that is known. Otherwise
        nothing is changed, and the corrected text is returned as Unplaced.
        """
        if self.inserter.kept:
            changed = None
            if isinstance(former, Kept):
                changed = self.inserter.replace_kept(former, _with_space_of(former.added, text))
            return changed or _unplaced(text)
        stretch = self._stretch(former) if self.inserter.wait_for_target() else None
        is_told = self.inserter.field().text_before is not None
        if not is_told and self._clock() - self._inserted_at > FORGOTTEN_AFTER_SECONDS:
            stretch = None
        last = self._last()
        if stretch is None or not last or not self.inserter.press("Backspace", _cursor_steps(last)):
            return _unplaced(text)
        self.typed.drop_last()
        start, end = stretch
        added = _with_space_of(last[start:end], text)
        outcome = self.inserter.insert(last[:start] + added + last[end:])
        if isinstance(outcome, Inserted):
            outcome = replace(outcome, added=added, start=start)
            self._note(outcome)
            return outcome
        return replace(outcome, added=added, start=outcome.start + start)

    def _stretch(self, former: Inserted | Kept | Unplaced) -> tuple[int, int] | None:
        """The start and end of the text of `former` within the last insertion; None if it is not part of
        it."""
        newest = self.typed.newest
        if newest is None or not self.typed.texts:
            return None
        if isinstance(former, Inserted) and newest is former:
            return former.start, former.end if former.added else len(self.typed.texts[-1])
        if isinstance(former, Kept) and former.text and newest.text.startswith(former.text):  # by a retry
            return former.start, former.end
        return None

    def _note(self, outcome: Inserted) -> None:
        self.typed.add(outcome.text, outcome.target, outcome)
        self.typed.is_own_mark = False
        self._inserted_at = self._clock()

    def _insert(self, steps: list[Step]) -> list[Inserted | Kept]:
        if not steps:
            return []
        before = self._before()
        text = ""
        has_own_mark = self.typed.is_own_mark and not self.inserter.kept and bool(self._last())
        erased = 0
        for step in steps:
            if step.act is Act.TEXT:
                if step.text in MARKS and has_own_mark:
                    # "Dear Ada." and then "comma": the spoken mark replaces the writing step's mark.
                    if text:
                        text = text[:-1]
                    else:
                        erased, before = 1, before[:-1]
                text += spaced_after(before + text, step.text)
                has_own_mark = False
                continue
            words = written(step.words)
            words = words.upper() if step.act is Act.CAPITALS else words
            join = joined_to if self.has_capitals else spaced_after
            text += join(before + text, words)
            has_own_mark = bool(words) and words[-1] in MARKS
        if erased:
            self._erase(erased)  # if this fails, the text is kept or follows the remaining mark
        outcome = self.inserter.insert(text)
        if isinstance(outcome, Inserted):
            self._note(outcome)
            self.typed.is_own_mark = has_own_mark
        return [outcome]

    def _before(self) -> str:
        """The text before the cursor: as reported by the program, otherwise what was typed last."""
        if self.inserter.kept:
            return self.inserter.kept
        told = self.inserter.field().text_before
        return told if told is not None else self.typed.end(self.inserter.target)

    def _erase(self, characters: int) -> bool:
        if not self.inserter.press("Backspace", characters):
            return False
        if self.typed.texts:
            self.typed.texts[-1] = self.typed.texts[-1][:-characters]
        return True

    def _do(self, step: Step) -> None:
        self.typed.is_own_mark = False  # after a key the mark is no longer what stands before the cursor
        match step.act:
            case Act.STOP:
                self._on_stop()
            case Act.KEY:
                if self.inserter.press(step.text):
                    target = self.inserter.target
                    if step.text in ("Return", "Enter") and target is not None:
                        self.typed.add("\n", target)
                    else:
                        self.typed.forget()
            case Act.UNDO:
                if self.inserter.press(UNDO_KEYS):
                    self.typed.forget()
            case Act.SCRATCH:
                self._scratch()
            case Act.SELECT:
                last = self._last()
                if last and self.inserter.press("Shift+Left", _cursor_steps(last)):
                    self.typed.newest = None  # the next key press replaces it
                    self.typed.is_selected = True

    def _scratch(self) -> None:
        """Delete the last insertion; repeated, the one before it."""
        if self.inserter.kept:
            self.inserter.take_kept()
            return
        target = self.inserter.target
        if self.typed.is_selected and target is not None and target.window == self.typed.window:
            if self.inserter.press("Backspace"):
                self.typed.drop_last()
            return
        last = self._last()
        if last and self.inserter.press("Backspace", _cursor_steps(last)):
            self.typed.drop_last()

    def _last(self) -> str:
        """The last insertion, if it is still directly before the cursor as far as that is known, or ""."""
        target = self.inserter.target
        if target is None or target.window != self.typed.window or not self.typed.texts:
            return ""
        told = self.inserter.field().text_before
        last = self.typed.texts[-1]
        return last if told is None or told.endswith(last[-len(told) :] if told else last) else ""


def _unplaced(text: str) -> Unplaced:
    return Unplaced(
        text, str(Sentence("The text is no longer at the cursor. Select it, then insert this one."))
    )


def _with_space_of(former: str, text: str) -> str:
    """`text` with the leading and trailing white space of `former`."""
    rest = former.lstrip()
    return former[: len(former) - len(rest)] + text + rest[len(rest.rstrip()) :]


def _cursor_steps(text: str) -> int:
    """The number of arrow key presses to move over a text: combining characters do not count."""
    return sum(not unicodedata.combining(sign) for sign in text)
