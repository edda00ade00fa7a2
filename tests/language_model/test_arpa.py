from __future__ import annotations

from pathlib import Path

import kenlm
import numpy as np
import pytest

from asr_desktop.base.errors import LanguageModelError
from asr_desktop.language_model.arpa import read_arpa, write_arpa
from tests.language_model.texts import model_of, sentences

# As other toolkits write: no <unk>, no back-offs where none is needed, words in any order.
FOREIGN = """\
made elsewhere

\\data\\
ngram 1=4
ngram 2=2

\\1-grams:
-0.6 </s>
-99 <s> -0.3
-0.5 béta -0.2
-0.4 alpha

\\2-grams:
-0.2 béta alpha
-0.1 <s> béta

\\end\\
"""


@pytest.mark.parametrize("name", ["model.arpa", "model.arpa.gz"])
def test_what_is_written_is_read_back(tmp_path: Path, name: str) -> None:
    model = model_of(sentences(200, seed=1), tmp_path / "counts", order=4)
    write_arpa(model, tmp_path / name)
    again = read_arpa(tmp_path / name)
    assert again.words == model.words
    for table, same in zip(model.tables, again.tables, strict=True):
        for column in ("prefix", "word", "suffix"):
            np.testing.assert_array_equal(getattr(table, column), getattr(same, column))
        np.testing.assert_allclose(table.log_prob, same.log_prob, rtol=1e-5, atol=1e-5)
        np.testing.assert_allclose(table.log_backoff, same.log_backoff, rtol=1e-5, atol=1e-5)


def test_kenlm_scores_the_file_as_we_do(tmp_path: Path) -> None:
    model = model_of(sentences(200, seed=2), tmp_path / "counts", order=3)
    write_arpa(model, tmp_path / "model.arpa")
    theirs = kenlm.Model(str(tmp_path / "model.arpa"))
    held_out = sentences(30, seed=3)
    log10 = sum(theirs.score(line) for line in held_out)
    positions = sum(len(line.split()) + 1 for line in held_out)
    perplexity, unknown = model.perplexity(held_out)
    assert perplexity == pytest.approx(10 ** (-log10 / positions), rel=1e-4)
    assert unknown == 0.0


def test_other_toolkits_files_are_read(tmp_path: Path) -> None:
    path = tmp_path / "foreign.arpa"
    path.write_text(FOREIGN, encoding="utf-8")
    model = read_arpa(path)
    assert model.words == ("<unk>", "<s>", "</s>", "alpha", "béta")
    log_prob, _ = model.log_probs(np.array([1, 4, 3, 2], dtype=np.int32))
    np.testing.assert_allclose(log_prob[1:] / np.log(10), [-0.1, -0.2, -0.6], rtol=1e-6)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("just a text\n", "no .+1-grams"),
        (FOREIGN.replace("\\end\\", ""), "end.+ is missing"),
        (FOREIGN.replace("-0.5", "minus"), "minus"),
        (FOREIGN.replace("-0.2 béta alpha", "-0.2 gamma alpha"), "gamma"),
    ],
)
def test_damaged_files_are_refused_with_what_is_wrong(tmp_path: Path, text: str, complaint: str) -> None:
    path = tmp_path / "broken.arpa"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(LanguageModelError, match=complaint):
        read_arpa(path)


def test_an_ngram_without_its_beginning_is_named(tmp_path: Path) -> None:
    trigram = "\\3-grams:\n-0.1 béta alpha </s>\n\n\\end\\"
    path = tmp_path / "orphan.arpa"
    path.write_text(FOREIGN.replace("\\end\\", trigram), encoding="utf-8")
    with pytest.raises(LanguageModelError, match="béta alpha </s>"):
        read_arpa(path)
