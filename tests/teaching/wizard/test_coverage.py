from __future__ import annotations

from asr_desktop.teaching.wizard.wizard import Coverage, pairs_of


class Lower:
    def spell(self, text: str) -> str:
        return text.lower()


def test_pairs_know_the_borders_of_words() -> None:
    assert pairs_of("to be") == ["_t", "to", "o_", "_b", "be", "e_"]


def test_what_was_never_said_comes_before_what_was() -> None:
    coverage = Coverage()
    sentences = ["the cat sat there", "jump over foxes"]
    for _ in range(3):
        coverage.add("the cat sat there")
    assert coverage.best(sentences, Lower()) == 1
    coverage.add("jump over foxes")
    for _ in range(6):
        coverage.add("jump over foxes")
    assert coverage.best(sentences, Lower()) == 0


def test_letters_that_the_model_finds_hard_come_again() -> None:
    easy, hard = "big dig jig pig", "zoo zest zebu lazy"
    coverage = Coverage()
    for sentence in (easy, hard):
        coverage.add(sentence, [(letter, 0.05) for letter in sentence if letter != " "])
    for _ in range(6):
        coverage.add("z", [("z", 3.5)])
        coverage.add("g", [("g", 0.05)])
    assert coverage.best([easy, hard], Lower()) == 1
    assert coverage.hardest(1)[0][0] == "z"


def test_one_bad_hearing_is_not_believed_at_once() -> None:
    coverage = Coverage()
    coverage.add("q", [("q", 4.0)])
    assert coverage.difficulty("q") < 2.0
    assert coverage.hardest() == []


def test_the_share_of_pairs_grows_to_all() -> None:
    coverage = Coverage()
    sentences = ["the cat", "a dog"]
    assert coverage.share_of(sentences, Lower()) == 0.0
    coverage.add("the cat")
    assert 0.0 < coverage.share_of(sentences, Lower()) < 1.0
    coverage.add("a dog")
    assert coverage.share_of(sentences, Lower()) == 1.0
