from __future__ import annotations

import math
from pathlib import Path

import pytest

from asr_desktop.base.errors import DecoderError
from asr_desktop.recognition.labels import Labels
from asr_desktop.recognition.language_model import (
    RARE_WORD_LOG10,
    LanguageModel,
    LanguageModelWeights,
    load_language_model,
)
from asr_desktop.recognition.model_folder import LanguageModelFiles
from asr_desktop.recognition.spelling import Spelling
from tests.recognition.synthetic_emissions import english_labels

pytest.importorskip("kenlm", reason="kenlm is not installed")

ARPA = """\\data\\
ngram 1=6
ngram 2=4

\\1-grams:
-1.0\t<s>\t-0.3
-1.0\t</s>
-2.0\t<unk>
-1.0\tTHE\t-0.3
-1.5\tCAT\t-0.3
-1.5\tSAT\t-0.3

\\2-grams:
-0.3\t<s> THE
-0.3\tTHE CAT
-0.3\tCAT SAT
-0.5\tSAT </s>

\\end\\
"""


def write_model(
    folder: Path, arpa: str = ARPA, words: str | None = "THE\nCAT\nSAT\n<s>\n"
) -> LanguageModelFiles:
    (folder / "lm.arpa").write_text(arpa, encoding="utf-8")
    if words is not None:
        (folder / "unigrams.txt").write_text(words, encoding="utf-8")
    return LanguageModelFiles.load(folder)


def load(files: LanguageModelFiles, **weights: float) -> LanguageModel:
    model, warnings = load_language_model(files, Spelling(english_labels()), LanguageModelWeights(**weights))  # type: ignore[arg-type]
    assert warnings == []
    return model


def test_words_score_as_pyctcdecode_scores_them(tmp_path: Path) -> None:
    model = load(write_model(tmp_path), alpha=0.5, beta=1.5, unk_score_offset=-10.0)
    state = model.start()
    score, state = model.score(state, "THE")
    assert score == pytest.approx(0.5 * -0.3 * math.log(10) + 1.5, abs=1e-5)
    score, state = model.score(state, "CAT")
    assert score == pytest.approx(0.5 * -0.3 * math.log(10) + 1.5, abs=1e-5)
    unknown, _ = model.score(state, "DOG")
    assert unknown == pytest.approx(0.5 * (-2.0 - 0.3 - 10.0) * math.log(10) + 1.5, abs=1e-5)
    _, state = model.score(state, "SAT")
    assert model.end(state) == pytest.approx(0.5 * -0.5 * math.log(10), abs=1e-5)


def test_without_sentence_boundary_neither_beginning_nor_end_counts(tmp_path: Path) -> None:
    files = write_model(tmp_path)
    weights = LanguageModelWeights(alpha=1.0, beta=0.0, score_boundary=False)
    model, _ = load_language_model(files, Spelling(english_labels()), weights)
    score, state = model.score(model.start(), "THE")
    assert score == pytest.approx(-1.0 * math.log(10), abs=1e-5)
    assert model.end(state) == 0.0


def test_an_unknown_hotword_is_a_rare_word(tmp_path: Path) -> None:
    model = load(write_model(tmp_path), alpha=1.0, beta=0.0)
    as_hotword, _ = model.score(model.start(), "RONICKY", is_hotword=True)
    as_word, _ = model.score(model.start(), "RONICKY")
    assert as_hotword >= RARE_WORD_LOG10 * math.log(10)
    assert as_hotword > as_word + 20


def test_beginnings_of_known_words_cost_nothing(tmp_path: Path) -> None:
    model = load(write_model(tmp_path), unk_score_offset=-10.0)
    assert [model.beginning(part) for part in ("C", "CA", "CAT", "S", "THE")] == [0.0] * 5
    assert model.beginning("X") == model.beginning("CATS") == -10.0
    assert model.beginning("CATCATCATCAT") == pytest.approx(-20.0)
    assert model.knows("CAT")
    assert not model.knows("CA")


def test_a_language_model_in_another_case_is_asked_in_its_own(tmp_path: Path) -> None:
    lower = ARPA.replace("THE", "the").replace("CAT", "cat").replace("SAT", "Sat")
    model = load(write_model(tmp_path, lower, "the\ncat\nSat\n"), alpha=1.0, beta=0.0)
    score, state = model.score(model.start(), "THE")
    assert score == pytest.approx(-0.3 * math.log(10), abs=1e-5)
    _, state = model.score(state, "CAT")
    score, _ = model.score(state, "SAT")
    assert score == pytest.approx(-0.3 * math.log(10), abs=1e-5)
    assert model.beginning("SA") == 0.0


def test_of_two_spellings_the_likelier_counts(tmp_path: Path) -> None:
    both = ARPA.replace("CAT\t", "march\t").replace("-1.5\tSAT\t", "-3.5\tMarch\t")
    both = (
        both.replace("THE CAT", "THE march")
        .replace("CAT SAT", "march March")
        .replace("SAT </s>", "March </s>")
    )
    model = load(write_model(tmp_path, both, "THE\nMarch\nmarch\n"), alpha=1.0, beta=0.0)
    _, state = model.score(model.start(), "THE")
    score, _ = model.score(state, "MARCH")
    assert score == pytest.approx(-0.3 * math.log(10), abs=1e-5)


def test_the_words_are_read_from_an_arpa_file_where_no_list_is(tmp_path: Path) -> None:
    model = load(write_model(tmp_path, words=None))
    assert model.knows("SAT")
    assert not model.knows("</s>")


@pytest.mark.parametrize("words", [None, ""])
def test_a_binary_without_a_list_of_words_works_with_a_warning(tmp_path: Path, words: str | None) -> None:
    files = write_model(tmp_path, words=words)
    files.model_path.rename(tmp_path / "lm.bin")  # KenLM tells by the content what it is
    files = LanguageModelFiles.load(tmp_path)
    model, (warning,) = load_language_model(files, Spelling(english_labels()), LanguageModelWeights())
    assert "unigrams.txt" in warning
    assert model.beginning("XYZ") == 0.0
    assert model.knows("CAT")
    assert not model.knows("DOG")


@pytest.mark.parametrize("content", [b"", b"no language model", bytes(range(256)) * 20, ARPA[:150].encode()])
def test_a_broken_file_is_named_in_one_sentence(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "lm.bin").write_bytes(content)
    (tmp_path / "unigrams.txt").write_text("THE\n", encoding="utf-8")
    with pytest.raises(DecoderError, match=r"lm\.bin cannot be read \(it is (damaged or )?not a KenLM file"):
        load(LanguageModelFiles.load(tmp_path))


def test_a_list_of_words_that_is_no_text_is_named(tmp_path: Path) -> None:
    files = write_model(tmp_path)
    (tmp_path / "unigrams.txt").write_bytes(b"\xff\xfe\x80")
    with pytest.raises(DecoderError, match=r"unigrams\.txt cannot be read as a list of words"):
        load(files)


def test_a_language_model_in_other_letters_is_refused(tmp_path: Path) -> None:
    files = write_model(tmp_path)
    cyrillic = Labels(("<pad>", "|", *"абвгд"), 0, "|", frozenset({0}))
    with pytest.raises(DecoderError, match=r"uses a different alphabet .*include THE, CAT, SAT"):
        load_language_model(files, Spelling(cyrillic), LanguageModelWeights())
