from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from tests.trainer.command_stand_in import replace_command
from trainer import cli


@pytest.mark.parametrize(
    "arguments",
    [
        ["train", "--output", "run", "--minutes", "nan"],
        ["train", "--output", "run", "--steps", "-5"],
        ["serve", "model", "--port", "99999"],
        ["serve", "model", "--port", "-1"],
        ["serve", "model", "--port", "http"],
        ["serve", "model", "--max-seconds", "-1"],
        ["language-model", "mix", "texts", "--output", "folder", "--weight", "2"],
        ["record", "--output", "folder", "--minutes", "soon"],
    ],
)
def test_numbers_without_sense_are_refused_at_once(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(arguments) == 2
    assert f"'{arguments[-2]}'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "model.onnx"),
            "model.onnx cannot be written: the disk is full",
        ),
        (RuntimeError("a wire is loose"), "Something unexpected happened (RuntimeError: a wire is loose)"),
    ],
)
def test_no_error_ends_in_a_traceback(
    error: Exception,
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fail(**arguments: object) -> int:
        raise error

    monkeypatch.setenv("ASR_DESKTOP_HOME", str(tmp_path))
    monkeypatch.delenv("ASR_DESKTOP_DEBUG", raising=False)
    replace_command(monkeypatch, "export", fail)
    assert cli.main(["export", "run"]) == 1
    assert capsys.readouterr().err.startswith(f"asr-trainer: {said}")


def test_what_cannot_be_exported_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["export", str(tmp_path / "gone"), "--output", str(tmp_path / "model")]) == 1
    assert f"{tmp_path / 'gone'} does not exist; choose a checkpoint folder" in capsys.readouterr().err
    assert not (tmp_path / "model").exists()


@pytest.mark.parametrize(
    ("command", "said"),
    [("train", "stopped. Run the same command again to resume"), ("synthesise", "stopped.\n")],
)
def test_only_what_resumes_promises_to(
    command: str,
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def stop(**options: object) -> int:
        raise KeyboardInterrupt

    replace_command(monkeypatch, command, stop)
    assert cli.main([command, "somewhere", "--output", str(tmp_path / "out")]) == 130
    assert said in capsys.readouterr().err
