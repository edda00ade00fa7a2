"""What `asr-desktop live` promises, tried through a microphone: one function a promise, one try a call.

Tests try each a few times (test_live_promises*.py), benchmarks/live_promises.py as often as it takes to speak
of figures. Every try starts the program anew, and holds it against the transcript of a file: of the sound
that was played, and of the sound that is on the disk in the end.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jiwer
import numpy as np
import soundfile
from numpy.typing import NDArray

from asr_desktop import Transcriber
from asr_desktop.audio.read import read_all
from asr_desktop.audio.session import Session, SessionState
from tests.audio.measure import correlation, lag_samples, share_heard
from tests.live_program import PATIENCE_SECONDS, ROOT, LiveProgram, resident_megabytes
from tests.spoken_sentences import RATE, Sentence, talk
from tests.virtual_microphone import VirtualMicrophone

Samples = NDArray[np.float32]
FIRST_SOUND_SECONDS = 0.4
MOST_WORDS_APART = 0.05
"""Of a live transcript from its recording's: finals may keep captions that are about as probable as the
file's text (`recognition/local_agreement`); the utterances themselves are the same."""
ENOUGH_KEPT = 0.7
"""Of what was played. Less than all, since a busy machine's sound server stutters (`share_heard`); that the
live transcript is the one of the recorded sound holds without any such allowance."""


@dataclass
class Bench:
    """What all tries need: a microphone, a model, a folder to record into.

    live_arguments go to the program; the transcriber is the same model with the same settings.
    """

    microphone: VirtualMicrophone
    transcriber: Transcriber
    folder: Path
    live_arguments: tuple[object, ...] = ()

    def live(self, *more: object, folder: Path | None = None) -> LiveProgram:
        place = folder or self.folder / f"{time.monotonic_ns()}"
        environment = self.microphone.environment
        return LiveProgram(place, *self.live_arguments, *more, environment=environment)

    def texts(self, sound: Samples | Path) -> list[str]:
        """The file transcript, utterance by utterance, those without words left out."""
        if isinstance(sound, Path):
            path = sound
        else:
            path = self.folder / f"played-{time.monotonic_ns()}.wav"
            soundfile.write(path, sound, RATE, subtype="PCM_16")
        return file_texts(self.transcriber, path)


def file_texts(transcriber: Transcriber, path: Path) -> list[str]:
    """The transcript of a file, utterance by utterance, those without words left out."""
    found: list[str] = []
    recogniser, words = transcriber.recogniser, transcriber.recogniser.words

    def listen(samples: Samples, offset_seconds: float = 0.0) -> list[Any]:
        heard = words(samples, offset_seconds)
        found.append(" ".join(word.text for word in heard))
        return heard

    recogniser.words = listen  # type: ignore[method-assign]
    try:
        transcriber.transcribe(path)
    finally:
        recogniser.words = words  # type: ignore[method-assign]
    return [text for text in found if text]


def is_about_the_same(live: list[str], of_recording: list[str]) -> bool:
    """As many utterances, and no more words of them differ than captions may keep; one always may. Capitals
    and marks, which only the written form has, do not count."""
    if len(live) != len(of_recording):
        return False
    if not live:
        return True
    live, of_recording = [_words(text) for text in live], [_words(text) for text in of_recording]
    words = jiwer.process_words(of_recording, live)
    differing = words.substitutions + words.deletions + words.insertions
    return differing <= max(1, MOST_WORDS_APART * sum(map(len, words.references)))


def _words(text: str) -> str:
    return " ".join(re.findall(r"[\w']+", text.lower()))


def recorded(session: Session) -> list[str]:
    """What its transcript says, utterance by utterance."""
    return [str(entry["text"]) for entry in session.utterances()]


def share_kept(session: Session, played: Samples) -> float:
    """How much of what was played is on the disk, wherever it lies there."""
    return share_heard(_sound(session), played)


def likeness(session: Session, played: Samples) -> float:
    """Correlation of a short sound with the place on the disk that is most like it."""
    heard = _sound(session)
    lag = max(0, lag_samples(heard, played))
    return correlation(heard[lag : lag + len(played)], played)


def _sound(session: Session) -> Samples:
    return np.concatenate([np.zeros(0, np.float32), *(read_all(part.path) for part in session.parts())])


# --- live against file, the first word and the last


@dataclass(frozen=True)
class Dictation:
    """One talk, begun when the program said that it listens, and stopped the moment that it ended."""

    said: str
    of_file: str
    """What the file that was played gives."""
    of_recording: str
    """What the recorded file gives."""
    live: str
    first_sound: float
    """Likeness of the first word's beginning with what is on the disk."""
    came_after_stop: bool
    """The last final came after Stop."""

    @property
    def has_first_word(self) -> bool:
        return (
            self.first_sound > 0.9 and _words(self.live).split()[:1] == _words(self.of_recording).split()[:1]
        )

    @property
    def has_last_word(self) -> bool:
        return (
            self.came_after_stop and _words(self.live).split()[-1:] == _words(self.of_recording).split()[-1:]
        )


def dictate(bench: Bench, sentences: list[Sentence]) -> Dictation:
    played = talk(sentences)
    with bench.live() as program:
        program.wait_until_listening()
        bench.microphone.play(played, RATE)
        stopped_at = time.monotonic()
        program.press_ctrl_c()
        assert program.wait() == 0, program.errors()
        finals = program.finals
        final_at = [at for at, line in program.timed_lines if line["type"] == "final" and line["text"]]
        session = program.session
    assert [line["text"] for line in finals] == recorded(session), "shown and stored are the same"
    return Dictation(
        said=" ".join(sentence.text for sentence in sentences),
        of_file=" ".join(bench.texts(played)),
        of_recording=" ".join(bench.texts(session.part_path(1))),
        live=" ".join(line["text"] for line in finals),
        first_sound=likeness(session, played[: round(FIRST_SOUND_SECONDS * RATE)]),
        came_after_stop=bool(final_at) and final_at[-1] > stopped_at,
    )


# --- kill -9 of everything


@dataclass(frozen=True)
class Killed:
    """A session whose program was killed while somebody spoke."""

    session: Session
    ran_seconds: float
    """From the first sound on the disk to the kill."""
    kept_seconds: float
    share_kept: float
    """Of what was played until a second before the kill."""

    @property
    def lost_seconds(self) -> float:
        return self.ran_seconds - self.kept_seconds


def kill_everything(bench: Bench, played: Samples, after_seconds: float) -> Killed:
    """`after_seconds` of sound are played, at least two."""
    with bench.live(folder=bench.folder / "killed") as program:
        program.wait_until_listening()
        player = bench.microphone.start_playing(played, RATE)
        begun_at = time.monotonic()
        time.sleep(after_seconds)
        program.kill()
        killed_at, played_seconds = datetime.now(UTC), time.monotonic() - begun_at
        player.kill()
        player.wait()
        session = program.session
    assert session.state() is SessionState.BROKEN
    part = next(event for event in session.events() if event["type"] == "part")
    return Killed(
        session,
        (killed_at - datetime.fromisoformat(part["time"])).total_seconds(),
        session.duration_seconds(),
        # The player needs a moment to begin, so this is more than what lies a second back.
        share_kept(session, played[: round((played_seconds - 1.5) * RATE)]),
    )


def recover(bench: Bench) -> subprocess.CompletedProcess[str]:
    """`asr-desktop recover` of everything that `kill_everything` has left."""
    command = ["asr_desktop", "recover", "--folder", bench.folder / "killed", *bench.live_arguments]
    return subprocess.run(
        [sys.executable, "-m", *map(str, command)],
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=10 * PATIENCE_SECONDS,
        check=False,
    )


# --- kill -9 of the recogniser


@dataclass(frozen=True)
class Disturbed:
    """A talk during which something happened."""

    live: list[str]
    """The finals that were shown, in order."""
    stored: list[str]
    of_recording: list[str]
    """The undisturbed transcript of the same sound."""
    numbers: list[int]
    shares_kept: list[float]
    """Of each stretch that was played."""
    warnings: list[str]
    exit_code: int
    happened: int = 0

    @property
    def is_same(self) -> bool:
        return (
            self.live == self.stored
            and is_about_the_same(self.live, self.of_recording)
            and self.numbers == sorted(set(self.numbers))
        )


def kill_recogniser(bench: Bench, played: Samples, moments: list[float]) -> Disturbed:
    """Killed so many seconds after its first partial result, whatever it does then."""
    with bench.live() as program:
        program.wait_until_listening()
        player = bench.microphone.start_playing(played, RATE)
        program.wait_for(lambda line: line["type"] == "partial", "partial result")
        begun_at = time.monotonic()
        kills = 0
        for moment in sorted(moments):
            time.sleep(max(0.0, begun_at + moment - time.monotonic()))
            worker = program.worker()
            if worker is not None:
                os.kill(worker, signal.SIGKILL)
                kills += 1
        player.wait()
        return _ended(bench, program, [played], kills)


# --- a disk that fills, a microphone that vanishes, a machine that stands still


@contextmanager
def small_disk(place: Path, free_bytes: int) -> Iterator[Path]:
    """A file system in memory of which so much is left; gives the file that fills it.

    Raises OSError where no disk may be mounted.
    """
    place.mkdir()
    size = free_bytes + 4_000_000
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)],
        capture_output=True,
        text=True,
        check=False,
    )
    if mounted.returncode:
        raise OSError(mounted.stderr.strip())
    try:
        filler = place / "filler"
        filler.write_bytes(bytes(4_000_000))
        yield filler
    finally:
        # Sound that is still being read keeps the disk busy for a moment.
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def fill_disk(bench: Bench, sentences: list[Sentence]) -> Disturbed:
    """The disk is full after 5 s; once the program has said so, room is made before the last sentence."""
    first, second = talk(sentences[:-1]), talk(sentences[-1:])
    with (
        small_disk(bench.folder / f"disk-{time.monotonic_ns()}", 900_000) as filler,
        bench.live(folder=filler.parent / "sessions") as program,
    ):
        program.wait_until_listening()
        player = bench.microphone.start_playing(first, RATE)
        program.wait_for_warning("cannot be written to disk")
        player.wait()
        filler.unlink()
        program.wait_for_warning("takes sound again")
        bench.microphone.play(second, RATE)
        return _ended(bench, program, [first, second])


def fill_disk_for_good(bench: Bench, sentences: list[Sentence]) -> Disturbed:
    """Nobody makes room."""
    with (
        small_disk(bench.folder / f"disk-{time.monotonic_ns()}", 2_000_000) as filler,
        bench.live(folder=filler.parent / "sessions") as program,
    ):
        program.wait_until_listening()
        played = talk(sentences[:1])
        bench.microphone.play(played, RATE)
        program.wait_for_warning("cannot be written to disk")
        program.wait_for(lambda line: line["type"] == "stopped", "end of the recording")
        return _ended(bench, program, [played])


def pull_out_microphone(bench: Bench, sentences: list[Sentence]) -> Disturbed:
    """Pulled out before the last sentence, and plugged in again."""
    before, after = talk(sentences[:-1]), talk(sentences[-1:])
    with bench.live("--device", "Virtual-Microphone") as program:
        program.wait_until_listening()
        bench.microphone.play(before, RATE)
        time.sleep(0.5)
        count = len(program.lines)
        bench.microphone.pull_out()
        program.wait_for_warning("was unplugged", after=count)
        bench.microphone.plug_in()
        program.wait_for_warning("Recording continues", after=count)
        program.wait_until_listening(after=count)
        bench.microphone.play(after, RATE)
        return _ended(bench, program, [before, after])


def stand_still(bench: Bench, sentences: list[Sentence], seconds: float) -> Disturbed:
    """Everything of the program is stopped before the last sentence, and goes on."""
    before, after = talk(sentences[:-1]), talk(sentences[-1:])
    with bench.live() as program:
        program.wait_until_listening()
        bench.microphone.play(before, RATE)
        time.sleep(0.5)
        program.signal(signal.SIGSTOP)
        time.sleep(seconds)
        program.signal(signal.SIGCONT)
        time.sleep(0.5)
        bench.microphone.play(after, RATE)
        return _ended(bench, program, [before, after])


def _ended(bench: Bench, program: LiveProgram, played: list[Samples], happened: int = 0) -> Disturbed:
    if program.process.poll() is None:
        program.press_ctrl_c()
    code = program.wait()
    session = program.session
    return Disturbed(
        live=[line["text"] for line in program.finals],
        stored=recorded(session),
        of_recording=[text for part in session.parts() for text in bench.texts(part.path)],
        numbers=[line["utterance"] for line in program.finals],
        shares_kept=[share_kept(session, stretch) for stretch in played],
        warnings=program.warnings,
        exit_code=code,
        happened=happened,
    )


# --- hours of it


@dataclass
class LongRun:
    """What a long recording did to the program: a sample of it every few seconds of the clock."""

    seconds: list[float] = field(default_factory=list)
    """Of sound on the disk, at each sample."""
    program_megabytes: list[float] = field(default_factory=list)
    recogniser_megabytes: list[float] = field(default_factory=list)
    waiting_packets: list[int] = field(default_factory=list)
    """Heard and not written yet."""
    lag_seconds: list[float] = field(default_factory=list)
    """As the program told it last: sound on the disk that the recogniser has not heard yet."""
    live: list[str] = field(default_factory=list)
    of_recording: list[str] = field(default_factory=list)
    took_seconds: float = 0.0


def listen_long(
    transcriber: Transcriber,
    folder: Path,
    sentences: list[Sentence],
    *,
    minutes: float,
    speed: float,
    live_arguments: tuple[object, ...] = (),
    sample_seconds: float = 2.0,
) -> LongRun:
    """Speech comes `speed` times as fast as it was spoken, from a file in place of the microphone's driver.

    All else is the program as it is: recorder, disk, recogniser in its process, lines of JSON.
    """
    sound, status = folder / "long.wav", folder / "status.json"
    seconds = _write_long(sound, sentences, minutes)
    run = LongRun()
    began = time.monotonic()
    command = (sys.executable, "-m", "tests.live_from_file", sound, speed, 0.0)
    arguments = (*live_arguments, "--seconds", seconds)
    environment = {"LIVE_STATUS_FILE": str(status)}
    with LiveProgram(folder / "long", *arguments, environment=environment, command=command) as program:
        program.wait_until_listening()
        while program.process.poll() is None:
            _sample(run, program, status)
            time.sleep(sample_seconds)
        assert program.wait() == 0, program.errors()
        run.took_seconds = time.monotonic() - began
        run.live = [line["text"] for line in program.finals]
        session = program.session
    run.of_recording = [text for part in session.parts() for text in file_texts(transcriber, part.path)]
    return run


def _write_long(path: Path, sentences: list[Sentence], minutes: float) -> float:
    """The sentences again and again, with pauses; gives its length in seconds."""
    pause = np.zeros(round(1.2 * RATE), np.float32)
    written = 0
    with soundfile.SoundFile(path, "w", RATE, 1, subtype="PCM_16") as file:
        while written < minutes * 60 * RATE:
            for sentence in sentences:
                file.write(np.concatenate([pause, sentence.samples]))
                written += len(pause) + len(sentence.samples)
        file.write(pause)
    return (written + len(pause)) / RATE


def _sample(run: LongRun, program: LiveProgram, status: Path) -> None:
    worker = program.worker()
    try:
        now = json.loads(status.read_text())
        memory = resident_megabytes(program.process.pid), resident_megabytes(worker or 0)
    except (OSError, ValueError):
        return  # it is starting, or has ended just now
    lags = [line["seconds"] for line in program.lines if line["type"] == "lag"]
    run.seconds.append(now["seconds"])
    run.waiting_packets.append(now["waiting_packets"])
    run.program_megabytes.append(memory[0])
    run.recogniser_megabytes.append(memory[1])
    run.lag_seconds.append(lags[-1] if lags else 0.0)
