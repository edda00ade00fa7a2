"""How many spoken commands are missed, and how often something else is taken for one.

    python -m benchmarks.spoken_commands margins
    python -m benchmarks.spoken_commands synthetic [--voices espeak:en-us,flite:slt,…] [--folder DIR]
    python -m benchmarks.spoken_commands real [--packs librispeech-dev,accented-dev,commonvoice-dev]

`margins` has the commands of tests/dictation/scripted_phrases.py and every third of its sentences spoken by
CHOOSING_VOICES, and cuts fragments out of training speech: how many commands would be missed and how much
else taken for one with other margins (`recognition/fixed_phrases`). What it says chose the margin.

The other two measure with other voices, other sentences and other speech, which must not choose anything.
`synthetic` has the phrases heard as a dictation hears them, with the model that ships: commands that were not
obeyed, with and without listening for them, and sentences that were taken for commands. DIR holds what
another synthesiser said: `VOICE-the_phrase.wav`.

`real` cuts fragments of one to three words out of real speech and has each heard as if it had been said by
itself: how many are taken for a command; and, as nobody in the packs says commands, each once more as if it
were one of the user's own commands: how many are found then, beside all the others.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from asr_desktop.audio.read import read_all
from asr_desktop.dictation.spoken_commands import Act, SpokenCommands, plain_words
from asr_desktop.recognition import fixed_phrases
from asr_desktop.recognition.alignment import align, word_times
from asr_desktop.recognition.file_pipeline import Transcriber
from asr_desktop.recognition.fixed_phrases import FixedPhrases, PhraseMatch
from asr_desktop.recognition.live_events import Final, LiveOptions
from asr_desktop.recognition.live_pipeline import LivePipeline
from asr_desktop.recognition.recogniser import Recogniser
from asr_desktop.recognition.segmenter import SAMPLE_RATE, Segmenter
from asr_desktop.teaching.dataset import find_packs, read_manifest
from asr_desktop.transcripts.document import Word
from benchmarks.dictation import spoken_file
from benchmarks.pack_emissions import SCRATCH, SHARED
from tests.dictation.scripted_phrases import COMMAND_PHRASES, TEXT_PHRASES

CHOOSING_VOICES = "espeak:en-us,espeak:en-gb,espeak:en-us+f3,espeak:en-us+m3,flite:slt,flite:kal16"
CHOOSING_PACKS = "librispeech-train-a,accented-train,commonvoice-train"
HELD_OUT_VOICES = (
    "espeak:en-gb-scotland,espeak:en-gb-x-rp+f2,espeak:en-029+m7,espeak:en-us-nyc+f5,espeak:en-gb-x-gbcwmd,"
    "flite:rms,flite:awb,festival:ked_diphone"
)
CHOOSING_SENTENCES, HELD_OUT_SENTENCES = TEXT_PHRASES[::3], TEXT_PHRASES[1::3]
Samples = NDArray[np.float32]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("what", choices=("margins", "synthetic", "real"))
    parser.add_argument("--voices", default=HELD_OUT_VOICES)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--packs", default="librispeech-dev,accented-dev,commonvoice-dev")
    parser.add_argument("--utterances", type=int, default=40, help="of each pack")
    chosen = parser.parse_args()
    recogniser = Transcriber(threads=1).recogniser
    if chosen.what == "margins":
        measure_margins(recogniser, chosen.utterances)
        return
    if chosen.what == "real":
        measure_real(recogniser, chosen.packs.split(","), chosen.utterances)
        return
    with tempfile.TemporaryDirectory() as folder:
        for voice in filter(None, chosen.voices.split(",")):
            measure_voice(
                recogniser,
                voice,
                {phrase: read_all(spoken_file(Path(folder), phrase, voice)) for phrase in ALONE},
                {phrase: read_all(spoken_file(Path(folder), phrase, voice)) for phrase in HELD_OUT_SENTENCES},
            )
    if chosen.folder is not None:
        for voice in sorted({path.name.split("-")[0] for path in chosen.folder.glob("*-*.wav")}):
            said = {
                path.stem.partition("-")[2].replace("_", " "): with_silence(read_all(path))
                for path in chosen.folder.glob(f"{voice}-*.wav")
            }
            measure_voice(
                recogniser,
                voice,
                {phrase: sound for phrase, sound in said.items() if phrase in ALONE},
                {phrase: sound for phrase, sound in said.items() if phrase in TEXT_PHRASES},
            )


COMMANDS = SpokenCommands.of("en")
ALONE = {said[0]: acts for said, acts in COMMAND_PHRASES if len(said) == 1 and said[0] in COMMANDS.phrases}


def with_silence(sound: Samples) -> Samples:
    """As a microphone hears it before and after a phrase."""
    quiet = np.random.default_rng(0).normal(0, 1e-4, round(0.8 * SAMPLE_RATE)).astype(np.float32)
    return np.concatenate([quiet, sound, quiet])


def heard(recogniser: Recogniser, sound: Samples, phrases: tuple[str, ...]) -> list[Word]:
    pipeline = LivePipeline(recogniser, options=LiveOptions(phrases=phrases))
    events = [*pipeline.accept(sound), *pipeline.finish()]
    return [word for event in events if isinstance(event, Final) for word in event.words]


def measure_voice(
    recogniser: Recogniser, voice: str, commands: dict[str, Samples], sentences: dict[str, Samples]
) -> None:
    missed: list[str] = []
    missed_before = 0
    obeyed: list[str] = []
    for phrase, sound in commands.items():
        plain = heard(recogniser, sound, ())
        words = heard(recogniser, sound, COMMANDS.phrases)
        missed_before += [(step.act, step.text) for step in COMMANDS.steps(plain)] != ALONE[phrase]
        if [(step.act, step.text) for step in COMMANDS.steps(words)] != ALONE[phrase]:
            missed.append(f"{phrase!r} as {' '.join(word.text for word in words)!r}")
    for phrase, sound in sentences.items():
        words = heard(recogniser, sound, COMMANDS.phrases)
        if any(step.act is not Act.WORDS for step in COMMANDS.steps(words)):
            obeyed.append(f"{phrase!r} as {' '.join(word.text for word in words)!r}")
    print(
        f"{voice:16} {len(missed)} of {len(commands)} commands missed ({missed_before} without listening for "
        f"them), {len(obeyed)} of {len(sentences)} sentences taken for commands",
        flush=True,
    )
    for line in (*missed, *obeyed):
        print(f"                 {line}")


# Choosing the margin


@dataclass(frozen=True, slots=True)
class Heard:
    """An utterance: the phrase that explains it best, and what is recognised without listening for one."""

    match: PhraseMatch
    words: str


def measure_margins(recogniser: Recogniser, utterances: int) -> None:
    commands: list[tuple[str, list[Heard]]] = []
    sentences: list[tuple[str, list[Heard]]] = []
    with tempfile.TemporaryDirectory() as folder:
        for voice in CHOOSING_VOICES.split(","):
            for phrases, said in ((tuple(ALONE), commands), (CHOOSING_SENTENCES, sentences)):
                for phrase in phrases:
                    sound = read_all(spoken_file(Path(folder), phrase, voice))
                    said.append((phrase, utterances_of(recogniser, sound)))
    real = [
        (text, utterances_of(recogniser, sound))
        for pack in CHOOSING_PACKS.split(",")
        for text, sound in fragments(recogniser, pack, utterances)
        if text not in COMMANDS.phrases
    ]
    print(f"of {len(commands)} commands, {len(sentences)} sentences, {len(real)} fragments of real speech:")
    print("a letter, less   missed   sentences, fragments taken for a command")
    for per_letter in np.arange(1.75, 3.76, 0.25):
        for less in range(2, 11):
            fixed_phrases.EVIDENCE_PER_LETTER, fixed_phrases.SHORT_PHRASES_LOSE = per_letter, less
            missed = sum(not is_obeyed(phrase, heard) for phrase, heard in commands)
            taken = [
                sum(any(is_taken(one) and one.words != text for one in heard) for text, heard in said)
                for said in (sentences, real)
            ]
            print(f"{per_letter:8.2f} {less:5}   {missed:6}   {taken[0]:9} {taken[1]:10}")


def utterances_of(recogniser: Recogniser, sound: Samples) -> list[Heard]:
    segmenter = Segmenter()
    found: list[Heard] = []
    for utterance in [*segmenter.accept(sound), *segmenter.flush()]:
        log_probs = recogniser.emissions(utterance.samples)
        match = phrases_for(recogniser).best(log_probs)
        words = recogniser.decode(log_probs, len(utterance.samples))
        if match is not None:
            found.append(Heard(match, " ".join(word.text for word in words)))
    return found


@cache
def phrases_for(recogniser: Recogniser) -> FixedPhrases:
    return FixedPhrases(COMMANDS.phrases, recogniser.folder.labels)


def is_taken(heard: Heard) -> bool:
    letters = sum(character.isalnum() for character in heard.words)
    return heard.match.is_likely and letters <= fixed_phrases.most_heard(heard.match.letters)


def is_obeyed(phrase: str, heard: list[Heard]) -> bool:
    if len(heard) != 1:
        return False
    if not is_taken(heard[0]):
        return heard[0].words == phrase
    acts = COMMANDS.steps([Word(word, 0.0, 0.0, 1.0) for word in heard[0].match.phrase.split()])
    return [(step.act, step.text) for step in acts] == ALONE[phrase]


# Real speech


def measure_real(recogniser: Recogniser, packs: list[str], utterances: int) -> None:
    for pack in packs:
        count = taken = found = found_before = 0
        examples: list[str] = []
        for text, sound in fragments(recogniser, pack, utterances):
            if text in COMMANDS.phrases:
                continue
            count += 1
            words = heard(recogniser, sound, COMMANDS.phrases)
            if any(step.act is not Act.WORDS for step in COMMANDS.steps(words)):
                taken += 1
                examples.append(f"{text!r} as {' '.join(word.text for word in words)!r}")
            plain = heard(recogniser, sound, ())
            found_before += " ".join(plain_words(" ".join(word.text for word in plain))) == text
            own = heard(recogniser, sound, (text, *COMMANDS.phrases))
            found += " ".join(word.text for word in own) == text
        print(
            f"{pack:16} {taken} of {count} fragments taken for a command; as commands of the user's own "
            f"{count - found} missed ({count - found_before} without listening for them)",
            flush=True,
        )
        for line in examples:
            print(f"                 {line}")


def fragments(recogniser: Recogniser, pack: str, utterances: int) -> Iterator[tuple[str, Samples]]:
    """Three of each of so many utterances, with silence around them."""
    [folder] = find_packs([pack], [SHARED / "speech"], SCRATCH / "packs")
    spoken = [utterance for utterance in read_manifest(folder) if utterance.seconds < 9]
    choose = random.Random(pack)
    choose.shuffle(spoken)
    for utterance in spoken[:utterances]:
        sound = read_all(utterance.path)
        words = utterance.text.split()
        aligned = align(recogniser.emissions(sound), " ".join(words), recogniser.folder.labels)
        times = word_times(aligned, recogniser.folder.frame_timing, len(sound) / SAMPLE_RATE)
        for _ in range(3):
            count = min(choose.choice((1, 2, 2, 3)), len(words))
            first = choose.randrange(len(words) - count + 1)
            start, end = max(0.0, times[first][0] - 0.06), times[first + count - 1][1]
            cut = sound[round(start * SAMPLE_RATE) : round(end * SAMPLE_RATE)]
            if len(cut) >= 0.2 * SAMPLE_RATE:
                yield " ".join(words[first : first + count]), with_silence(cut)


if __name__ == "__main__":
    main()
