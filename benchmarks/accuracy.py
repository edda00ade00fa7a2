"""Word error rates of a model on the development packs, beside other recognisers on the same samples.

    python -m benchmarks.accuracy [--model starter-en] [--packs librispeech-dev,…] [--limit 50] [--reuse]
    python -m benchmarks.accuracy --threads 1 --whisper tiny.en=FOLDER --whisper base=whisper-base

Prints a Markdown table: word error rate with substitutions, deletions and insertions, character error rate,
time for a second of sound (wall clock) and processor seconds for it. Every recogniser gets the same 16 kHz
samples of whole utterances, one after the other; all texts are compared in their spoken form.

The peers (benchmarks/peers.py says where they come from) are slow, so what they said and how long it took are
written down, and used again with --reuse.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import jiwer

from asr_desktop.audio.media import SAMPLE_RATE
from asr_desktop.audio.read import read_all
from asr_desktop.base.errors import AsrDesktopError
from asr_desktop.recognition.beam_search import make_decoder
from asr_desktop.recognition.emissions import load_emissions
from asr_desktop.recognition.model_folder import find_model
from asr_desktop.teaching.dataset import find_packs, read_manifest
from benchmarks.pack_emissions import DEV_PACKS, SCRATCH, SHARED
from benchmarks.peers import Recogniser, pocketsphinx, spoken_form, whisper

CACHE = Path.home() / ".cache" / "asr-desktop-benchmarks"
ALL = "all"


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
    parser.add_argument(
        "--whisper", action="append", default=[], metavar="NAME=FOLDER", help="a model of faster-whisper"
    )
    parser.add_argument("--reuse", action="store_true", help="take the peers' earlier answers and times")
    parser.add_argument("--cache", type=Path, default=CACHE, help=f"where those are kept ({CACHE})")
    options = parser.parse_args()
    try:
        utterances = find_utterances(options.packs.split(","), options.limit)
        results = ours(utterances, options.model, options.language_model, options.threads)
    except AsrDesktopError as error:
        sys.exit(str(error))
    threads = options.threads or os.cpu_count() or 1
    peers: dict[str, Callable[[], Recogniser]] = {} if options.no_peer else {"PocketSphinx 5": pocketsphinx}
    for named in options.whisper:
        name, _, place = named.partition("=")
        peers[f"Whisper {name}"] = partial(whisper, Path(place), threads)
    for name, open_peer in peers.items():
        results[name] = peer(name, open_peer, utterances, options.cache, options.reuse)
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


def peer(
    name: str, open_peer: Callable[[], Recogniser], utterances: Sequence[Utterance], folder: Path, reuse: bool
) -> list[Recognised]:
    """What a peer hears, opened only where it has to hear something."""
    cache = folder / f"{name.lower().replace(' ', '-')}.json"
    known: dict[str, dict[str, str | float]] = {}
    if cache.is_file():
        known = json.loads(cache.read_text(encoding="utf-8"))
    recognise: Recogniser | None = None
    results = []
    for number, utterance in enumerate(utterances, start=1):
        if not reuse or utterance.name not in known:
            recognise = recognise or open_peer()
            known[utterance.name] = asdict(timed(recognise, utterance))
            print(f"\r{name} {number}/{len(utterances)} ", end="", file=sys.stderr, flush=True)
            if number % 20 == 0 or number == len(utterances):
                cache.parent.mkdir(parents=True, exist_ok=True)
                cache.write_text(json.dumps(known, indent=0), encoding="utf-8")
        results.append(Recognised(**known[utterance.name]))  # type: ignore[arg-type]
    if recognise is not None:
        print(file=sys.stderr)
    return results


def timed(recognise: Recogniser, utterance: Utterance) -> Recognised:
    samples = read_all(utterance.path)
    wall, cpu = time.perf_counter(), time.process_time()
    text = recognise(samples)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return Recognised(text, len(samples) / SAMPLE_RATE, wall, cpu)


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
    wanted = [spoken_form(reference) for reference in references]
    got = [spoken_form(result.text) for result in results]
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
