"""The segmenter with the two things that only live input asks of it; it cuts no differently."""

from __future__ import annotations

from dataclasses import replace

from asr_desktop.recognition.segmenter import SAMPLE_RATE, Segmenter, SegmenterOptions, Utterance


class LiveSegmenter(Segmenter):
    """A Segmenter that tells early how an utterance will end, and whose hangover can be changed."""

    def __init__(self, options: SegmenterOptions | None = None) -> None:
        super().__init__(options)
        self._wanted_tail_ms = self.options.tail_ms

    def set_hangover(self, hangover_ms: float) -> None:
        """From the next chunk on; the tail is shortened with it. Raises SegmenterOptionsError."""
        tail_ms = min(self._wanted_tail_ms, hangover_ms)
        self.options = replace(self.options, hangover_ms=hangover_ms, tail_ms=tail_ms)

    def ending_utterance(self) -> Utterance | None:
        """The open utterance as it will be given if nothing more is said before the hangover has passed.

        It is known as soon as the silence is as long as the utterance's tail, with the default options 300 ms
        before the utterance is given: time in which it can be encoded. None before that.
        """
        if not self._is_open or not self._has_enough_speech():
            return None
        end = self._last_speech_end + round(self.options.tail_ms * SAMPLE_RATE / 1000)
        return self._cut_out(self._start, end) if self._end >= end else None
