from __future__ import annotations

import json
from pathlib import Path

import pytest

from asr_desktop.language_model.english import (
    ENGLISH_VOCABULARY,
    encode,
    has_digits,
    normalise_text,
    write_vocabulary,
)


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("“Well—it’s   the dogs' café,” he said.", "well it's the dogs cafe he said"),
        ("'TIS THE TWENTY-FIRST", "tis the twenty first"),
        ("rock 'n' roll", "rock n roll"),
        ("…", ""),
    ],
)
def test_text_is_normalised_to_what_is_spelled(written: str, spoken: str) -> None:
    assert normalise_text(written) == spoken


def test_every_normalised_text_can_be_encoded() -> None:
    text = normalise_text("It’s 5 o'clock: ÄÖÜ, naïve façade & co.")
    labels = encode(text)
    assert "".join(ENGLISH_VOCABULARY[label] for label in labels).replace("|", " ") == text


def test_a_character_without_a_label_is_named() -> None:
    with pytest.raises(ValueError, match="'é'"):
        encode("café")


def test_digits_are_noticed() -> None:
    assert has_digits("in 1984")
    assert not has_digits("in nineteen eighty four")


def test_vocabulary_files_hold_every_label_once(tmp_path: Path) -> None:
    write_vocabulary(tmp_path)
    labels = json.loads((tmp_path / "vocab.json").read_text())
    assert sorted(labels.values()) == list(range(len(ENGLISH_VOCABULARY)))
