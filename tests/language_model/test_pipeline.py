from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict
from pathlib import Path

import kenlm
import pytest

from asr_desktop.base.errors import LanguageModelError
from asr_desktop.language_model import pipeline
from asr_desktop.language_model.english import ENGLISH_VOCABULARY
from asr_desktop.language_model.pipeline import (
    ENGLISH_LABELS,
    alphabet_json,
    choose_vocabulary,
    fit,
    learn,
    mix_with_general,
    read_language_model,
    write_language_model,
)
from asr_desktop.recognition.language_model import LanguageModelWeights, load_language_model
from asr_desktop.recognition.model_folder import LanguageModelFiles
from asr_desktop.recognition.spelling import Spelling
from tests.language_model.texts import model_of, sentences
from tests.recognition.synthetic_emissions import english_labels

GENERAL = ["the cat sat on the mat", "the dog sat on the cat", "a cat and a dog saw the moon"] * 5
PERSONAL = ["doctor marchetti saw the moon", "doctor marchetti saw the cat"] * 3


def words_of(lines: list[str]) -> set[str]:
    return {word for line in lines for word in line.split()}


def test_a_model_is_learned_from_lines_and_predicts_them_better_than_others() -> None:
    model = learn(GENERAL, words_of(GENERAL), order=3)
    assert fit(model, GENERAL).perplexity < fit(model, ["moon the on sat cat dog"]).perplexity / 3
    assert fit(model, ["the cat sat on the zebra"]).unknown == pytest.approx(1 / 6)


def test_a_model_learned_with_a_size_is_no_larger() -> None:
    lines = sentences(300, seed=1)
    assert sum(learn(lines, words_of(lines), order=3, ngrams=300).sizes[1:]) <= 300


@pytest.mark.parametrize("lines", [[], ["", "  "], ["unheard of"]])
def test_a_text_without_known_words_is_refused(lines: list[str]) -> None:
    with pytest.raises(LanguageModelError, match="no words"):
        learn(lines, {"word"})


def test_the_vocabulary_takes_rare_words_from_the_dictionary_only() -> None:
    counts = Counter({"house": 1, "mouse's": 2, "mispirnt": 2, "marchetti": 9})
    assert choose_vocabulary(counts, dictionary={"house", "mouse"}, least=1, least_outside=3) == [
        "house",
        "marchetti",
        "mouse's",
    ]


def test_the_app_reads_what_is_written(tmp_path: Path) -> None:
    model = learn(GENERAL, words_of(GENERAL), order=3)
    path = write_language_model(model, tmp_path, attributes=asdict(LanguageModelWeights(alpha=0.7, beta=2.0)))
    files = LanguageModelFiles.load(tmp_path / "language_model")
    assert files.model_path == path
    assert (files.alpha, files.beta, files.score_boundary) == (0.7, 2.0, True)
    loaded, warnings = load_language_model(files, Spelling(english_labels()), LanguageModelWeights())
    assert warnings == []
    assert loaded.knows("MOON")
    assert not loaded.knows("ZEBRA")


def test_without_build_binary_the_arpa_file_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "find_build_binary", lambda: None)
    model = learn(GENERAL, words_of(GENERAL), order=3)
    (tmp_path / "language_model").mkdir()
    (tmp_path / "language_model" / "4gram.bin").write_bytes(b"an older one")
    path = write_language_model(model, tmp_path)
    assert [file.name for file in path.parent.iterdir() if file.suffix in (".bin", ".arpa")] == ["3gram.arpa"]
    assert kenlm.Model(str(path)).order == 3
    again = read_language_model(tmp_path)
    assert fit(again, GENERAL).perplexity == pytest.approx(fit(model, GENERAL).perplexity, rel=1e-4)


def test_models_are_found_in_files_and_folders_and_named_where_there_is_none(tmp_path: Path) -> None:
    path = write_language_model(learn(GENERAL, words_of(GENERAL), order=2), tmp_path)
    for place in (tmp_path, path.parent, path):
        assert read_language_model(place).order == 2
    with pytest.raises(LanguageModelError, match=r"no language model at .*nowhere"):
        read_language_model(tmp_path / "nowhere")


def test_a_personal_model_mixed_in_helps_with_personal_text_and_harms_little(tmp_path: Path) -> None:
    general = learn(GENERAL, words_of(GENERAL), order=3)
    personal = learn(PERSONAL, words_of(PERSONAL), order=3)
    held_out = ["doctor marchetti sat on the mat", "doctor marchetti saw the dog"]
    mixture, weight = mix_with_general(personal, general, held_out)
    assert 0.2 < weight < 0.95
    assert fit(mixture, held_out).unknown == 0 < fit(general, held_out).unknown
    assert fit(mixture, GENERAL).perplexity < 4 * fit(general, GENERAL).perplexity


def test_a_weight_can_be_given_and_is_checked() -> None:
    general, personal = (learn(lines, words_of(lines), order=2) for lines in (GENERAL, PERSONAL))
    assert mix_with_general(personal, general, [], weight=0.3)[1] == 0.3
    with pytest.raises(LanguageModelError, match="between 0 and 1"):
        mix_with_general(personal, general, [], weight=1.5)
    with pytest.raises(LanguageModelError, match="held-out"):
        mix_with_general(personal, general, [])


def test_measuring_on_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LanguageModelError, match="empty"):
        fit(model_of(GENERAL, tmp_path), [" "])


def test_the_alphabet_is_what_pyctcdecode_stores() -> None:
    Alphabet = pytest.importorskip("pyctcdecode").Alphabet
    theirs = json.loads(Alphabet.build_alphabet(list(ENGLISH_VOCABULARY)).dumps())
    assert json.loads(alphabet_json(ENGLISH_LABELS)) == theirs
    assert Alphabet.loads(alphabet_json(ENGLISH_LABELS)).labels[4] == " "
