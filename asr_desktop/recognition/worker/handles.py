"""What a program holds in its hand while the recogniser's process works for it."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

from asr_desktop.base import errors
from asr_desktop.base.errors import CancelledError, WorkerError
from asr_desktop.base.sentences import Sentence
from asr_desktop.recognition.beam_search_options import BeamSearchOptions
from asr_desktop.recognition.hotwords import Hotword, parsed_hotwords
from asr_desktop.recognition.live_events import (
    EndSoon,
    Final,
    LiveCommand,
    Rewritten,
    SetDecoder,
    SetHangover,
    SetHotwords,
    Stopped,
)
from asr_desktop.recognition.worker.protocol import (
    Answer,
    Cancel,
    Cancelled,
    EmissionsComputed,
    Event,
    Failed,
    FileDone,
    LiveSaid,
    LookedAgain,
    ModelReady,
    SpeakersFound,
    Stop,
    Tell,
    UtteranceDone,
    UtteranceRewritten,
    VoiceDescribed,
)
from asr_desktop.speakers.assignment import assign_speakers
from asr_desktop.speakers.turns import FoundSpeakers
from asr_desktop.transcripts.document import Transcript, Word, segments_for_reading, writable_text

Tellable = Tell | Stop | Cancel


class Job:
    """A job that was given to a RecogniserProcess. All methods may be called from any thread."""

    def __init__(self, number: int, tell: Callable[[Tellable], None]) -> None:
        self.number = number
        self._tell = tell
        self._events: queue.SimpleQueue[Event | None] = queue.SimpleQueue()
        self._ended = threading.Event()
        self._last: Event | None = None

    def events(self) -> Iterator[Event]:
        """Every event of the job as it comes, each once and to one listener only; ends with the job."""
        while (event := self._events.get()) is not None:
            yield event
        self._events.put(None)  # for whoever asks again

    def cancel(self) -> None:
        """End the job as soon as it can be; its last event is then Cancelled, unless it was done before."""
        self._tell(Cancel(self.number))

    @property
    def is_done(self) -> bool:
        return self._ended.is_set()

    def wait(self, timeout_seconds: float | None = None) -> Event:
        """The job's last event; raises the error that it failed with, or CancelledError.

        TimeoutError if it is not done by then; the job goes on.
        """
        if not self._ended.wait(timeout_seconds):
            raise TimeoutError(f"job {self.number} is not done after {timeout_seconds} s")
        assert self._last is not None
        match self._last:
            case Failed(kind=kind, message=message):
                raise getattr(errors, kind, WorkerError)(message)
            case Cancelled():
                raise CancelledError(Sentence("The job was cancelled."))
        return self._last

    def take(self, event: Event) -> bool:
        """For the RecogniserProcess: an event of this job; True if it was the last one."""
        if self._ended.is_set():
            return True
        self._notice(event)
        is_last = self._ends_with(event)
        if is_last:
            self._last = event
        self._events.put(event)
        if is_last:
            self._events.put(None)
            self._ended.set()
        return is_last

    def _notice(self, event: Event) -> None:
        """What a kind of job keeps of its events."""

    def _ends_with(self, event: Event) -> bool:
        return isinstance(event, Cancelled | Failed)


class LoadJob(Job):
    """Getting a model ready."""

    def _ends_with(self, event: Event) -> bool:
        return isinstance(event, ModelReady) or super()._ends_with(event)


class TranscriptionJob(Job):
    """A file being transcribed."""

    def __init__(self, number: int, tell: Callable[[Tellable], None], source: str) -> None:
        super().__init__(number, tell)
        self._source = source
        self._utterances: dict[int, tuple[Word, ...]] = {}
        self.found_speakers: FoundSpeakers | None = None
        """Who speaks when; None until that is known, and where nobody asked."""

    def result(self, timeout_seconds: float | None = None) -> Transcript:
        """The transcript, as `file_pipeline.Transcriber` makes it; raises what `wait` raises."""
        done = self.wait(timeout_seconds)
        assert isinstance(done, FileDone)
        segments = segments_for_reading(self._utterances.values())
        if self.found_speakers is not None:
            segments = assign_speakers(segments, self.found_speakers.turns, self.found_speakers.names)
        return Transcript(
            source=writable_text(self._source),
            duration_seconds=done.duration_seconds,
            model=done.model,
            segments=segments,
        )

    def _notice(self, event: Event) -> None:
        match event:
            case UtteranceDone(number=number, words=words) | UtteranceRewritten(number=number, words=words):
                self._utterances[number] = words
            case SpeakersFound(turns=turns, names=known):
                self.found_speakers = FoundSpeakers(turns, known)

    def _ends_with(self, event: Event) -> bool:
        return isinstance(event, FileDone) or super()._ends_with(event)


class VoiceJob(Job):
    """What a voice is like, being found out."""

    def result(self, timeout_seconds: float | None = None) -> VoiceDescribed:
        """The voiceprint; raises what `wait` raises, SpeakersError among it where there is too little
        speech."""
        done = self.wait(timeout_seconds)
        assert isinstance(done, VoiceDescribed)
        return done

    def _ends_with(self, event: Event) -> bool:
        return isinstance(event, VoiceDescribed) or super()._ends_with(event)


class EmissionsJob(Job):
    """Emissions being computed."""

    def result(self, timeout_seconds: float | None = None) -> EmissionsComputed:
        """The log-probabilities; raises what `wait` raises."""
        done = self.wait(timeout_seconds)
        assert isinstance(done, EmissionsComputed)
        return done

    def _ends_with(self, event: Event) -> bool:
        return isinstance(event, EmissionsComputed) or super()._ends_with(event)


class QuestionJob(Job):
    """A question about a stretch of a file."""

    def result(self, timeout_seconds: float | None = None) -> Answer:
        """The answer, of the kind that goes with the question; raises what `wait` raises."""
        done = self.wait(timeout_seconds)
        assert isinstance(done, LookedAgain)
        return done.answer

    def _ends_with(self, event: Event) -> bool:
        return isinstance(event, LookedAgain) or super()._ends_with(event)


class LiveJob(Job):
    """A session being followed. It ends by itself when the recording has ended and all is recognised."""

    def __init__(self, number: int, tell: Callable[[Tellable], None]) -> None:
        super().__init__(number, tell)
        self._finals: list[Final] = []

    def stop(self) -> None:
        """Recognise what is recorded by now, then end, even if the recording goes on."""
        self._tell(Stop(self.number))

    def set_hotwords(self, hotwords: tuple[Hotword | str, ...]) -> None:
        """From the next final on; a Notice tells of those that cannot be used. Raises DecoderError for a
        text that is no hotword."""
        self.tell(SetHotwords(parsed_hotwords(hotwords)))

    def set_decoder(
        self,
        decoder: str,
        language_model: str | None,
        hotwords: tuple[Hotword | str, ...] = (),
        decoder_options: BeamSearchOptions | None = None,
    ) -> None:
        """From the next final on; arguments as in `beam_search.make_decoder`. Raises DecoderError for a text
        that is no hotword."""
        parsed = parsed_hotwords(hotwords)
        self.tell(SetDecoder(decoder, language_model, parsed, decoder_options or BeamSearchOptions()))

    def set_hangover(self, hangover_ms: float) -> None:
        """How much silence ends an utterance, from now on."""
        self.tell(SetHangover(hangover_ms))

    def end_soon(self, from_seconds: float) -> None:
        """The speaker was done at `from_seconds` of the recording, which may go on for a moment."""
        self.tell(EndSoon(from_seconds))

    def tell(self, command: LiveCommand) -> None:
        """Any command of live recognition."""
        self._tell(Tell(self.number, command))

    def finals(self, timeout_seconds: float | None = None) -> list[Final]:
        """All that was said, when the job is done; raises what `wait` raises."""
        self.wait(timeout_seconds)
        return list(self._finals)

    def _notice(self, event: Event) -> None:
        match event:
            case LiveSaid(event=Final(words=[_, *_]) as final):  # without words it takes partials back
                self._finals.append(final)
            case LiveSaid(event=Rewritten() as again):
                self._finals = [
                    replace(final, words=again.words) if final.utterance == again.utterance else final
                    for final in self._finals
                ]

    def _ends_with(self, event: Event) -> bool:
        match event:
            case LiveSaid(event=Stopped()):
                return True
        return super()._ends_with(event)
