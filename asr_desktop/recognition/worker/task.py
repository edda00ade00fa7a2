"""A job of the recogniser's process, and all that another process has to know to go on with it.

Text that is final is not made again. What a process crashes over twice is left out, and a job over which
processes die again and again is given up.
"""

from __future__ import annotations

import time
from collections import Counter, deque
from dataclasses import dataclass, field, replace

from asr_desktop.base.sentences import Sentence
from asr_desktop.recognition.live_events import Final
from asr_desktop.recognition.segmenter import SAMPLE_RATE
from asr_desktop.recognition.worker.handles import Job, Tellable
from asr_desktop.recognition.worker.protocol import (
    Cancel,
    Event,
    JobCommand,
    Listen,
    LiveSaid,
    Resume,
    Tell,
    TranscribeFile,
    UtteranceBegun,
    UtteranceDone,
    UtteranceSkipped,
)

RESTARTS = 4
RESTARTS_WINDOW_SECONDS = 600.0
CRASHES_OF_AN_UTTERANCE = 2
# A voice detector that was warmed up may place the beginning of an utterance a few chunks from where it was.
LIVE_SHIFT_SAMPLES = SAMPLE_RATE // 2


@dataclass(eq=False)
class Task:
    """A job and how far it has come."""

    job: Job
    command: JobCommand
    resume: Resume = field(default_factory=Resume)
    told: list[Tellable] = field(default_factory=list)
    is_cancelled: bool = False
    _begun: UtteranceBegun | None = None
    _deaths: deque[float] = field(default_factory=deque)
    _crashes_at: Counter[int] = field(default_factory=Counter)

    @property
    def number(self) -> int:
        return self.job.number

    def command_now(self) -> JobCommand:
        """The job as it has to be given to a process from here on."""
        if not isinstance(self.command, TranscribeFile | Listen):
            return self.command
        return replace(self.command, resume=self.resume)

    def remember(self, told: Tellable) -> None:
        """For a process that takes over: the last of each kind counts."""
        self.is_cancelled = self.is_cancelled or isinstance(told, Cancel)
        self.told = [former for former in self.told if _kind(former) != _kind(told)] + [told]

    def notice(self, event: Event) -> None:
        """How far the process has come."""
        match event:
            case UtteranceBegun():
                self._begun = event
            case UtteranceDone(number=number, end_sample=end_sample):
                self._begun = None
                self.resume = replace(self.resume, after_sample=end_sample, next_number=number + 1)
                if event.start_sample not in self.resume.skipped_samples:
                    self._deaths.clear()
            case LiveSaid(event=Final(start_seconds=start_seconds, end_seconds=end_seconds)):
                self._begun = None
                self.resume = replace(self.resume, after_sample=round(end_seconds * SAMPLE_RATE))
                skipped_seconds = [sample / SAMPLE_RATE for sample in self.resume.skipped_samples]
                if not any(start_seconds <= seconds < end_seconds for seconds in skipped_seconds):
                    self._deaths.clear()

    def count_death(self, has_crashed: bool) -> UtteranceSkipped | None:
        """Note that a process died over this job; what makes it crash is left out from now on."""
        self._deaths.append(time.monotonic())
        self.resume = replace(self.resume, one_by_one=True)
        begun, self._begun = self._begun, None
        if begun is None or not has_crashed:
            return None
        place = self._place_of(begun)
        self._crashes_at[place] += 1
        if self._crashes_at[place] < CRASHES_OF_AN_UTTERANCE:
            return None
        start, end = (sample / SAMPLE_RATE for sample in (begun.start_sample, begun.end_sample))
        is_live = isinstance(self.command, Listen)
        inside = min(LIVE_SHIFT_SAMPLES, begun.end_sample - begun.start_sample) // 2 if is_live else 0
        skipped = (*self.resume.skipped_samples, begun.start_sample + inside)
        self.resume = replace(self.resume, skipped_samples=skipped)
        where = (
            Sentence("from {start:.1f} s to the next pause", start=start)
            if is_live
            else Sentence("between {start:.1f} and {end:.1f} s", start=start, end=end)
        )
        sentence = Sentence(
            "Speech {where} could not be transcribed and was left out: the recogniser crashed on it "
            "{times} times.",
            where=where,
            times=CRASHES_OF_AN_UTTERANCE,
        )
        return UtteranceSkipped(self.number, begun.start_sample, begun.end_sample, sentence)

    def _place_of(self, begun: UtteranceBegun) -> int:
        """Where it begins, or began for the process before."""
        tolerance = LIVE_SHIFT_SAMPLES if isinstance(self.command, Listen) else 0
        near = (place for place in self._crashes_at if abs(place - begun.start_sample) <= tolerance)
        return next(near, begun.start_sample)

    def has_died_too_often(self) -> bool:
        """Without getting on in between, and in a short time."""
        oldest = time.monotonic() - RESTARTS_WINDOW_SECONDS
        while self._deaths and self._deaths[0] < oldest:
            self._deaths.popleft()
        return len(self._deaths) > RESTARTS


def _kind(told: Tellable) -> type:
    return type(told.command) if isinstance(told, Tell) else type(told)
