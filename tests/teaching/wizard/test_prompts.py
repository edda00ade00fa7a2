from __future__ import annotations

from pathlib import Path

import pytest

from asr_desktop.language_model.english import ENGLISH_VOCABULARY, encode, has_digits, normalise_text
from asr_desktop.teaching.dataset import DataError
from asr_desktop.teaching.wizard.prompts import NoPromptsError, own_prompts, prompts_of_text, read_prompts
from tests.teaching.chord_model import chord_listener


def test_our_own_sentences_can_be_read_and_taught_as_they_stand() -> None:
    prompts = own_prompts()
    assert len(prompts) == len(set(prompts)) >= 300
    for prompt in prompts:
        assert 4 <= len(prompt.split()) <= 20, prompt
        assert not has_digits(prompt)
        assert encode(normalise_text(prompt), ENGLISH_VOCABULARY)
    letters = set("".join(normalise_text(prompt) for prompt in prompts))
    assert set("abcdefghijklmnopqrstuvwxyz") <= letters


@pytest.mark.parametrize("code", ["de", "deu", "de-AT", "DE_de"])
def test_german_sentences_are_found_by_all_its_codes(code: str) -> None:
    prompts = own_prompts(code)
    assert len(prompts) == len(set(prompts)) >= 100
    for prompt in prompts:
        assert 4 <= len(prompt.split()) <= 20, prompt
        assert not has_digits(prompt)
    letters = set("".join(prompts).lower())
    assert set("abcdefghijklmnopqrstuvwxyzäöüß") <= letters


def test_our_own_sentences_that_the_model_cannot_write_are_left_out() -> None:
    class Without:
        """A spelling that lacks the German letters."""

        def unspellable_characters(self, text: str) -> set[str]:
            return set(text) & set("äöüß")

    kept = own_prompts("de", Without())  # type: ignore[arg-type]
    assert 10 < len(kept) < len(own_prompts("de"))
    assert not any(set(sentence) & set("äöüß") for sentence in kept)


def test_a_language_without_sentences_is_a_sentence() -> None:
    with pytest.raises(NoPromptsError, match=r"“tlh” \(available: de, en\)") as caught:
        own_prompts("tlh")
    assert caught.value.language == "tlh"


def test_a_text_is_divided_into_sentences() -> None:
    text = """Mr. Reed went to St. Ives on Monday. He did not come
back! “Who told you that?” she asked. No.

A second paragraph has one sentence more. In 1998 he left again for good."""
    assert prompts_of_text(text) == [
        "Mr. Reed went to St. Ives on Monday.",
        "He did not come back!",
        "“Who told you that?” she asked.",
        "A second paragraph has one sentence more.",
    ]


def test_long_sentences_are_divided_at_commas() -> None:
    clause = "this clause has exactly seven words here"
    prompts = prompts_of_text(", ".join([clause] * 5) + ".")
    assert len(prompts) >= 2
    assert all(4 <= len(prompt.split()) <= 20 for prompt in prompts)


def test_sentences_that_the_model_cannot_write_are_passed_over() -> None:
    text = "Abba feed a bad cab. 東京 is a big bad cab."
    assert prompts_of_text(text, chord_listener().spelling) == ["Abba feed a bad cab."]


def test_a_file_without_sentences_is_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "numbers.txt"
    path.write_text("1 2 3\n4 5 6\n")
    with pytest.raises(DataError, match="no sentence of 4 to 20 words"):
        read_prompts(path)
