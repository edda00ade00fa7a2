"""A finished file to a transcript: blocks → utterances → words → document, in constant memory.

    from asr_desktop import Transcriber

    transcript = Transcriber("starter-en").transcribe("talk.mp3")

Live input uses the same steps; a file differs only in that it ends.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from asr_desktop import DEFAULT_MODEL
from asr_desktop.audio.media import SAMPLE_RATE, probe
from asr_desktop.audio.read import read_blocks
from asr_desktop.audio.soft_sound import SoftSoundRaiser
from asr_desktop.audio.watched_file import shown_name
from asr_desktop.base.errors import CancelledError, ModelFolderError
from asr_desktop.base.sentences import Sentence
from asr_desktop.recognition.beam_search import make_decoder
from asr_desktop.recognition.beam_search_options import BeamSearchOptions
from asr_desktop.recognition.emissions import load_emissions
from asr_desktop.recognition.hotwords import Hotword, parsed_hotwords
from asr_desktop.recognition.labels import writes_itself
from asr_desktop.recognition.language_model import written_language
from asr_desktop.recognition.model_folder import ModelFolder, find_model
from asr_desktop.recognition.recogniser import Recogniser
from asr_desktop.recognition.segmenter import Segmenter, SegmenterOptions, Utterance
from asr_desktop.speakers.assignment import assign_speakers
from asr_desktop.speakers.turns import FoundSpeakers, SpeakerCount
from asr_desktop.transcripts.document import Transcript, Word, segments_for_reading, writable_text
from asr_desktop.writing.options import WritingOptions
from asr_desktop.writing.writer import Writer, load_marks

if TYPE_CHECKING:
    from asr_desktop.speakers.diarizer import Diarizer
    from asr_desktop.speakers.finder import SpeakerFinder


class UtteranceListener(Protocol):
    """Receives a file's utterances as they are recognised."""

    def done(self, utterance: Utterance, words: Sequence[Word]) -> None:
        """An utterance is finished; it may have no words."""

    def rewritten(self, words: Sequence[Word]) -> None:
        """The punctuation at the end of the last utterance with words has changed."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Progress of a transcription.

    done_seconds, total_seconds: of sound; the total is what the file states, or None.
    elapsed_seconds: wall-clock time. remaining_seconds: estimated wall-clock time, or None.
    """

    done_seconds: float
    total_seconds: float | None
    elapsed_seconds: float
    remaining_seconds: float | None


class Transcriber:
    """A model and a decoder, loaded once and used for any number of files, one after another.

    model: the name of an installed model, or a model folder.
    decoder: "beam" or "greedy".
    language_model: a KenLM file or a folder with one, "none", or None for the model folder's own.
    hotwords: words and phrases to listen for, "word" or "word:weight".
    providers, threads: see `onnx_session.open_network`; left out, they are chosen for this machine.
    segmenter_options: when an utterance begins, ends and is cut.
    writing: how the text is written; `writing.options.SPOKEN` leaves words as they are recognised.

    `warnings` holds what the user should know about what was loaded. Raises ModelFolderError, DecoderError or
    another AsrDesktopError whose message says what is wrong and what to do.
    """

    def __init__(
        self,
        model: str | Path = DEFAULT_MODEL,
        *,
        decoder: str = "beam",
        language_model: str | Path | None = None,
        hotwords: Iterable[Hotword | str] = (),
        decoder_options: BeamSearchOptions | None = None,
        providers: Sequence[str] | None = None,
        threads: int | None = None,
        segmenter_options: SegmenterOptions | None = None,
        writing: WritingOptions | None = None,
    ) -> None:
        hotwords = parsed_hotwords(hotwords)
        emissions = load_emissions(find_model(model), providers=providers, threads=threads)
        text_decoder, decoder_warnings = make_decoder(
            emissions.folder, decoder, language_model, hotwords, decoder_options
        )
        self.recogniser = Recogniser(emissions, text_decoder)
        self.segmenter_options = segmenter_options or SegmenterOptions()
        self.writing = writing or WritingOptions()
        self.hotwords = hotwords
        self.warnings: list[str] = [*emissions.warnings, *decoder_warnings]
        self.file_warnings: list[str] = []
        self.found_speakers: FoundSpeakers | None = None
        self._threads = threads
        self._speaker_finder: SpeakerFinder | None = None
        self._raiser = SoftSoundRaiser()
        try:
            load_marks(self.writing, written_language(self.folder))
        except ModelFolderError as error:
            self.warnings.append(str(error))

    @property
    def folder(self) -> ModelFolder:
        """The model's folder."""
        return self.recogniser.folder

    def make_writer(self) -> Writer:
        """A writer that turns the words of one source into their written form."""
        language = written_language(self.folder)
        marks = None
        with suppress(ModelFolderError):  # `warnings` says what is wrong with the network for marks
            marks = load_marks(self.writing, language)
        return Writer(
            self.writing,
            language=language,
            marks=marks,
            hotwords=[hotword.text for hotword in self.hotwords],
            own_marks=writes_itself(self.folder.labels),
        )

    def transcribe(
        self,
        path: str | os.PathLike[str],
        *,
        track: int | None = None,
        speakers: SpeakerCount | None = None,
        progress: Callable[[Progress], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
        listener: UtteranceListener | None = None,
    ) -> Transcript:
        """The transcript of one sound or video file; no speech makes an empty transcript.

        track: which audio track of a video, from 1; None is the file's default one.
        speakers: how many speakers to tell apart; None skips this step. The result is in
            `found_speakers` afterwards.
        progress: called after each block of sound, and at the end; where a graphics card takes some minutes
            of speech together, after each of those.
        cancelled: asked before each block and utterance; True ends the work with CancelledError.
        listener: receives each utterance as it is finished.

        Defects that did not prevent reading (damage, a missing end) are in `file_warnings` afterwards.
        Raises MediaError where the file cannot be read.
        """
        self.file_warnings = []
        self.found_speakers = None
        diarizer = None if speakers is None else self.speaker_finder.begin(speakers)
        report = _Reporter(probe(path).duration_seconds, progress)
        writer = self.make_writer()
        utterances: list[Sequence[Word]] = []
        done_samples = 0

        def rewrite(words: tuple[Word, ...] | None) -> None:
            if words is not None:
                utterances[-1] = words
                if listener is not None:
                    listener.rewritten(words)

        for done_samples, completed in self._gathered(path, track, cancelled, diarizer):
            for utterance, words in zip(completed, self.recogniser.words_of(completed), strict=True):
                written = writer.write(words)
                rewrite(written.revised)
                if written.words:
                    utterances.append(written.words)
                if listener is not None:
                    listener.done(utterance, written.words)
                _stop_if(cancelled)
            report(done_samples / SAMPLE_RATE)
        rewrite(writer.finish())
        notice = self._raiser.notice(shown_name(path), has_words=bool(utterances))
        if notice is not None:
            self.file_warnings.append(notice)
        segments = segments_for_reading(utterances)
        if diarizer is not None:
            self.found_speakers = self.speaker_finder.end(diarizer, self.file_warnings.append)
            segments = assign_speakers(segments, self.found_speakers.turns, self.found_speakers.names)
        return Transcript(
            source=writable_text(os.fspath(path)),
            duration_seconds=done_samples / SAMPLE_RATE,
            model=self.folder.name,
            segments=segments,
        )

    @property
    def speaker_finder(self) -> SpeakerFinder:
        """The diarizer, loaded on first use. Raises ModelFolderError."""
        if self._speaker_finder is None:
            # Imported here because it is slow to import, and most transcripts do not need it.
            from asr_desktop.speakers.finder import SpeakerFinder

            self._speaker_finder = SpeakerFinder(threads=self._threads)
        return self._speaker_finder

    def _gathered(
        self,
        path: str | os.PathLike[str],
        track: int | None,
        cancelled: Callable[[], bool] | None,
        diarizer: Diarizer | None,
    ) -> Iterator[tuple[int, list[Utterance]]]:
        """As `_listen`, but with as many utterances together as the recogniser likes to have."""
        ahead_samples = self.recogniser.ahead_seconds * SAMPLE_RATE
        waiting: list[Utterance] = []
        samples = 0
        is_told = True
        for samples, completed in self._listen(path, track, diarizer):
            _stop_if(cancelled)
            waiting += completed
            is_told = sum(len(utterance.samples) for utterance in waiting) >= ahead_samples
            if is_told:
                yield samples, waiting
                waiting = []
        if not is_told:
            yield samples, waiting

    def _listen(
        self, path: str | os.PathLike[str], track: int | None, diarizer: Diarizer | None
    ) -> Iterator[tuple[int, list[Utterance]]]:
        """After each block, and at the end: samples read so far, and the utterances that they completed."""
        segmenter = Segmenter(self.segmenter_options)
        raiser = self._raiser = SoftSoundRaiser()
        samples = 0
        blocks = read_blocks(path, track=track, on_warning=self.file_warnings.append)
        for block in raiser.raise_soft(blocks):
            samples += len(block)
            if diarizer is not None:
                diarizer.accept(block)
            yield samples, segmenter.accept(block)
        yield samples, segmenter.flush()


class _Reporter:
    """Turns seconds of sound into Progress; the clock starts when it is created."""

    def __init__(self, total_seconds: float | None, progress: Callable[[Progress], None] | None) -> None:
        self._total_seconds = total_seconds
        self._progress = progress
        self._started = time.monotonic()

    def __call__(self, done_seconds: float) -> None:
        if self._progress is None:
            return
        elapsed = time.monotonic() - self._started
        total = self._total_seconds
        remaining = None
        if total is not None:
            total = max(total, done_seconds)  # a file's own claim may be too short
            remaining = elapsed * (total - done_seconds) / done_seconds if done_seconds > 0 else None
        self._progress(Progress(done_seconds, total, elapsed, remaining))


def _stop_if(cancelled: Callable[[], bool] | None) -> None:
    if cancelled is not None and cancelled():
        raise CancelledError(Sentence("The transcription was stopped."))
