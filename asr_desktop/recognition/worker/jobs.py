"""The work that the recogniser's process does: a finished file, a session that grows, a voice, the emissions
of some sound, and a second look at a text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from asr_desktop.audio.media import probe
from asr_desktop.audio.session import Session, SessionState, open_session
from asr_desktop.base.errors import CancelledError
from asr_desktop.base.sentences import Sentence
from asr_desktop.recognition.file_pipeline import Progress, Transcriber
from asr_desktop.recognition.live_events import Final, LiveCommand, LiveEvent, SpeakersHeard, Stopped
from asr_desktop.recognition.live_session import follow_session
from asr_desktop.recognition.realignment import answered
from asr_desktop.recognition.recogniser import Recogniser
from asr_desktop.recognition.segmenter import SAMPLE_RATE, Utterance
from asr_desktop.recognition.worker.process_emissions import packed, unpacked
from asr_desktop.recognition.worker.protocol import (
    ComputeEmissions,
    DescribeVoice,
    EmissionsComputed,
    Event,
    FileDone,
    FileProgress,
    Listen,
    LiveSaid,
    LookAgain,
    LookedAgain,
    Resume,
    SpeakersFound,
    TranscribeFile,
    UtteranceBegun,
    UtteranceDone,
    UtteranceRewritten,
    VoiceDescribed,
)
from asr_desktop.recognition.worker.server import JobControl
from asr_desktop.transcripts.document import Word
from asr_desktop.transcripts.word_json import word_from_json

if TYPE_CHECKING:
    from asr_desktop.speakers.finder import SpeakerFinder

Send = Callable[[Event], None]


def transcribe_file(job: TranscribeFile, transcriber: Transcriber, told: JobControl, send: Send) -> None:
    """Sends every utterance as it is recognised; together they are the transcript."""

    def progress(so_far: Progress) -> None:
        send(
            FileProgress(
                job.job,
                so_far.done_seconds,
                so_far.total_seconds,
                so_far.elapsed_seconds,
                so_far.remaining_seconds,
            )
        )

    track = job.track
    if track is not None and job.if_several and len(probe(job.path).tracks) == 1:
        track = None
    warm = transcriber.recogniser
    transcriber.recogniser = _ResumingRecogniser(warm, job.job, job.resume, send)
    try:
        transcript = transcriber.transcribe(
            job.path,
            track=track,
            speakers=job.speakers,
            progress=progress,
            cancelled=told.cancel.is_set,
            listener=_Reporter(job.job, job.resume, send),
        )
    finally:
        transcriber.recogniser = warm
    if transcriber.found_speakers is not None:
        found = transcriber.found_speakers
        send(SpeakersFound(job.job, found.turns, found.known))
    warnings = tuple(transcriber.file_warnings)
    send(FileDone(job.job, transcript.duration_seconds, transcript.model, warnings))


def describe_voice(job: DescribeVoice, loaded: Transcriber | None, told: JobControl, send: Send) -> None:
    """Sends what the voice is like. It takes no model of speech: one that is loaded stays so."""
    from asr_desktop.speakers.finder import SpeakerFinder

    finder = SpeakerFinder() if loaded is None else loaded.speaker_finder
    stretches = [(stretch.start_seconds, stretch.end_seconds) for stretch in job.stretches]
    voiceprint, heard_seconds = finder.describe(
        job.path, stretches, track=job.track, cancelled=told.cancel.is_set
    )
    if told.cancel.is_set():
        raise CancelledError(Sentence("The job was cancelled."))
    send(VoiceDescribed(job.job, voiceprint, heard_seconds))


def compute_emissions(job: ComputeEmissions, transcriber: Transcriber, send: Send) -> None:
    """Sends what the network makes of the sound."""
    emissions = transcriber.recogniser.emissions
    log_probs = emissions(unpacked(job.samples))
    send(EmissionsComputed(job.job, len(emissions.folder.labels), packed(log_probs)))


def look_again(job: LookAgain, transcriber: Transcriber, send: Send) -> None:
    """Sends the answer to the question."""
    answer = answered(job.question, transcriber.recogniser, job.path, job.start_seconds, job.end_seconds)
    send(LookedAgain(job.job, answer))


class _Reporter:
    """Sends what is written, utterance by utterance."""

    def __init__(self, job: int, resume: Resume, send: Send) -> None:
        self._job = job
        self._after_sample = resume.after_sample
        self._send = send
        self._number = resume.next_number
        self._number_with_words = 0

    def done(self, utterance: Utterance, words: Sequence[Word]) -> None:
        if utterance.end_sample <= self._after_sample:
            return  # another process has told it
        self._send(
            UtteranceDone(self._job, self._number, utterance.start_sample, utterance.end_sample, tuple(words))
        )
        if words:
            self._number_with_words = self._number
        self._number += 1

    def rewritten(self, words: Sequence[Word]) -> None:
        self._send(UtteranceRewritten(self._job, self._number_with_words, tuple(words)))


class _ResumingRecogniser(Recogniser):
    """Says over which utterance it is, and does nothing twice."""

    def __init__(self, inner: Recogniser, job: int, resume: Resume, send: Send) -> None:
        super().__init__(inner.emissions, inner.decoder)
        self._inner = inner
        self._job = job
        self._resume = resume
        self._send = send

    @property
    def ahead_seconds(self) -> float:
        return 0.0 if self._resume.one_by_one else self._inner.ahead_seconds

    def words_of(self, utterances: Sequence[Utterance]) -> Iterator[list[Word]]:
        # Taken together, nothing of this file has been done before, so nothing has to be left out.
        return self._inner.words_of(utterances) if self.ahead_seconds else super().words_of(utterances)

    def words(self, samples: NDArray[np.float32], offset_seconds: float = 0.0) -> list[Word]:
        start = round(offset_seconds * SAMPLE_RATE)
        end = start + len(samples)
        if end <= self._resume.after_sample:
            return []
        self._send(UtteranceBegun(self._job, start, end))
        return [] if start in self._resume.skipped_samples else self._inner.words(samples, offset_seconds)


def listen(job: Listen, transcriber: Transcriber, told: JobControl, send: Send) -> None:
    """Follows the session; what its transcript on the disk holds already is told first."""
    session = _StoppableSession(open_session(job.session).path, told)
    for final, speakers in _stored_finals(session):
        if round(final.end_seconds * SAMPLE_RATE) > job.resume.after_sample:
            send(LiveSaid(job.job, final))
            if speakers:
                send(LiveSaid(job.job, SpeakersHeard(final.utterance, speakers)))

    def begin(utterance: Utterance) -> None:
        send(UtteranceBegun(job.job, utterance.start_sample, utterance.end_sample))

    def commands() -> Sequence[LiveCommand]:
        waiting: list[LiveCommand] = []
        while not told.commands.empty():
            waiting.append(told.commands.get().command)
        return waiting

    def emit(event: LiveEvent) -> None:
        if isinstance(event, Stopped) and told.cancel.is_set():
            raise CancelledError(Sentence("The job was cancelled."))
        send(LiveSaid(job.job, event))

    follow_session(
        session,
        transcriber.recogniser,
        emit,
        commands=commands,
        stop=told.cancel.is_set,
        on_begin=begin,
        skipped_samples=job.resume.skipped_samples,
        options=job.options,
        segmenter_options=transcriber.segmenter_options,
        writer=transcriber.make_writer(),
        find_speakers=_finder_for_live,
    )


def _finder_for_live() -> SpeakerFinder:
    """Loaded only where speakers are asked for, with one thread: the finals need the other ones."""
    from asr_desktop.speakers.finder import SpeakerFinder

    return SpeakerFinder(threads=1)


class _StoppableSession(Session):
    """A session that counts as finished once we are told to stop: what is on the disk then is drained."""

    def __init__(self, path: Path, told: JobControl) -> None:
        super().__init__(path)
        self._told = told

    def state(self) -> SessionState:
        return SessionState.FINISHED if self._told.stop.is_set() else super().state()


def _stored_finals(session: Session) -> list[tuple[Final, tuple[str, ...]]]:
    """What `live_session` stored, as it said it, and who says the words, where that is known."""
    return [
        (
            Final(
                utterance=entry["utterance"],
                words=tuple(word_from_json(word) for word in entry["words"]),
                start_seconds=entry["start"],
                end_seconds=entry["end"],
                gain_db=entry.get("gain_db", 0.0),
            ),
            tuple(entry.get("speakers", ())),
        )
        for entry in session.utterances()
    ]
