"""Fine-tuning with the frozen part's outputs cached on disk, against the plain way, in one run.

    python -m benchmarks.cached_finetuning [--network starter-en|base] [--way whole|top|head] [--minutes 10]

starter-en is the model that ships; base is a network of wav2vec2-base's size (95 M weights, random: what it
computes does not depend on what it has learned). Prints, as a Markdown table, processor seconds for the cache
and for a step, and what the training would take that the defaults plan for so much speech. Processor seconds
rather than the clock's, so that a busy machine gives the same figures.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from asr_desktop.base.paths import bundled_models_folder
from asr_desktop.language_model.english import write_vocabulary
from asr_desktop.teaching.data.splits import write_list
from asr_desktop.teaching.dataset import find_packs, read_manifest
from benchmarks.pack_emissions import SCRATCH, SHARED
from trainer.finetune import FinetuneJob, TrainingProgress, finetune
from trainer.finetune.options import defaults_for

BATCH_SECONDS = 24.0
VARIANTS = 4


@dataclass
class Cost:
    """Processor seconds: of listening once to everything, and of each step."""

    cache: float
    step: float


class Meter:
    """Processor time at the first and last progress of each stage."""

    def __init__(self) -> None:
        self._seen: dict[str, list[tuple[float, int]]] = {}

    def __call__(self, progress: TrainingProgress) -> None:
        self._seen.setdefault(progress.stage, []).append((time.process_time(), progress.step))

    def cost(self) -> Cost:
        caching = [moment for moment, _ in self._seen.get("caching", [])]
        begin = self._seen["preparing"][-1][0]
        # The first step warms up memory and caches.
        steps = [(moment, step) for moment, step in self._seen["training"] if step >= 1]
        (first, first_step), (last, last_step) = steps[0], steps[-1]
        return Cost(caching[-1] - begin if caching else 0.0, (last - first) / max(1, last_step - first_step))


def measure(data: Path, held_out: Path, start: Path, way: str, cached: bool, steps: int) -> Cost:
    """Train a few steps and throw the result away."""
    meter = Meter()
    with tempfile.TemporaryDirectory() as output:
        finetune(
            FinetuneJob(
                data=data,
                validation=held_out,
                start=start,
                output=Path(output),
                steps=steps,
                overrides=(
                    f"trainable.way={way}",
                    f"batches.seconds={BATCH_SECONDS}",
                    f"cache.use={'yes' if cached else 'no'}",
                    f"cache.variants={VARIANTS}",
                    "data.loader_workers=0",
                    "evaluation.times=1",
                    "evaluation.patience=0",
                    "checkpoints.every_steps=100000",
                    "checkpoints.choose=last",
                    "output.onnx=false",
                ),
            ),
            on_progress=meter,
        )
    return meter.cost()


def write_base_network(folder: Path) -> Path:
    """wav2vec2-base's architecture with random weights and English labels."""
    from transformers import Wav2Vec2Config, Wav2Vec2ForCTC

    Wav2Vec2ForCTC(Wav2Vec2Config(vocab_size=32, pad_token_id=0)).save_pretrained(folder)
    preprocessor = {
        "feature_extractor_type": "Wav2Vec2FeatureExtractor",
        "do_normalize": True,
        "sampling_rate": 16_000,
    }
    (folder / "preprocessor_config.json").write_text(json.dumps(preprocessor))
    write_vocabulary(folder)
    return folder


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--network", choices=("starter-en", "base"), default="starter-en")
    parser.add_argument("--way", choices=("whole", "top", "head"), default="whole")
    parser.add_argument("--minutes", type=float, default=10.0, help="speech to train on")
    parser.add_argument("--steps", type=int, default=20, help="steps to measure")
    options = parser.parse_args()
    (pack,) = find_packs(["one-voice"], [SHARED / "speech", SCRATCH], SCRATCH)
    utterances = read_manifest(pack)
    with tempfile.TemporaryDirectory() as scratch:
        chosen, seconds = [], 0.0
        for utterance in utterances[1:]:
            if seconds >= 60 * options.minutes:
                break
            chosen.append(utterance)
            seconds += utterance.seconds
        data, held_out = Path(scratch) / "train.jsonl", Path(scratch) / "held-out.jsonl"
        write_list(data, chosen)
        write_list(held_out, utterances[:1])
        start = bundled_models_folder() / "starter-en"
        if options.network == "base":
            start = write_base_network(Path(scratch) / "base")
        costs = {
            cached: measure(data, held_out, start, options.way, cached, options.steps)
            for cached in (False, True)
        }
    size = 95e6 if options.network == "base" else 7e6
    planned = defaults_for(seconds, int(size), new_head=False, on_cpu=True)["schedule"]["steps"]
    print(
        f"{options.network}, {options.way}: {seconds / 60:.1f} min of speech, {BATCH_SECONDS:g} s a batch\n"
    )
    print("| way | cache, CPU s | a step, CPU s | the planned " + f"{planned} steps, CPU min |")
    print("|---|--:|--:|--:|")
    for cached, cost in costs.items():
        total = (cost.cache + planned * cost.step) / 60
        name = f"cached ({VARIANTS} variants)" if cached else "plain"
        print(f"| {name} | {cost.cache:.0f} | {cost.step:.2f} | {total:.1f} |")


if __name__ == "__main__":
    main()
