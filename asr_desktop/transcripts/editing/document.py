"""A transcript that is being corrected, with undo without limit.

Every operation is one thing underneath: some segments in a row are replaced by others. So every operation is
reversed by the same thing the other way round, a history holds only what changed, and whoever shows the
document hears of each change as "from here on, so many segments became these".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from typing import NamedTuple

from asr_desktop.base.clock import position
from asr_desktop.transcripts.document import Segment, Transcript, Word, is_speaker_name
from asr_desktop.transcripts.editing.finding import Match, replaced
from asr_desktop.transcripts.editing.retiming import SURE, in_order, retime, with_borders
from asr_desktop.transcripts.phrases import join_words


class WordPlace(NamedTuple):
    """Which word: the segment's index, and the word's within it."""

    segment: int
    word: int


@dataclass(frozen=True, slots=True)
class Change:
    """From `index` on, the segments `removed` became `inserted`."""

    index: int
    removed: tuple[Segment, ...]
    inserted: tuple[Segment, ...]

    def inverse(self) -> Change:
        return Change(self.index, self.inserted, self.removed)


@dataclass(slots=True)
class _Step:
    """What one undo takes back; `name` is what a menu says about it."""

    name: str
    changes: list[Change]


class EditableTranscript:
    """A transcript and its history. Not for several threads, but `transcript()` may be asked by any.

    Indices count from 0; one that is out of range raises IndexError. Operations that would change nothing
    are no step of the history, and say so by returning False.
    """

    def __init__(self, transcript: Transcript) -> None:
        self._base = transcript
        self._segments: tuple[Segment, ...] = transcript.segments
        self._done: list[_Step] = []
        self._undone: list[_Step] = []
        self._listeners: list[Callable[[Change], None]] = []
        self.revision = 0
        """Grows with every change, undo and redo included."""

    @property
    def segments(self) -> tuple[Segment, ...]:
        return self._segments

    @property
    def duration_seconds(self) -> float:
        return self._base.duration_seconds

    def transcript(self) -> Transcript:
        """The transcript as it stands now; corrected, unless all was undone."""
        segments = self._segments
        return replace(
            self._base,
            segments=segments,
            is_corrected=self._base.is_corrected or segments != self._base.segments,
        )

    def listen(self, listener: Callable[[Change], None]) -> None:
        """Have `listener` told of every change, after it was made."""
        self._listeners.append(listener)

    def forget_listeners(self) -> None:
        """Nobody is told any more: another view takes the transcript over, with its history."""
        self._listeners.clear()

    # Operations

    def set_text(self, index: int, text: str) -> bool:
        """Give a segment another text; words that are still there keep their times (see `retiming`).

        A text without words changes nothing: an empty edit never erases.
        """
        segment = self._segments[index]
        words = self._fitted(index, retime(segment.words, text).words)
        if not words or words == segment.words:
            return False
        return self._replace("edit", index, 1, [_corrected(segment, words)])

    def set_word(self, place: WordPlace, text: str) -> bool:
        """Put other text in the place of one word; several words share its time, no text changes nothing."""
        segment = self._segments[place.segment]
        new = retime([segment.words[place.word]], text).words
        if not new or new == (segment.words[place.word],):
            return False
        words = (*segment.words[: place.word], *new, *segment.words[place.word + 1 :])
        fitted = self._fitted(place.segment, words)
        return self._replace("edit", place.segment, 1, [_corrected(segment, fitted)])

    def remove_word(self, place: WordPlace) -> bool:
        """Take a word out; a segment's only word stays."""
        segment = self._segments[place.segment]
        words = (*segment.words[: place.word], *segment.words[place.word + 1 :])
        if not words:
            return False
        return self._replace("remove word", place.segment, 1, [_corrected(segment, words)])

    def confirm_word(self, place: WordPlace) -> bool:
        """Say that a word is right as it stands: its confidence becomes 1."""
        segment = self._segments[place.segment]
        word = segment.words[place.word]
        if word.confidence == SURE:
            return False
        words = list(segment.words)
        words[place.word] = replace(word, confidence=SURE)
        return self._replace("confirm word", place.segment, 1, [replace(segment, words=tuple(words))])

    def confirm_segments(self, indices: Iterable[int], *, are_right: bool = True) -> bool:
        """Say that all words of these segments are right as they stand, which makes them sure, or take that
        back."""
        changed: dict[int, Segment] = {}
        for index in sorted(set(indices)):
            segment = self._segments[index]
            words = tuple(replace(word, confidence=SURE) for word in segment.words)
            new = replace(segment, words=words if are_right else segment.words, is_confirmed=are_right)
            if new != segment:
                changed[index] = new
        return self._replace_each("confirm" if are_right else "unconfirm", changed)

    def split(self, place: WordPlace) -> bool:
        """Begin a new segment with this word; a segment's first word begins one already."""
        segment = self._segments[place.segment]
        if not 0 < place.word < len(segment.words):
            return False
        first, second = segment.words[: place.word], segment.words[place.word :]
        return self._replace(
            "split", place.segment, 1, [replace(segment, words=first), replace(segment, words=second)]
        )

    def merge(self, index: int) -> bool:
        """Join a segment with the one after it. The first one's speaker stays, where it has one; the whole is
        confirmed where both were."""
        if index + 1 >= len(self._segments):
            return False
        first, second = self._segments[index : index + 2]
        merged = Segment(
            (*first.words, *second.words),
            first.speaker or second.speaker,
            is_confirmed=first.is_confirmed and second.is_confirmed,
        )
        return self._replace("merge", index, 2, [merged])

    def delete(self, index: int) -> bool:
        """Take a segment out of the transcript."""
        return self._replace("delete", index, 1, [])

    def set_borders(self, index: int, start_seconds: float, end_seconds: float) -> bool:
        """Move a segment's start and end, at most to its neighbours (see `borders`)."""
        moved = with_borders(self._segments, index, start_seconds, end_seconds, self.duration_seconds)
        if moved == self._segments[index]:
            return False
        return self._replace("move border", index, 1, [moved])

    def split_turn(self, place: WordPlace, name: str | None) -> bool:
        """Begin a new segment with this word, which somebody else says; the rest keeps its speaker. With a
        segment's first word all of it is theirs."""
        segment = self._segments[place.segment]
        if place.word == 0:
            return self.set_speaker([place.segment], name)
        if not 0 < place.word < len(segment.words):
            return False
        first, second = segment.words[: place.word], segment.words[place.word :]
        turn = replace(segment, words=second, speaker=_speaker(name))
        return self._replace("split", place.segment, 1, [replace(segment, words=first), turn])

    def set_speaker(self, indices: Iterable[int], name: str | None) -> bool:
        """Say who says these segments; None or an empty name says that it is not known."""
        speaker = _speaker(name)
        wanted = {index for index in indices if self._segments[index].speaker != speaker}
        if not wanted:
            return False
        # One change, however many segments: a speaker of a long interview has a thousand.
        first, stop = min(wanted), max(wanted) + 1
        span = [
            replace(segment, speaker=speaker) if index in wanted else segment
            for index, segment in enumerate(self._segments[first:stop], start=first)
        ]
        return self._replace("speaker", first, stop - first, span)

    def rename_speaker(self, old: str, new: str | None) -> bool:
        """Give a speaker another name, everywhere. Where that is somebody else's name already, both become
        one speaker."""
        return self.set_speaker(self.said_by(old), new)

    def said_by(self, name: str | None, since: int = 0) -> list[int]:
        """The segments from index `since` on that this speaker says."""
        segments = enumerate(self._segments[since:], start=since)
        return [index for index, segment in segments if segment.speaker == name]

    def speakers(self) -> list[str]:
        """The names in use, in the order of their first words."""
        return list(dict.fromkeys(s.speaker for s in self._segments if s.speaker is not None))

    def replace_matches(self, matches: Sequence[Match], replacement: str) -> int:
        """Replace what `finding.find_all` found in the segments as they are now; how many were replaced.

        One step, however many. A segment whose whole text would go is left as it is.
        """
        changed: dict[int, Segment] = {}
        count = 0
        for index, group in groupby(sorted(matches, key=lambda m: (m.segment, m.start)), lambda m: m.segment):
            of_segment = list(group)
            segment = self._segments[index]
            text = replaced(segment.text, of_segment, replacement)
            words = self._fitted(index, retime(segment.words, text).words)
            if words and words != segment.words:
                changed[index] = _corrected(segment, words)
                count += len(of_segment)
        self._replace_each("replace", changed)
        return count

    def replace_segments(self, segments: dict[int, Segment], name: str) -> bool:
        """Other segments at these indices, as one step."""
        return self._replace_each(name, segments)

    def replace_all_segments(self, segments: Sequence[Segment], name: str) -> bool:
        """Put a whole other version in place of this one, as one step: what was recovered after a crash."""
        if tuple(segments) == self._segments:
            return False
        return self._replace(name, 0, len(self._segments), list(segments))

    def set_times(self, segment: Segment, words: Sequence[Word]) -> bool:
        """Give a segment the words of the same text with better times, as part of the step that is last.

        For alignment, which comes when it is ready: where the segment is no longer there as it was, or
        something has been undone since, or the words do not fit between the neighbours, nothing is changed.
        """
        index = self.index_of(segment)
        if index is None or self._undone or [w.text for w in words] != [w.text for w in segment.words]:
            return False
        better = replace(segment, words=tuple(words))
        around = (*self._segments[max(0, index - 1) : index], better, *self._segments[index + 1 : index + 2])
        if better == segment or not _are_in_order(around):
            return False
        change = Change(index, (segment,), (better,))
        if self._done:
            self._done[-1].changes.append(change)
        else:
            self._done.append(_Step("align", [change]))
        self._apply(change)
        return True

    def index_of(self, segment: Segment) -> int | None:
        """Where this very object stands now, None where it was replaced by another."""
        return next((i for i, known in enumerate(self._segments) if known is segment), None)

    # History

    @property
    def undo_name(self) -> str | None:
        """What `undo` would take back: "edit", "split", "merge" …"""
        return self._done[-1].name if self._done else None

    @property
    def redo_name(self) -> str | None:
        return self._undone[-1].name if self._undone else None

    def undo(self) -> Change | None:
        """Take back the last step; its place is the returned (last) change's, None where there is none."""
        if not self._done:
            return None
        step = self._done.pop()
        self._undone.append(step)
        changes = [change.inverse() for change in reversed(step.changes)]
        for change in changes:
            self._apply(change)
        return changes[-1]

    def redo(self) -> Change | None:
        """Do again what was taken back."""
        if not self._undone:
            return None
        step = self._undone.pop()
        self._done.append(step)
        for change in step.changes:
            self._apply(change)
        return step.changes[-1]

    def _fitted(self, index: int, words: Sequence[Word]) -> tuple[Word, ...]:
        """New words of a segment, none of which starts after the next segment."""
        following = self._segments[index + 1 : index + 2]
        return in_order(words, following[0].start_seconds) if following else in_order(words)

    def _replace(self, name: str, index: int, count: int, segments: Sequence[Segment]) -> bool:
        self._do(_Step(name, [Change(index, self._segments[index : index + count], tuple(segments))]))
        return True

    def _replace_each(self, name: str, segments: dict[int, Segment]) -> bool:
        if not segments:
            return False
        changes = [Change(index, (self._segments[index],), (new,)) for index, new in segments.items()]
        self._do(_Step(name, changes))
        return True

    def _do(self, step: _Step) -> None:
        self._undone.clear()
        self._done.append(step)
        for change in step.changes:
            self._apply(change)

    def _apply(self, change: Change) -> None:
        stop = change.index + len(change.removed)
        self._segments = (*self._segments[: change.index], *change.inserted, *self._segments[stop:])
        self.revision += 1
        for listener in self._listeners:
            listener(change)


def quotation(segments: Sequence[Segment], first: WordPlace, last: WordPlace) -> str:
    """The words from `first` to `last` (included) as they are quoted elsewhere, a line for each turn:
    `[00:12:09] Ada: of course`. The time is that of the first word, where a listener has to begin.
    """
    turns: list[tuple[str | None, list[Word]]] = []
    for index in range(first.segment, last.segment + 1):
        segment = segments[index]
        begin = first.word if index == first.segment else 0
        stop = last.word + 1 if index == last.segment else len(segment.words)
        if turns and turns[-1][0] == segment.speaker:
            turns[-1][1].extend(segment.words[begin:stop])
        else:
            turns.append((segment.speaker, list(segment.words[begin:stop])))
    return "\n".join(_turn_line(speaker, words) for speaker, words in turns if words)


def _turn_line(speaker: str | None, words: Sequence[Word]) -> str:
    name = "" if speaker is None else f"{speaker}: "
    return (
        f"[{position(words[0].start_seconds, hour_digits=2)}] {name}{join_words(word.text for word in words)}"
    )


def _corrected(segment: Segment, words: Sequence[Word]) -> Segment:
    """With other words, which a person wrote: who mends a segment vouches for all of it."""
    return replace(segment, words=tuple(words), is_confirmed=True)


def _speaker(name: str | None) -> str | None:
    cleaned = " ".join((name or "").split())
    return cleaned if is_speaker_name(cleaned) else None


def _are_in_order(segments: Sequence[Segment]) -> bool:
    return all(a.words[-1].start_seconds <= b.words[0].start_seconds for a, b in pairwise(segments))
