"""Live captions from a stream of sound: the same segmenter and recogniser as for a file, and partial results.

    pipeline = LivePipeline(transcriber.recogniser)
    for block in sound:                        # 16 kHz, mono, of any length
        for event in pipeline.accept(block):   # Partial, Final, Lag, Notice
            show(event)
    for event in pipeline.finish(): …          # the rest, after Stop

It has no thread and never waits; the clock is only used to measure how long recognition takes. The finals
do not depend on block sizes or on the speed of the machine: they equal the file's transcript, except for
committed words that are about as probable (see kept_words). On a slow machine, or when sound is waiting,
partial results come less often.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from statistics import median

import numpy as np
from numpy.typing import NDArray

from asr_desktop.recognition.beam_search import Decoder, caption_decoder
from asr_desktop.recognition.fixed_phrases import FixedPhrases
from asr_desktop.recognition.hotwords import Hotword
from asr_desktop.recognition.live_events import (
    CaptionOptions,
    Final,
    Lag,
    LiveEvent,
    LiveNotice,
    LiveOptions,
    Partial,
)
from asr_desktop.recognition.local_agreement import LocalAgreement
from asr_desktop.recognition.recogniser import Recogniser
from asr_desktop.recognition.segmenter import SAMPLE_RATE, SegmenterOptions, Utterance
from asr_desktop.recognition.soft_speech import QuietInput, SoftSpeechSegmenter
from asr_desktop.transcripts.document import Word


class OpenUtterance:
    """The caption of the utterance that is still being spoken: its committed and open words.

    It is recognised repeatedly while it grows. Acoustic models of the wav2vec2 family need the whole input at
    once (group norm takes its statistics over the whole length, attention is bidirectional), so emissions
    cannot be computed incrementally. Recognising the whole utterance each time would cost more with every
    second. So each pass encodes a window: the part that is not committed yet, with enough committed speech
    before it as context. Captions are committed about a second behind the speaker, so the window stays at a
    few seconds however long the utterance becomes.

    recogniser: one whose decoder is fast enough to be asked repeatedly.
    """

    def __init__(self, recogniser: Recogniser, options: CaptionOptions | None = None) -> None:
        self.recogniser = recogniser
        self._options = options or CaptionOptions()
        self._agreement = LocalAgreement(self._options.agreement)
        self.words: tuple[Word, ...] = ()
        self.committed_words = 0

    def listen(self, utterance: Utterance) -> None:
        """Recognise the utterance as far as it is recorded now."""
        start = self._window_start(utterance)
        offset_seconds = start / SAMPLE_RATE
        samples = utterance.samples[start - utterance.start_sample :]
        self._take(self.recogniser.words(samples, offset_seconds), utterance.end_seconds)

    def take(self, log_probs: NDArray[np.float32], utterance: Utterance) -> None:
        """The same, from existing emissions of the whole utterance."""
        words = self.recogniser.decode(log_probs, len(utterance.samples), utterance.start_seconds)
        self._take(words, utterance.end_seconds)

    def _take(self, hypothesis: Sequence[Word], heard_until_seconds: float) -> None:
        agreement = self._agreement.update(hypothesis, heard_until_seconds=heard_until_seconds)
        overdue_before = heard_until_seconds - self._options.longest_window_seconds
        overdue = [word for word in agreement.open if word.start_seconds < overdue_before]
        if overdue:
            # Agreement with itself settles them.
            for words in (overdue, overdue, agreement.open):
                agreement = self._agreement.update(words, heard_until_seconds=heard_until_seconds)
        self.words = agreement.words
        self.committed_words = len(agreement.committed)

    def _window_start(self, utterance: Utterance) -> int:
        """The first sample to encode: the start of a committed word, so that no word is cut."""
        latest = (self._agreement.committed_until_seconds or 0.0) - self._options.left_context_seconds
        starts = [word.start_seconds for word in self._agreement.committed if word.start_seconds <= latest]
        if not starts:
            return utterance.start_sample
        # A little earlier: a word's first sound begins before its first letter is certain.
        return max(utterance.start_sample, round((starts[-1] - 0.1) * SAMPLE_RATE))


DECODE_AHEAD_AFTER_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Resumption:
    """Where to resume in a partly recognised stream: see `live_session.resume`.

    first_sample: the first sample of the stream that will be fed. settled_sample: everything before it has
    been recognised; sound fed from before it only warms up the voice detector. utterances: number so far.
    skipped_samples: an utterance that contains one of these is not recognised: its final has no words.
    ordinary_heard: speech at an ordinary level occurred before, see SoftSpeechSegmenter.
    """

    first_sample: int = 0
    settled_sample: int = 0
    utterances: int = 0
    skipped_samples: tuple[int, ...] = ()
    ordinary_heard: bool = False

    def skips(self, start_seconds: float, end_seconds: float) -> bool:
        """Whether what was cut out there is left out."""
        skipped_seconds = (sample / SAMPLE_RATE for sample in self.skipped_samples)
        return any(start_seconds <= seconds < end_seconds for seconds in skipped_seconds)


class LivePipeline:
    """Turns one stream of sound into events. Every utterance gets one Final, even without words.

    on_begin: called with each stretch of sound before it is passed to the network, to identify the one that
    crashed native code. clock: seconds, to measure how long encoding takes.
    """

    def __init__(
        self,
        recogniser: Recogniser,
        *,
        segmenter_options: SegmenterOptions | None = None,
        options: LiveOptions | None = None,
        resumption: Resumption | None = None,
        on_begin: Callable[[Utterance], None] = lambda utterance: None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self.options = options or LiveOptions()
        self._recogniser = recogniser
        self._captions = _for_captions(recogniser)
        self._phrases = FixedPhrases(self.options.phrases, recogniser.folder.labels)
        self._resumption = resumption or Resumption()
        self._segmenter = SoftSpeechSegmenter(
            segmenter_options, ordinary_heard=self._resumption.ordinary_heard
        )
        self._quiet_input = QuietInput()
        self._on_begin = on_begin
        self._clock = clock
        self._number = self._resumption.utterances + 1  # of the open utterance, or the next
        self._heard_samples = self._resumption.first_sample
        self._reported_lag = 0.0
        self._look_seconds = _Typical()  # what one look at the open utterance takes
        self._real_time_factor = _Typical()  # what a second of an utterance takes to encode
        self._ahead: _EncodedAhead | None = None
        self._ends_soon = False
        self._begin_caption()

    @property
    def heard_seconds(self) -> float:
        """How much of the stream has been heard."""
        return self._heard_samples / SAMPLE_RATE

    def accept(self, block: NDArray[np.float32], *, waiting_seconds: float = 0.0) -> list[LiveEvent]:
        """Process the next samples [n] of the stream, 16 kHz mono; returns the resulting events.

        waiting_seconds: sound that is already recorded and comes in the next blocks.
        """
        events: list[LiveEvent] = self._lag(waiting_seconds)
        self._heard_samples += len(block)
        for utterance in self._segmenter.accept(block):
            events += self._final(utterance)
        ending = self._place(self._segmenter.ending_utterance())
        self._encode_ahead(ending, waiting_seconds)
        if self._is_time_to_look(ending, waiting_seconds):
            self._look()
        return events + self._partial()

    def finish(self) -> list[LiveEvent]:
        """End the stream; returns the last utterance, even if it is cut off."""
        events: list[LiveEvent] = []
        for utterance in self._segmenter.flush():
            events += self._final(utterance)
        return events + self._lag(0.0)

    def set_hotwords(self, hotwords: Iterable[Hotword | str]) -> list[str]:
        """Applies from the next final on; a warning for each that cannot be used. Raises DecoderError."""
        self._ahead = None
        return self._recogniser.decoder.set_hotwords(hotwords)

    def set_decoder(self, decoder: Decoder) -> None:
        """Applies from the next final on; the decoder must be made for the same labels."""
        self._ahead = None
        self._recogniser = Recogniser(self._recogniser.emissions, decoder)
        self._captions = _for_captions(self._recogniser)
        self._caption.recogniser = self._captions

    def set_hangover(self, hangover_ms: float) -> None:
        """Change how much silence ends an utterance. Raises SegmenterOptionsError."""
        self._segmenter.set_hangover(hangover_ms)

    def end_soon(self, from_seconds: float) -> None:
        """The speaker is done at `from_seconds` of the stream: from there on, a short silence ends an
        utterance. One that is silent already is encoded while the rest of the sound is on its way."""
        self._ends_soon = True
        self._segmenter.end_soon(round(from_seconds * SAMPLE_RATE) - self._resumption.first_sample)

    def _begin_caption(self) -> None:
        self._caption = OpenUtterance(self._captions, self.options.caption)
        self._caption_bounds = (0.0, 0.0)
        self._shown: Partial | None = None
        # The first partial result is due as soon as there is sound for one.
        self._looked_at_sample = self._heard_samples - round(self._interval_seconds() * SAMPLE_RATE)

    def _final(self, utterance: Utterance) -> list[LiveEvent]:
        placed = self._place(utterance)
        if placed is None:
            return []
        ahead = self._ahead if self._ahead is not None and self._ahead.is_of(placed) else None
        words = ahead.words if ahead is not None else None
        if self._is_skipped(placed):
            words = []
        elif words is None:
            words = self._decode(self._encode(placed) if ahead is None else ahead.log_probs, placed)
        self._ahead = None
        self._begin_caption()
        final = Final(self._number, tuple(words), placed.start_seconds, placed.end_seconds, placed.gain_db)
        self._number += 1
        quiet = self._quiet_input.heard(placed, has_words=bool(words))
        return [final] if quiet is None else [final, LiveNotice(quiet)]

    def _encode_ahead(self, ending: Utterance | None, waiting_seconds: float) -> None:
        """Encode the utterance in the last part of its hangover, so that its text comes as soon as it ends.

        The samples are those of the final, so the words are the same; if the speaker continues instead, the
        result is used as an ordinary partial.
        """
        if ending is None or self._is_skipped(ending):
            self._ahead = None
            return
        if waiting_seconds > self._interval_seconds():
            return
        if self._ahead is not None and self._ahead.is_of(ending):
            # A little later, because many pauses end here.
            silent_samples = self._heard_samples - self._looked_at_sample
            is_time = self._ends_soon or silent_samples >= DECODE_AHEAD_AFTER_SECONDS * SAMPLE_RATE
            if self._ahead.words is None and is_time:
                self._ahead.words = self._decode(self._ahead.log_probs, ending)
            return
        would_take_seconds = self._real_time_factor.value * ending.duration_seconds
        if would_take_seconds > self.options.longest_ahead_seconds:
            return
        self._ahead = _EncodedAhead(ending.start_sample, ending.end_sample, self._encode(ending))
        self._caption.take(self._ahead.log_probs, ending)
        self._caption_bounds = (ending.start_seconds, ending.end_seconds)
        self._looked_at_sample = self._heard_samples

    def _is_time_to_look(self, ending: Utterance | None, waiting_seconds: float) -> bool:
        if self._ends_soon:
            return False  # the final is about to come, and a look would hold it up
        if ending is not None and self._looked_at_sample >= ending.end_sample:
            return False  # nothing was said since
        interval_seconds = max(self._interval_seconds(), waiting_seconds)
        return self._heard_samples - self._looked_at_sample >= interval_seconds * SAMPLE_RATE

    def _interval_seconds(self) -> float:
        return max(
            self.options.partial_interval_seconds, self._look_seconds.value / self.options.partial_load
        )

    def _look(self) -> None:
        utterance = self._place(self._segmenter.open_utterance())
        if utterance is None or self._is_skipped(utterance):
            return
        if self._caption_bounds[1] and self._caption_bounds[0] != utterance.start_seconds:
            # Soft speech became ordinary speech; the caption shown so far is replaced.
            shown = self._shown
            self._begin_caption()
            self._shown = shown
        self._on_begin(utterance)
        began = self._clock()
        self._caption.listen(utterance)
        self._look_seconds.add(self._clock() - began)
        self._caption_bounds = (utterance.start_seconds, utterance.end_seconds)
        self._looked_at_sample = self._heard_samples

    def _partial(self) -> list[LiveEvent]:
        """The caption, if it has changed since it was last shown."""
        words, committed = self._caption.words, self._caption.committed_words
        shown_words = [word.text for word in self._shown.words] if self._shown else []
        shown_committed = self._shown.committed_words if self._shown else 0
        if [word.text for word in words] == shown_words and committed == shown_committed:
            return []
        self._shown = Partial(self._number, words, committed, *self._caption_bounds)
        return [self._shown]

    def _decode(self, log_probs: NDArray[np.float32], utterance: Utterance) -> list[Word]:
        better, committed = self.options.clearly_better, self._caption.words[: self._caption.committed_words]
        words = self._recogniser.decode(
            log_probs,
            len(utterance.samples),
            utterance.start_seconds,
            [word.text for word in committed] if better else (),
            better,
        )
        if not self._phrases:
            return words
        timing = self._recogniser.folder.frame_timing
        return self._phrases.put_in(words, log_probs, timing, utterance.start_seconds)

    def _encode(self, utterance: Utterance) -> NDArray[np.float32]:
        self._on_begin(utterance)
        began = self._clock()
        log_probs = self._recogniser.emissions(utterance.samples)
        self._real_time_factor.add((self._clock() - began) / utterance.duration_seconds)
        return log_probs

    def _lag(self, waiting_seconds: float) -> list[LiveEvent]:
        """A Lag event when the delay becomes noticeable, changes noticeably, or ends."""
        threshold = self.options.lag_seconds
        lag = waiting_seconds if waiting_seconds >= threshold else 0.0
        is_over = lag == 0.0 and self._reported_lag > 0.0 and waiting_seconds < threshold / 2
        noticeable = max(0.5, 0.2 * self._reported_lag)
        if is_over or (lag > 0.0 and abs(lag - self._reported_lag) >= noticeable):
            self._reported_lag = lag
            return [Lag(lag)]
        return []

    def _is_skipped(self, utterance: Utterance) -> bool:
        return self._resumption.skips(utterance.start_seconds, utterance.end_seconds)

    def _place(self, utterance: Utterance | None) -> Utterance | None:
        """The utterance in the stream's time, without its settled part; None if nothing is left."""
        if utterance is None:
            return None
        settled = self._resumption.settled_sample
        placed = replace(utterance, start_sample=utterance.start_sample + self._resumption.first_sample)
        if placed.start_sample >= settled:
            return placed
        # After a warm-up the detector may end an utterance a chunk or two later than it did at first.
        if placed.end_sample <= settled + round(0.3 * SAMPLE_RATE):
            return None
        return replace(placed, start_sample=settled, samples=placed.samples[settled - placed.start_sample :])


def _for_captions(recogniser: Recogniser) -> Recogniser:
    return Recogniser(recogniser.emissions, caption_decoder(recogniser.decoder, recogniser.folder.labels))


@dataclass(eq=False, slots=True)
class _EncodedAhead:
    """Emissions, and later words, of an utterance whose trailing silence is not complete yet."""

    start_sample: int
    end_sample: int
    log_probs: NDArray[np.float32]
    words: list[Word] | None = None

    def is_of(self, utterance: Utterance) -> bool:
        return (self.start_sample, self.end_sample) == (utterance.start_sample, utterance.end_sample)


class _Typical:
    """The median of the last three values, so that a single delay has no effect."""

    def __init__(self) -> None:
        self._values: deque[float] = deque(maxlen=3)

    @property
    def value(self) -> float:
        """0 before there was any."""
        return median(self._values) if self._values else 0.0

    def add(self, value: float) -> None:
        self._values.append(value)
