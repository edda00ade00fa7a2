"""Word error rates of a model on the development packs, beside PocketSphinx 5 on the same samples.

    python -m benchmarks.accuracy [--model starter-en] [--packs librispeech-dev,…] [--limit 50] [--reuse]

Prints a Markdown table: word error rate with substitutions, deletions and insertions, character error rate,
time for a second of sound (wall clock) and processor seconds for it. Every recogniser gets the same 16 kHz
samples of whole utterances, one after the other; both texts are lower-cased and freed of punctuation.

PocketSphinx is slow, so what it said and how long it took are written down, and used again with --reuse.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import jiwer
import numpy as np
from numpy.typing import NDArray

from asr_desktop.audio.media import SAMPLE_RATE
from asr_desktop.audio.read import read_all
from asr_desktop.errors import AsrDesktopError
from asr_desktop.recognition.beam_search import make_decoder
from asr_desktop.recognition.emissions import load_emissions
from asr_desktop.recognition.model_folder import find_model
from benchmarks.pack_emissions import DEV_PACKS, SCRATCH, SHARED
from trainer.dataset import find_packs, read_manifest
from trainer.text import normalise_text

CACHE = Path.home() / ".cache" / "asr-desktop-benchmarks" / "pocketsphinx.json"
ALL = "all"

Samples = NDArray[np.float32]
Recogniser = Callable[[Samples], str]


@dataclass(frozen=True)
class Utterance:
    name: str
    pack: str
    path: Path
    reference: str


@dataclass(frozen=True)
class Recognised:
    text: str
    sound_seconds: float
    wall_seconds: float
    cpu_seconds: float


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", default="starter-en", help="name or folder of the model (starter-en)")
    parser.add_argument("--packs", default=",".join(DEV_PACKS), help="packs of ../shared/speech, or folders")
    parser.add_argument("--limit", type=int, help="only the first so many utterances of each pack")
    parser.add_argument("--threads", type=int, help="of the acoustic model (default: its own choice)")
    parser.add_argument("--language-model", help='KenLM file or folder; "none" for none (the model\'s own)')
    parser.add_argument("--no-peer", action="store_true", help="leave PocketSphinx out")
    parser.add_argument("--reuse", action="store_true", help="take PocketSphinx's earlier answers and times")
    parser.add_argument("--cache", type=Path, default=CACHE, help=f"where those are kept ({CACHE})")
    options = parser.parse_args()
    try:
        utterances = find_utterances(options.packs.split(","), options.limit)
        results = ours(utterances, options.model, options.language_model, options.threads)
    except AsrDesktopError as error:
        sys.exit(str(error))
    if not options.no_peer:
        results["PocketSphinx 5"] = peer(utterances, options.cache, options.reuse)
    print(table(utterances, results))


def find_utterances(packs: Sequence[str], limit: int | None) -> list[Utterance]:
    return [
        Utterance(f"{folder.name}/{entry.path.name}", folder.name, entry.path, entry.text)
        for folder in find_packs(packs, [SHARED / "speech", Path()], SCRATCH / "packs")
        for entry in read_manifest(folder)[:limit]
    ]


def ours(
    utterances: Sequence[Utterance], model: str, language_model: str | None, threads: int | None
) -> dict[str, list[Recognised]]:
    """Greedy and beam search over the same emissions; each row's time includes the emissions."""
    folder = find_model(model)
    emissions = load_emissions(folder, threads=threads)
    beam, warnings = make_decoder(folder, "beam", language_model)
    greedy, _ = make_decoder(folder, "greedy")
    for warning in warnings:
        print(warning, file=sys.stderr)
    recognisers: dict[str, Recogniser] = {
        f"{folder.name}, beam search": lambda samples: beam.decode(emissions(samples)),
        f"{folder.name}, greedy": lambda samples: greedy.decode(emissions(samples)),
    }
    return {
        name: [timed(recognise, utterance) for utterance in utterances]
        for name, recognise in recognisers.items()
    }


def peer(utterances: Sequence[Utterance], cache: Path, reuse: bool) -> list[Recognised]:
    """PocketSphinx with the acoustic model, dictionary and trigram model that its package brings."""
    known: dict[str, dict[str, str | float]] = {}
    if cache.is_file():
        known = json.loads(cache.read_text(encoding="utf-8"))
    recognise: Recogniser | None = None
    results = []
    for number, utterance in enumerate(utterances, start=1):
        if not reuse or utterance.name not in known:
            recognise = recognise or pocketsphinx()
            known[utterance.name] = asdict(timed(recognise, utterance))
            print(f"\rPocketSphinx {number}/{len(utterances)} ", end="", file=sys.stderr, flush=True)
            if number % 20 == 0 or number == len(utterances):
                cache.parent.mkdir(parents=True, exist_ok=True)
                cache.write_text(json.dumps(known, indent=0), encoding="utf-8")
        results.append(Recognised(**known[utterance.name]))  # type: ignore[arg-type]
    if recognise is not None:
        print(file=sys.stderr)
    return results


def pocketsphinx() -> Recogniser:
    from pocketsphinx import Decoder

    decoder = Decoder(samprate=SAMPLE_RATE, loglevel="FATAL")

    def recognise(samples: Samples) -> str:
        pcm = (np.clip(samples, -1.0, 1.0) * 32767).astype(np.int16).tobytes()
        decoder.start_utt()
        decoder.process_raw(pcm, full_utt=True)  # the whole utterance: better means for the cepstra
        decoder.end_utt()
        hypothesis = decoder.hyp()
        return hypothesis.hypstr if hypothesis else ""

    return recognise


def timed(recognise: Recogniser, utterance: Utterance) -> Recognised:
    samples = read_all(utterance.path)
    wall, cpu = time.perf_counter(), time.process_time()
    text = recognise(samples)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return Recognised(text, len(samples) / SAMPLE_RATE, wall, cpu)


def plain(text: str) -> str:
    """Both sides alike: PocketSphinx's "read(2)" is "read", then as transcripts are normalised."""
    return normalise_text(re.sub(r"\(\d+\)", "", text))


def table(utterances: Sequence[Utterance], results: dict[str, list[Recognised]]) -> str:
    packs = list(dict.fromkeys(utterance.pack for utterance in utterances))
    lines = [
        "| speech | recogniser | WER | S | D | I | words | CER | time / s of sound | CPU / s of sound |",
        "|---|---|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for pack in [*packs, *([ALL] if len(packs) > 1 else [])]:
        for name, recognised in results.items():
            pairs = [
                (utterance.reference, result)
                for utterance, result in zip(utterances, recognised, strict=True)
                if pack in (ALL, utterance.pack)
            ]
            lines.append(row(pack, name, *zip(*pairs, strict=True)))
    return "\n".join(lines)


def row(pack: str, name: str, references: tuple[str, ...], results: tuple[Recognised, ...]) -> str:
    wanted = [plain(reference) for reference in references]
    got = [plain(result.text) for result in results]
    words = jiwer.process_words(wanted, got)
    sound = sum(result.sound_seconds for result in results)
    wall = sum(result.wall_seconds for result in results) / sound
    cpu = sum(result.cpu_seconds for result in results) / sound
    count = words.hits + words.substitutions + words.deletions
    return (
        f"| {pack} | {name} | {words.wer:.1%} | {words.substitutions} | {words.deletions}"
        f" | {words.insertions} | {count} | {jiwer.cer(wanted, got):.1%} | {wall:.3f} | {cpu:.3f} |"
    )


if __name__ == "__main__":
    main()
