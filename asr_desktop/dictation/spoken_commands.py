"""Spoken commands: "new line", "question mark", "scratch that", and the user's own.

    commands = SpokenCommands.of("en", own=("best regards=Best regards,\\nAda", "send it=key:Ctrl+Return"))
    for step in commands.steps(final.words): ...

A phrase is a command if it is said by itself, with a pause before and after it; so "the new line of cars" is
text. Optionally commands are recognised anywhere in the speech. Capitals and punctuation from the writing
step ("Question mark.") are ignored.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum

from asr_desktop.base.errors import AsrDesktopError
from asr_desktop.base.sentences import Sentence
from asr_desktop.dictation.chord import parse_chord
from asr_desktop.recognition.live_events import PAUSE_SECONDS
from asr_desktop.transcripts.document import Word

KEY = "key:"
"""Prefix, after the "=", of a user's command that presses keys."""


class Act(Enum):
    """The action of a step."""

    WORDS = "words"
    """Write the words of the step."""
    TEXT = "text"
    """Write `text` unchanged: a punctuation mark, a line break, a phrase of the user's."""
    KEY = "key"
    """Press `text`, a chord."""
    SCRATCH = "scratch"
    """Delete the last insertion."""
    UNDO = "undo"
    SELECT = "select"
    """Select the last insertion."""
    STOP = "stop"
    """End the dictation."""
    CAPITALS = "capitals"
    """Write the words of the step in capitals."""


@dataclass(frozen=True, slots=True)
class Command:
    """`phrases`: its phrases in lower case, the usual one first. `name`: its name in the list of commands;
    for the user's own commands, their phrase."""

    name: str
    phrases: tuple[str, ...]
    act: Act
    text: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One action of a sequence. `words`: for WORDS and CAPITALS."""

    act: Act
    text: str = ""
    words: tuple[Word, ...] = ()


class CommandError(AsrDesktopError):
    """A command of the user's own cannot be parsed."""


def _marks(pairs: Iterable[tuple[str, str, str]]) -> tuple[Command, ...]:
    return tuple(Command(name, tuple(phrases.split("|")), Act.TEXT, text) for name, phrases, text in pairs)


_ENGLISH = (
    *_marks(
        (
            ("New line", "new line|newline|next line", "\n"),
            ("New paragraph", "new paragraph|next paragraph", "\n\n"),
            ("Comma", "comma", ","),
            ("Full stop", "full stop|period", "."),
            ("Question mark", "question mark", "?"),
            ("Exclamation mark", "exclamation mark|exclamation point", "!"),
            ("Colon", "colon", ":"),
            ("Semicolon", "semicolon|semi colon", ";"),
            ("Dash", "dash", "–"),
            ("Hyphen", "hyphen", "-"),
            ("Ellipsis", "ellipsis|dot dot dot", "…"),
            ("Open quote", "open quote|open quotes|begin quote", "“"),
            ("Close quote", "close quote|close quotes|end quote|unquote", "”"),
            ("Open bracket", "open bracket|open parenthesis|left bracket", "("),
            ("Close bracket", "close bracket|close parenthesis|right bracket", ")"),
        )
    ),
    Command("All caps …", ("all caps",), Act.CAPITALS),
    Command("Scratch that", ("scratch that", "delete that"), Act.SCRATCH),
    Command("Undo that", ("undo that",), Act.UNDO),
    Command("Select that", ("select that",), Act.SELECT),
    Command("Press enter", ("press enter", "press return"), Act.KEY, "Return"),
    Command("Press tab", ("press tab",), Act.KEY, "Tab"),
    Command("Stop listening", ("stop listening", "stop dictation"), Act.STOP),
)
_GERMAN = (
    *_marks(
        (
            ("Neue Zeile", "neue zeile|nächste zeile", "\n"),
            ("Neuer Absatz", "neuer absatz|nächster absatz", "\n\n"),
            ("Komma", "komma", ","),
            ("Punkt", "punkt", "."),
            ("Fragezeichen", "fragezeichen", "?"),
            ("Ausrufezeichen", "ausrufezeichen", "!"),
            ("Doppelpunkt", "doppelpunkt", ":"),
            ("Semikolon", "semikolon|strichpunkt", ";"),
            ("Gedankenstrich", "gedankenstrich", "–"),
            ("Bindestrich", "bindestrich", "-"),
            ("Auslassungspunkte", "auslassungspunkte|punkt punkt punkt", "…"),
            ("Anführungszeichen auf", "anführungszeichen auf|anführungszeichen unten", "„"),
            ("Anführungszeichen zu", "anführungszeichen zu|anführungszeichen oben", "“"),
            ("Klammer auf", "klammer auf", "("),
            ("Klammer zu", "klammer zu", ")"),
        )
    ),
    Command("Alles groß …", ("alles groß", "großbuchstaben"), Act.CAPITALS),
    Command("Streich das", ("streich das", "lösch das", "das löschen"), Act.SCRATCH),
    Command("Rückgängig", ("rückgängig", "mach das rückgängig"), Act.UNDO),
    Command("Markier das", ("markier das", "das markieren"), Act.SELECT),
    Command("Eingabetaste", ("eingabetaste",), Act.KEY, "Return"),
    Command("Tabulatortaste", ("tabulatortaste",), Act.KEY, "Tab"),
    Command("Diktat beenden", ("diktat beenden", "hör auf zuzuhören"), Act.STOP),
)
BUILT_IN = {"en": _ENGLISH, "de": _GERMAN}
"""The built-in commands by the model's language."""


@dataclass(frozen=True)
class SpokenCommands:
    """A set of commands. `is_everywhere`: also recognise them without pauses around them."""

    commands: tuple[Command, ...] = _ENGLISH
    is_everywhere: bool = False
    pause_seconds: float = PAUSE_SECONDS
    _by_phrase: dict[tuple[str, ...], Command] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        for command in self.commands:
            for phrase in command.phrases:
                self._by_phrase.setdefault(plain_words(phrase), command)

    @classmethod
    def of(cls, language: str, own: Iterable[str] = (), *, is_everywhere: bool = False) -> SpokenCommands:
        """The user's own commands, in the form that `parse_own` reads, followed by the built-in ones of a
        language ("en", "de"; others have none). Invalid ones are left out."""
        known: list[Command] = []
        for entry in own:
            try:
                known.append(parse_own(entry))
            except CommandError:
                continue
        return cls((*known, *BUILT_IN.get(language[:2].lower(), ())), is_everywhere)

    @property
    def phrases(self) -> tuple[str, ...]:
        """All command phrases, in spoken form."""
        return tuple(" ".join(phrase) for phrase in self._by_phrase)

    def steps(self, words: Sequence[Word]) -> list[Step]:
        """The steps for an utterance. Its start and end count as pauses, since the voice detector found them
        there."""
        steps: list[Step] = []
        for phrase in self._phrases(words):
            steps += self._of_flow(phrase) if self.is_everywhere else self._of_phrase(phrase)
        return _joined(steps)

    def _phrases(self, words: Sequence[Word]) -> list[tuple[Word, ...]]:
        """The words, split at pauses."""
        phrases: list[list[Word]] = []
        for word in words:
            if phrases and word.start_seconds - phrases[-1][-1].end_seconds < self.pause_seconds:
                phrases[-1].append(word)
            else:
                phrases.append([word])
        return [tuple(phrase) for phrase in phrases]

    def _of_phrase(self, phrase: tuple[Word, ...]) -> list[Step]:
        """The steps for words between two pauses: either commands only, or text.

        Several commands may follow each other without a pause: "full stop new paragraph".
        """
        spoken = [_spoken_words(word) for word in phrase]
        steps: list[Step] = []
        at = 0
        while at < len(phrase):
            command, end = self._command_at(spoken, at)
            if command is None:
                return [Step(Act.WORDS, words=phrase)]
            if command.act is Act.CAPITALS:
                rest = phrase[end:]
                return [*steps, Step(Act.CAPITALS, words=rest)] if rest else [Step(Act.WORDS, words=phrase)]
            steps.append(Step(command.act, command.text))
            at = end
        return steps

    def _of_flow(self, phrase: tuple[Word, ...]) -> list[Step]:
        spoken = [_spoken_words(word) for word in phrase]
        steps: list[Step] = []
        at = 0
        while at < len(phrase):
            command, end = self._command_at(spoken, at)
            if command is None:
                steps.append(Step(Act.WORDS, words=(phrase[at],)))
                at += 1
            elif command.act is Act.CAPITALS:
                return [*steps, Step(Act.CAPITALS, words=phrase[end:])] if phrase[end:] else steps
            else:
                steps.append(Step(command.act, command.text))
                at = end
        return steps

    def _command_at(self, spoken: list[tuple[str, ...]], at: int) -> tuple[Command | None, int]:
        """The longest command that starts at word `at`, and the index after its last word."""
        said: tuple[str, ...] = ()
        found, end = None, at
        for place in range(at, min(len(spoken), at + 8)):
            said += spoken[place]
            if said in self._by_phrase:
                found, end = self._by_phrase[said], place + 1
        return found, end


def parse_own(entry: str) -> Command:
    """Parse a user's command: "phrase=text", where \\n is a line break, or "phrase=key:Ctrl+Return".

    Raises CommandError.
    """
    phrase, equals, text = entry.partition("=")
    if not equals or not plain_words(phrase) or not text.strip():
        raise CommandError(
            Sentence(
                'A command needs the form "phrase=text" or "phrase=key:Ctrl+Return": {entry}', entry=entry
            )
        )
    name = " ".join(phrase.split())
    text = text.strip()
    if not text.startswith(KEY):
        return Command(name, (name,), Act.TEXT, text.replace("\\n", "\n"))
    try:
        chord = parse_chord(text.removeprefix(KEY))
    except ValueError:
        raise CommandError(
            Sentence('There is no key "{key}"; write it like Ctrl+Return.', key=text.removeprefix(KEY))
        ) from None
    return Command(name, (name,), Act.KEY, str(chord))


def _spoken_words(word: Word) -> tuple[str, ...]:
    """The spoken words of a written word: "2" may have been "two"."""
    if word.spoken is None:
        return plain_words(word.text)
    return plain_words(" ".join(spoken.text for spoken in word.spoken))


def plain_words(text: str) -> tuple[str, ...]:
    """Words in lower case, without punctuation."""
    kept = "".join(
        sign if unicodedata.category(sign)[0] in "LMN" or sign == "'" else " " for sign in text.casefold()
    )
    return tuple(unicodedata.normalize("NFC", kept).split())


def _joined(steps: list[Step]) -> list[Step]:
    """The steps, with adjacent WORDS steps merged."""
    made: list[Step] = []
    for step in steps:
        if made and step.act is Act.WORDS and made[-1].act is Act.WORDS:
            made[-1] = Step(Act.WORDS, words=(*made[-1].words, *step.words))
        else:
            made.append(step)
    return made
