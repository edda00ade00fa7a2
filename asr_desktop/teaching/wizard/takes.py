"""Takes of a sentence: cut out of a running recording, and checked.

The recorder writes to the disk all the time; a take is a stretch of it. So nothing that is said can be lost,
the device stays warm between sentences, and a take begins a little before the moment at which somebody said
"now", where the first consonant hides.

Is a take loud enough, whole, clean, and does it say what it should? A problem is a sentence that says what
to do. Those that would teach mistakes (`spoils`) make a take one to read again; the others are for the person
to judge.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from asr_desktop.audio.recorder import Recorder, RecorderState
from asr_desktop.audio.tail import read_growing
from asr_desktop.base.errors import RecordingError
from asr_desktop.base.sentences import Sentence
from asr_desktop.teaching.check.findings import CheckLimits
from asr_desktop.teaching.check.sound_measures import SoundMeasures, measure
from asr_desktop.teaching.listening import Heard, Listener

SAMPLE_RATE = 16_000
BEFORE_SECONDS = 0.15
AFTER_SECONDS = 0.35
"""What was said when somebody stopped the take is still on its way through the sound system."""
_LOOKS_EVERY_SECONDS = 0.03
_PATIENCE_SECONDS = 5.0


class TakeRecorder:
    """Marks takes in what `recorder` records; the recorder is started, and stopped, by whoever made it."""

    def __init__(self, recorder: Recorder, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._recorder = recorder
        self._clock = clock
        self._from_seconds: float | None = None
        self._last_end_seconds = 0.0

    @property
    def is_recording(self) -> bool:
        """Whether a take has begun and not ended."""
        return self._from_seconds is not None

    def begin(self) -> None:
        """A take begins now.

        Raises RecordingError while the device is not ready.
        """
        if not self._recorder.wait_until_listening(_PATIENCE_SECONDS):
            raise RecordingError(
                Sentence("No sound comes from the microphone yet: wait a moment, or choose another one.")
            )
        self._from_seconds = max(self._last_end_seconds, self._heard_seconds() - BEFORE_SECONDS)

    def end(self) -> NDArray[np.float32]:
        """The take that ends now: mono samples at 16 kHz, shape [n]. Waits until they are on the disk.

        Raises RecordingError where no take was begun, or the microphone has fallen silent.
        """
        if self._from_seconds is None:
            raise RecordingError(Sentence("No recording was started: start one first."))
        start, self._from_seconds = self._from_seconds, None
        end = self._heard_seconds() + AFTER_SECONDS
        deadline = self._clock() + _PATIENCE_SECONDS
        while self._recorder.recorded_seconds < end:
            if self._recorder.state is RecorderState.STOPPED or self._clock() > deadline:
                raise RecordingError(
                    Sentence("The microphone stopped sending sound: plug it in and read the sentence again.")
                )
            time.sleep(_LOOKS_EVERY_SECONDS)
        self._last_end_seconds = end
        return self._read(start, end)

    def cancel(self) -> None:
        """The take that was begun is none."""
        self._from_seconds = None

    def _heard_seconds(self) -> float:
        return self._recorder.recorded_seconds + self._recorder.waiting_seconds

    def _read(self, start_seconds: float, end_seconds: float) -> NDArray[np.float32]:
        first, wanted = round(start_seconds * SAMPLE_RATE), round((end_seconds - start_seconds) * SAMPLE_RATE)
        blocks: list[NDArray[np.float32]] = []
        taken = 0
        deadline = self._clock() + _PATIENCE_SECONDS
        for block in read_growing(
            self._recorder.session, start_sample=first, stop=lambda: self._clock() > deadline
        ):
            blocks.append(block)
            taken += len(block)
            if taken >= wanted:
                break
        if not blocks:
            raise RecordingError(Sentence("The recording could not be read back: read the sentence again."))
        return np.concatenate(blocks)[:wanted]


TOO_SHORT, SILENT, CLIPPED, QUIET, NOISY = "too-short", "silent", "clipped", "quiet", "noisy"
CUT_START, CUT_END, OTHER_WORDS, MISSING_WORD = "cut-start", "cut-end", "other-words", "missing-word"

_SPOILING_CLIPPED_SHARE = 0.005
_OTHER_WORDS_SHORTFALL = 2.5
"""Nats a letter: half way, in the logarithm, between true transcripts and those of other sentences."""
_MISSING_WORD_SHORTFALL = 5.0
"""Nats a letter. Of 1083 words that voices unknown to the model said, 0.2 % are above it (as with 4 and 6),
and of words that were put into true transcripts 95 % (`python -m benchmarks.check_limits --words`)."""
_MISSING_WORD_LETTERS = 3


@dataclass(frozen=True, slots=True)
class Problem:
    """name: one of the constants above. sentence: what is wrong and what to do. spoils: not to be kept."""

    name: str
    sentence: str
    spoils: bool


@dataclass(frozen=True, slots=True)
class TakeCheck:
    """heard: None where no model listened. letter_errors of `heard` fall as the model learns the voice."""

    prompt: str
    measures: SoundMeasures
    heard: Heard | None
    problems: tuple[Problem, ...]

    @property
    def is_good(self) -> bool:
        """Whether it can be trained on."""
        return not any(problem.spoils for problem in self.problems)


def check_take(
    samples: NDArray[np.float32], prompt: str, listener: Listener | None, limits: CheckLimits | None = None
) -> TakeCheck:
    """Check a take: mono samples at 16 kHz, shape [n]. Without a listener the words are not checked."""
    limits = limits or CheckLimits()
    measures = measure(samples)
    problems = list(_sound_problems(measures, prompt, limits))
    heard = None
    if listener is not None and not any(problem.name in (TOO_SHORT, SILENT) for problem in problems):
        heard = listener.hear(samples, prompt)
        problems += _word_problems(heard)
    return TakeCheck(prompt, measures, heard, tuple(problems))


def _sound_problems(measures: SoundMeasures, prompt: str, limits: CheckLimits) -> Iterator[Problem]:
    letters = sum(character.isalpha() for character in prompt)
    if measures.seconds < max(limits.least_seconds, letters / limits.most_letters_per_second):
        yield Problem(TOO_SHORT, "The recording is too short for the sentence: read all of it.", True)
        return
    if measures.speech_dbfs < limits.silent_dbfs:
        yield Problem(SILENT, "Nothing was heard: check that the microphone is on and selected.", True)
        return
    if measures.clipped_share > 0:
        spoils = measures.clipped_share > _SPOILING_CLIPPED_SHARE
        yield Problem(CLIPPED, "It is too loud: turn the microphone down or move further away.", spoils)
    if measures.speech_dbfs < limits.quiet_dbfs:
        yield Problem(QUIET, "It is very quiet: move closer to the microphone or turn it up.", False)
    if measures.signal_to_noise_db < limits.least_signal_to_noise_db:
        yield Problem(
            NOISY, "There is a lot of noise: close the window, or move closer to the microphone.", False
        )
    if measures.is_cut_at_start:
        yield Problem(CUT_START, "The beginning is cut off: wait a moment before you read.", True)
    if measures.is_cut_at_end:
        yield Problem(CUT_END, "The end is cut off: wait a moment before you stop.", True)


def _word_problems(heard: Heard) -> Iterator[Problem]:
    if not heard.fits or heard.shortfall > _OTHER_WORDS_SHORTFALL:
        yield Problem(
            OTHER_WORDS, "That did not sound like the sentence: read it again, word for word.", True
        )
        return
    missing = [
        word.text.strip('.,;:!?“”"()')
        for word in heard.words
        if word.shortfall > _MISSING_WORD_SHORTFALL and len(word.letters) >= _MISSING_WORD_LETTERS
    ]
    if missing:
        named = " and ".join(f"“{word}”" for word in missing[:3])
        yield Problem(MISSING_WORD, f"Check that you said {named} as written.", False)
