"""The loop around the training: what is measured, what is offered, what is switched. The training itself is
tested in tests/trainer/finetune; here a copy of the model stands in for its result."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from asr_desktop.model_store.versions import adopt, first_version, list_versions, rollback
from asr_desktop.recognition.model_folder import find_model
from asr_desktop.teaching.dataset import DataError
from asr_desktop.teaching.own_voice import HELD_OUT_FILE, HISTORY_FILE, read_gains, training_folder
from tests.fixtures.make_models import model_folder
from tests.teaching.test_own_voice import record
from trainer import personalise as learning
from trainer.cli import main
from trainer.evaluation import comparison
from trainer.evaluation.recognise import BEAM, GREEDY, Recognised
from trainer.finetune.job import FinetuneJob, FinetuneResult
from trainer.personalise import LearnJob, learn


@pytest.fixture(scope="module")
def model() -> Path:
    return model_folder("wav2vec2-conformer")


@pytest.fixture
def voice(tmp_path: Path) -> Path:
    return record(tmp_path / "voice", sittings=8, takes=4)


@pytest.fixture
def jobs(monkeypatch: pytest.MonkeyPatch) -> list[FinetuneJob]:
    """What was to be trained; the "trained" model is a copy of the start."""
    seen: list[FinetuneJob] = []

    def finetune(job: FinetuneJob, on_progress: object, cancelled: Callable[[], bool]) -> FinetuneResult:
        seen.append(job)
        finished = not cancelled()
        if finished:
            shutil.copytree(job.start, job.output, dirs_exist_ok=True)
        return FinetuneResult(job.output, finished, 10, 0.5, 0.3, 0.2, 0.1, "best")

    monkeypatch.setattr(learning, "finetune", finetune)
    return seen


@pytest.fixture
def hears(monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    """Word error rate of the new model, on the person's own speech and on others'; the old one has 0.5."""
    rates = {"own": 0.1, "general": 0.5}

    def recognise(model: Path, utterances: list, **_: object) -> Recognised:
        kind = "own" if utterances[0].speaker == "me" else "general"
        rate = rates[kind] if Path(model).name == learning.MODEL_FOLDER else 0.5
        generator = np.random.default_rng(0)
        references = tuple("one two three four five six seven eight nine ten" for _ in utterances)
        texts = tuple(
            " ".join(word if generator.random() >= rate else "wrong" for word in text.split())
            for text in references
        )
        return Recognised(Path(model).name, references, {BEAM: texts, GREEDY: texts}, 1.0, 1.0, 1.0)

    monkeypatch.setattr(comparison, "recognise", recognise)
    return rates


def test_a_model_that_learnt_and_forgot_nothing_is_offered(
    voice: Path, model: Path, jobs: list[FinetuneJob], hears: dict[str, float], tmp_path: Path
) -> None:
    learnt = learn(LearnJob([voice], model, home=tmp_path / "home"))
    assert learnt.verdict is not None
    assert learnt.verdict.offered
    assert "is recommended" in learnt.sentence
    [job] = jobs
    assert job.start == model
    assert learnt.folder is not None
    card = (learnt.folder / "README.md").read_text(encoding="utf-8")
    assert learnt.sentence in card
    assert f"Made from {find_model(model).name}." in card
    assert re.search(r"^- \d+\.\d minutes of that person's speech$", card, re.MULTILINE)
    held_out = {json.loads(line)["file"] for line in (tmp_path / "home" / HELD_OUT_FILE).open()}
    heard = {json.loads(line)["file"] for line in job.data.open()}
    assert heard
    assert held_out
    assert not heard & held_out
    [gain] = read_gains(tmp_path / "home")
    assert gain.own_before > 2 * gain.own_after
    assert gain.general_before == gain.general_after
    assert gain.minutes == pytest.approx(len(heard) * 4 / 60)


def test_one_that_forgot_other_voices_is_not(
    voice: Path, model: Path, jobs: list[FinetuneJob], hears: dict[str, float], tmp_path: Path
) -> None:
    hears["general"] = 0.7
    learnt = learn(LearnJob([voice], model, home=tmp_path / "home"))
    assert learnt.verdict is not None
    assert learnt.verdict.better
    assert not learnt.verdict.offered
    assert "beyond the margin" in learnt.sentence


def test_stopped_it_judges_nothing(
    voice: Path, model: Path, jobs: list[FinetuneJob], hears: dict[str, float], tmp_path: Path
) -> None:
    learnt = learn(LearnJob([voice], model, home=tmp_path / "home"), cancelled=lambda: True)
    assert not learnt.finished
    assert learnt.verdict is None
    assert not (tmp_path / "home" / HISTORY_FILE).exists()


def test_without_any_speech_it_says_how_to_get_some() -> None:
    with pytest.raises(DataError, match="read some sentences aloud"):
        learn(LearnJob())


def test_the_command_adopts_what_is_offered_and_the_way_back_is_open(
    voice: Path,
    model: Path,
    jobs: list[FinetuneJob],
    hears: dict[str, float],
    home: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (home / "models").mkdir()
    shutil.copytree(model, home / "models" / "base")
    assert main(["personalise", str(voice), "--model", "base", "--adopt", "--json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {line["type"] for line in lines[:-1]} == {"progress"}
    assert lines[-1]["type"] == "result"
    assert lines[-1]["offered"]
    assert lines[-1]["adopted"] == "0002"
    assert [version.is_current for version in list_versions("my-voice")] == [False, True]
    assert find_model("my-voice").path == Path(lines[-1]["folder"])
    # The next training starts where the voice was first taught, and is compared with what is in use.
    assert first_version("my-voice") == list_versions("my-voice")[0].folder
    assert rollback("my-voice").name == "0001"


def test_the_command_says_why_a_model_is_not_offered(
    voice: Path,
    model: Path,
    jobs: list[FinetuneJob],
    hears: dict[str, float],
    capsys: pytest.CaptureFixture[str],
) -> None:
    hears["own"] = 0.5
    assert main(["personalise", str(voice), "--model", str(model), "--adopt"]) == 3
    said = capsys.readouterr()
    assert (said.out + said.err).count("is not recommended") == 1
    assert f"--model {training_folder() / learning.MODEL_FOLDER}" in said.out
    assert list_versions("my-voice") == []


def test_what_is_offered_can_be_taken_into_use_by_the_command_that_is_shown(
    voice: Path,
    model: Path,
    home: Path,
    jobs: list[FinetuneJob],
    hears: dict[str, float],
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["personalise", str(voice), "--model", str(model)]) == 0
    shown = capsys.readouterr().out.splitlines()[-1]
    assert list_versions("my-voice") == []
    assert main(shlex.split(shown.partition("asr-trainer ")[2])) == 0
    assert [version.is_current for version in list_versions("my-voice")] == [False, True]


def test_adopting_takes_the_new_model_out_of_the_workshop(model: Path, home: Path) -> None:
    made = training_folder() / "new-model"
    shutil.copytree(model, made)
    assert adopt(made, model).name == "0002"
    assert not made.exists()
