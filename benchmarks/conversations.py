"""Conversations made from the speech packs: who says what when is known to 10 ms.

    python -m benchmarks.conversations FOLDER [--set test|tuning] [--count 16] [--minutes 4]

Each is a WAV file with a JSON file beside it: its seed, speakers, rooms, noise, and its turns. A conversation
has two to five speakers, each with a loudness and a place in a room of their own (measured impulse
responses); turns of 0.5 to 15 s (log-uniform) cut from whole utterances; 0 to 15 % of the speech overlaps;
household noise lies 10 to 30 dB below it.

The tuning set is made from librispeech-train-a and accented-train. Nothing was tuned on the speakers of the
test set: librispeech-train-b, librispeech-dev, one-voice and accented-dev.
"""

from __future__ import annotations

import argparse
import json
import tarfile
from collections import defaultdict
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray
from scipy.signal import fftconvolve

from asr_desktop.audio.read import read_all
from asr_desktop.teaching.dataset import find_packs, read_manifest
from benchmarks.pack_emissions import SCRATCH, SHARED

RATE = 16_000
HOP = RATE // 100
SETS = {
    "tuning": ("librispeech-train-a", "accented-train"),
    "test": ("librispeech-train-b", "librispeech-dev", "one-voice", "accented-dev"),
}
LEAST_SECONDS_OF_A_SPEAKER = 40.0
"""Of one who says less there is not enough for a conversation; it leaves most of accented-train out."""
SHARE_WITH_ONE_ACCENTED = 0.5
"""In so many conversations one speaker is of the accented pack, whose voices differ less: all were recorded
alike."""
PAUSE_OF_A_TURN_SECONDS = 0.3
"""A pause this long inside a turn is silence in the reference; a shorter one is speech."""


@dataclass(frozen=True)
class SpokenTurn:
    """What one speaker says without a pause."""

    start_seconds: float
    end_seconds: float
    speaker: str


@dataclass(frozen=True)
class Conversation:
    """A sound and its truth."""

    name: str
    seed: int
    speakers: tuple[str, ...]
    overlap: float
    noise: str
    snr_db: float
    seconds: float
    turns: tuple[SpokenTurn, ...]

    def sound(self, folder: Path) -> NDArray[np.float32]:
        return soundfile.read(folder / f"{self.name}.wav", dtype="float32")[0]


def make_set(folder: Path, which: str, count: int, minutes: float, first_seed: int = 1) -> list[Conversation]:
    """Conversations with two to five speakers in turn; those that lie there already are taken as they are."""
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    voices: dict[str, list[Path]] = {}
    for index in range(count):
        seed = first_seed + index
        name = f"{which}-{seed:03d}"
        facts = folder / f"{name}.json"
        if not facts.is_file():
            voices = voices or pack_voices(which)
            samples, conversation = converse(name, seed, 2 + index % 4, minutes * 60, voices)
            soundfile.write(folder / f"{name}.wav", samples, RATE, subtype="PCM_16")
            facts.write_text(json.dumps(asdict(conversation), indent=1), encoding="utf-8")
        made.append(read(facts))
    return made


def read(facts: Path) -> Conversation:
    fields = json.loads(facts.read_text(encoding="utf-8"))
    turns = tuple(SpokenTurn(**turn) for turn in fields.pop("turns"))
    return Conversation(**{**fields, "speakers": tuple(fields["speakers"]), "turns": turns})


def pack_voices(which: str) -> dict[str, list[Path]]:
    """Speaker → utterances, of those who say enough."""
    utterances: dict[str, list[Path]] = defaultdict(list)
    seconds: dict[str, float] = defaultdict(float)
    for pack in find_packs(SETS[which], [SHARED / "speech"], SCRATCH / "packs"):
        for utterance in read_manifest(pack):
            speaker = f"{pack.name}/{utterance.speaker}"
            utterances[speaker].append(utterance.path)
            seconds[speaker] += utterance.seconds
    return {
        name: sorted(utterances[name])
        for name in sorted(utterances)
        if seconds[name] >= LEAST_SECONDS_OF_A_SPEAKER
    }


def converse(
    name: str, seed: int, speaker_count: int, seconds: float, voices: dict[str, list[Path]]
) -> tuple[NDArray[np.float32], Conversation]:
    """One conversation of about `seconds`."""
    chance = np.random.default_rng(seed)
    speakers = _cast(voices, speaker_count, chance)
    rooms, noises = rooms_and_noises()
    room = {
        speaker: rooms[chance.integers(len(rooms))] if chance.random() < 0.7 else None for speaker in speakers
    }
    gain = {speaker: 10 ** (chance.uniform(-6, 6) / 20) for speaker in speakers}
    # Whoever talks more is not whoever talks less: shares of one's turns between 1 and 3.
    share = chance.uniform(1, 3, speaker_count)
    stock = {speaker: _Stock(voices[speaker], chance) for speaker in speakers}
    wanted_overlap = float(chance.choice([0.0, 0.05, 0.10, 0.15]))
    mixed = np.zeros(round(seconds * RATE), np.float32)
    turns: list[SpokenTurn] = []
    end, latest, overlapped, spoken = RATE // 2, "", 0.0, 0.0
    latest_start = 0
    while True:
        weights = np.where([speaker == latest for speaker in speakers], 0.15, 1.0) * share
        speaker = str(chance.choice(speakers, p=weights / weights.sum()))
        piece = stock[speaker].take(float(np.exp(chance.uniform(np.log(0.5), np.log(15)))))
        overlap = 0
        if speaker != latest and turns and overlapped < wanted_overlap * spoken:
            overlap = round(
                min(chance.uniform(0.3, 2.5), 0.7 * len(piece) / RATE, 0.7 * (end - latest_start) / RATE)
                * RATE
            )
        start = end - overlap if overlap else end + round(chance.exponential(0.35) * RATE) + RATE // 50
        if start + len(piece) > len(mixed):
            break
        turns += [
            SpokenTurn(round((start + begin) / RATE, 2), round((start + stop) / RATE, 2), speaker)
            for begin, stop in speech(piece)
        ]
        heard = piece * (0.05 / max(1e-4, float(np.sqrt(np.mean(piece**2))))) * gain[speaker]
        if room[speaker] is not None:
            heard = fftconvolve(heard, room[speaker])[: len(mixed) - start].astype(np.float32)
        mixed[start : start + len(heard)] += heard
        overlapped += 2 * overlap / RATE
        spoken += len(piece) / RATE
        latest, latest_start, end = speaker, start, max(end, start + len(piece))
    noise_name = str(chance.choice([*sorted(noises), "none"]))
    snr_db = float(round(chance.uniform(10, 30), 1))
    if noise_name != "none":
        noise = np.resize(noises[noise_name], len(mixed))
        level = np.sqrt(np.mean(mixed**2) / np.mean(noise**2)) * 10 ** (-snr_db / 20)
        mixed += (noise * level).astype(np.float32)
    mixed *= 0.7 / np.abs(mixed).max()
    heard_speakers = tuple(
        dict.fromkeys(turn.speaker for turn in sorted(turns, key=lambda turn: turn.start_seconds))
    )
    return mixed, Conversation(
        name, seed, heard_speakers, wanted_overlap, noise_name, snr_db, seconds, tuple(turns)
    )


def _cast(voices: dict[str, list[Path]], count: int, chance: np.random.Generator) -> list[str]:
    """Who takes part: grown-up readers, and at times one of the accented pack, many of whom are children."""
    accented = sorted(name for name in voices if name.startswith("accented"))
    readers = sorted(set(voices) - set(accented))
    of_accented = int(chance.random() < SHARE_WITH_ONE_ACCENTED)
    cast = [
        *chance.choice(accented, of_accented, replace=False),
        *chance.choice(readers, count - of_accented, replace=False),
    ]
    return [str(cast[index]) for index in chance.permutation(count)]


def speech(samples: NDArray[np.float32]) -> list[tuple[int, int]]:
    """Where a clean piece is not silent, as pairs of samples; pauses below PAUSE_OF_A_TURN_SECONDS are
    speech."""
    frames = samples[: len(samples) // HOP * HOP].reshape(-1, HOP)
    level = 10 * np.log10(np.mean(frames**2, axis=1) + 1e-10)
    level = np.convolve(np.pad(level, 1, mode="edge"), np.ones(3) / 3, mode="valid")
    floor, top = np.percentile(level, [5, 95])
    is_loud = level > max(top - 35, min(floor + 8, top - 15))
    edges = np.flatnonzero(np.diff(np.concatenate([[False], is_loud, [False]]).astype(int)))
    found: list[tuple[int, int]] = []
    for begin, stop in zip(edges[::2], edges[1::2], strict=True):
        if found and (begin - found[-1][1]) < PAUSE_OF_A_TURN_SECONDS * 100:
            found[-1] = (found[-1][0], int(stop))
        else:
            found.append((int(begin), int(stop)))
    return [(begin * HOP, stop * HOP) for begin, stop in found if stop - begin >= 5]


class _Stock:
    """What a speaker has still to say, without the silence around it."""

    def __init__(self, files: list[Path], chance: np.random.Generator) -> None:
        self._files = [files[index] for index in chance.permutation(len(files))]
        self._next = 0
        self._rest = np.zeros(0, np.float32)

    def take(self, seconds: float) -> NDArray[np.float32]:
        """About as much, cut where it is least loud within 0.3 s; from one utterance after the other."""
        while len(self._rest) < seconds * RATE:
            samples = read_all(self._files[self._next % len(self._files)])
            self._next += 1
            loud = speech(samples)
            if not loud:
                continue
            samples = samples[loud[0][0] : loud[-1][1]]
            self._rest = np.concatenate(
                [self._rest, np.zeros(RATE // 10 if len(self._rest) else 0, np.float32), samples]
            )
        wanted = round(seconds * RATE)
        around = range(max(HOP * 30, wanted - 30 * HOP), min(len(self._rest) - HOP, wanted + 30 * HOP), HOP)
        cut = min(around, key=lambda at: float(np.sum(self._rest[at : at + HOP] ** 2)), default=wanted)
        piece, self._rest = self._rest[:cut], self._rest[cut:]
        ramp = np.linspace(0, 1, 80, dtype=np.float32)
        piece = piece.copy()
        piece[:80] *= ramp
        piece[-80:] *= ramp[::-1]
        return piece


def rooms_and_noises() -> tuple[list[NDArray[np.float32]], dict[str, NDArray[np.float32]]]:
    rooms, noises = [], {}
    with tarfile.open(SHARED / "speech" / "noise.tar") as archive:
        for member in sorted(archive.getmembers(), key=lambda member: member.name):
            path = Path(member.name)
            if path.suffix not in (".wav", ".flac"):
                continue
            samples, rate = soundfile.read(archive.extractfile(member), dtype="float32", always_2d=True)
            assert rate == RATE, member.name
            if path.stem.startswith("rir"):
                response = samples[:, 0]
                response = response[
                    np.abs(response).argmax() :
                ]  # so that nobody speaks later than the reference says
                rooms.append(response / np.sqrt(np.sum(response**2)))
            else:
                noises[path.stem] = samples[:, 0]
    return rooms, noises


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--set", choices=sorted(SETS), default="test")
    parser.add_argument("--count", type=int, default=16)
    parser.add_argument("--minutes", type=float, default=4.0)
    arguments = parser.parse_args()
    for made in make_set(arguments.folder, arguments.set, arguments.count, arguments.minutes):
        print(
            made.name,
            len(made.speakers),
            "speakers,",
            len(made.turns),
            "turns,",
            made.noise,
            made.snr_db,
            "dB",
        )


if __name__ == "__main__":
    main()
