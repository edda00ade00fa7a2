"""How fast emissions come, beside the transformers pipeline on the same weights, in one run.

    python -m benchmarks.emissions_speed [--seconds 10] [--repeats 5] [--threads N]

The network is a wav2vec2 of base size (94 M parameters) with random weights, which take as long as trained
ones. Ours is what `asr-trainer export` makes of it: ONNX, with 8-bit weights in its matrix products. Printed
are real-time factors (seconds of work for a second of sound; the best of the repeats, taken in turns) and how
many times faster than the pipeline we are. The goal is 1.6.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
import transformers

from asr_desktop.recognition.emissions import OnnxEmissions
from asr_desktop.recognition.model_folder import ModelFolder
from asr_desktop.recognition.onnx_session import physical_cores
from trainer.export import Logits, quantise

SAMPLE_RATE = 16_000
GOAL = 1.6
VOCABULARY = ["<pad>", "<s>", "</s>", "<unk>", "|", *"ETAOINSHRDLUCMFWGYPBVKXJQZ'"]


def make_model_folders(home: Path) -> tuple[Path, Path]:
    """(float, int8): the same base-size network as PyTorch weights and as either kind of ONNX."""
    torch.manual_seed(0)
    config = transformers.Wav2Vec2Config(vocab_size=len(VOCABULARY))
    network = transformers.Wav2Vec2ForCTC(config).eval()
    plain, eight_bits = home / "float", home / "int8"
    tokenizer = {"tokenizer_class": "Wav2Vec2CTCTokenizer", "pad_token": "<pad>", "word_delimiter_token": "|"}
    preprocessor = {
        "feature_extractor_type": "Wav2Vec2FeatureExtractor",
        "sampling_rate": SAMPLE_RATE,
        "do_normalize": True,
        "return_attention_mask": False,
    }
    for folder in (plain, eight_bits):
        network.save_pretrained(folder)
        for name, content in (
            ("vocab", {token: label for label, token in enumerate(VOCABULARY)}),
            ("tokenizer_config", tokenizer),
            ("preprocessor_config", preprocessor),
        ):
            (folder / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
    warnings.simplefilter("ignore")  # the exporter's notices about its successor and about constants
    torch.onnx.export(
        Logits(network),
        (torch.randn(1, SAMPLE_RATE),),
        str(plain / "model.onnx"),
        input_names=["input_values"],
        output_names=["logits"],
        dynamic_axes={"input_values": {0: "batch", 1: "samples"}, "logits": {0: "batch", 1: "frames"}},
        opset_version=17,
        dynamo=False,
    )
    quantise(plain / "model.onnx", eight_bits / "model.int8.onnx")
    return plain, eight_bits


def best_seconds(actions: dict[str, Callable[[], Any]], repeats: int) -> dict[str, float]:
    """The quickest run of each, after one to warm up; in turns, so that a busy machine hinders all alike."""
    best = dict.fromkeys(actions, float("inf"))
    for turn in range(repeats + 1):
        for name, action in actions.items():
            begin = time.perf_counter()
            action()
            if turn:
                best[name] = min(best[name], time.perf_counter() - begin)
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description="Speed of emissions beside the transformers pipeline.")
    parser.add_argument("--seconds", type=float, default=10.0, help="length of the sound")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--threads", type=int, default=physical_cores() or 2, help="for both")
    arguments = parser.parse_args()
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    torch.set_num_threads(arguments.threads)
    sound = (
        np.random.default_rng(0).normal(size=round(arguments.seconds * SAMPLE_RATE)).astype(np.float32) * 0.1
    )

    with tempfile.TemporaryDirectory() as home:
        plain, eight_bits = make_model_folders(Path(home))
        pipeline = transformers.pipeline("automatic-speech-recognition", model=str(plain), device="cpu")
        ours = {
            name: OnnxEmissions(ModelFolder.load(folder), providers=["cpu"], threads=arguments.threads)
            for name, folder in (("ours, float", plain), ("ours, int8", eight_bits))
        }
        actions: dict[str, Callable[[], Any]] = {
            "transformers pipeline": lambda: pipeline({"raw": sound, "sampling_rate": SAMPLE_RATE}),
            **{name: lambda emissions=emissions: emissions(sound) for name, emissions in ours.items()},
        }
        seconds = best_seconds(actions, arguments.repeats)

    peer = seconds["transformers pipeline"]
    print(f"wav2vec2 base, random weights, {arguments.seconds:g} s of sound, {arguments.threads} threads")
    for name, value in seconds.items():
        print(f"  {name:<22} real-time factor {value / arguments.seconds:.4f}   {peer / value:.2f} ×")
    ratio = peer / seconds["ours, int8"]
    print(f"  goal: at least {GOAL} × the pipeline's speed: {'reached' if ratio >= GOAL else 'missed'}")


if __name__ == "__main__":
    main()
