"""The recording wizard: a sentence to read, a take to check, keep it or read it again.

    wizard = Wizard(folder, own_prompts(), listener)
    while wizard.prompt is not None:
        check = wizard.check(samples_of_a_take)
        wizard.keep(samples_of_a_take, check) if check.is_good else tell(check.problems)

It holds nothing that is not in its folder, which is a data set like any other and whole at every moment; made
again on the same folder, after a crash or next week, it goes on there.

    folder/manifest.tsv     file, speaker, session, seconds, transcript: a line a take that was kept
    folder/wizard.jsonl     what was heard of each take, and which sentences were skipped
    folder/take-0001.flac   16 kHz mono
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import soundfile
from numpy.typing import NDArray

from asr_desktop.base.atomic_write import replacing, write_text
from asr_desktop.base.sentences import Sentence
from asr_desktop.base.small_file import READ_ERRORS, read_json_lines
from asr_desktop.language_model.english import normalise_text
from asr_desktop.recognition.spelling import Spelling
from asr_desktop.teaching.data import manifest
from asr_desktop.teaching.dataset import SAMPLE_RATE, DataError, TrainingUtterance
from asr_desktop.teaching.listening import Heard, Listener
from asr_desktop.teaching.wizard.takes import TakeCheck, check_take

# Which sounds were spoken how often, and how well the model heard them; so which sentence comes next.
#
# Letters stand for sounds, and pairs of letters for the transitions between them, since a text's letters
# are known in every language and its sounds only where there is a dictionary. A sentence is worth the sum
# over its pairs: much for a pair that was never spoken, less each time it was, and more where the model is
# unsure of it.

WORD_BORDER = "_"
_USUAL_SHORTFALL = 0.5
_BELIEF = 3.0
"""Before anything was heard of a letter it counts as usual; so many hearings weigh as much as that."""
_MOST_SHORTFALL = 4.0
_LENGTH_POWER = 0.8
"""Longer sentences hold more pairs, and take longer to read: 1 would count worth a letter, 0 in all."""


class Spells(Protocol):
    """What writes a text in the letters that are counted, such as a model's `Spelling`."""

    def spell(self, text: str) -> str: ...


@dataclass
class Coverage:
    """What was spoken so far: pairs of letters counted, the model's trouble with each letter summed up."""

    pairs: Counter[str] = field(default_factory=Counter)
    hearings: Counter[str] = field(default_factory=Counter)
    shortfalls: dict[str, float] = field(default_factory=dict)

    def add(self, spelled: str, letters: Iterable[tuple[str, float]] = ()) -> None:
        """A sentence that was read: in the model's letters, and how it heard them (see HeardWord.letters)."""
        self.pairs.update(pairs_of(spelled))
        for letter, shortfall in letters:
            self.hearings[letter] += 1
            self.shortfalls[letter] = self.shortfalls.get(letter, 0.0) + min(shortfall, _MOST_SHORTFALL)

    def difficulty(self, letter: str) -> float:
        """How unsure the model is of a letter, in nats; `_USUAL_SHORTFALL` before it was heard."""
        heard = self.hearings[letter]
        return (self.shortfalls.get(letter, 0.0) + _BELIEF * _USUAL_SHORTFALL) / (heard + _BELIEF)

    def worth(self, spelled: str) -> float:
        """What reading a sentence would bring."""
        total = 0.0
        for pair in set(pairs_of(spelled)):
            trouble = max(self.difficulty(letter) for letter in pair)
            total += (0.5 + trouble) / (1 + self.pairs[pair]) ** 1.5
        return total / max(1, len(spelled)) ** _LENGTH_POWER

    def best(self, sentences: Sequence[str], spelling: Spells) -> int:
        """The index of the sentence to read next; the first of equals.

        :raises ValueError: there are no sentences.
        """
        return max(range(len(sentences)), key=lambda index: self.worth(spelling.spell(sentences[index])))

    def hardest(self, count: int = 5) -> list[tuple[str, float]]:
        """The letters that the model hears worst, of those heard a few times: (letter, nats), worst first."""
        known = [letter for letter, heard in self.hearings.items() if heard >= _BELIEF and letter]
        return sorted(((letter, self.difficulty(letter)) for letter in known), key=lambda e: -e[1])[:count]

    def share_of(self, sentences: Iterable[str], spelling: Spells) -> float:
        """Of the pairs in these sentences, the share that was spoken."""
        wanted = {pair for sentence in sentences for pair in pairs_of(spelling.spell(sentence))}
        return sum(self.pairs[pair] > 0 for pair in wanted) / max(1, len(wanted))


def pairs_of(spelled: str) -> list[str]:
    """Neighbouring letters, word borders included: "to be" → _t to o_ _b be e_."""
    marked = (f"{WORD_BORDER}{word}{WORD_BORDER}" for word in spelled.split())
    return [word[i : i + 2] for word in marked for i in range(len(word) - 1)]


def letters_of(heard: Heard) -> list[tuple[str, float]]:
    """All letters of what was heard."""
    return [letter for word in heard.words for letter in word.letters]


MANIFEST = "manifest.tsv"
JOURNAL = "wizard.jsonl"
_COLUMNS = ("file", "speaker", "session", "seconds", "transcript")


@dataclass(frozen=True, slots=True)
class ReadingProgress:
    """takes, seconds: kept so far. prompts_left: not read and not skipped. coverage: of the letter pairs in
    all prompts, the share that was read.
    """

    takes: int
    seconds: float
    prompts_left: int
    coverage: float


class Wizard:
    """One person's recordings in `folder`, which is made if it is not there.

    prompts: sentences to choose from. listener: the model that says whether the words were said, and which
    sounds it finds hard; without one, takes are checked for their sound alone. speaker: a name for the voice.
    session: a name for this sitting, so that training can keep whole sittings for measuring (default: today).

    Raises DataError where the folder cannot be read or written.
    """

    def __init__(
        self,
        folder: Path,
        prompts: Sequence[str],
        listener: Listener | None = None,
        *,
        speaker: str = "me",
        session: str | None = None,
    ) -> None:
        self.folder = folder
        self.listener = listener
        self.speaker = " ".join(speaker.split()) or "me"
        self.session = session or f"{datetime.now():%Y-%m-%d}"
        self.coverage = Coverage()
        self._prompts = list(dict.fromkeys(prompts))
        self._skipped: set[str] = set()
        self._takes: list[TrainingUtterance] = []
        self._prompt: str | None = None
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._resume()
        except OSError as error:
            raise self._trouble(error) from error
        self._choose()

    @property
    def prompt(self) -> str | None:
        """What to read now; None when all is read."""
        return self._prompt

    @property
    def takes(self) -> list[TrainingUtterance]:
        """What was kept, oldest first."""
        return list(self._takes)

    @property
    def progress(self) -> ReadingProgress:
        """How far it is."""
        return ReadingProgress(
            takes=len(self._takes),
            seconds=sum(take.seconds for take in self._takes),
            prompts_left=len(self._open_prompts()),
            coverage=self.coverage.share_of(self._prompts, self._spelling),
        )

    def check(self, samples: NDArray[np.float32]) -> TakeCheck:
        """Check a take of the present prompt: mono samples at 16 kHz, shape [n]. Stores nothing.

        :raises DataError: there is no prompt any more.
        """
        return check_take(samples, self._require_prompt(), self.listener)

    def keep(self, samples: NDArray[np.float32], check: TakeCheck) -> Path:
        """Store a take of `check.prompt` and choose the next prompt; returns the take's file.

        :raises DataError: it cannot be written; nothing is lost but this take.
        """
        path = self.folder / f"take-{self._next_number():04d}.flac"
        seconds = len(samples) / SAMPLE_RATE
        row = (path.name, self.speaker, self.session, f"{seconds:.3f}", " ".join(check.prompt.split()))
        heard = check.heard
        entry = {
            "type": "kept",
            "file": path.name,
            "prompt": check.prompt,
            "problems": [problem.name for problem in check.problems],
            "letter_errors": None if heard is None else round(heard.letter_errors, 4),
            "letters": [] if heard is None else [[c, round(s, 3)] for c, s in letters_of(heard)],
        }
        try:
            with replacing(path) as beside:
                soundfile.write(beside, samples, SAMPLE_RATE, subtype="PCM_16", format="FLAC")
            # What was heard comes before the take counts: a crash between them costs neither.
            self._note(entry)
            self._append_row(row)
        except (OSError, soundfile.LibsndfileError) as error:
            raise self._trouble(error) from error
        self._takes.append(TrainingUtterance(path, self.speaker, seconds, check.prompt, self.session))
        self._learn(entry)
        self._choose()
        return path

    def skip(self) -> None:
        """Not this sentence, not now and not later.

        :raises DataError: that cannot be noted.
        """
        prompt = self._require_prompt()
        try:
            self._note({"type": "skipped", "prompt": prompt})
        except OSError as error:
            raise self._trouble(error) from error
        self._skipped.add(prompt)
        self._choose()

    def delete(self, path: Path) -> None:
        """Delete a take that was kept; its sentence comes again.

        :raises DataError: the folder cannot be written.
        """
        try:
            left = [take for take in self._takes if take.path != path]
            self._rewrite(left)
            path.unlink(missing_ok=True)
        except OSError as error:
            raise self._trouble(error) from error
        self._takes = left
        if self._prompt is None:
            self._choose()

    @property
    def _spelling(self) -> Spelling | _PlainSpelling:
        return _PlainSpelling() if self.listener is None else self.listener.spelling

    def _require_prompt(self) -> str:
        if self._prompt is None:
            raise DataError(Sentence("You have read all sentences; choose a text of your own to continue."))
        return self._prompt

    def _open_prompts(self) -> list[str]:
        read = {take.transcript for take in self._takes}
        return [p for p in self._prompts if " ".join(p.split()) not in read and p not in self._skipped]

    def _choose(self) -> None:
        left = self._open_prompts()
        self._prompt = left[self.coverage.best(left, self._spelling)] if left else None

    def _learn(self, entry: dict[str, Any]) -> None:
        letters = [(str(letter), float(shortfall)) for letter, shortfall in entry.get("letters", ())]
        self.coverage.add(self._spelling.spell(str(entry.get("prompt", ""))), letters)

    def _resume(self) -> None:
        if (self.folder / MANIFEST).is_file():
            self._takes = manifest.read(self.folder / MANIFEST).utterances
        else:
            self._append_row(_COLUMNS)
        kept = {take.path.name for take in self._takes}
        noted = set()
        for entry in self._journal():
            if entry.get("type") == "skipped":
                self._skipped.add(str(entry.get("prompt")))
            elif entry.get("file") in kept:
                self._learn(entry)
                noted.add(entry.get("file"))
        for take in self._takes:
            if take.path.name not in noted:
                self._learn({"prompt": take.transcript})

    def _journal(self) -> Iterator[dict[str, Any]]:
        path = self.folder / JOURNAL
        # Without a line that was torn by a crash; what it told of the sounds is heard again soon.
        with suppress(*READ_ERRORS):
            yield from read_json_lines(path)

    def _note(self, entry: dict[str, Any]) -> None:
        _append(self.folder / JOURNAL, json.dumps(entry, ensure_ascii=False))

    def _append_row(self, row: Sequence[str]) -> None:
        _append(self.folder / MANIFEST, "\t".join(row))

    def _rewrite(self, takes: Sequence[TrainingUtterance]) -> None:
        rows = [_COLUMNS]
        for take in takes:
            row = (
                take.path.name,
                take.speaker or "",
                take.session or "",
                f"{take.seconds:.3f}",
                take.transcript,
            )
            rows.append(row)
        write_text(self.folder / MANIFEST, "".join("\t".join(row) + "\n" for row in rows))

    def _next_number(self) -> int:
        numbers = [int(path.stem[5:]) for path in self.folder.glob("take-*.flac") if path.stem[5:].isdigit()]
        return max(numbers, default=0) + 1

    def _trouble(self, error: Exception) -> DataError:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        return DataError(
            Sentence(
                "The recordings in {folder} cannot be written or read ({reason}); free up disk space, "
                "or choose another folder.",
                folder=self.folder,
                reason=reason,
            )
        )


class _PlainSpelling:
    """Stands in for a model's letters where no model listens."""

    def spell(self, text: str) -> str:
        return normalise_text(text) or text.lower()


def _append(path: Path, line: str) -> None:
    """A whole line in one write; behind a torn one it begins a new line."""
    text = line.encode() + b"\n"
    with path.open("ab+", buffering=0) as file:
        if file.seek(0, os.SEEK_END) > 0:
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":
                text = b"\n" + text
        file.write(text)
        os.fsync(file.fileno())
