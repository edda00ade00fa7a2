from __future__ import annotations

import json
from pathlib import Path

import pytest

from asr_desktop.recognition.labels import Labels
from asr_desktop.recognition.language_model import are_spelled_alike, letters_of
from tests.fixtures.make_models import model_folder


def language_model(folder: Path, letters: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "alphabet.json").write_text(json.dumps({"labels": ["", " ", "\u2047", *letters, "'"]}))
    return folder


def test_special_labels_and_signs_are_no_letters() -> None:
    labels = Labels(
        ("<pad>", "x", "|", "A", "b", "'", "ß"), blank_id=0, word_delimiter="|", special_ids=frozenset({0, 1})
    )
    assert letters_of(labels) == frozenset("abß")


@pytest.mark.parametrize(
    ("letters", "alike"), [("abcdefghijklmnopqrstuvwxyz", True), ("abcdefghijklmnopqrstuvwxyzäöüß", False)]
)
def test_a_language_model_says_which_letters_it_is_for(tmp_path: Path, letters: str, alike: bool) -> None:
    assert are_spelled_alike(language_model(tmp_path, letters), model_folder("wav2vec2-group")) is alike


def test_what_does_not_say_is_left_to_loading(tmp_path: Path) -> None:
    model = model_folder("wav2vec2-group")
    assert are_spelled_alike(tmp_path, model)
    (tmp_path / "alphabet.json").write_text("[1")
    assert are_spelled_alike(tmp_path, model)
    assert are_spelled_alike(language_model(tmp_path, "äöü"), tmp_path / "no model")
