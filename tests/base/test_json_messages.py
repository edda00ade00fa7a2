"""Sentences between processes: they arrive with their template, and other lines are none."""

from __future__ import annotations

from asr_desktop.base.errors import MediaError
from asr_desktop.base.json_messages import line_of, sentence_of
from asr_desktop.base.sentences import Sentence, spoken


def test_a_sentence_arrives_as_one() -> None:
    line = line_of(MediaError(Sentence("{name} is empty.", name="x\ny")))
    assert "\n" not in line
    arrived = sentence_of(line)
    assert arrived == "x\ny is empty."
    assert spoken(arrived, {"{name} is empty.": "{name} ist leer."}.__getitem__) == "x\ny ist leer."


def test_numbers_of_a_sentence_stay_what_they_are() -> None:
    told = Sentence("Speaker {number} ({share:.2f})", number=2, share=0.5)
    arrived = sentence_of(line_of(MediaError(told)))
    assert isinstance(arrived, Sentence)
    assert spoken(arrived, lambda template: template) == "Speaker 2 (0.50)"


def test_plain_text_arrives_as_it_was() -> None:
    assert sentence_of(line_of("No template.")) == "No template."
    assert not isinstance(sentence_of(line_of("No template.").encode()), Sentence)


def test_other_lines_are_none() -> None:
    for line in ("", "asr-trainer: no", '{"type": "progress", "done": 1}', b"\xff", "[1]"):
        assert sentence_of(line) is None
