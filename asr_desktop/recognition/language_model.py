"""A KenLM n-gram language model for beam search: scores of whole words and of unfinished ones.

Scores are computed as in pyctcdecode, so alpha, beta and the offset for unknown words mean the same as in
every `Wav2Vec2ProcessorWithLM` repository. Three things differ: the known words are in a sorted list
instead of a tree (a hundredth of the memory, and loaded at once); a language model whose letter case
differs from the acoustic model's is queried in its own; and without a word list no word counts as unknown.
"""

from __future__ import annotations

import importlib.util
import io
import math
import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from string import ascii_lowercase
from typing import TYPE_CHECKING

from asr_desktop.base.errors import AsrDesktopError, DecoderError
from asr_desktop.base.sentences import Sentence
from asr_desktop.base.small_file import READ_ERRORS, SmallFileError, open_regular, read_json, read_text
from asr_desktop.recognition.kenlm_file import check_kenlm
from asr_desktop.recognition.labels import Labels
from asr_desktop.recognition.model_folder import LanguageModelFiles, ModelFolder, find_model
from asr_desktop.recognition.spelling import UNSPELLABLE, Spelling

if TYPE_CHECKING:
    import kenlm

# The alphabet of a model, and whether a language model was made for the same one

ALPHABET_FILE = "alphabet.json"


def letters_of(labels: Labels) -> frozenset[str]:
    """The letters among the labels, in lower case; apostrophes, delimiters and special labels are none."""
    special = {labels.tokens[label] for label in labels.special_ids}
    return _letters(token for token in labels.tokens if token not in special)


def written_language(folder: ModelFolder) -> str | None:
    """The language whose writing rules apply: the one the folder names. Without one, an alphabet without
    accents counts as English, because English number words hardly occur in other languages."""
    if folder.language is None and letters_of(folder.labels) == frozenset(ascii_lowercase):
        return "en"
    return folder.language


def are_spelled_alike(language_model: str | Path, model: str | Path) -> bool:
    """Whether a language model's folder states the same alphabet as this model. If it states none or cannot
    be read, the answer is yes: loading it then reports the problem."""
    try:
        stored = read_json(Path(language_model) / ALPHABET_FILE)
        made_for = _letters(stored["labels"])
        written = letters_of(find_model(model).labels)
    except (*READ_ERRORS, KeyError, TypeError, AsrDesktopError):
        return True
    return made_for == written


def _letters(tokens: Iterable[str]) -> frozenset[str]:
    return frozenset(token.lower() for token in tokens if len(token) == 1 and token.isalpha())


NATURAL_LOGARITHM_OF_10 = math.log(10)
LETTERS_OF_A_USUAL_WORD = 6  # an unfinished unknown word is punished more from here on

RARE_WORD_LOG10 = -6.0
"""Score of a hotword that the language model does not know: that of a rare word, not of an unknown one."""

MOST_WORD_LIST_BYTES = 200_000_000
"""Of unigrams.txt: some ten million words."""

_SENTENCE_MARK = re.compile(r"^<.*>$")

_SAMPLE = 2000  # words sampled to detect the alphabet of a language model


@dataclass(frozen=True, slots=True)
class LanguageModelWeights:
    """Weights of a language model against the acoustic score, with pyctcdecode's meanings and defaults.

    alpha: weight of the language model's (natural) logarithm of a probability. beta: added for every
    word. unk_score_offset: added to the base-10 logarithm of an unknown word. score_boundary: whether an
    utterance begins and ends a sentence.
    """

    alpha: float = 0.5
    beta: float = 1.5
    unk_score_offset: float = -10.0
    score_boundary: bool = True


def stated_weights(*sources: object) -> LanguageModelWeights:
    """The weights that these objects state (attributes named like the weights; None states nothing). Later
    ones override earlier ones; defaults apply where none states a value.
    """
    weights = LanguageModelWeights()
    for source in sources:
        stated = {name: getattr(source, name, None) for name in LanguageModelWeights.__dataclass_fields__}
        weights = replace(weights, **{name: value for name, value in stated.items() if value is not None})
    return weights


def kenlm_is_installed() -> bool:
    return importlib.util.find_spec("kenlm") is not None


class LanguageModel:
    """An n-gram model and its known words, queried in the spelling of the acoustic model's vocabulary."""

    def __init__(
        self,
        model: kenlm.Model,
        words: Sequence[str] | None,
        weights: LanguageModelWeights,
        spelling: Spelling,
    ) -> None:
        self.weights = weights
        self._model = model
        self._own_spelling: dict[str, str] | None = (
            None  # vocabulary's spelling → language model's, where they differ
        )
        self._known: frozenset[str] | None = None
        self._sorted: list[str] = []
        if words is not None:
            if _is_written_differently(words, spelling):
                self._own_spelling = _respell(words, spelling, model)
                words = list(self._own_spelling)
            self._known = frozenset(words)
            self._sorted = sorted(self._known)

    def start(self) -> kenlm.State:
        """The state before the first word."""
        state = _new_state()
        if self.weights.score_boundary:
            self._model.BeginSentenceWrite(state)
        else:
            self._model.NullContextWrite(state)
        return state

    def score(self, state: kenlm.State, word: str, *, is_hotword: bool = False) -> tuple[float, kenlm.State]:
        """(score of `word` after `state`, state after it); a hotword is never punished for being unknown."""
        following = _new_state()
        own = word if self._own_spelling is None else self._own_spelling.get(word, word)
        log10 = self._model.BaseScore(state, own, following)
        if not self._knows(word, own):
            log10 = max(log10, RARE_WORD_LOG10) if is_hotword else log10 + self.weights.unk_score_offset
        return self.weights.alpha * log10 * NATURAL_LOGARITHM_OF_10 + self.weights.beta, following

    def end(self, state: kenlm.State) -> float:
        """Score of the utterance's ending after `state`."""
        if not self.weights.score_boundary:
            return 0.0
        return float(
            self.weights.alpha * self._model.BaseScore(state, "</s>", _new_state()) * NATURAL_LOGARITHM_OF_10
        )

    def beginning(self, part: str) -> float:
        """Score of the letters of a word so far: 0 where a known word begins like that, negative
        otherwise.
        """
        if self._known is None:
            return 0.0
        place = bisect_left(self._sorted, part)
        if place < len(self._sorted) and self._sorted[place].startswith(part):
            return 0.0
        return self.weights.unk_score_offset * max(1.0, len(part) / LETTERS_OF_A_USUAL_WORD)

    def knows(self, word: str) -> bool:
        """Whether `word`, in the vocabulary's spelling, is one of the language model's words."""
        return self._knows(word, word if self._own_spelling is None else self._own_spelling.get(word, word))

    def _knows(self, word: str, own: str) -> bool:
        return (self._known is None or word in self._known) and own in self._model


def load_language_model(
    files: LanguageModelFiles, spelling: Spelling, weights: LanguageModelWeights
) -> tuple[LanguageModel, list[str]]:
    """The language model of `files`, and a warning for the user about anything that is missing.

    Raises DecoderError where a file cannot be read, or is written in letters that the vocabulary does
    not have.
    """
    warnings: list[str] = []
    words = _read_words(files)
    if words is None:
        warnings.append(
            Sentence(
                "The language model {model_path} has no unigrams.txt next to it, so beam search cannot "
                "tell known words from unknown ones and is less accurate; add the file with its words, "
                "one per line.",
                model_path=files.model_path,
            )
        )
    else:
        _check_letters(words, spelling, files.model_path)
    return LanguageModel(_read_kenlm(files.model_path), words, weights, spelling), warnings


def _read_words(files: LanguageModelFiles) -> list[str] | None:
    """The known words without sentence marks; None where no file lists them."""
    try:
        if files.unigrams_path is not None:
            words = read_text(files.unigrams_path, MOST_WORD_LIST_BYTES).split()
        elif files.model_path.suffix == ".arpa":
            words = _arpa_unigrams(files.model_path)
        else:
            return None
    except READ_ERRORS as error:
        unreadable = files.unigrams_path or files.model_path
        raise DecoderError(
            Sentence(
                "{unreadable} cannot be read as a list of words: {reason}.",
                unreadable=unreadable,
                reason=error,
            )
        ) from error
    # pyctcdecode writes an empty file for a model without a list.
    return [word for word in words if not _SENTENCE_MARK.match(word)] or None


def _arpa_unigrams(path: Path) -> list[str]:
    words = []
    with io.TextIOWrapper(open_regular(path), encoding="utf-8") as lines:
        for line in lines:
            if line.strip() == "\\1-grams:":
                break
        for line in lines:
            if line.startswith("\\"):
                break
            columns = line.split()
            if len(columns) >= 2:
                words.append(columns[1])
    return words


def _read_kenlm(path: Path) -> kenlm.Model:
    import kenlm

    config = kenlm.Config()
    config.show_progress = False
    config.arpa_complain = kenlm.ARPALoadComplain.NONE
    no_model = Sentence("it is damaged or not a KenLM file (binary or ARPA)")
    try:
        check_kenlm(path)
        return kenlm.Model(str(path), config)
    # KenLM quotes the broken file in its messages, which then may not be text either.
    except (OSError, ValueError, RuntimeError, MemoryError) as error:
        raise DecoderError(
            Sentence(
                "The language model {path} cannot be read ({reason}); download or build it again.",
                path=path,
                reason=error if isinstance(error, SmallFileError) else no_model,
            )
        ) from error


def _new_state() -> kenlm.State:
    import kenlm

    return kenlm.State()


def _sample(words: Sequence[str]) -> Sequence[str]:
    return words[:: max(1, len(words) // _SAMPLE)]


def _check_letters(words: Sequence[str], spelling: Spelling, path: Path) -> None:
    sample = _sample(words)
    spellable = sum(UNSPELLABLE not in spelling.spell(word) for word in sample)
    if spellable < len(sample) / 2:
        raise DecoderError(
            Sentence(
                "The language model {path} uses a different alphabet from the acoustic model's "
                "vocabulary (its words include {names}); use one in the same language.",
                path=path,
                names=", ".join(sample[:3]),
            )
        )


def _is_written_differently(words: Sequence[str], spelling: Spelling) -> bool:
    """Whether a noticeable share of the words is spelled differently in the vocabulary, such as in another
    case."""
    sample = _sample(words)
    return sum(spelling.spell(word) not in (word, "") for word in sample) > 0.02 * len(sample)


def _respell(words: Sequence[str], spelling: Spelling, model: kenlm.Model) -> dict[str, str]:
    """The language model's word for each spelling in the vocabulary; of March and march, the likelier one."""
    own_spelling: dict[str, str] = {}
    for word in words:
        spelled = spelling.spell(word)
        if not spelled or " " in spelled or UNSPELLABLE in spelled:
            continue
        rival = own_spelling.setdefault(spelled, word)
        if rival != word and model.score(word, bos=False, eos=False) > model.score(
            rival, bos=False, eos=False
        ):
            own_spelling[spelled] = word
    return own_spelling
