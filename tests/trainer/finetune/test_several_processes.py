"""The same job by two processes with `accelerate launch`, the recipe unchanged."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from safetensors.torch import load_file

from trainer.finetune.progress import read_figures


@pytest.mark.slow
def test_accelerate_launch_trains_with_two_processes(packs: Path, starts: Path, tmp_path: Path) -> None:
    output = tmp_path / "model"
    recipe = tmp_path / "recipe.toml"
    recipe.write_text(
        "[schedule]\nsteps = 4\nlearning_rate = 3e-3\n[batches]\nseconds = 6\n[cache]\nvariants = 2\n"
        "[evaluation]\ntimes = 1\n[checkpoints]\nchoose = 'last'\n[output]\nonnx = false\n"
    )
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
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[:6000]
    # One of the two speaks, both have trained.
    assert done.stderr.count("step 0:") == 1
    assert "by 2 processes" in done.stderr
    before, after = (
        load_file(starts / "wav2vec2" / "model.safetensors"),
        load_file(output / "model.safetensors"),
    )
    moved = [name for name, tensor in before.items() if not bool((after[name].float() == tensor).all())]
    assert any("encoder.layers" in name for name in moved)
    measured = [row["step"] for row in read_figures(output / "training" / "figures.jsonl") if "cer" in row]
    assert measured == [0, 4]
