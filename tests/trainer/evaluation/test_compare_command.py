"""`asr-trainer compare --adopt`: only a better model becomes a version, and the way back is open."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from asr_desktop.model_store.versions import list_versions, rollback
from tests.model_store.variants import in_use, variant
from trainer.cli import main
from trainer.commands.options import EXIT_NOT_BETTER


@pytest.fixture
def two(tmp_path: Path) -> list[Path]:
    return [variant(tmp_path / mark, mark) for mark in ("a", "b")]


def test_compare_adopts_only_what_passes_the_gate(
    two: list[Path], packs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = str(packs / "held-out")
    arguments = [
        "compare",
        str(two[0]),
        str(two[1]),
        data,
        "--general",
        data,
        "--adopt",
        "mine",
        "--json",
    ]
    assert main(arguments) == EXIT_NOT_BETTER  # the two are equal
    result = json.loads(capsys.readouterr().out)
    assert result["adopted"] is None
    assert result["verdict"]["offered"] is False
    assert result["personal"]["changes"]["beam"]["probability_better"] == 0.5
    assert list_versions("mine") == []


def test_compare_adopts_a_better_model(
    two: list[Path], packs: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from trainer.evaluation import comparison

    monkeypatch.setattr(comparison, "SURE_ENOUGH", 0.0)
    verdict = comparison.Verdict(True, True, True, "The new model is offered.")
    monkeypatch.setattr(comparison, "judge", lambda *arguments, **options: verdict)
    data = str(packs / "held-out")
    assert main(["compare", str(two[0]), str(two[1]), data, "--adopt", "mine"]) == 0
    assert "mine is version 0002 now" in capsys.readouterr().out
    assert in_use("mine") == "b"
    rollback("mine")
    assert in_use("mine") == "a"
