"""Whatever is wrong with a KenLM file, it is refused, or opened and asked without harm."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest

from asr_desktop.base import paths
from asr_desktop.base.errors import DecoderError
from asr_desktop.base.small_file import SmallFileError
from asr_desktop.language_model.arpa import write_arpa
from asr_desktop.language_model.kenlm_binary import find_build_binary
from asr_desktop.recognition import kenlm_file
from asr_desktop.recognition.kenlm_file import check_kenlm
from asr_desktop.recognition.language_model import LanguageModelWeights, load_language_model
from asr_desktop.recognition.model_folder import LanguageModelFiles
from asr_desktop.recognition.spelling import Spelling
from tests.language_model.texts import model_of, sentences
from tests.recognition.synthetic_emissions import english_labels

TOOL = find_build_binary()
SHIPPED = paths.bundled_models_folder() / "starter-en" / "language_model" / "4gram.bin"
KINDS = (
    "trie",
    "-a 22 trie",
    "-a 2 trie",
    "-q 8 -b 8 trie",
    "-q 8 -b 7 -a 22 trie",
    "probing",
    "-p 3 probing",
)

# Damages the file again and again; what the check lets pass is opened and asked. Prints how many were refused
# and how many asked, unless the process dies.
FUZZ = """
import random, sys
from pathlib import Path
import kenlm
from asr_desktop.base.small_file import SmallFileError
from asr_desktop.recognition.kenlm_file import check_kenlm
whole, aside, rounds = Path(sys.argv[1]).read_bytes(), Path(sys.argv[2]), int(sys.argv[3])
words = sys.argv[4:]
refused = asked = 0
config = kenlm.Config()
config.show_progress = False
for seed in range(rounds):
    chance = random.Random(seed)
    data = bytearray(whole)
    for _ in range(chance.choice((1, 3, 100))):
        at = chance.randrange(140) if chance.random() < 0.3 else chance.randrange(len(data))
        data[at] = chance.choice((0, 255, data[at] ^ 1 << chance.randrange(8)))
    if chance.random() < 0.2:
        del data[chance.randrange(len(data)) :]
    aside.unlink(missing_ok=True)
    aside.write_bytes(data)
    try:
        check_kenlm(aside)
        model = kenlm.Model(str(aside), config)
    except (SmallFileError, OSError, RuntimeError, ValueError):
        refused += 1
        continue
    asked += 1
    for _ in range(30):
        model.score(" ".join(chance.choices(words, k=8)))
print(refused, asked)
"""


@pytest.fixture(autouse=True)
def _own_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(paths.HOME_VARIABLE, str(tmp_path / "home"))


def built(tmp_path: Path, kind: str) -> Path:
    if TOOL is None:
        pytest.skip("KenLM's build_binary is not here; make it with scripts/build_kenlm_tools.sh")
    write_arpa(model_of(sentences(600, seed=1), tmp_path / "counts", order=4), tmp_path / "model.arpa")
    binary = tmp_path / "model.bin"
    subprocess.run(
        [str(TOOL), *kind.split(), str(tmp_path / "model.arpa"), str(binary)], check=True, capture_output=True
    )
    return binary


@pytest.mark.parametrize("kind", KINDS)
def test_healthy_files_pass_and_no_damage_ends_the_process(tmp_path: Path, kind: str) -> None:
    binary = built(tmp_path, kind)
    check_kenlm(binary)
    words = sorted({word for line in sentences(50, seed=1) for word in line.split()})
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            FUZZ,
            str(binary),
            str(tmp_path / "damaged.bin"),
            "120",
            *words[:40],
            "unheard",
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    refused, asked = map(int, done.stdout.split())
    assert refused > 20
    assert asked > 5


def test_the_shipped_one_passes_and_its_damaged_copy_does_not(tmp_path: Path) -> None:
    check_kenlm(SHIPPED)
    data = bytearray(SHIPPED.read_bytes())
    data[3_000_000:3_000_400] = bytes(range(200)) * 2
    damaged = tmp_path / "4gram.bin"
    damaged.write_bytes(data)
    with pytest.raises(
        DecoderError, match="4gram\\.bin cannot be read \\(it is damaged or incomplete\\); download"
    ):
        load_language_model(LanguageModelFiles(damaged), Spelling(english_labels()), LanguageModelWeights())


def test_a_file_is_looked_at_once_until_it_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = tmp_path / "4gram.bin"
    copy.write_bytes(SHIPPED.read_bytes())
    looked_at: list[Path] = []
    check = kenlm_file._Binary.check
    monkeypatch.setattr(kenlm_file._Binary, "check", lambda self: (looked_at.append(copy), check(self))[1])
    check_kenlm(copy)
    check_kenlm(copy)
    monkeypatch.setattr(kenlm_file, "_known", {})  # as another process
    check_kenlm(copy)
    assert len(looked_at) == 1
    with copy.open("r+b") as file:
        file.write(b"mmap")
    check_kenlm(copy)
    assert len(looked_at) == 2


@pytest.mark.parametrize("is_packed", [False, True])
def test_an_arpa_file_that_promises_more_than_it_holds_is_refused(tmp_path: Path, is_packed: bool) -> None:
    def write(path: Path, text: str) -> Path:
        path.write_bytes(gzip.compress(text.encode()) if is_packed else text.encode())
        return path

    small = write(
        tmp_path / "a.arpa",
        "\n\\data\\\nngram 1=3\nngram 2=1\n\n\\1-grams:\n-1\t<unk>\t0\n-1\tab\t0\n-1\tc\t0\n",
    )
    check_kenlm(small)
    large = write(tmp_path / "b.arpa", "\\data\\\nngram 1=99999999999\n\n\\1-grams:\n")
    with pytest.raises(SmallFileError, match="damaged"):
        check_kenlm(large)
    with pytest.raises(SmallFileError, match="not a KenLM file"):
        check_kenlm(write(tmp_path / "c.arpa", "no model\n" * 100))


@pytest.mark.parametrize(
    ("noted_in", "name"), [("", "language_model/4gram.bin"), ("language_model", "4gram.bin")]
)
def test_a_file_whose_sum_was_kept_has_to_have_it_still(tmp_path: Path, noted_in: str, name: str) -> None:
    folder = tmp_path / "model" / "language_model"
    folder.mkdir(parents=True)
    data = bytearray(SHIPPED.read_bytes())
    copy = folder / "4gram.bin"
    copy.write_bytes(data)
    note = {"files": [{"path": name, "sha256": kenlm_file.sum_of(copy)}]}
    (tmp_path / "model" / noted_in / "source.json").write_text(json.dumps(note))
    check_kenlm(copy)
    data[-1_000_000] ^= 1  # a probability: it leads nowhere, and is another
    copy.write_bytes(data)
    with pytest.raises(SmallFileError, match="checksum"):
        check_kenlm(copy)
