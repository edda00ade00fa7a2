"""How fast emissions come, beside the transformers pipeline on the same weights, in one run.

    python -m benchmarks.emissions_speed [--seconds 10] [--repeats 5] [--threads 1 2]

The network is a wav2vec2 of base size (94 M parameters) with random weights, which take as long as trained
ones. Ours is what `asr-trainer export` makes of it: ONNX in floating point; with 8 bits in its matrix
products alone; and with 8 bits in its convolutions as well, which the export makes matrix products, too. The
convolutions ("front end") are also timed by themselves.

Printed are seconds of the clock and of processor time for a second of sound: the best of the repeats, taken
in turns. Where other programs run, look at processor time. The goal is 2.2 × the pipeline's speed.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
import warnings
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import torch
import transformers

from asr_desktop.recognition.model_folder import ModelFolder
from asr_desktop.recognition.onnx_emissions import OnnxEmissions
from trainer.export import export_int8, export_onnx, quantise, sum_receptive_field

SAMPLE_RATE = 16_000
GOAL = 2.2
VOCABULARY = ["<pad>", "<s>", "</s>", "<unk>", "|", *"ETAOINSHRDLUCMFWGYPBVKXJQZ'"]
PIPELINE, FLOAT, MATRICES, EVERYTHING = (
    "transformers pipeline",
    "float",
    "int8, matrices",
    "int8, convolutions too",
)
FOLDERS = {FLOAT: "float", MATRICES: "matrices", EVERYTHING: "everything"}


def make_model_folders(home: Path) -> None:
    """The same base-size network as PyTorch weights and as each kind of ONNX."""
    torch.manual_seed(0)
    config = transformers.Wav2Vec2Config(vocab_size=len(VOCABULARY))
    network = transformers.Wav2Vec2ForCTC(config).eval()
    tokenizer = {"tokenizer_class": "Wav2Vec2CTCTokenizer", "pad_token": "<pad>", "word_delimiter_token": "|"}
    preprocessor = {
        "feature_extractor_type": "Wav2Vec2FeatureExtractor",
        "sampling_rate": SAMPLE_RATE,
        "do_normalize": True,
        "return_attention_mask": False,
    }
    for name in FOLDERS.values():
        (home / name).mkdir()
        for file, content in (
            ("config", config.to_dict()),
            ("vocab", {token: label for label, token in enumerate(VOCABULARY)}),
            ("tokenizer_config", tokenizer),
            ("preprocessor_config", preprocessor),
        ):
            (home / name / f"{file}.json").write_text(json.dumps(content), encoding="utf-8")
    network.save_pretrained(home / FOLDERS[FLOAT])
    exact = home / FOLDERS[FLOAT] / "model.onnx"
    least_samples = sum_receptive_field(config)
    export_onnx(network, exact, least_samples)
    quantise(exact, home / FOLDERS[MATRICES] / "model.int8.onnx")
    export_int8(network, home / FOLDERS[EVERYTHING] / "model.int8.onnx", least_samples)


def cut_front_end(network: Path, target: Path) -> None:
    """The part of a network before its feature projection: the convolutions."""
    graph = onnx.load(str(network)).graph
    first_behind = next(node for node in graph.node if "/feature_projection/" in node.name)
    onnx.utils.extract_model(
        str(network), str(target), ["input_values"], [first_behind.input[0]], check_model=False
    )


def open_session(path: Path, threads: int) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.enable_mem_pattern = False
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def best_seconds(actions: dict[str, Callable[[], Any]], repeats: int) -> dict[str, tuple[float, float]]:
    """(clock, processor) seconds of the quickest run of each, after one to warm up; in turns, so that a busy
    machine hinders all alike.
    """
    best = dict.fromkeys(actions, (float("inf"), float("inf")))
    for turn in range(repeats + 1):
        for name, action in actions.items():
            begin, busy = time.perf_counter(), time.process_time()
            action()
            if turn:
                wall, cpu = best[name]
                best[name] = (
                    min(wall, time.perf_counter() - begin),
                    min(cpu, time.process_time() - busy),
                )
    return best


def print_table(title: str, seconds: dict[str, tuple[float, float]], sound_seconds: float) -> None:
    print(f"\n{title}\n{'':<24}{'clock':>8}{'':>8}{'processor':>12}")
    reference_wall, reference_cpu = next(iter(seconds.values()))
    for name, (wall, cpu) in seconds.items():
        print(
            f"{name:<24}{wall / sound_seconds:>8.4f}{reference_wall / wall:>6.2f} ×"
            f"{cpu / sound_seconds:>12.4f}{reference_cpu / cpu:>6.2f} ×"
        )


def measure(home: Path, sound: np.ndarray, threads: int, repeats: int) -> tuple[float, float]:
    """Print both tables; returns how many times faster than the pipeline we are, by clock and processor."""
    torch.set_num_threads(threads)
    length = len(sound) / SAMPLE_RATE
    front_ends = {}
    for name, folder in FOLDERS.items():
        session = open_session(home / f"{folder}.front.onnx", threads)
        feeds = {"input_values": sound[None]}
        front_ends[name] = lambda session=session, feeds=feeds: session.run(None, feeds)
    print_table(f"front end alone, {threads} threads", best_seconds(front_ends, repeats), length)

    pipeline = transformers.pipeline(
        "automatic-speech-recognition", model=str(home / FOLDERS[FLOAT]), device="cpu"
    )
    actions: dict[str, Callable[[], Any]] = {
        PIPELINE: lambda: pipeline({"raw": sound, "sampling_rate": SAMPLE_RATE})
    }
    for name, folder in FOLDERS.items():
        emissions = OnnxEmissions(ModelFolder.load(home / folder), providers=["cpu"], threads=threads)
        actions[name] = lambda emissions=emissions: emissions(sound)
    seconds = best_seconds(actions, repeats)
    print_table(f"whole network, {threads} threads", seconds, length)
    wall, cpu = (seconds[PIPELINE][n] / seconds[EVERYTHING][n] for n in (0, 1))
    return wall, cpu


def main(arguments: Iterable[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=10.0, help="length of the sound")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2], help="for all alike")
    options = parser.parse_args(arguments)
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    warnings.simplefilter("ignore")
    sound = np.random.default_rng(0).normal(size=round(options.seconds * SAMPLE_RATE)).astype(np.float32)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        make_model_folders(home)
        for name in FOLDERS.values():
            (network,) = (home / name).glob("*.onnx")
            cut_front_end(network, home / f"{name}.front.onnx")
        print(f"wav2vec2 base, random weights, {options.seconds:g} s of sound; seconds a second of sound")
        for threads in options.threads:
            wall, cpu = measure(home, sound, threads, options.repeats)
            # By processor time, which other programs lengthen least.
            reached = "reached" if cpu >= GOAL else "missed"
            print(
                f"{wall:.2f} × the pipeline by the clock, {cpu:.2f} × by processor time; "
                f"goal {GOAL}: {reached}"
            )


if __name__ == "__main__":
    main()
