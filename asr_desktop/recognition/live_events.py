"""Events and commands of live recognition: frozen dataclasses that fit into a pipe or a line of JSON.

All times are seconds of recorded sound since the session's first sample.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from asr_desktop.recognition.beam_search_options import BeamSearchOptions
from asr_desktop.recognition.hotwords import Hotword
from asr_desktop.recognition.local_agreement import CLEARLY_BETTER, AgreementOptions
from asr_desktop.speakers.turns import SpeakerCount
from asr_desktop.transcripts.document import TIME_DECIMALS, Word
from asr_desktop.transcripts.phrases import join_words
from asr_desktop.transcripts.word_json import word_to_json

PAUSE_SECONDS = 0.35
"""What counts as a pause inside an utterance. Between words of a sentence read aloud nine gaps in ten are
shorter than 0.1 s, at a comma they are about 0.3 s (docs/measurements.md)."""

# How live captions divide a machine's time


@dataclass(frozen=True, slots=True)
class CaptionOptions:
    """left_context_seconds: committed speech that is encoded again before the first open word.
    longest_window_seconds: text that stays open longer than this is committed as it is, so that a word on
        which no two hypotheses agree cannot make the window grow.
    """

    left_context_seconds: float = 4.0
    longest_window_seconds: float = 8.0
    agreement: AgreementOptions = field(default_factory=AgreementOptions)


@dataclass(frozen=True, slots=True)
class LiveOptions:
    """partial_interval_seconds: interval between partial results, in seconds of sound, on a fast machine.
    partial_load: share of the time that partial results may take; when one takes longer than its share of
        the interval, the interval grows.
    longest_ahead_seconds: an utterance that takes longer to encode than this is not encoded before its end,
        because that would delay the captions if the speaker continues. With a base-size network on a busy
        core, 95 % of finals came within 904 ms at 1.2 and 1174 ms at 0.6; captions were as old with either.
    lag_seconds: a delay of the recognition longer than this is reported.
    phrases: what is expected where something is said on its own, such as spoken commands (see fixed_phrases).
    clearly_better: how much more probable (natural logarithm) a text must be to replace committed words (see
        kept_words); 0 makes the finals equal to a file's transcript.
    speakers: tell so many speakers apart; None does not.
    """

    partial_interval_seconds: float = 0.3
    partial_load: float = 0.5
    longest_ahead_seconds: float = 1.2
    lag_seconds: float = 1.0
    clearly_better: float = CLEARLY_BETTER
    phrases: tuple[str, ...] = ()
    speakers: SpeakerCount | None = None
    caption: CaptionOptions = field(default_factory=CaptionOptions)


@dataclass(frozen=True, slots=True)
class Listening:
    """The device delivers sound: words spoken from now on are recorded completely."""

    device: str
    session: str
    """The folder in which the sound is kept."""


@dataclass(frozen=True, slots=True)
class Partial:
    """The text so far of an utterance that is still being spoken.

    The first `committed_words` of `words` do not change before the utterance's Final. Utterances are
    numbered from 1. `end_seconds` is the end of the sound recognised so far.
    """

    utterance: int
    words: tuple[Word, ...]
    committed_words: int
    start_seconds: float
    end_seconds: float

    @property
    def text(self) -> str:
        return join_words(word.text for word in self.words)

    @property
    def committed_text(self) -> str:
        return join_words(word.text for word in self.words[: self.committed_words])


@dataclass(frozen=True, slots=True)
class Final:
    """The final text of an utterance: that of a file's transcript, or the caption's where it is about as
    probable. `start_seconds` and `end_seconds` are its place in the recording; `gain_db` is the gain applied
    to soft sound.

    Every utterance gets one. A Final without words withdraws the partial results: the sound was not speech,
    or could not be recognised.
    """

    utterance: int
    words: tuple[Word, ...]
    start_seconds: float
    end_seconds: float
    gain_db: float = 0.0

    @property
    def text(self) -> str:
        return join_words(word.text for word in self.words)


@dataclass(frozen=True, slots=True)
class Rewritten:
    """Replaces the last Final: the same spoken words with different punctuation at the end, because later
    speech shows that the sentence continues, or has ended. Fields as in Final."""

    utterance: int
    words: tuple[Word, ...]
    start_seconds: float
    end_seconds: float

    @property
    def text(self) -> str:
        return join_words(word.text for word in self.words)


@dataclass(frozen=True, slots=True)
class SpeakersHeard:
    """Who says each word of a Final ("Speaker 2", or the name of a voice that is remembered), where it was
    asked for. It comes a moment after the Final, and again where more is known: at the end of the recording
    all are gone over once more."""

    utterance: int
    speakers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lag:
    """Recognition is `seconds` behind the recorded sound; 0 when it has caught up."""

    seconds: float


@dataclass(frozen=True, slots=True)
class LiveNotice:
    """A message for the user, in one sentence ("warning" in JSON)."""

    sentence: str


@dataclass(frozen=True, slots=True)
class Stopped:
    """The last event. `is_complete`: everything that was recorded has been recognised."""

    sound_seconds: float
    is_complete: bool
    session: str


LiveEvent = Listening | Partial | Final | Rewritten | SpeakersHeard | Lag | LiveNotice | Stopped


@dataclass(frozen=True, slots=True)
class SetHotwords:
    """Use these hotwords from the next Final on."""

    hotwords: tuple[Hotword, ...]


@dataclass(frozen=True, slots=True)
class SetDecoder:
    """Use another decoder for the finals; arguments as in `beam_search.make_decoder`."""

    decoder: str = "beam"
    language_model: str | None = None
    hotwords: tuple[Hotword, ...] = ()
    decoder_options: BeamSearchOptions = field(default_factory=BeamSearchOptions)


@dataclass(frozen=True, slots=True)
class SetHangover:
    """Change how much silence ends an utterance."""

    hangover_ms: float


@dataclass(frozen=True, slots=True)
class EndSoon:
    """The speaker has let go of the key: once the stream is heard up to `from_seconds`, the open utterance
    ends with the next short silence instead of a whole hangover. Recording may go on."""

    from_seconds: float


LiveCommand = SetHotwords | SetDecoder | SetHangover | EndSoon


def event_fields(event: LiveEvent, now: datetime | None = None) -> dict[str, Any]:
    """The event as `asr-desktop live --json` prints it.

    Every object has the same eight keys: type, utterance, text, committed, start, end, words, time (of the
    speech, ISO 8601 in UTC). `committed` is the prefix of the text that no longer changes. Some events have
    further keys: seconds (lag), gain_db (soft speech), speakers (a name for each word), device, session,
    complete.
    """
    fields: dict[str, Any] = {
        "type": "",
        "utterance": None,
        "text": "",
        "committed": "",
        "start": None,
        "end": None,
        "words": [],
        "time": (now or datetime.now(UTC)).isoformat(timespec="milliseconds"),
    }
    match event:
        case Partial():
            said = _said(event.utterance, event.words, event.start_seconds, event.end_seconds)
            fields |= {"type": "partial", **said, "committed": event.committed_text}
        case Final():
            said = _said(event.utterance, event.words, event.start_seconds, event.end_seconds)
            fields |= {"type": "final", **said, "committed": event.text}
            if event.gain_db:
                fields["gain_db"] = round(event.gain_db, 1)
        case Rewritten():
            said = _said(event.utterance, event.words, event.start_seconds, event.end_seconds)
            fields |= {"type": "rewritten", **said, "committed": event.text}
        case SpeakersHeard():
            fields |= {"type": "speakers", "utterance": event.utterance, "speakers": list(event.speakers)}
        case Listening():
            fields |= {"type": "listening", "device": event.device, "session": event.session}
        case Lag():
            fields |= {"type": "lag", "seconds": round(event.seconds, 2)}
        case LiveNotice():
            fields |= {"type": "warning", "text": event.sentence}
        case Stopped():
            fields |= {
                "type": "stopped",
                "end": _rounded(event.sound_seconds),
                "complete": event.is_complete,
                "session": event.session,
            }
    return fields


def _said(utterance: int, words: Sequence[Word], start: float, end: float) -> dict[str, Any]:
    return {
        "utterance": utterance,
        "text": join_words(word.text for word in words),
        "start": _rounded(start),
        "end": _rounded(end),
        "words": [word_to_json(word) for word in words],
    }


def _rounded(seconds: float) -> float:
    """To a fraction of a sample: what is read back means the same sample."""
    return round(seconds, TIME_DECIMALS)
