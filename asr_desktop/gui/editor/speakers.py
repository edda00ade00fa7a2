"""Speakers of the transcript: rename and merge them, reassign segments by a digit key, split turns."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject

from asr_desktop.base.clock import clock
from asr_desktop.gui.app_context import AppContext
from asr_desktop.gui.editor.keys import EditorKeys
from asr_desktop.gui.editor.panes import EditorPanes
from asr_desktop.gui.editor.playing import EditorPlaying
from asr_desktop.gui.notices import Notice
from asr_desktop.gui.translations import said_speaker
from asr_desktop.gui.widgets.speaker_dialog import Reach, SpeakerDialog
from asr_desktop.transcripts.editing import Change, EditableTranscript

OFFER = "document.speakers"
"""Cause of the notice that offers more corrections; ends with the document."""


class SpeakerOrder:
    """The digit and colour of each speaker: in the order of first appearance, then of naming.

    Both stay the same while the transcript is open, through renaming, merging and undo.
    """

    def __init__(self, names: list[str]) -> None:
        self.names = list(names)
        """Speakers by digit, from 1 on."""
        self._place = {name: place for place, name in enumerate(names)}

    def rename(self, old: str, new: str) -> None:
        """Give the new name the old one's digit, unless it has one of its own."""
        if old in self.names and new not in self.names:
            self._place[new] = self._place[old]
            self.names[self._place[old]] = new
        else:
            self.meet(new)

    def meet(self, name: str, speaking: Collection[str] = ()) -> None:
        """Assign a digit to a name. speaking: speakers still in the text, who keep their digits."""
        if name in self.names:
            return
        place = self._place.get(name)
        if place is not None and self.names[place] not in speaking:
            self.names[place] = name
        else:
            self._place[name] = len(self.names)
            self.names.append(name)


@dataclass(slots=True)
class _Correction:
    """The last correction by digit; pressing the digit again extends it."""

    index: int
    former: str
    name: str
    is_turn: bool = False
    """Whether it has been extended to the rest of the turn."""


class EditorSpeakers(QObject):
    """Acts on the segment with the caret, on its turn, or on all segments of a speaker."""

    def __init__(
        self,
        context: AppContext,
        panes: EditorPanes,
        keys: EditorKeys,
        playing: EditorPlaying,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._context = context
        self._panes = panes
        self._keys = keys
        self._playing = playing
        self._editable: EditableTranscript | None = None
        self._order = SpeakerOrder([])
        self._correction: _Correction | None = None
        self.dialog: SpeakerDialog | None = None
        panes.view.speaker_clicked.connect(lambda _index: self.ask())
        panes.view.segment_entered.connect(self._entered)

    @property
    def names(self) -> list[str]:
        """Speakers in the order of their digits, which is fixed while the transcript is open."""
        return self._order.names

    def in_use(self) -> list[tuple[int, str]]:
        """Speakers that occur in the text, with their digits from 1 on."""
        assert self._editable is not None
        spoken = set(self._editable.speakers())
        return [(number, name) for number, name in enumerate(self.names, start=1) if name in spoken]

    def open(self, editable: EditableTranscript) -> None:
        """Set the open transcript; its speakers get the first digits."""
        self._editable = editable
        self._order = SpeakerOrder(editable.speakers())
        self._panes.view.set_speakers(self.names)
        self._panes.speakers.setEnabled(bool(editable.segments))
        editable.listen(self._changed)

    def close(self) -> None:
        if self.dialog is not None:
            self.dialog.reject()
        self._forget_correction()
        self._editable = None

    # Names

    def ask(self) -> None:
        """Ask who speaks in the segment with the caret."""
        if self._editable is None or not self._editable.segments:
            return
        self._panes.view.keep()
        index = self._panes.view.segment
        former = self._editable.segments[index].speaker
        self._open_dialog(former, partial(self._named, index), is_whole=False)

    def ask_about(self, name: str) -> None:
        """Ask for the name of a speaker."""
        if self._editable is not None:
            self._panes.view.keep()
            self._open_dialog(name, lambda new, _reach: self.rename(name, new), is_whole=True)

    def _open_dialog(
        self, former: str | None, named: Callable[[str, Reach], object], *, is_whole: bool
    ) -> None:
        assert self._editable is not None
        self.dialog = SpeakerDialog(
            former,
            [name for _, name in self.in_use()],
            count=len(self._editable.said_by(former)),
            whole=is_whole,
            play=partial(self._play, former if is_whole else None) if self._playing.sound.is_open else None,
            parent=self._panes,
        )
        self.dialog.named.connect(named)
        self.dialog.finished.connect(self._answered)
        self.dialog.open()

    def _play(self, speaker: str | None) -> None:
        """Play the segment with the caret, or the longest one of a speaker."""
        if self._editable is None:
            return
        if speaker is None:
            self._playing.play_segment()
            return
        said = [self._editable.segments[index] for index in self._editable.said_by(speaker)]
        if said:
            longest = max(said, key=lambda segment: segment.end_seconds - segment.start_seconds)
            self._playing.sound.play_stretch(longest.start_seconds, longest.end_seconds)

    def _named(self, index: int, name: str, reach: Reach) -> None:
        if self._editable is None or index >= len(self._editable.segments):
            return
        former = self._editable.segments[index].speaker
        if reach is Reach.EVERYWHERE and former is not None:
            self.rename(former, name)
        elif reach is Reach.SEGMENT:
            self._editable.set_speaker([index], name)
        else:
            self.set_speaker(index, name)

    def rename(self, old: str, new: str) -> None:
        """Rename a speaker everywhere; an existing name merges both. The digit stays."""
        if self._editable is None:
            return
        if new:
            self._order.rename(old, new)
        self._editable.rename_speaker(old, new or None)
        self._panes.view.set_speakers(self.names)

    def set_speaker(self, index: int, name: str) -> None:
        """Set the speaker of a segment and of the following ones that had the same speaker; "" for none.

        So naming the first segment of a conversation names all of it, and each change of speaker the rest.
        """
        assert self._editable is not None
        self._editable.set_speaker(self._turn_from(index), name or None)

    def _turn_from(self, index: int) -> range:
        assert self._editable is not None
        segments = self._editable.segments
        stop = index + 1
        while stop < len(segments) and segments[stop].speaker == segments[index].speaker:
            stop += 1
        return range(index, stop)

    # Corrections

    def say_number(self, number: int) -> None:
        """Assign the segment with the caret to the speaker with this digit (from 1); asks if there is none.

        If the segment had no speaker, all segments up to the next named one are assigned. Otherwise only the
        segment is; pressing again assigns the rest of the turn, then all later segments of that speaker.
        """
        if self._editable is None or not self._editable.segments:
            return
        if number > len(self.names):
            self.ask()
            return
        self._panes.view.keep()
        name, index = self.names[number - 1], self._panes.view.segment
        former, again = self._editable.segments[index].speaker, self._correction
        if former is None:
            self.set_speaker(index, name)
        elif former != name:
            self._editable.set_speaker([index], name)
            self._correction = _Correction(index, former, name)
            self._offer_more(number)
        elif again is not None and (again.index, again.name) == (index, name):
            self._correct_more(again, number)

    def new_turn(self) -> None:
        """Begin another speaker's turn at the word with the caret: see `_other_speaker`; asks if there is
        none. At a segment's first word, the whole segment is reassigned."""
        if self._editable is None or not self._editable.segments:
            return
        place = self._panes.view.kept_place()
        name = self._other_speaker(place.segment)
        if name is None:
            self._panes.view.split_at_caret()
            self.ask()
            return
        self._order.meet(name)
        if self._editable.split_turn(place, name):
            self._panes.view.go_to(place.segment + (place.word > 0))
            said = self.tr("{name} speaks from here on. Alt and a digit names somebody else.")
            self._panes.state.setText(said.format(name=said_speaker(name)))

    def _other_speaker(self, index: int) -> str | None:
        """The last speaker before this turn, or else the next one after it."""
        assert self._editable is not None
        segments = self._editable.segments
        speaker = segments[index].speaker
        around = [*reversed(segments[:index]), *segments[index + 1 :]]
        others = (segment.speaker for segment in around if segment.speaker not in (None, speaker))
        return next(others, None) if speaker is not None else None

    def _offer_more(self, number: int) -> None:
        """Offer to extend the correction of this segment."""
        assert self._correction is not None
        again = self._keys.text(f"speaker_{number}")
        if not self._correction.is_turn and self._rest_of_turn(self._correction):
            text = self.tr("{name}. Press {key} again for the rest of the turn.")
        elif self._later(self._correction):
            text = self.tr("{name}. Press {key} again for all later segments of {former}.")
        else:
            text = "{name}"
        correction = self._correction
        names = {"name": said_speaker(correction.name), "former": said_speaker(correction.former)}
        self._panes.state.setText(text.format(**names, key=again))
        count = len(self._later(correction))
        self._context.is_over.emit(OFFER)
        if count:
            sentence = self.tr("Later segments of {former}: {count}. Are they said by {name} too?")
            self._context.notify.emit(
                Notice(
                    sentence.format(**names, count=count),
                    about=OFFER,
                    page="editor",
                    button=self.tr("Change all"),
                    action=self._correct_later,
                )
            )

    def _correct_more(self, correction: _Correction, number: int) -> None:
        assert self._editable is not None
        rest = self._rest_of_turn(correction)
        if correction.is_turn or not rest:
            self._correct_later()
            return
        self._editable.set_speaker(rest, correction.name)
        self._correction = correction
        correction.is_turn = True
        self._offer_more(number)

    def _correct_later(self) -> None:
        """Reassign all segments of the former speaker after the corrected one."""
        correction = self._correction
        if self._editable is not None and correction is not None:
            self._editable.set_speaker(self._later(correction), correction.name)
            self._forget_correction()

    def _later(self, correction: _Correction) -> list[int]:
        assert self._editable is not None
        return self._editable.said_by(correction.former, correction.index + 1)

    def _rest_of_turn(self, correction: _Correction) -> range:
        assert self._editable is not None
        segments, stop = self._editable.segments, correction.index + 1
        while stop < len(segments) and segments[stop].speaker == correction.former:
            stop += 1
        return range(correction.index + 1, stop)

    def _forget_correction(self) -> None:
        if self._correction is not None:
            self._correction = None
            self._context.is_over.emit(OFFER)

    # Display

    def about(self, name: str) -> str:
        """How much a speaker speaks, as text."""
        assert self._editable is not None
        said = [self._editable.segments[index] for index in self._editable.said_by(name)]
        seconds = sum(segment.end_seconds - segment.start_seconds for segment in said)
        return self.tr("{time} in {count} segments").format(time=clock(seconds), count=len(said))

    def next_turn(self, name: str) -> None:
        """Go to the speaker's next turn; after the last one, to the first."""
        if self._editable is None:
            return
        segments, here = self._editable.segments, self._panes.view.segment
        begins = [i for i in self._editable.said_by(name) if i == 0 or segments[i - 1].speaker != name]
        if begins:
            index = next((i for i in begins if i > here), begins[0])
            self._panes.view.go_to(index)
            self._playing.sound.seek(segments[index].start_seconds)

    def _entered(self, index: int) -> None:
        """Announce the segment's speaker to screen readers."""
        self._forget_correction()
        if self._editable is not None and index < len(self._editable.segments):
            segment = self._editable.segments[index]
            parts = [said_speaker(segment.speaker or ""), clock(segment.start_seconds)]
            self._panes.view.setAccessibleDescription(", ".join(filter(None, parts)))

    def _answered(self, _result: int) -> None:
        self.dialog = None

    def _changed(self, change: Change) -> None:
        self._forget_correction()
        speaking = self._editable.speakers() if self._editable is not None else ()
        for segment in change.inserted:
            if segment.speaker is not None:
                self._order.meet(segment.speaker, speaking)
        self._panes.view.set_speakers(self.names)
