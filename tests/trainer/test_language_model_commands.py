from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from asr_desktop.base.errors import AsrDesktopError
from asr_desktop.commands.terminal import EXIT_INTERRUPTED
from asr_desktop.language_model.english import write_vocabulary
from asr_desktop.language_model.pipeline import fit, read_language_model
from tests.trainer.command_stand_in import run_command
from trainer.cli import main

ROOT = Path(__file__).parents[3]
GENERAL = "The cat sat on the mat. The dog sat on the cat.\nA cat and a dog saw the moon.\n" * 10
PERSONAL = "Dr. Marchetti saw the moon.\nDr. Marchetti saw 2 cats.\nDr. Marchetti sat on the mat.\n" * 8


def run(*arguments: str | Path) -> int:
    """Run an action, with its errors as they are raised."""
    return run_command("language-model", *arguments)


@pytest.fixture
def texts(tmp_path: Path) -> tuple[Path, Path]:
    general, personal = tmp_path / "general.txt", tmp_path / "personal.txt"
    general.write_text(GENERAL, encoding="utf-8")
    personal.write_text(PERSONAL, encoding="utf-8")
    return general, personal


def test_build_makes_a_folder_of_texts(texts: tuple[Path, Path], tmp_path: Path) -> None:
    assert run("build", *texts, "--output", tmp_path / "out", "--order", "3", "--least", "5") == 0
    model = read_language_model(tmp_path / "out")
    assert model.order == 3
    assert {"doctor", "marchetti", "two", "cats"} <= set(model.words)
    assert (tmp_path / "out" / "alphabet.json").is_file()


def test_build_prunes(texts: tuple[Path, Path], tmp_path: Path) -> None:
    run("build", *texts, "--output", tmp_path / "out", "--ngrams", "12")
    assert sum(read_language_model(tmp_path / "out").sizes[1:]) <= 12


def test_build_makes_the_same_in_little_memory(texts: tuple[Path, Path], tmp_path: Path) -> None:
    run("build", *texts, "--output", tmp_path / "much")
    run("build", *texts, "--output", tmp_path / "little", "--memory", "32M")
    (much,), (little,) = (
        list((tmp_path / name / "language_model").glob("4gram.*")) for name in ("much", "little")
    )
    assert little.read_bytes() == much.read_bytes()


@pytest.mark.parametrize("memory", ["5M", "31999999", "lots", "-1G"])
def test_build_refuses_too_little_memory(memory: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["language-model", "build", "texts", "--output", "out", f"--memory={memory}"]) == 2
    assert "--memory" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="no limit on the size of files")
@pytest.mark.parametrize("most_bytes", [4_000, 20_000])
def test_a_full_disk_is_a_sentence_and_leaves_nothing(tmp_path: Path, most_bytes: int) -> None:
    """The normalised text finds no room, or the sorted n-grams, which take more, do not."""
    import resource

    text, temporary = tmp_path / "text.txt", tmp_path / "temporary"
    text.write_text("The cat sat on the mat.\n" * 500, encoding="utf-8")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, limits[1]))
    try:
        with pytest.raises(AsrDesktopError, match=r"temporary files .* cannot be written to .*/temporary \("):
            run("build", text, "--output", tmp_path / "out", "--temporary", temporary)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert list(temporary.iterdir()) == []
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="no such signals")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_an_interrupted_build_leaves_no_temporary_files(tmp_path: Path, number: int) -> None:
    long, temporary = tmp_path / "long.txt", tmp_path / "temporary"
    lines = "".join(f"{' '.join(f'word{n * k % 997}' for k in range(20))}\n" for n in range(997))
    long.write_text(lines * 300)  # six million words, which take far longer than the signal
    arguments = ["language-model", "build", long, "--output", tmp_path / "out", "--temporary", temporary]
    process = subprocess.Popen([sys.executable, "-m", "trainer.cli", *map(str, arguments)], cwd=ROOT)
    try:
        deadline = time.monotonic() + 120
        while not (temporary.is_dir() and [*temporary.rglob("texts")]):
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
        process.send_signal(number)
        assert process.wait(60) == EXIT_INTERRUPTED
    finally:
        process.kill()
        process.wait()
    assert list(temporary.iterdir()) == []


def test_build_mixes_with_the_models_own_and_keeps_its_settings(
    texts: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    general, personal = texts
    folder = _model_folder(tmp_path / "starter", general)
    run("build", personal, "--model", folder, "--output", tmp_path / "mine", "--order", "3")
    said = capsys.readouterr().out
    assert "weight of the personal model: " in said
    assert "mixed: perplexity" in said
    mixed = read_language_model(tmp_path / "mine")
    assert {"marchetti", "dog"} <= set(mixed.words)
    attributes = json.loads((tmp_path / "mine" / "language_model" / "attrs.json").read_text())
    assert attributes["alpha"] == 0.9
    line = ["doctor marchetti saw the mat"]
    assert fit(mixed, line).perplexity < fit(read_language_model(folder), line).perplexity


def test_mix_takes_models_and_a_weight(texts: tuple[Path, Path], tmp_path: Path) -> None:
    for text, name in zip(texts, ("general", "personal"), strict=True):
        run("build", text, "--output", tmp_path / name, "--order", "2")
    run("mix", tmp_path / "personal", "--general", tmp_path / "general", "--weight", "0.4", "--output",
        tmp_path / "mixed")  # fmt: skip
    assert {"marchetti", "dog"} <= set(read_language_model(tmp_path / "mixed").words)


def test_evaluate_says_how_well_a_model_fits(
    texts: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    general, personal = texts
    run("build", general, "--output", tmp_path / "out")
    capsys.readouterr()
    run("evaluate", tmp_path / "out", general, personal)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines] == [str(general), str(personal)]
    assert lines[0].endswith(", 0.0% unknown words")
    assert not lines[1].endswith(", 0.0% unknown words")


def test_what_cannot_be_read_is_named(texts: tuple[Path, Path], tmp_path: Path) -> None:
    with pytest.raises(AsrDesktopError, match=r"nothing\.txt cannot be read \(No such file"):
        run("build", tmp_path / "nothing.txt", "--output", tmp_path / "out")
    run("build", texts[0], "--output", tmp_path / "out")
    with pytest.raises(AsrDesktopError, match="--general"):
        run("mix", tmp_path / "out", "--output", tmp_path / "mixed", "--weight", "0.5")


def _model_folder(folder: Path, text: Path) -> Path:
    """A model folder with everything but sense: its network is never run."""
    run("build", text, "--output", folder, "--order", "2")
    attributes = folder / "language_model" / "attrs.json"
    attributes.write_text(json.dumps({"alpha": 0.9, "beta": 1.0}))
    write_vocabulary(folder)
    (folder / "config.json").write_text(json.dumps({"model_type": "wav2vec2"}))
    (folder / "preprocessor_config.json").write_text(json.dumps({"sampling_rate": 16000}))
    (folder / "model.onnx").write_bytes(b"never run")
    return folder
