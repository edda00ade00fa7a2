"""Who says the words of a live transcript: in a thread beside the recognition, so that no final waits for it.

The thread reads each utterance from the session's folder once more, tells whose voices they are
(`speakers/diarizer.OnlineSpeakers`), and is asked for what it knows whenever the recognition has a moment. At
the end it goes over all that was said.
"""

from __future__ import annotations

import os
import queue
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from asr_desktop.audio.session import Session
from asr_desktop.audio.tail import read_growing
from asr_desktop.base.errors import AsrDesktopError
from asr_desktop.recognition.live_events import LiveEvent, LiveNotice, SpeakersHeard
from asr_desktop.recognition.segmenter import SAMPLE_RATE
from asr_desktop.speakers.assignment import speaker_label, speakers_of
from asr_desktop.speakers.turns import SpeakerCount, Turn
from asr_desktop.transcripts.document import Word

if TYPE_CHECKING:
    from asr_desktop.speakers.diarizer import OnlineSpeakers
    from asr_desktop.speakers.finder import SpeakerFinder

LOOKS_EVERY_SECONDS = 0.1
NICENESS = 10
"""Of the thread, above that of the recognition: where processors are short, names wait rather than words."""


@dataclass(frozen=True, slots=True)
class Said:
    """An utterance as it is written; times in seconds of the session."""

    utterance: int
    words: tuple[Word, ...]
    start_seconds: float
    end_seconds: float


class LiveSpeakers:
    """Of one session. What goes wrong costs the speakers, never the text: it becomes a LiveNotice.

    find: loads the networks, in the thread. recognised: what was said before, where a transcript is gone on
    with: the voices are heard again, and get their numbers anew.
    """

    def __init__(
        self,
        session: Session,
        count: SpeakerCount,
        find: Callable[[], SpeakerFinder],
        recognised: Sequence[Said] = (),
    ) -> None:
        self._session = session
        self._count = count
        self._find = find
        self._said: dict[int, Said] = {}
        self._told: dict[int, tuple[str, ...]] = {}
        self._waiting: queue.SimpleQueue[Said | None] = queue.SimpleQueue()
        self._events: queue.SimpleQueue[LiveEvent] = queue.SimpleQueue()
        self._ends = threading.Event()
        for said in recognised:
            self.hear(said)
        self._thread = threading.Thread(target=self._run, name="speakers", daemon=True)
        self._thread.start()

    def hear(self, said: Said) -> None:
        """Tell whose words these are, as soon as there is time."""
        if said.words:
            self._said[said.utterance] = said
            self._waiting.put(said)

    def known(self) -> list[LiveEvent]:
        """What became known since it was asked last."""
        events: list[LiveEvent] = []
        while not self._events.empty():
            events.append(self._events.get())
        return events

    def finish(self, stop: Callable[[], bool]) -> list[LiveEvent]:
        """All that is not known yet, and what is known better now; returns at once where `stop` is True."""
        self._waiting.put(None)
        while self._thread.is_alive() and not stop():
            self._thread.join(LOOKS_EVERY_SECONDS)
        self.close()
        return self.known()

    def close(self) -> None:
        """No more is wanted."""
        self._ends.set()
        self._waiting.put(None)

    # In the thread

    def _run(self) -> None:
        _give_way()
        try:
            finder = self._find()
            online = finder.follow(self._count, lambda sentence: self._events.put(LiveNotice(sentence)))
            while (said := self._waiting.get()) is not None and not self._ends.is_set():
                self._tell(online, said)
            if not self._ends.is_set():
                self._refine(online)
        except AsrDesktopError as error:
            self._events.put(LiveNotice(str(error)))

    def _tell(self, online: OnlineSpeakers, said: Said) -> None:
        start_sample = round(said.start_seconds * SAMPLE_RATE)
        samples = self._sound(start_sample, round(said.end_seconds * SAMPLE_RATE) - start_sample)
        turns = online.hear(samples, start_sample)
        if turns:
            self._put(said, turns, online.names)

    def _refine(self, online: OnlineSpeakers) -> None:
        found = online.refined()
        if found.turns:
            # Together, so that whoever speaks around an utterance is known where nothing is heard in it.
            said = [self._said[number] for number in sorted(self._said)]
            speakers = iter(speakers_of([word for one in said for word in one.words], found.turns))
            for one in said:
                self._put_labels(one, [next(speakers) for _ in one.words], found.names)
        for sentence in found.sentences():
            self._events.put(LiveNotice(sentence))

    def _put(self, said: Said, turns: Sequence[Turn], names: dict[int, str]) -> None:
        self._put_labels(said, speakers_of(said.words, turns), names)

    def _put_labels(self, said: Said, speakers: Sequence[int], names: dict[int, str]) -> None:
        labels = tuple(names.get(number) or str(speaker_label(number)) for number in speakers)
        if self._told.get(said.utterance) != labels:
            self._told[said.utterance] = labels
            self._events.put(SpeakersHeard(said.utterance, labels))

    def _sound(self, start_sample: int, count: int) -> NDArray[np.float32]:
        """A part of the recording, 16 kHz mono; less where it ends before."""
        found: list[NDArray[np.float32]] = []
        for block in read_growing(self._session, start_sample=start_sample, stop=self._ends.is_set):
            found.append(block)
            count -= len(block)
            if count <= 0:
                break
        sound = np.concatenate(found) if found else np.zeros(0, np.float32)
        return sound[: len(sound) + count] if count < 0 else sound


def _give_way() -> None:
    """Let this thread and those that it starts work behind all others. Linux alone has a niceness for each
    thread; elsewhere the system shares its processors out by itself."""
    if sys.platform == "linux":
        with suppress(OSError):
            thread = threading.get_native_id()
            niceness = os.getpriority(os.PRIO_PROCESS, thread) + NICENESS
            os.setpriority(os.PRIO_PROCESS, thread, niceness)
