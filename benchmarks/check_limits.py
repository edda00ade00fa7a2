"""How often the limits of `asr-trainer check` flag good speech, and how often they catch what is spoilt.

    python -m benchmarks.check_limits [--recordings 100] [--model starter-en] [--packs PACK…]
    python -m benchmarks.check_limits --words --packs librispeech-dev accented-dev --recordings 40

Good speech are recordings of the training packs of ../shared/speech, as they are, drawn at random; spoilt is
the same speech after each damage below, with a fixed seed. Of good speech some is truly flawed, so the first
table is an upper bound of false alarms. The model that listens was trained on these packs: speech that it
does not know it hears less well, and `asr_desktop.teaching.check.findings.wrong_text_limit` rises.

With --words, the limits that hold for a take and for a correction, in nats a letter: how many true
transcripts are above that of another sentence's, and how many of the words above that of a word that was not
said; beside it, how many transcripts of other recordings are found, and how many words that were put into
true ones.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from asr_desktop.teaching.check import findings as found
from asr_desktop.teaching.check.findings import CheckLimits, Kind
from asr_desktop.teaching.check.sound_measures import SoundMeasures, measure
from asr_desktop.teaching.dataset import TrainingUtterance, find_packs, read_manifest
from asr_desktop.teaching.listening import Listener
from benchmarks.pack_emissions import SCRATCH, SHARED

PACKS = ("librispeech-train-a", "accented-train", "commonvoice-train")
NAMELESS = Path("recording")
MISSING_WORD_LETTERS = 3  # shorter words are not looked at in a take

Sound = NDArray[np.float32]


@dataclass(frozen=True)
class Recording:
    """A sound and what it is said to say; other_text: what another recording of the pack says."""

    sound: Sound
    text: str
    other_text: str


@dataclass(frozen=True)
class Damage:
    """What is done to a recording, and the findings any one of which tells of it."""

    name: str
    do: Callable[[Recording, np.random.Generator], tuple[Sound, str]]
    tells: tuple[Kind, ...]


def at_level(sound: Sound, speech_dbfs: float) -> Sound:
    gain = 10 ** ((speech_dbfs - measure(sound).speech_dbfs) / 20)
    return (sound * gain).astype(np.float32)


def clipped_by(decibels: float) -> Callable[[Recording, np.random.Generator], tuple[Sound, str]]:
    def clip(recording: Recording, generator: np.random.Generator) -> tuple[Sound, str]:
        peak = float(np.abs(recording.sound).max())
        louder = recording.sound / max(peak, 1e-6) * 10 ** (decibels / 20)
        return np.clip(louder, -1, 1).astype(np.float32), recording.text

    return clip


def in_noise(decibels: float) -> Callable[[Recording, np.random.Generator], tuple[Sound, str]]:
    """White noise so far below the speech."""

    def spoil(recording: Recording, generator: np.random.Generator) -> tuple[Sound, str]:
        amplitude = 10 ** ((measure(recording.sound).speech_dbfs - decibels) / 20)
        noise = amplitude * generator.standard_normal(recording.sound.size)
        return (recording.sound + noise).astype(np.float32), recording.text

    return spoil


def first_part_of_the_sound(recording: Recording, generator: np.random.Generator) -> tuple[Sound, str]:
    return recording.sound[: recording.sound.size // 2], recording.text


def first_part_of_the_text(recording: Recording, generator: np.random.Generator) -> tuple[Sound, str]:
    words = recording.text.split()
    return recording.sound, " ".join(words[: max(1, len(words) // 2)])


DAMAGES = (
    Damage("clipped by 3 dB", clipped_by(3), (found.CLIPPED,)),
    Damage("clipped by 6 dB", clipped_by(6), (found.CLIPPED,)),
    Damage("clipped by 12 dB", clipped_by(12), (found.CLIPPED,)),
    Damage("white noise 15 dB below", in_noise(15), (found.NOISY,)),
    Damage("white noise 10 dB below", in_noise(10), (found.NOISY,)),
    Damage("white noise 5 dB below", in_noise(5), (found.NOISY,)),
    Damage("speech at -45 dB", lambda each, _: (at_level(each.sound, -45), each.text), (found.QUIET,)),
    Damage("speech at -65 dB", lambda each, _: (at_level(each.sound, -65), each.text), (found.SILENT,)),
    Damage(
        "another's transcript",
        lambda each, _: (each.sound, each.other_text),
        (found.WRONG_TEXT, found.TOO_MUCH_TEXT, found.LITTLE_TEXT),
    ),
    Damage(
        "transcript without its second half",
        first_part_of_the_text,
        (found.WRONG_TEXT, found.LITTLE_TEXT),
    ),
    Damage(
        "sound without its second half",
        first_part_of_the_sound,
        (found.WRONG_TEXT, found.TOO_MUCH_TEXT),
    ),
)


def recordings_of(utterances: Sequence[TrainingUtterance], count: int, seed: int) -> list[Recording]:
    generator = np.random.default_rng(seed)
    chosen = generator.permutation(len(utterances))[:count]
    texts = [utterances[number].transcript for number in chosen]
    others = texts[1:] + texts[:1]
    return [
        Recording(utterances[number].samples(), text, other)
        for number, text, other in zip(chosen, texts, others, strict=True)
        if text != other
    ]


def kinds_of(
    sound: Sound, text: str, limits: CheckLimits, shortfall: float, wrong_from: float
) -> tuple[set[Kind], SoundMeasures]:
    measures = measure(sound)
    letters = len(text.replace(" ", ""))
    kinds = {finding.kind for finding in found.sound_findings("", NAMELESS, measures, limits)}
    kinds |= {finding.kind for finding in found.rate_findings("", NAMELESS, letters, measures, limits)}
    if shortfall > wrong_from and found.SILENT not in kinds:
        kinds.add(found.WRONG_TEXT)
    return kinds, measures


def word_limits(listener: Listener, recordings: Sequence[Recording], generator: np.random.Generator) -> None:
    """Print what the limits of takes and corrections find in the transcripts, and in spoilt ones."""
    true_texts, other_texts, said, said_long, added = [], [], [], [], []
    for each in recordings:
        heard = listener.hear(each.sound, each.text)
        true_texts.append(heard.shortfall)
        said += [word.shortfall for word in heard.words if word.letters]
        said_long += [word.shortfall for word in heard.words if len(word.letters) >= MISSING_WORD_LETTERS]
        other_texts.append(listener.hear(each.sound, each.other_text).shortfall)
        words, others = each.text.split(), [word for word in each.other_text.split() if len(word) > 3]
        if not others:
            continue
        place, word = int(generator.integers(len(words) + 1)), others[int(generator.integers(len(others)))]
        wrong = listener.hear(each.sound, " ".join([*words[:place], word, *words[place:]]))
        if place < len(wrong.words):
            added.append(wrong.words[place].shortfall)
    for name, limits, of_true, of_wrong in (
        ("other words", (1.8, 2.5, 3.0), true_texts, other_texts),
        ("word not said", (3.0, 4.0, 5.0, 6.0, 8.0), said, added),
        (f"of {MISSING_WORD_LETTERS} letters or more", (3.0, 4.0, 5.0, 6.0, 8.0), said_long, added),
    ):
        for limit in limits:
            shares = [sum(value > limit for value in values) / len(values) for values in (of_true, of_wrong)]
            print(f"  {name}, above {limit:g}: {shares[0]:.1%} of {len(of_true)} true, ", end="")
            print(f"{shares[1]:.1%} of {len(of_wrong)} wrong")


def edges_cut_anywhere(sound: Sound, generator: np.random.Generator) -> tuple[bool, bool]:
    """Whether a middle third, cut out at any place, shows at its start and at its end."""
    length = sound.size // 3
    start = int(generator.integers(0, sound.size - length))
    measures = measure(sound[start : start + length])
    return measures.is_cut_at_start, measures.is_cut_at_end


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--recordings", type=int, default=100, help="of each pack")
    parser.add_argument("--model", default="starter-en")
    parser.add_argument("--packs", nargs="+", default=PACKS)
    parser.add_argument("--words", action="store_true", help="the limits of takes and corrections instead")
    options = parser.parse_args()
    listener, limits = Listener(options.model), CheckLimits()
    good: Counter[str] = Counter()
    caught: Counter[str] = Counter()
    edges: Counter[str] = Counter()
    total = 0
    for pack in find_packs(options.packs, [SHARED / "speech"], SCRATCH / "packs"):
        recordings = recordings_of(read_manifest(pack), options.recordings, seed=1)
        total += len(recordings)
        if options.words:
            print(f"{pack.name}: {len(recordings)} recordings", flush=True)
            word_limits(listener, recordings, np.random.default_rng(3))
            continue
        shortfalls = [listener.hear(each.sound, each.text).shortfall for each in recordings]
        wrong_from = found.wrong_text_limit(shortfalls)
        print(f"{pack.name}: {len(recordings)} recordings, wrong text from {wrong_from:.2f} nats a letter")
        generator = np.random.default_rng(2)
        for each, shortfall in zip(recordings, shortfalls, strict=True):
            kinds, measures = kinds_of(each.sound, each.text, limits, shortfall, wrong_from)
            good.update(kind.name for kind in kinds)
            good.update(["left out"] if any(kind.leaves_out for kind in kinds) else [])
            edges.update({"whole": measures.is_cut_at_start + measures.is_cut_at_end})
            edges.update({"cut": sum(edges_cut_anywhere(each.sound, generator))})
        for damage in DAMAGES:
            for each in recordings:
                sound, text = damage.do(each, generator)
                listens = found.WRONG_TEXT in damage.tells
                shortfall = listener.hear(sound, text).shortfall if listens else 0.0
                kinds, _ = kinds_of(sound, text, limits, shortfall, wrong_from)
                caught[damage.name] += bool(kinds.intersection(damage.tells))
    if options.words:
        return
    print(f"\ngood recordings that are flagged, of {total}")
    for name in [kind.name for kind in found.KINDS if good[kind.name]] + ["left out"]:
        print(f"  {name:<36}{good[name]:>5}  {good[name] / total:.1%}")
    print(f"\nspoilt recordings that are caught, of {total}")
    for damage in DAMAGES:
        print(f"  {damage.name:<36}{caught[damage.name]:>5}  {caught[damage.name] / total:.1%}")
    print(f"\nedges called cut, of {2 * total}")
    print(f"  of whole recordings                 {edges['whole']:>5}  {edges['whole'] / total / 2:.1%}")
    print(f"  of thirds cut out anywhere          {edges['cut']:>5}  {edges['cut'] / total / 2:.1%}")


if __name__ == "__main__":
    main()
