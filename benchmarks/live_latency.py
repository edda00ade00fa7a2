"""How soon live captions come and how often they change, beside re-decoding everything every 300 ms.

    python -m benchmarks.live_latency [--model starter-en] [--minutes 2] [--no-base] [--process]
                                      [--threads 2 | --processor-clock]

Real sentences of a development pack with pauses between them (or synthetic speech without ../shared) are
heard at the pace at which they were spoken, by a clock that is moved: sound comes as it goes, and each
piece of work takes the time that it really took. So two minutes of speech take less than two minutes, and
yet a recogniser that is too slow falls behind as it would before a microphone.

The base-size network has random weights: its times are those of a trained one, its words mean nothing and
are left out, and it is decoded greedily, because beam search has no end of things to try where nothing is
likely.

With --process the same sound is also recorded at its own pace, by the clock on the wall, and recognised as
`asr-desktop live` does it, in a process of its own: what recorder, disk, process and pipe add.

final after hangover   from the end of speech to the final text, less the hangover: what the machine adds
                       (goals for the 95th percentile: 300 ms for the model that ships, 1 s for base)
age of caption         at every moment of an utterance: how old the newest sound in its caption is
committed changed      committed words that a later caption of the same utterance has not (goal: none)
committed ≠ final      committed words that the final text has not: language model and beam know better
live ≠ file            words of the finals that differ from the transcript of the same sound as a file, for
                       each word of that one
taken back             words taken back by captions, for each word of the final text (normalised erasure)
processor              processor seconds for a second of sound
"""

from __future__ import annotations

import argparse
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import pairwise
from pathlib import Path
from typing import Protocol

import numpy as np
import soundfile
from numpy.typing import NDArray

from asr_desktop.audio.media import SAMPLE_RATE
from asr_desktop.audio.read import read_all
from asr_desktop.audio.session import LOCK_FILE, create_session
from asr_desktop.audio.wav_part import WavWriter
from asr_desktop.base.file_lock import FileLock
from asr_desktop.recognition.beam_search import GreedyDecoder
from asr_desktop.recognition.file_pipeline import Transcriber
from asr_desktop.recognition.live_events import Final, LiveEvent, Partial
from asr_desktop.recognition.live_pipeline import LivePipeline
from asr_desktop.recognition.recogniser import Recogniser
from asr_desktop.recognition.segmenter import Segmenter, SegmenterOptions
from asr_desktop.recognition.worker.client import RecogniserProcess
from asr_desktop.recognition.worker.protocol import LiveSaid, ModelChoice, ModelReady
from asr_desktop.teaching.dataset import find_packs, read_manifest
from asr_desktop.teaching.scoring import score
from asr_desktop.writing.options import SPOKEN
from benchmarks.pack_emissions import SCRATCH, SHARED
from tests.fixtures.make_fixtures import spoken

PACKET_SECONDS = 0.05  # as the recorder writes
LONGEST_BLOCK_SECONDS = 0.5  # as the tail reads
PAUSE_SECONDS = 1.2
GOALS_SECONDS = {"starter": 0.3, "base": 1.0}

Samples = NDArray[np.float32]


class Captions(Protocol):
    def accept(self, block: Samples, *, waiting_seconds: float = 0.0) -> list[LiveEvent]: ...

    def finish(self) -> list[LiveEvent]: ...


class RedecodeEverything:
    """The plain way: the whole open utterance every 300 ms, nothing committed, each final when it ends."""

    INTERVAL_SECONDS = 0.3

    def __init__(self, recogniser: Recogniser) -> None:
        self._recogniser = recogniser
        self._greedy = Recogniser(recogniser.emissions, GreedyDecoder(recogniser.folder.labels))
        self._segmenter = Segmenter()
        self._heard = self._looked_at = 0
        self._number = 1

    def accept(self, block: Samples, *, waiting_seconds: float = 0.0) -> list[LiveEvent]:
        self._heard += len(block)
        events = self._finals(self._segmenter.accept(block))
        if self._heard - self._looked_at >= self.INTERVAL_SECONDS * SAMPLE_RATE:
            self._looked_at = self._heard
            utterance = self._segmenter.open_utterance()
            if utterance is not None:
                words = self._greedy.words(utterance.samples, utterance.start_seconds)
                bounds = (utterance.start_seconds, utterance.end_seconds)
                events.append(Partial(self._number, tuple(words), 0, *bounds))
        return events

    def finish(self) -> list[LiveEvent]:
        return self._finals(self._segmenter.flush())

    def _finals(self, utterances: Sequence) -> list[LiveEvent]:
        events: list[LiveEvent] = []
        for utterance in utterances:
            words = self._recogniser.words(utterance.samples, utterance.start_seconds)
            events.append(Final(self._number, tuple(words), utterance.start_seconds, utterance.end_seconds))
            self._number += 1
        return events


@dataclass
class Heard:
    """What one way of captioning gave: events with the moments at which they were shown."""

    events: list[tuple[float, LiveEvent]] = field(default_factory=list)
    processor_seconds: float = 0.0
    sound_seconds: float = 0.0


def hear(captions: Captions, samples: Samples, clock: Callable[[], float]) -> Heard:
    """Play the samples at their own pace to `captions`; only sound and work, by `clock`, move the time."""
    heard, now, place = Heard(sound_seconds=len(samples) / SAMPLE_RATE), 0.0, 0
    packet = round(PACKET_SECONDS * SAMPLE_RATE)
    began_processor = time.process_time()
    while place < len(samples):
        now = max(now, min(place + packet, len(samples)) / SAMPLE_RATE)
        # In whole packets, the last one shorter.
        recorded = min(max(place + packet, int(now * SAMPLE_RATE) // packet * packet), len(samples))
        block = samples[place : min(recorded, place + round(LONGEST_BLOCK_SECONDS * SAMPLE_RATE))]
        place += len(block)
        began = clock()
        events = captions.accept(block, waiting_seconds=(recorded - place) / SAMPLE_RATE)
        now += clock() - began
        heard.events += [(now, event) for event in events]
    heard.events += [(now, event) for event in captions.finish()]
    heard.processor_seconds = time.process_time() - began_processor
    return heard


def hear_through_process(choice: ModelChoice, samples: Samples, process: RecogniserProcess) -> Heard:
    """Write the samples into a session at their own pace; events with the moments at which they came."""
    heard = Heard(sound_seconds=len(samples) / SAMPLE_RATE, processor_seconds=float("nan"))
    with tempfile.TemporaryDirectory() as folder:
        process.load(choice).wait()
        session = create_session(Path(folder))
        lock = FileLock(session.path / LOCK_FILE)
        lock.acquire()
        writer = WavWriter(session.part_path(1), SAMPLE_RATE, 1)
        job = process.listen(session.path, choice)
        # The job is under way when it says so; before that, sound would wait for it and not for us.
        events = job.events()
        next(event for event in events if isinstance(event, ModelReady))
        began = time.monotonic()

        def collect() -> None:
            for event in events:
                if isinstance(event, LiveSaid):
                    heard.events.append((time.monotonic() - began, event.event))

        collecting = threading.Thread(target=collect)
        collecting.start()
        packet = round(PACKET_SECONDS * SAMPLE_RATE)
        for place in range(0, len(samples), packet):
            piece = samples[place : place + packet]
            time.sleep(max(0.0, began + (place + len(piece)) / SAMPLE_RATE - time.monotonic()))
            writer.append((piece * 32767).astype(np.int16).tobytes())
        session.append_event("stopped", heard.sound_seconds)
        writer.close()
        lock.release()
        collecting.join()
    return heard


@dataclass(frozen=True)
class Figures:
    """Of one run; times in seconds."""

    final_latency: Samples
    caption_age: Samples
    committed: int
    committed_changed: int
    committed_not_final: int
    taken_back: int
    final_words: int
    processor_share: float
    not_as_file: float


def file_text(transcriber: Transcriber, samples: Samples) -> str:
    """What the same sound gives as a file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sound.flac"
        soundfile.write(path, samples, SAMPLE_RATE, subtype="PCM_24")
        return " ".join(word.text for word in transcriber.transcribe(path).words)


def measure(heard: Heard, options: SegmenterOptions, as_file: str) -> Figures:
    """All figures of a run; as_file: the transcript of the same sound as a file. Finals that a maximum
    length cut, or the end of the sound, have no hangover."""
    finals = [(at, event) for at, event in heard.events if isinstance(event, Final)]
    starts = {event.start_seconds for _, event in finals}
    hangover_after_end = (options.hangover_ms - options.tail_ms) / 1000
    latency = [
        at - (event.end_seconds + hangover_after_end)
        for at, event in finals
        if event.end_seconds not in starts
        and event.end_seconds + hangover_after_end < heard.sound_seconds - PACKET_SECONDS
    ]
    ages: list[float] = []
    committed = changed = not_final = taken_back = final_words = 0
    for final_at, final in finals:
        shown = [
            (at, event)
            for at, event in heard.events
            if isinstance(event, Partial) and event.utterance == final.utterance
        ]
        for (at, partial), until in zip(shown, [*(at for at, _ in shown[1:]), final_at], strict=bool(shown)):
            speech_end = final.end_seconds - options.tail_ms / 1000
            ages += [moment - partial.end_seconds for moment in np.arange(at, min(until, speech_end), 0.05)]
        texts = [[word.text for word in partial.words] for _, partial in shown]
        final_text = [word.text for word in final.words]
        final_words += len(final_text)
        for earlier, later in pairwise(texts):
            taken_back += len(earlier) - _common_words(earlier, later)
        settled: list[str] = []
        for _, partial in shown:
            kept = [word.text for word in partial.words[: partial.committed_words]]
            changed += sum(place >= len(kept) or kept[place] != word for place, word in enumerate(settled))
            settled = kept
        committed += len(settled)
        not_final += len(settled) - _common_words(settled, final_text)
    return Figures(
        np.array(latency or [np.nan]),
        np.array(ages or [np.nan]),
        committed,
        changed,
        not_final,
        taken_back,
        final_words,
        heard.processor_seconds / heard.sound_seconds,
        score([as_file], [" ".join(word.text for _, final in finals for word in final.words)]).wer,
    )


def _common_words(one: Sequence[str], other: Sequence[str]) -> int:
    blocks = SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks)


def sentences(minutes: float) -> tuple[Samples, str]:
    """Sentences with pauses, so many minutes of them, and what they are."""
    pause = np.zeros(round(PAUSE_SECONDS * SAMPLE_RATE), np.float32)
    pieces, missing = [pause], minutes * 60 * SAMPLE_RATE
    if (SHARED / "speech").is_dir():
        (pack,) = find_packs(["librispeech-dev"], [SHARED / "speech"], SCRATCH / "packs")
        paths, what = [utterance.path for utterance in read_manifest(pack)], "librispeech-dev"
    else:
        texts = (
            "the old man sat down by the fire and began to tell his story",
            "nobody had asked him to, and nobody listened",
        )
        paths, what = [spoken(text) for text in texts] * 1000, "synthetic speech (../shared is absent)"
    for path in paths:
        if missing <= 0:
            break
        pieces += [read_all(path), pause]
        missing -= len(pieces[-2]) + len(pause)
    return np.concatenate(pieces), what


def percentiles(values: Samples) -> str:
    return f"{1000 * np.median(values):5.0f} / {1000 * np.percentile(values, 95):5.0f} ms"


def show(title: str, goal_seconds: float, ours: Figures, plain: Figures, *, with_words: bool) -> None:
    rows: list[tuple[str, Callable[[Figures], str]]] = [
        ("final after hangover (median / 95 %)", lambda f: percentiles(f.final_latency)),
        ("age of caption (median / 95 %)", lambda f: percentiles(f.caption_age)),
        ("processor", lambda f: f"{f.processor_share:.3f} s/s"),
    ]
    if with_words:
        rows += [
            ("committed changed", lambda f: f"{f.committed_changed} of {f.committed}"),
            ("committed ≠ final", lambda f: f"{f.committed_not_final / max(1, f.committed):.1%}"),
            ("live ≠ file", lambda f: f"{f.not_as_file:.1%}"),
            ("taken back", lambda f: f"{f.taken_back / max(1, f.final_words):.2f} a word"),
        ]
    print(f"{title}\n  {'':<38}{'live pipeline':<22}re-decode everything")
    for name, text in rows:
        print(f"  {name:<38}{text(ours):<22}{text(plain)}")
    verdict = "reached" if np.percentile(ours.final_latency, 95) <= goal_seconds else "missed"
    print(f"  goal: final within {1000 * goal_seconds:.0f} ms after the hangover: {verdict}", flush=True)


def compare(
    model: str | Path, samples: Samples, threads: int, clock: Callable[[], float], decoder: str = "beam"
) -> tuple[Figures, Figures]:
    """The live pipeline's figures and the plain way's."""
    transcriber = Transcriber(model, decoder=decoder, providers=["cpu"], threads=threads, writing=SPOKEN)
    recogniser, options = transcriber.recogniser, transcriber.segmenter_options
    recogniser.words(samples[: 5 * SAMPLE_RATE])  # the first run of a network is no typical one
    ways: tuple[Captions, ...] = (LivePipeline(recogniser, clock=clock), RedecodeEverything(recogniser))
    as_file = file_text(transcriber, samples)
    ours, plain = (measure(hear(way, samples, clock), options, as_file) for way in ways)
    return ours, plain


def show_process(model: str | Path, samples: Samples, threads: int, decoder: str = "beam") -> None:
    """What a process of its own adds, on the wall's clock, one right after the other."""
    choice = ModelChoice(str(model), decoder=decoder, providers=("cpu",), threads=threads, writing=SPOKEN)
    transcriber = Transcriber(model, decoder=decoder, providers=["cpu"], threads=threads, writing=SPOKEN)
    transcriber.recogniser.words(samples[: 5 * SAMPLE_RATE])
    here = hear(LivePipeline(transcriber.recogniser), samples, time.perf_counter)
    as_file = file_text(transcriber, samples)
    with RecogniserProcess() as process:
        there = hear_through_process(choice, samples, process)
    for where, heard in (("here", here), ("process of its own", there)):
        figures = measure(heard, choice.segmenter_options, as_file)
        final, age = percentiles(figures.final_latency), percentiles(figures.caption_age)
        print(f"  wall clock, {where:<20} final {final}   age of caption {age}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description="Latency and stability of live captions.")
    parser.add_argument("--model", default="starter-en")
    parser.add_argument("--minutes", type=float, default=2.0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--base", action=argparse.BooleanOptionalAction, default=True, help="base size too")
    parser.add_argument(
        "--processor-clock",
        action="store_true",
        help="on a busy machine: one thread, and work takes the processor time that it took",
    )
    parser.add_argument("--process", action="store_true", help="also as `live` does it, in real time")
    arguments = parser.parse_args()
    threads = 1 if arguments.processor_clock else arguments.threads
    clock = time.process_time if arguments.processor_clock else time.perf_counter
    samples, what = sentences(arguments.minutes)
    print(f"{what}, {len(samples) / SAMPLE_RATE:.0f} s, {threads} threads, {clock.__name__}")
    figures = compare(arguments.model, samples, threads, clock)
    show(Path(arguments.model).name, GOALS_SECONDS["starter"], *figures, with_words=True)
    if arguments.process:
        show_process(arguments.model, samples, threads)
    if arguments.base:
        from benchmarks.emissions_speed import EVERYTHING, FOLDERS, make_model_folders

        with tempfile.TemporaryDirectory() as home:
            make_model_folders(Path(home))
            eight_bits = Path(home) / FOLDERS[EVERYTHING]
            figures = compare(eight_bits, samples, threads, clock, decoder="greedy")
            show("wav2vec2 base, random weights", GOALS_SECONDS["base"], *figures, with_words=False)
            if arguments.process:
                show_process(eight_bits, samples, threads, decoder="greedy")


if __name__ == "__main__":
    main()
