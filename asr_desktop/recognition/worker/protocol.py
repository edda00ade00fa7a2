"""What the program and its recogniser process say to one another. docs/worker-protocol.md tells the story.

Commands go to the process's standard input, events come from its standard output, a line of JSON each
(`base/json_messages`). One job at a time: its events all carry its number, and one of them is its end.

Positions are samples at 16 kHz from the beginning of the file or session, times are seconds of the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import get_args

from asr_desktop import DEFAULT_MODEL
from asr_desktop.base.json_messages import Codec
from asr_desktop.base.typed_data import Shape
from asr_desktop.recognition.beam_search_options import BeamSearchOptions
from asr_desktop.recognition.hotwords import Hotword
from asr_desktop.recognition.live_events import LiveCommand, LiveEvent, LiveOptions
from asr_desktop.recognition.segmenter import SegmenterOptions
from asr_desktop.speakers.turns import KnownSpeaker, SpeakerCount, Turn
from asr_desktop.transcripts.document import Word
from asr_desktop.transcripts.word_json import word_from_json, word_to_json
from asr_desktop.writing.options import WritingOptions

PROTOCOL_VERSION = 6
"""Raised when either side would misunderstand the other's former version."""


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """A model and how to use it; the fields are the arguments of `file_pipeline.Transcriber`."""

    model: str = DEFAULT_MODEL
    decoder: str = "beam"
    language_model: str | None = None
    hotwords: tuple[Hotword, ...] = ()
    decoder_options: BeamSearchOptions = field(default_factory=BeamSearchOptions)
    segmenter_options: SegmenterOptions = field(default_factory=SegmenterOptions)
    providers: tuple[str, ...] | None = None
    threads: int | None = None
    writing: WritingOptions = field(default_factory=WritingOptions)


@dataclass(frozen=True, slots=True)
class Resume:
    """Where a process that died is taken over.

    after_sample: what ends at or before it is finished, and known to whoever asked. A file is segmented again
        from its beginning, so that the segmenter is where it was, but this part is not recognised again. A
        session goes on where its transcript on the disk ends, and tells what of that came after this sample.
    next_number: of a file's first utterance that is not finished.
    skipped_samples: starts of a file's utterances over which the process crashed twice; they are left out.
        Of a session, samples a little after their starts, because those may shift by a few chunks.
    one_by_one: no utterances together, so that it is known over which of them a process dies.
    """

    after_sample: int = 0
    next_number: int = 1
    skipped_samples: tuple[int, ...] = ()
    one_by_one: bool = False


# Commands


@dataclass(frozen=True, slots=True)
class LoadModel:
    """Have the model ready for the next job."""

    job: int
    choice: ModelChoice


@dataclass(frozen=True, slots=True)
class TranscribeFile:
    """Recognise a finished file."""

    job: int
    choice: ModelChoice
    path: str
    track: int | None = None
    """Of a video, from 1; None is the file's default one."""
    if_several: bool = False
    """Whether `track` only holds for files with several tracks; all others are heard as they are."""
    resume: Resume = field(default_factory=Resume)
    speakers: SpeakerCount | None = None
    """Tell so many speakers apart; None does not."""


@dataclass(frozen=True, slots=True)
class Listen:
    """Recognise a session's folder while it is being recorded, until the recording ends or Stop."""

    job: int
    choice: ModelChoice
    session: str
    options: LiveOptions = field(default_factory=LiveOptions)
    resume: Resume = field(default_factory=Resume)


@dataclass(frozen=True, slots=True)
class DescribeVoice:
    """The voiceprint of who speaks in some stretches of a file, to know that voice again."""

    job: int
    path: str
    stretches: tuple[Stretch, ...]
    track: int | None = None


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a file, in seconds."""

    start_seconds: float
    end_seconds: float


@dataclass(frozen=True, slots=True)
class ComputeEmissions:
    """The acoustic model's log-probabilities for some sound, to hold it against a text; `samples` are mono at
    16 kHz, as `process_emissions.packed` writes them."""

    job: int
    choice: ModelChoice
    samples: str


@dataclass(frozen=True, slots=True)
class LookAgain:
    """A question about a stretch of a file that has a text already, see `realignment.SecondLook`."""

    job: int
    choice: ModelChoice
    path: str
    start_seconds: float
    end_seconds: float
    question: Question


@dataclass(frozen=True, slots=True)
class Realign:
    """Where are the touched ones of these words?"""

    words: tuple[Word, ...]
    touched: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class FindAlternatives:
    """What else may the word at `index` of these be?"""

    texts: tuple[str, ...]
    index: int


@dataclass(frozen=True, slots=True)
class FindReadings:
    """What may all of it say?"""


Question = Realign | FindAlternatives | FindReadings


@dataclass(frozen=True, slots=True)
class Tell:
    """While listening: other hotwords, another decoder or hangover, as `live_events` has them."""

    job: int
    command: LiveCommand


@dataclass(frozen=True, slots=True)
class Stop:
    """While listening: recognise what has been recorded until now, then end the job."""

    job: int


@dataclass(frozen=True, slots=True)
class Cancel:
    """End the job at once: before the next utterance of a file; what was said is not drained."""

    job: int


JobCommand = LoadModel | TranscribeFile | Listen | DescribeVoice | ComputeEmissions | LookAgain
Command = JobCommand | Tell | Stop | Cancel


# Events


@dataclass(frozen=True, slots=True)
class Ready:
    """The first event of every process."""

    version: int
    process_id: int


@dataclass(frozen=True, slots=True)
class ModelReady:
    """The model is loaded (or was still); warnings are sentences about what it does without."""

    job: int
    name: str
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FileProgress:
    """As `file_pipeline.Progress`; remaining_seconds and total_seconds are None where nobody knows."""

    job: int
    done_seconds: float
    total_seconds: float | None
    elapsed_seconds: float
    remaining_seconds: float | None


@dataclass(frozen=True, slots=True)
class UtteranceBegun:
    """The acoustic model now gets this utterance, or what is spoken of it so far; if the process dies before
    UtteranceDone (files) or the Final (live), it was this."""

    job: int
    start_sample: int
    end_sample: int


@dataclass(frozen=True, slots=True)
class UtteranceDone:
    """An utterance's final words, perhaps none. Numbers go up by one from 1, over restarts too."""

    job: int
    number: int
    start_sample: int
    end_sample: int
    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class UtteranceRewritten:
    """The last UtteranceDone once more, with another mark at its end: what was said after it shows whether
    its sentence goes on."""

    job: int
    number: int
    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class SpeakersFound:
    """Before FileDone, where they were asked for: who speaks when, and whose voices are remembered."""

    job: int
    turns: tuple[Turn, ...]
    names: tuple[KnownSpeaker, ...]


@dataclass(frozen=True, slots=True)
class VoiceDescribed:
    """The end of DescribeVoice: a vector of length 1, and of how much speech it was made."""

    job: int
    voiceprint: tuple[float, ...]
    heard_seconds: float


@dataclass(frozen=True, slots=True)
class EmissionsComputed:
    """The end of ComputeEmissions: natural-log probabilities [frames, labels], packed as its samples are."""

    job: int
    labels: int
    values: str


@dataclass(frozen=True, slots=True)
class Realigned:
    """The words with the touched ones where they are heard."""

    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class AlternativesFound:
    """Other texts, the most probable first; "" is to leave the word out."""

    texts: tuple[str, ...]
    probabilities: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class ReadingsFound:
    """Texts in spoken form, the most probable first."""

    texts: tuple[str, ...]


Answer = Realigned | AlternativesFound | ReadingsFound


@dataclass(frozen=True, slots=True)
class LookedAgain:
    """The end of LookAgain."""

    job: int
    answer: Answer


@dataclass(frozen=True, slots=True)
class FileDone:
    """The end of the file; warnings tell what was wrong with it without keeping it from being read."""

    job: int
    duration_seconds: float
    model: str
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LiveSaid:
    """An event of live recognition, see `live_events`; Stopped is the end of the job."""

    job: int
    event: LiveEvent


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The end of a job that was cancelled."""

    job: int


@dataclass(frozen=True, slots=True)
class Failed:
    """The end of a job that could not be done: the class of the error (in `base.errors`) and its sentence."""

    job: int
    kind: str
    message: str


# Events of the client itself, about what happens to the process


@dataclass(frozen=True, slots=True)
class Restarted:
    """The process died and another takes over; `message` is a sentence for the user. Partial results of the
    open utterance are taken back."""

    job: int
    message: str


@dataclass(frozen=True, slots=True)
class UtteranceSkipped:
    """The process crashed twice over this utterance, so its text is left out; `message` says so. Live,
    end_sample is how far it was spoken at that time; it is left out as a whole."""

    job: int
    start_sample: int
    end_sample: int
    message: str


@dataclass(frozen=True, slots=True)
class Released:
    """The process had nothing to do for so long that it was ended; the next job starts another."""


Event = (
    Ready
    | ModelReady
    | FileProgress
    | UtteranceBegun
    | UtteranceDone
    | UtteranceRewritten
    | SpeakersFound
    | VoiceDescribed
    | EmissionsComputed
    | LookedAgain
    | FileDone
    | LiveSaid
    | Cancelled
    | Failed
    | Restarted
    | UtteranceSkipped
    | Released
)

_WORDS = {Word: Shape(word_to_json, word_from_json)}

COMMANDS = Codec(get_args(Command), unions=[LiveCommand, Question], shapes=_WORDS)
EVENTS = Codec(get_args(Event), unions=[LiveEvent, Answer], shapes=_WORDS)
