"""How live captions divide a machine's time: plain frozen data, ready for a pipe."""

from __future__ import annotations

from dataclasses import dataclass, field

from asr_desktop.recognition.local_agreement import CLEARLY_BETTER, AgreementOptions


@dataclass(frozen=True, slots=True)
class CaptionOptions:
    """left_context_seconds: committed speech that is encoded again before the first open word.
    longest_window_seconds: what is open for longer than this is committed as it stands, so that one word on
        which no two hypotheses agree cannot make the window grow.
    """

    left_context_seconds: float = 1.5
    longest_window_seconds: float = 8.0
    agreement: AgreementOptions = field(default_factory=AgreementOptions)


@dataclass(frozen=True, slots=True)
class LiveOptions:
    """partial_interval_seconds: how often the open utterance is looked at, in seconds of sound, if all goes
    well.
    partial_load: the share of the time that partial results may take; when one look takes longer than its
        share of the interval, the interval stretches.
    longest_ahead_seconds: an utterance that will take longer to encode than this is not encoded ahead of its
        end, because it would hold up the captions if the speaker goes on. A base-size network on a busy core
        gave its finals within 904 ms (95 %) at 1.2 and 1174 ms at 0.6, the captions being as old with either.
    lag_seconds: sound waiting for longer than this is reported.
    clearly_better: by how much (a natural logarithm) a text has to be more probable to take the place of
        words that were committed (see kept_words); 0 makes the finals those of a file's transcript.
    """

    partial_interval_seconds: float = 0.3
    partial_load: float = 0.5
    longest_ahead_seconds: float = 1.2
    lag_seconds: float = 1.0
    clearly_better: float = CLEARLY_BETTER
    caption: CaptionOptions = field(default_factory=CaptionOptions)
