"""The same job by two processes with `accelerate launch`, the recipe unchanged."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from trainer.finetune import FinetuneJob, finetune
from trainer.finetune.job import read_figures

# Without anything random two processes take the very steps that one takes with twice the accumulation.
RECIPE = """
[schedule]
steps = 4
learning_rate = 3e-3
[batches]
seconds = 6
[cache]
variants = 2
[masks]
time_share = 0.0
channel_share = 0.0
[optimisation]
dropout = 0.0
consistency = 0.0
[evaluation]
times = 1
[checkpoints]
choose = "last"
start_share = 0.0
[output]
onnx = false
"""


@pytest.mark.slow
def test_accelerate_launch_trains_with_two_processes(packs: Path, starts: Path, tmp_path: Path) -> None:
    output, alone = tmp_path / "model", tmp_path / "alone"
    recipe = tmp_path / "recipe.toml"
    recipe.write_text(RECIPE)
    # accelerate's own --cpu starts several processes only through MPI; this way they are torchrun's, and the
    # environment keeps them on the processor.
    launch = [sys.executable, "-m", "accelerate.commands.launch", "--multi_gpu", "--num_processes", "2"]
    launch += ["--num_machines", "1", "--mixed_precision", "no", "--dynamo_backend", "no"]
    launch += ["--main_process_port", "0", "--num_cpu_threads_per_process", "1", "-m", "trainer.cli", "train"]
    command = [str(packs / "train"), "--validation", str(packs / "held-out"), "--recipe", str(recipe)]
    command += ["--from", str(starts / "wav2vec2"), "--output", str(output)]
    done = subprocess.run(
        [*launch, *command],
        cwd=Path(__file__).parents[3],
        env={**os.environ, "OMP_NUM_THREADS": "1", "ACCELERATE_USE_CPU": "true", "GLOO_SOCKET_IFNAME": "lo"},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr[:6000]
    # One of the two speaks, both have trained.
    assert done.stderr.count("step 0:") == 1
    assert "by 2 processes" in done.stderr
    figures = read_figures(output / "training" / "figures.jsonl")
    assert [row["step"] for row in figures if "cer" in row] == [0, 4]
    twice = ("batches.accumulation=2",)
    job = FinetuneJob(
        packs / "train", starts / "wav2vec2", alone, packs / "held-out", recipe=recipe, overrides=twice
    )
    finetune(job)
    measured = [row["cer"] for row in read_figures(alone / "training" / "figures.jsonl") if "cer" in row]
    assert [row["cer"] for row in figures if "cer" in row] == pytest.approx(measured, abs=0.02)
    before = load_file(starts / "wav2vec2" / "model.safetensors")
    together, by_one = load_file(output / "model.safetensors"), load_file(alone / "model.safetensors")
    moved = 0.0
    for name, tensor in by_one.items():
        torch.testing.assert_close(together[name], tensor, atol=2e-3, rtol=1e-2, msg=name)
        moved = max(moved, float((tensor.float() - before[name].float()).abs().max()))
    assert moved > 5e-3  # and what was compared is not where both began
