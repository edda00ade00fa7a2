"""Which phrases are commands, and which stay text: both kinds of error on scripted phrases."""

from __future__ import annotations

import pytest

from asr_desktop.dictation.chord import parse_chord
from asr_desktop.dictation.spoken_commands import (
    BUILT_IN,
    Act,
    CommandError,
    SpokenCommands,
    Step,
    parse_own,
)
from asr_desktop.transcripts.document import Word
from tests.dictation.scripted_phrases import COMMAND_PHRASES, TEXT_PHRASES

OWN = ("best regards=Best regards,\\nAda", "send it=key:Ctrl+Return")


def words(*phrases: str, pause_seconds: float = 0.5, gap_seconds: float = 0.06) -> tuple[Word, ...]:
    """Spoken one after the other, with a pause between the phrases."""
    made: list[Word] = []
    at = 0.5
    for phrase in phrases:
        for text in phrase.split():
            made.append(Word(text, at, at + 0.3, 0.9))
            at += 0.3 + gap_seconds
        at += pause_seconds - gap_seconds
    return tuple(made)


def acts(commands: SpokenCommands, *phrases: str) -> list[tuple[Act, str]]:
    return [
        (step.act, step.text or " ".join(word.text for word in step.words))
        for step in commands.steps(words(*phrases))
    ]


def test_no_scripted_command_is_missed() -> None:
    commands = SpokenCommands.of("en", OWN)
    missed = [phrase for phrase, expected in COMMAND_PHRASES if acts(commands, *phrase) != expected]
    assert len(COMMAND_PHRASES) >= 100
    assert missed == []


def test_no_scripted_sentence_becomes_a_command() -> None:
    commands = SpokenCommands.of("en", OWN)
    obeyed = [phrase for phrase in TEXT_PHRASES if acts(commands, phrase) != [(Act.WORDS, phrase)]]
    assert len(TEXT_PHRASES) >= 120
    # Said by itself, a sentence that begins with a command's own words cannot be told from it.
    assert obeyed == ["all caps is rude"]


def test_marks_and_capitals_of_the_writing_step_make_no_difference() -> None:
    commands = SpokenCommands.of("en")
    assert acts(commands, "New paragraph.") == [(Act.TEXT, "\n\n")]
    assert acts(commands, "Question mark?") == [(Act.TEXT, "?")]
    assert acts(commands, "Semi-colon") == [(Act.TEXT, ";")]


def test_a_pause_on_one_side_is_not_enough() -> None:
    commands = SpokenCommands.of("en")
    assert acts(commands, "we drew a", "new line on the map") == [
        (Act.WORDS, "we drew a new line on the map")
    ]


def test_everywhere_if_so_set() -> None:
    commands = SpokenCommands.of("en", is_everywhere=True)
    assert acts(commands, "dear ada comma new line how are you question mark") == [
        (Act.WORDS, "dear ada"), (Act.TEXT, ","), (Act.TEXT, "\n"),
        (Act.WORDS, "how are you"), (Act.TEXT, "?"),
    ]  # fmt: skip
    assert acts(commands, "this is all caps urgent") == [(Act.WORDS, "this is"), (Act.CAPITALS, "urgent")]


def test_capitals_need_something_to_write() -> None:
    commands = SpokenCommands.of("en")
    assert acts(commands, "all caps do not open") == [(Act.CAPITALS, "do not open")]
    assert acts(commands, "all caps") == [(Act.WORDS, "all caps")]


@pytest.mark.parametrize("language", BUILT_IN)
def test_every_phrase_of_every_language_does_what_its_command_does(language: str) -> None:
    commands = SpokenCommands.of(language)
    for command in BUILT_IN[language]:
        for phrase in command.phrases:
            if command.act is not Act.CAPITALS:
                assert commands.steps(words(phrase)) == [Step(command.act, command.text)], phrase
            if command.act is Act.KEY:
                parse_chord(command.text)


def test_the_user_s_own_come_first() -> None:
    commands = SpokenCommands.of("en", ("comma=the punctuation mark", "send it=key:ctrl+return", "nonsense"))
    assert acts(commands, "comma") == [(Act.TEXT, "the punctuation mark")]
    assert acts(commands, "send it") == [(Act.KEY, "Ctrl+Return")]
    assert acts(SpokenCommands.of("fr", ("virgule=,",)), "virgule") == [(Act.TEXT, ",")]


@pytest.mark.parametrize(
    "entry", ["", "phrase", "=text", "phrase=", "?=text", "go=key:Hyper+X", "go=key:Ctrl"]
)
def test_what_is_no_command_is_named(entry: str) -> None:
    with pytest.raises(CommandError):
        parse_own(entry)


def test_line_breaks_in_own_texts() -> None:
    assert parse_own("my address = 1 Main Street\\nSpringfield").text == "1 Main Street\nSpringfield"
