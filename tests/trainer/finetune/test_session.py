"""Whole jobs on a tiny network: they resume, stop, fail in a sentence, and leave a folder others read."""

from __future__ import annotations

import errno
import json
import resource
import signal
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from asr_desktop.recognition.emissions import load_emissions
from asr_desktop.recognition.model_folder import ModelFolder
from tests.trainer.killing import ROOT, kill_when, saved_step
from trainer.checkpoint import CheckpointError, load_checkpoint
from trainer.data import read_dataset
from trainer.finetune import FinetuneJob, FinetuneResult, Progress, finetune
from trainer.finetune.errors import FinetuneError
from trainer.finetune.options import FinetuneRecipe
from trainer.finetune.progress import read_figures

TINY = (
    "schedule.learning_rate=3e-3",
    "batches.seconds=6",
    "evaluation.times=2",
    "evaluation.patience=0",
    "checkpoints.every_steps=2",
    "cache.variants=2",
    "optimisation.dropout=0.1",
    "output.onnx=false",
    "data.loader_workers=0",
)


def job(packs: Path, start: Path, output: Path, *overrides: str, steps: int = 8) -> FinetuneJob:
    return FinetuneJob(
        data=packs / "train",
        validation=packs / "held-out",
        start=start,
        output=output,
        steps=steps,
        overrides=(*TINY, *overrides),
    )


def weights(folder: Path) -> dict[str, torch.Tensor]:
    return load_file(folder / "model.safetensors")


def assert_same_weights(one: Path, other: Path) -> None:
    expected, found = weights(one), weights(other)
    assert expected.keys() == found.keys()
    for name, tensor in expected.items():
        torch.testing.assert_close(found[name], tensor, msg=name)


@pytest.fixture(scope="module")
def whole(packs: Path, starts: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What eight steps without an interruption come to."""
    output = tmp_path_factory.mktemp("whole") / "model"
    assert finetune(job(packs, starts / "wav2vec2", output)).finished
    return output


def test_it_learns_and_tells_how_it_goes(packs: Path, starts: Path, tmp_path: Path) -> None:
    told: list[Progress] = []
    result = finetune(
        job(packs, starts / "conformer", tmp_path / "model", "trainable.convolutions=1", steps=40),
        told.append,
    )
    assert result.finished
    assert result.steps == 40
    stages = [progress.stage for progress in told]
    assert list(dict.fromkeys(stages)) == ["preparing", "caching", "training", "writing"]
    rows = read_figures(tmp_path / "model" / "training" / "figures.jsonl")
    losses = [row["loss"] for row in rows if "loss" in row]
    assert losses[-1] < losses[0]
    assert [row["step"] for row in rows if "cer" in row] == [0, 20, 40]
    measured = [progress for progress in told if progress.before_cer is not None]
    assert measured[-1].best_cer == pytest.approx(min(p.cer for p in measured if p.cer is not None))
    assert list((tmp_path / "model" / "training").rglob("events.out.tfevents*"))


def test_the_folder_says_how_to_repeat_it(whole: Path) -> None:
    assert len(read_dataset(whole / "data" / "train.jsonl")) == 24
    assert len(read_dataset(whole / "data" / "validation.jsonl")) == 6
    from trainer.recipe import build, read_tables

    recipe: FinetuneRecipe = build(FinetuneRecipe, read_tables(whole / "training" / "recipe.toml"))
    assert recipe.schedule.steps == 8
    assert recipe.augmentation.gain_db == (-6.0, 6.0)
    assert not list((whole / "training").glob("*.pt"))
    assert not (whole / "training" / "cache").exists()


# It pauses when all is written and nothing in its place yet, else the moment would be missed now and then.
RUN = """
import sys, time, torch
torch.set_num_threads(1)
sys.path.insert(0, {root!r})
from pathlib import Path
from tests.trainer.finetune.test_session import job
from trainer.finetune import finetune, output

put_in_place = output._put_in_place
output._put_in_place = lambda made, folder: (time.sleep({pause_seconds}), put_in_place(made, folder))
finetune(job(Path({packs!r}), Path({start!r}), Path({output!r})), on_progress=lambda p: print(p, flush=True))
"""


@pytest.mark.slow
@pytest.mark.parametrize("moment", ["while it listens", "while it trains", "while it writes"])
def test_a_job_that_was_killed_comes_to_the_same_weights(
    packs: Path, starts: Path, whole: Path, tmp_path: Path, moment: str
) -> None:
    output = tmp_path / "killed"
    state = output / "training" / "state.pt"
    is_time: dict[str, Callable[[], bool]] = {
        "while it listens": lambda: any((output / "training" / "cache").glob("*/*.part")),
        "while it trains": lambda: saved_step(state) >= 2,
        "while it writes": lambda: any(output.glob(".writing-*")),
    }
    script = RUN.format(
        root=str(ROOT),
        packs=str(packs),
        start=str(starts / "wav2vec2"),
        output=str(output),
        pause_seconds=10 if moment == "while it writes" else 0,
    )
    kill_when(["-c", script], is_time[moment])
    saved = saved_step(state)
    told: list[str] = []
    result = finetune(job(packs, starts / "wav2vec2", output), lambda progress: told.append(str(progress)))
    assert result.finished
    assert any(f"going on at step {saved}" in sentence for sentence in told) == (saved >= 0)
    assert_same_weights(whole, output)
    assert not list(output.glob(".writing-*"))
    # The log is that of one training, from its first step on.
    figures = [read_figures(folder / "training" / "figures.jsonl") for folder in (whole, output)]
    assert [row["step"] for row in figures[0]] == [row["step"] for row in figures[1]]
    assert [row.get("cer") for row in figures[0]] == [row.get("cer") for row in figures[1]]


def stop_after(steps: int, output: Path) -> Callable[[], bool]:
    """Says stop when the training has come so far."""
    return lambda: saved_step(output / "training" / "state.pt") >= steps


def test_a_cancelled_job_goes_on_where_it_was(packs: Path, starts: Path, whole: Path, tmp_path: Path) -> None:
    output = tmp_path / "cancelled"
    result = finetune(job(packs, starts / "wav2vec2", output), cancelled=stop_after(4, output))
    assert not result.finished
    assert result.steps == 4
    assert "goes on from there" in result.sentence
    assert not (output / "model.safetensors").exists()
    assert finetune(job(packs, starts / "wav2vec2", output)).finished
    assert_same_weights(whole, output)


def test_cancelled_while_it_listens(packs: Path, starts: Path, tmp_path: Path) -> None:
    result = finetune(job(packs, starts / "wav2vec2", tmp_path / "m"), cancelled=lambda: True)
    assert not result.finished
    assert result.steps == 0


def test_cancelled_in_the_middle_of_a_measurement_it_is_made_again(
    packs: Path, starts: Path, whole: Path, tmp_path: Path
) -> None:
    from trainer.finetune import loop

    output = tmp_path / "cancelled"

    class Stop:
        """Says so from the third question of the second measurement on."""

        def __init__(self) -> None:
            self.measurements = self.questions = 0

        def __call__(self) -> bool:
            self.questions += 1
            return self.measurements == 2 and self.questions > 2

    stop = Stop()
    real = loop.measure

    def measure(*arguments: object) -> object:
        stop.measurements, stop.questions = stop.measurements + 1, 0
        return real(*arguments)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loop, "measure", measure)
        result = finetune(job(packs, starts / "wav2vec2", output), cancelled=stop)
    assert not result.finished
    saved = load_checkpoint(output / "training" / "state.pt")
    assert saved["step"] == result.steps == 4
    assert saved["measure_next"]
    assert finetune(job(packs, starts / "wav2vec2", output)).finished
    assert_same_weights(whole, output)
    figures = [read_figures(folder / "training" / "figures.jsonl") for folder in (whole, output)]
    assert [row.get("cer") for row in figures[0]] == [row.get("cer") for row in figures[1]]


def test_with_and_without_the_cache_it_trains_alike(packs: Path, starts: Path, tmp_path: Path) -> None:
    # Without augmentation both hear the same; half precision in the cache is all that differs.
    results = []
    for use in ("yes", "no"):
        settings = ("data.augmented_share=0.0", "optimisation.dropout=0.0", f"cache.use={use}")
        finetune(job(packs, starts / "wav2vec2", tmp_path / use, *settings, steps=4))
        results.append(weights(tmp_path / use))
    for name, tensor in results[0].items():
        torch.testing.assert_close(results[1][name], tensor, atol=2e-3, rtol=1e-2, msg=name)


def test_a_cache_of_the_top_layers_trains_like_the_whole_network(
    packs: Path, starts: Path, tmp_path: Path
) -> None:
    results = []
    for use in ("yes", "no"):
        settings = (
            "trainable.way=top",
            "trainable.top_layers=1",
            "data.augmented_share=0.0",
            "optimisation.dropout=0.0",
            "masks.time_share=0.0",
            "masks.channel_share=0.0",
            f"cache.use={use}",
        )
        finetune(job(packs, starts / "xls-r", tmp_path / use, *settings, steps=4))
        results.append(weights(tmp_path / use))
    for name, tensor in results[0].items():
        torch.testing.assert_close(results[1][name], tensor, atol=2e-3, rtol=1e-2, msg=name)


@pytest.mark.parametrize("way", ["lora", "head"])
def test_other_ways_leave_a_plain_network(packs: Path, starts: Path, tmp_path: Path, way: str) -> None:
    output = tmp_path / "model"
    settings = (f"trainable.way={way}", "trainable.lora_rank=2", "checkpoints.choose=last")
    assert finetune(job(packs, starts / "hubert", output, *settings, steps=4)).finished
    before, after = weights(starts / "hubert"), weights(output)
    assert before.keys() <= after.keys()
    moved = {name for name, tensor in before.items() if not torch.equal(after[name].float(), tensor.float())}
    assert "lm_head.weight" in moved
    assert any("encoder.layers" in name for name in moved) == (way == "lora")


def test_a_loss_that_is_no_number_is_a_sentence_and_a_saved_state(
    packs: Path, starts: Path, tmp_path: Path
) -> None:
    broken = job(
        packs, starts / "wav2vec2", tmp_path / "m", "schedule.learning_rate=1e30", "schedule.warmup_share=0.0"
    )
    with pytest.raises(FinetuneError, match=r"lower schedule\.learning_rate"):
        finetune(broken)
    state = load_checkpoint(tmp_path / "m" / "training" / "state.pt")
    assert all(bool(torch.isfinite(tensor).all()) for tensor in state["weights"].values())


def test_too_little_memory_is_a_sentence_and_a_saved_state(
    packs: Path, starts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from trainer.finetune import loop

    real, calls = loop.collate, []

    def greedy(*arguments: object) -> object:
        calls.append(1)
        if len(calls) == 4:
            return torch.empty(2**50)  # what a batch that is far too large asks for
        return real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(loop, "collate", greedy)
    with pytest.raises(FinetuneError, match=r"batches\.seconds=3 .*batches\.accumulation=2"):
        finetune(job(packs, starts / "wav2vec2", tmp_path / "m"))
    assert load_checkpoint(tmp_path / "m" / "training" / "state.pt")["step"] == 3
    monkeypatch.undo()
    smaller = job(packs, starts / "wav2vec2", tmp_path / "m", "batches.seconds=3", "batches.accumulation=2")
    assert finetune(smaller).finished


def test_a_full_disk_is_a_sentence_and_keeps_the_state(packs: Path, starts: Path, tmp_path: Path) -> None:
    output = tmp_path / "m"
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)

    def fill_the_disk() -> bool:
        if stop_after(4, output)():
            # No file may grow beyond what a checkpoint needs: as a full disk, and undone as easily.
            resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, limits[1]))
        return False

    earlier = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        with pytest.raises(CheckpointError, match="free some space"):
            finetune(job(packs, starts / "wav2vec2", output), cancelled=fill_the_disk)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, earlier)
    assert load_checkpoint(output / "training" / "state.pt")["step"] == 4
    assert finetune(job(packs, starts / "wav2vec2", output)).finished


def test_a_disk_that_fills_up_while_it_listens_or_logs_is_a_sentence(
    packs: Path, starts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from trainer.finetune.progress import FigureLog

    def full(log: FigureLog, step: int, **figures: float) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(FigureLog, "write", full)
        with pytest.raises(FinetuneError, match=r"The disk is full.*goes on from the last whole state"):
            finetune(job(packs, starts / "wav2vec2", tmp_path / "m"))
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    earlier = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, limits[1]))
        with pytest.raises(FinetuneError, match=r"cache in .* cannot be written"):
            finetune(job(packs, starts / "wav2vec2", tmp_path / "n"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, earlier)


def test_too_little_memory_while_it_measures_is_a_sentence(
    packs: Path, starts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from trainer.finetune import loop

    monkeypatch.setattr(loop, "measure", lambda *arguments: torch.empty(2**50))
    with pytest.raises(FinetuneError, match=r"too little memory .*data\.most_seconds"):
        finetune(job(packs, starts / "wav2vec2", tmp_path / "m"))


def test_a_folder_of_another_training_is_not_mixed_in(packs: Path, starts: Path, tmp_path: Path) -> None:
    output = tmp_path / "m"
    finetune(job(packs, starts / "wav2vec2", output), cancelled=stop_after(2, output))
    with pytest.raises(FinetuneError, match=r"other data|other trainable"):
        finetune(job(packs, starts / "wav2vec2", output, "trainable.way=lora"))


def test_it_stops_when_nothing_gets_better(packs: Path, starts: Path, tmp_path: Path) -> None:
    settings = ("schedule.learning_rate=1e-9", "evaluation.every_steps=2", "evaluation.patience=2")
    result = finetune(job(packs, starts / "wav2vec2", tmp_path / "m", *settings, steps=40))
    assert result.finished
    assert result.steps <= 8
    assert "no better than the start" in result.sentence


@pytest.mark.parametrize("way", ["whole", "lora"])
def test_what_is_random_at_the_start_is_the_same_in_every_run(
    packs: Path, starts: Path, tmp_path: Path, way: str
) -> None:
    settings = (f"trainable.way={way}", "start.head=new", "start.least_letter_count=2")
    for name in ("one", "other"):
        finetune(job(packs, starts / "wav2vec2", tmp_path / name, *settings, steps=2))
    assert_same_weights(tmp_path / "one", tmp_path / "other")


def test_minutes_end_it_and_the_schedule_with_it(packs: Path, starts: Path, tmp_path: Path) -> None:
    told: list[Progress] = []
    timed = FinetuneJob(
        packs / "train", starts / "wav2vec2", tmp_path / "m", packs / "held-out", overrides=TINY, minutes=0.05
    )
    result = finetune(timed, told.append)
    assert result.finished
    rates = [progress.learning_rate for progress in told if progress.learning_rate]
    assert rates[-1] < 3e-3


def test_the_folder_works_in_the_app_and_in_plain_transformers(
    packs: Path, starts: Path, tmp_path: Path
) -> None:
    from transformers import AutoModelForCTC, AutoProcessor

    output = tmp_path / "m"
    finetune(
        job(packs, starts / "wav2vec2", output, "output.onnx=true", "output.keep_float_onnx=true", steps=2)
    )
    folder = ModelFolder.load(output)
    samples = np.random.default_rng(1).standard_normal(16_000).astype(np.float32)
    ours = load_emissions(folder)(samples)
    processor = AutoProcessor.from_pretrained(output)
    network = AutoModelForCTC.from_pretrained(output).eval().float()
    inputs = processor(samples, sampling_rate=16_000, return_tensors="pt")
    with torch.no_grad():
        theirs = network(**inputs).logits.log_softmax(-1)[0].numpy()
    assert ours.shape == theirs.shape
    assert float(np.abs(np.exp(ours) - np.exp(theirs)).max()) < 0.05  # 8-bit weights
    assert processor.decode(theirs.argmax(-1)).islower() or processor.decode(theirs.argmax(-1)) == ""


def test_new_letters_are_in_every_file(packs: Path, starts: Path, tmp_path: Path) -> None:
    from transformers import AutoModelForCTC, AutoProcessor

    data = tmp_path / "data"
    data.mkdir()
    lines = (packs / "train" / "manifest.tsv").read_text().splitlines()
    changed = [lines[0], *(line.replace("A", "Ä") for line in lines[1:])]
    changed = [
        line.replace(line.split("\t")[0], str(packs / "train" / line.split("\t")[0]), 1)
        for line in changed[1:]
    ]
    (data / "manifest.tsv").write_text("\n".join([lines[0], *changed]), encoding="utf-8")
    output = tmp_path / "m"
    german = FinetuneJob(data, starts / "wav2vec2", output, data, steps=2, overrides=TINY)
    assert finetune(german).finished
    network = AutoModelForCTC.from_pretrained(output)
    processor = AutoProcessor.from_pretrained(output)
    assert network.config.vocab_size == len(json.loads((output / "vocab.json").read_text())) == 33
    assert processor.decode([processor.tokenizer.convert_tokens_to_ids("ä")]) == "ä"


def test_fp16_needs_a_card(packs: Path, starts: Path, tmp_path: Path) -> None:
    if torch.cuda.is_available():
        pytest.skip("there is a card")
    with pytest.raises(FinetuneError, match="bf16"):
        finetune(job(packs, starts / "wav2vec2", tmp_path / "m", "optimisation.precision=fp16"))


def test_a_tracker_that_nobody_knows_is_a_sentence(packs: Path, starts: Path, tmp_path: Path) -> None:
    with pytest.raises(FinetuneError, match=r"“nonsense”.*mlflow.*wandb"):
        finetune(job(packs, starts / "wav2vec2", tmp_path / "m", 'tracking.trackers=["nonsense"]'))


def test_a_tracker_that_is_not_installed_is_a_sentence(packs: Path, starts: Path, tmp_path: Path) -> None:
    if find_spec("clearml"):
        pytest.skip("it is installed")
    with pytest.raises(FinetuneError, match="“clearml”, which is not installed"):
        finetune(job(packs, starts / "wav2vec2", tmp_path / "m", 'tracking.trackers=["clearml"]'))


def test_other_trackers_get_what_tensorboard_gets(
    packs: Path, starts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from accelerate import tracking

    class Notebook(tracking.GeneralTracker):
        """As anybody can register one with accelerate."""

        name = "notebook"
        requires_logging_directory = False
        settings: ClassVar[dict[str, object]] = {}
        rows: ClassVar[list[tuple[int, dict[str, float]]]] = []

        def __init__(self, run_name: str, **named: object) -> None:
            super().__init__()

        @property
        def tracker(self) -> None:
            return None

        def store_init_configuration(self, values: dict[str, object]) -> None:
            self.settings.update(values)

        def log(self, values: dict[str, float], step: int | None = None, **named: object) -> None:
            self.rows.append((step or 0, values))

    monkeypatch.setitem(tracking.LOGGER_TYPE_TO_CLASS, "notebook", Notebook)
    settings = ('tracking.trackers=["notebook"]', "checkpoints.choose=last")
    finetune(job(packs, starts / "wav2vec2", tmp_path / "m", *settings, steps=10))
    assert Notebook.settings["schedule.steps"] == 10
    assert [step for step, row in Notebook.rows if "validation/cer" in row] == [0, 5, 10]
    assert [step for step, row in Notebook.rows if "train/loss" in row] == [10]
    events = EventAccumulator(str(tmp_path / "m" / "training" / "tensorboard")).Reload()
    assert [event.step for event in events.Scalars("validation/cer")] == [0, 5, 10]
    assert [event.step for event in events.Scalars("train/loss")] == [10]


@pytest.mark.parametrize(
    "settings",
    [
        ("optimisation.precision=bf16",),
        ("optimisation.gradient_checkpointing=true", "batches.accumulation=2"),
        ("cache.use=no", "trainable.convolutions=3", "data.loader_workers=0"),
        ("augmentation.pitch_probability=1.0", "augmentation.stretch_probability=1.0"),
    ],
)
def test_settings_that_only_have_to_work(
    packs: Path, starts: Path, tmp_path: Path, settings: tuple[str, ...]
) -> None:
    result: FinetuneResult = finetune(job(packs, starts / "wav2vec2", tmp_path / "m", *settings, steps=2))
    assert result.finished
    assert result.steps == 2
