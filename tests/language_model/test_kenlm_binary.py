from __future__ import annotations

import subprocess
from pathlib import Path

import kenlm
import numpy as np
import pytest

from asr_desktop.base.errors import LanguageModelError
from asr_desktop.language_model.arpa import write_arpa
from asr_desktop.language_model.backoff_model import BackoffModel
from asr_desktop.language_model.kenlm_binary import build_binary, find_build_binary, read_binary
from tests.language_model.texts import model_of, sentences

TOOL = find_build_binary()
needs_tool = pytest.mark.skipif(
    TOOL is None, reason="KenLM's build_binary is not here; make it with scripts/build_kenlm_tools.sh"
)


@pytest.fixture
def model(tmp_path: Path) -> BackoffModel:
    model = model_of(sentences(600, seed=1), tmp_path / "counts", order=4)
    write_arpa(model, tmp_path / "model.arpa")
    return model


@needs_tool
@pytest.mark.parametrize(
    "kind",
    ["trie", "-a 22 trie", "-a 2 trie", "-q 8 -b 8 trie", "-q 8 -b 7 -a 22 trie"],
)
def test_tries_of_every_kind_are_read_back(tmp_path: Path, model: BackoffModel, kind: str) -> None:
    binary = tmp_path / "model.bin"
    command = [str(TOOL), *kind.split(), str(tmp_path / "model.arpa"), str(binary)]
    subprocess.run(command, check=True, capture_output=True)
    again = read_binary(binary)
    assert again.sizes == model.sizes
    assert again.words == model.words
    tolerance = 0.1 if "-q" in kind else 1e-4
    for table, same in zip(model.tables, again.tables, strict=True):
        np.testing.assert_array_equal(table.word, same.word)
        np.testing.assert_array_equal(table.prefix, same.prefix)
        assert np.abs(table.log_prob - same.log_prob).mean() < tolerance
    theirs = kenlm.Model(str(binary))
    line = sentences(1, seed=2)[0]
    perplexity, _ = again.perplexity([line])
    assert perplexity == pytest.approx(theirs.perplexity(line), rel=1e-4)


@needs_tool
def test_build_binary_makes_what_the_app_loads(tmp_path: Path, model: BackoffModel) -> None:
    assert TOOL is not None
    build_binary(
        tmp_path / "model.arpa", tmp_path / "small.bin", tool=TOOL, probability_bits=5, backoff_bits=5
    )
    assert (tmp_path / "small.bin").stat().st_size < (tmp_path / "model.arpa").stat().st_size / 3
    assert kenlm.Model(str(tmp_path / "small.bin")).order == 4
    assert read_binary(tmp_path / "small.bin").sizes == model.sizes


@needs_tool
def test_what_build_binary_complains_of_is_said(tmp_path: Path) -> None:
    assert TOOL is not None
    (tmp_path / "no.arpa").write_text("no model\n")
    with pytest.raises(LanguageModelError, match="build_binary could not create"):
        build_binary(tmp_path / "no.arpa", tmp_path / "no.bin", tool=TOOL)


@needs_tool
def test_hash_tables_hold_no_words_and_are_refused(tmp_path: Path, model: BackoffModel) -> None:
    command = [str(TOOL), "probing", str(tmp_path / "model.arpa"), str(tmp_path / "hash.bin")]
    subprocess.run(command, check=True, capture_output=True)
    with pytest.raises(LanguageModelError, match="use its ARPA file"):
        read_binary(tmp_path / "hash.bin")


@needs_tool
@pytest.mark.parametrize("share", [0.3, 0.9, 0.999])
def test_a_file_cut_short_is_refused(tmp_path: Path, model: BackoffModel, share: float) -> None:
    assert TOOL is not None
    build_binary(tmp_path / "model.arpa", tmp_path / "model.bin", tool=TOOL)
    whole = (tmp_path / "model.bin").read_bytes()
    (tmp_path / "cut.bin").write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(LanguageModelError, match="damaged or incomplete"):
        read_binary(tmp_path / "cut.bin")


@pytest.mark.parametrize("content", [b"", b"no model at all, but long enough to look at" * 9])
def test_what_is_no_binary_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "other.bin").write_bytes(content)
    with pytest.raises(LanguageModelError, match="not a KenLM binary"):
        read_binary(tmp_path / "other.bin")


def test_the_tool_is_found_where_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tool = tmp_path / "build_binary"
    tool.write_text("#!/bin/sh\n")
    tool.chmod(0o755)
    monkeypatch.setenv("ASR_BUILD_BINARY", str(tool))
    assert find_build_binary() == tool
