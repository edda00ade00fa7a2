"""Builds a language model from the user's own texts, and measures it on held-out text.

    texts → a part is held out → trained, mixed with the general language model
          → weight found on one half of that part, measured on the other → the same again with all texts

The two models have different vocabularies, and the perplexity of known words is worse for a larger
vocabulary. So both are measured on the words that both know; words that only the new one knows are counted
separately.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from asr_desktop import DEFAULT_MODEL
from asr_desktop.base.errors import LanguageModelError
from asr_desktop.base.paths import data_folder
from asr_desktop.base.sentences import Sentence
from asr_desktop.base.small_file import READ_ERRORS, open_regular, read_json
from asr_desktop.base.typed_data import TypedData
from asr_desktop.language_model.backoff_model import BackoffModel
from asr_desktop.language_model.corpus import read_paragraphs, utterance_lines
from asr_desktop.language_model.ngram_counts import BEGIN, END, UNKNOWN, WordIds
from asr_desktop.language_model.pipeline import (
    choose_vocabulary,
    learn,
    mix_with_general,
    read_language_model,
    write_language_model,
)
from asr_desktop.recognition.kenlm_file import sum_of
from asr_desktop.recognition.labels import Labels
from asr_desktop.recognition.model_folder import SOURCE_FILE, LanguageModelFiles, ModelFolder, find_model

LEAST_WORDS = 300
"""Minimum number of words; with fewer, the held-out part would be too small to measure with."""
HELD_OUT_EVERY = 5
ORDER = 4
GAIN_FILE = "gain.json"
LEAST_GAIN = 0.005
"""Relative gain in perplexity below which the difference is not noticeable."""

Tell = Callable[[str, float], None]
"""Called with the current stage (one of STAGES) and the overall progress, 0 … 1."""
STAGES = ("reading", "learning", "mixing", "measuring", "writing")


@dataclass(frozen=True)
class TextGain:
    """The gain from the texts. before, after: perplexity of held-out text on words that both models know.
    words: in all texts. new_words: number of distinct words that the general model does not know. weight: of
    the texts in the mixture, 0 … 1.
    """

    model: str
    words: int
    new_words: int
    weight: float
    before: float
    after: float

    @property
    def better(self) -> float:
        """Relative reduction of perplexity, or 0."""
        return max(0.0, 1 - self.after / self.before)

    @property
    def is_better(self) -> bool:
        return self.better >= LEAST_GAIN or self.new_words > 0

    @property
    def sentence(self) -> str:
        if self.better >= LEAST_GAIN:
            first = (
                f"It predicts your words {100 * self.better:.0f} % better than before, measured on a "
                "part of your texts that was set aside"
            )
        elif self.new_words:
            first = "It predicts the words that it knew as well as before"
        else:
            return "Your texts add nothing that it does not know already, so nothing was changed."
        return f"{first}, and it learned {self.new_words} new words from you."


def personal_folder() -> Path:
    """Folder of the personal language model, in the layout that `--language-model` reads."""
    return data_folder() / "training" / "language-model"


def last_gain(folder: Path | None = None) -> TextGain | None:
    """The gain of the model in that folder; None where there is none."""
    try:
        gain: TextGain = TypedData().read(read_json((folder or personal_folder()) / GAIN_FILE), TextGain)
    except READ_ERRORS:
        return None
    return gain


def learn_texts(
    texts: Sequence[Path], model: str | Path, output: Path | None = None, tell: Tell | None = None
) -> TextGain:
    """Train on the texts (one paragraph per line), and write the mixture to `output` if it is better.

    model: provides letters and general language model; if it has none, that of the bundled model is used, if
    it has the same letters. The content of `output` is replaced only when the new model is complete.

    Raises LanguageModelError for too little text or no general model, ModelFolderError for the model.
    """
    say: Tell = tell or (lambda stage, done: None)
    output = output or personal_folder()
    say("reading", 0.0)
    for text in texts:
        _check_text(text)
    folder = find_model(model)
    letters = _letters(folder.labels)
    paragraphs = list({" ".join(each): each for each in read_paragraphs(texts, letters)}.values())
    words = Counter(word for each in paragraphs for sentence in each for word in sentence.split())
    count = sum(words.values())
    if count < LEAST_WORDS:
        raise LanguageModelError(
            Sentence(
                "There are only {count} words in your texts; add at least {least_words}, ideally "
                "several thousand.",
                count=count,
                least_words=LEAST_WORDS,
            )
        )
    files = _general(folder)
    say("reading", 0.1)
    general = read_language_model(files.model_path)
    new_words = len(set(words) - set(general.words))
    say("learning", 0.3)
    learnt, tuned, measured = _divided(paragraphs)
    part = learn(learnt, choose_vocabulary(Counter(w for line in learnt for w in line.split())), order=ORDER)
    say("mixing", 0.4)
    mixture, weight = mix_with_general(part, general, tuned)
    say("measuring", 0.6)
    before, after = common_perplexities(general, mixture, measured)
    gain = TextGain(folder.name, count, new_words, round(weight, 4), round(before, 2), round(after, 2))
    if not gain.is_better:
        return gain
    say("mixing", 0.7)
    whole = learn(list(utterance_lines(paragraphs)), choose_vocabulary(words), order=ORDER)
    mixture, _ = mix_with_general(whole, general, [], weight)
    say("writing", 0.85)
    _write(mixture, output, folder.labels, files, gain)
    say("writing", 1.0)
    return gain


def _check_text(text: Path) -> None:
    """Refuse anything but a regular file: reading a pipe might never end."""
    try:
        open_regular(text).close()
    except READ_ERRORS as error:
        raise LanguageModelError(
            Sentence("{source} cannot be read ({reason}).", source=text, reason=error)
        ) from error


def common_perplexities(
    first: BackoffModel, second: BackoffModel, lines: Sequence[str]
) -> tuple[float, float]:
    """The perplexity of each model on the words (and sentence ends) that both know."""
    texts = [np.concatenate(list(WordIds(model.words).encode(lines))) for model in (first, second)]
    known = (texts[0] != BEGIN) & (texts[0] != UNKNOWN) & (texts[1] != UNKNOWN)
    if not np.any(known & (texts[0] != END)):
        raise LanguageModelError(
            Sentence("The texts contain no word that the model knows; check that they are in its language.")
        )
    logs = [model.log_probs(text)[0][known] for model, text in zip((first, second), texts, strict=True)]
    return float(np.exp(-logs[0].mean())), float(np.exp(-logs[1].mean()))


def _divided(paragraphs: Sequence[Sequence[str]]) -> tuple[list[str], list[str], list[str]]:
    """(training, weight tuning, measuring): split by paragraphs, which keep topics together, or by sentences
    where there are few."""
    if len(paragraphs) < 4 * HELD_OUT_EVERY:
        paragraphs = [[sentence] for each in paragraphs for sentence in each]
    apart = paragraphs[HELD_OUT_EVERY - 1 :: HELD_OUT_EVERY]
    learnt = [each for number, each in enumerate(paragraphs, start=1) if number % HELD_OUT_EVERY]
    tuned, measured = [*utterance_lines(apart[::2])], [*utterance_lines(apart[1::2])]
    if not tuned or not measured:
        raise LanguageModelError(
            Sentence(
                "The texts have too few sentences to set some aside for testing; add more sentences, "
                "with full stops between them."
            )
        )
    return [*utterance_lines(learnt)], tuned, measured


def _general(folder: ModelFolder) -> LanguageModelFiles:
    if folder.language_model is not None:
        return folder.language_model
    shipped = find_model(DEFAULT_MODEL)
    if shipped.language_model is not None and _letters(shipped.labels) == _letters(folder.labels):
        return shipped.language_model
    raise LanguageModelError(
        Sentence(
            "The model {folder} has no language model to combine your texts with; use a model that "
            "comes with one.",
            folder=folder.name,
        )
    )


def _letters(labels: Labels) -> frozenset[str]:
    """The letters of the labels, in lower case."""
    special = {labels.tokens[label] for label in labels.special_ids} | {labels.word_delimiter}
    return frozenset(token.lower() for token in labels.tokens if len(token) == 1 and token not in special)


def _write(
    model: BackoffModel, output: Path, labels: Labels, files: LanguageModelFiles, gain: TextGain
) -> None:
    """Write the model atomically: made beside the target, then moved.

    The decoding weights stay those of the acoustic model's own language model, because training a voice or
    rolling it back changes them.
    """
    boundary = files.score_boundary
    attributes = {} if boundary is None else {"score_boundary": boundary}
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=output.parent, prefix=".language-model-") as aside:
            made, old = Path(aside) / "new", Path(aside) / "old"
            write_language_model(model, made, labels=labels, attributes=attributes)
            (made / GAIN_FILE).write_text(json.dumps(asdict(gain)) + "\n", encoding="utf-8")
            files_made = sorted(file for file in made.rglob("*") if file.is_file())
            sums = [
                {"path": file.relative_to(made).as_posix(), "sha256": sum_of(file)} for file in files_made
            ]
            (made / SOURCE_FILE).write_text(json.dumps({"files": sums}) + "\n", encoding="utf-8")
            if output.exists():
                os.rename(output, old)
            os.rename(made, output)
    except OSError as error:
        raise LanguageModelError(
            Sentence(
                "The language model cannot be written to {output} ({reason}); free up disk space.",
                output=output,
                reason=error.strerror or error,
            )
        ) from error
