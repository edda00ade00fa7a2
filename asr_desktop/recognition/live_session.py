"""Recognition of a session: from the sound that the recorder writes to the transcript beside it.

    session folder → audio/tail → LivePipeline → events, and transcript.jsonl

It returns when the recording has ended and is fully recognised. All state is on the disk: called again on the
same folder, after a crash or days later, it continues where the transcript ends. The same function therefore
serves live captions, a restarted recogniser process, and the recovery of a session.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from asr_desktop.audio.session import Session, SessionState
from asr_desktop.audio.tail import read_growing, samples_so_far
from asr_desktop.base.errors import AsrDesktopError, RecordingError
from asr_desktop.base.sentences import Sentence
from asr_desktop.recognition.beam_search import make_decoder
from asr_desktop.recognition.live_events import (
    EndSoon,
    Final,
    LiveCommand,
    LiveEvent,
    LiveNotice,
    LiveOptions,
    Rewritten,
    SetDecoder,
    SetHangover,
    SetHotwords,
    SpeakersHeard,
    Stopped,
    event_fields,
)
from asr_desktop.recognition.live_pipeline import LivePipeline, Resumption
from asr_desktop.recognition.live_speakers import LiveSpeakers, Said
from asr_desktop.recognition.recogniser import Recogniser
from asr_desktop.recognition.segmenter import CHUNK_SAMPLES, SAMPLE_RATE, SegmenterOptions, Utterance
from asr_desktop.transcripts.document import Word
from asr_desktop.transcripts.word_json import word_from_json
from asr_desktop.writing.options import SPOKEN
from asr_desktop.writing.writer import Writer

if TYPE_CHECKING:
    from asr_desktop.speakers.finder import SpeakerFinder

RECOGNISED = "recognised"  # the event that says so
# Silero remembers: after 20 s of warm-up one utterance in nine still ended elsewhere, after 60 s none of 79.
WARM_UP_SECONDS = 60.0
TRIES_FULL_DISK_EVERY_SECONDS = 1.0
_FINAL_KEYS = ("utterance", "text", "start", "end", "words", "gain_db")


def follow_session(
    session: Session,
    recogniser: Recogniser,
    emit: Callable[[LiveEvent], None],
    *,
    commands: Callable[[], Sequence[LiveCommand]] = tuple,
    stop: Callable[[], bool] | None = None,
    on_begin: Callable[[Utterance], None] = lambda utterance: None,
    skipped_samples: tuple[int, ...] = (),
    segmenter_options: SegmenterOptions | None = None,
    options: LiveOptions | None = None,
    writer: Writer | None = None,
    find_speakers: Callable[[], SpeakerFinder] | None = None,
) -> None:
    """Recognise the recording, including what is still being recorded, to its end; `emit` gets every event.

    Each Final is stored in the session's transcript before it is emitted. The last event is Stopped.

    commands: polled for changes. stop: polled; True returns at once and leaves the rest unrecognised. To
    finish normally, end the recording.
    on_begin: see LivePipeline; skipped_samples: see Resumption.
    writer: gives the finals their written form; None leaves them as they were spoken.
    find_speakers: what tells speakers apart, loaded in another thread where the options ask for it.
    While the recording continues, a disk that cannot be written to is tried again.
    Raises RecordingError where the transcript cannot be written, ModelFolderError where the network fails.
    """
    resumption = replace(resume(session), skipped_samples=skipped_samples)
    settled_seconds = resumption.settled_sample / SAMPLE_RATE
    pipeline = LivePipeline(
        recogniser,
        segmenter_options=segmenter_options,
        options=options,
        resumption=resumption,
        on_begin=on_begin,
    )

    writer = writer or Writer(SPOKEN)
    stored = list(_finals(session))
    if stored:
        writer.go_on_after(_words_of(stored[-1]))
    last: Final | None = None
    speakers: LiveSpeakers | None = None
    if pipeline.options.speakers is not None and find_speakers is not None:
        said = [Said(int(e["utterance"]), tuple(_words_of(e)), e["start"], e["end"]) for e in stored]
        speakers = LiveSpeakers(session, pipeline.options.speakers, find_speakers, said)

    def obey() -> None:
        for command in commands():
            if isinstance(command, SetHotwords | SetDecoder):
                writer.set_hotwords(hotword.text for hotword in command.hotwords)
            for sentence in _obey(pipeline, recogniser, command):
                emit(LiveNotice(sentence))
        if speakers is not None:
            tell(speakers.known())

    def store(final: Final | Rewritten | SpeakersHeard) -> None:
        is_full = False
        while True:
            try:
                _store(session, final, resumption)
                break
            except RecordingError as error:
                if session.state() is not SessionState.RECORDING or (stop is not None and stop()):
                    raise
                if not is_full:
                    emit(LiveNotice(str(error)))
                is_full = True
                obey()
                time.sleep(TRIES_FULL_DISK_EVERY_SECONDS)
        if is_full:
            emit(LiveNotice("The transcript can be written again; no text is missing."))

    def rewrite(words: tuple[Word, ...] | None) -> None:
        if words is not None and last is not None:
            rewritten = Rewritten(last.utterance, words, last.start_seconds, last.end_seconds)
            store(rewritten)
            emit(rewritten)

    def tell(events: Sequence[LiveEvent]) -> None:
        nonlocal last
        for event in events:
            if isinstance(event, Final):
                written = writer.write(event.words)
                rewrite(written.revised)
                event = replace(event, words=written.words)
                store(event)
                last = event if event.words else last
                if speakers is not None:
                    speakers.hear(Said(event.utterance, event.words, event.start_seconds, event.end_seconds))
            elif isinstance(event, SpeakersHeard):
                store(event)
            emit(event)

    for block in read_growing(session, start_sample=resumption.first_sample, stop=stop, on_idle=obey):
        obey()
        # Sound that is fed again as warm-up is already recognised, so it does not count as waiting.
        heard = max(pipeline.heard_seconds + len(block) / SAMPLE_RATE, settled_seconds)
        waiting_seconds = max(0.0, samples_so_far(session) / SAMPLE_RATE - heard)
        tell(pipeline.accept(block, waiting_seconds=waiting_seconds))
    is_complete = stop is None or not stop()
    if is_complete:
        tell(pipeline.finish())
        rewrite(writer.finish())
        if speakers is not None:
            tell(speakers.finish(lambda: stop is not None and stop()))
            is_complete = stop is None or not stop()
    elif speakers is not None:
        speakers.close()
    if is_complete:
        _mark_recognised(session, pipeline.heard_seconds, recogniser.folder.name)
    emit(Stopped(pipeline.heard_seconds, is_complete, str(session.path)))


def is_recognised(session: Session) -> bool:
    """Whether a session has been recognised to its end."""
    return any(event.get("type") == RECOGNISED for event in session.events())


def _mark_recognised(session: Session, heard_seconds: float, model: str) -> None:
    # Only for `sessions` and `recover`: without it the session is processed once more, which changes nothing.
    with suppress(OSError):
        session.append_event(RECOGNISED, heard_seconds, model=model)


def resume(session: Session) -> Resumption:
    """Where to resume in a session that is partly transcribed.

    The voice detector has a state, so it is fed some seconds of earlier sound first. When a long stretch of
    speech was split into several utterances, each split depends on the one before, so resuming begins before
    the first of them.
    """
    entries = list(_finals(session))
    if not entries:
        return Resumption()
    stored = [(_sample(entry, "start"), _sample(entry, "end")) for entry in entries]
    first, settled = stored[-1]
    for start, end in reversed(stored[:-1]):
        if end != first:
            break
        first = start
    first = max(0, first - round(WARM_UP_SECONDS * SAMPLE_RATE))
    # Aligned to the detector's chunks, so that it sees the same ones as before.
    return Resumption(
        first - first % CHUNK_SAMPLES,
        settled,
        int(entries[-1].get("utterance", len(entries))),
        ordinary_heard=any(entry.get("words") and not entry.get("gain_db") for entry in entries),
    )


def _obey(pipeline: LivePipeline, recogniser: Recogniser, command: LiveCommand) -> list[str]:
    """Warnings for the user; a command that cannot be carried out changes nothing."""
    try:
        match command:
            case SetHotwords(hotwords):
                return pipeline.set_hotwords(hotwords)
            case SetHangover(hangover_ms):
                pipeline.set_hangover(hangover_ms)
            case EndSoon(from_seconds):
                pipeline.end_soon(from_seconds)
            case SetDecoder(name, language_model, hotwords, decoder_options):
                decoder, warnings = make_decoder(
                    recogniser.folder, name, language_model, hotwords, decoder_options
                )
                pipeline.set_decoder(decoder)
                return warnings
    except AsrDesktopError as error:
        return [str(error)]
    return []


def _store(session: Session, final: Final | Rewritten | SpeakersHeard, resumption: Resumption) -> None:
    fields = event_fields(final)
    if isinstance(final, SpeakersHeard):
        stored = {"utterance": final.utterance, "speakers": fields["speakers"], "rewritten": True}
    else:
        stored = {key: fields[key] for key in _FINAL_KEYS if key in fields}
        if isinstance(final, Rewritten):
            stored["rewritten"] = True
        if resumption.skips(final.start_seconds, final.end_seconds):
            stored["left_out"] = True
    try:
        session.append_utterance(stored)
    except OSError as error:
        raise RecordingError(
            Sentence(
                'The transcript in "{session}" cannot be written ({reason}): free space on its disk; '
                "`asr-desktop recover` then transcribes the rest of the recording.",
                session=session.path,
                reason=error.strerror or error,
            )
        ) from error


def _finals(session: Session) -> Iterator[dict[str, Any]]:
    for entry in session.recognised():
        if isinstance(entry.get("start"), int | float) and isinstance(entry.get("end"), int | float):
            yield entry


def _words_of(entry: dict[str, Any]) -> list[Word]:
    with suppress(AttributeError, KeyError, TypeError, ValueError):
        return [word_from_json(word) for word in entry["words"]]
    return []


def _sample(entry: dict[str, Any], key: str) -> int:
    return round(float(entry[key]) * SAMPLE_RATE)
