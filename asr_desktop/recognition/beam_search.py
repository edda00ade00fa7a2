"""From emissions to text: greedy, or by beam search with a language model and hotwords.

A decoder works on one utterance at a time; long recordings are cut before they get here.
"""

from __future__ import annotations

import gc
import math
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from asr_desktop.base.errors import DecoderError
from asr_desktop.base.installation import to_install
from asr_desktop.base.sentences import Sentence
from asr_desktop.recognition.beam_search_options import BeamSearchOptions
from asr_desktop.recognition.ctc import check_emissions, greedy, printed_labels
from asr_desktop.recognition.hotwords import Hotword, parse_hotword, spell_hotwords
from asr_desktop.recognition.labels import Labels
from asr_desktop.recognition.language_model import (
    LanguageModel,
    kenlm_is_installed,
    load_language_model,
    stated_weights,
)
from asr_desktop.recognition.model_folder import LanguageModelFiles, ModelFolder
from asr_desktop.recognition.prefix_beam import PrefixBeam, Tried
from asr_desktop.recognition.spelling import Spelling
from asr_desktop.recognition.text_scores import HotwordBoost, TextScores

# Prefix beam search over CTC emissions: the likeliest texts by sound, language model and hotwords together.
#
# `prefix_beam` extends hypotheses by a frame's labels, `text_scores` scores their words. This module reduces
# each frame to the labels worth trying, the same with and without hotwords: with fewer of them, other speech
# got worse as soon as there was a hotword, and with more, hotwords were found that nobody had said. Frames in
# which only the blank is probable (nearly half of them with a good network) are skipped, because they do not
# change the ranking.

_LEAST_LOGIT = -100.0  # emissions may hold -inf


class CtcBeamSearch:
    """Beam search over the emissions of `labels`; the hotwords may be exchanged between two searches."""

    def __init__(self, labels: Labels, language_model: LanguageModel | None) -> None:
        self._labels = labels
        self._language_model = language_model
        printed = printed_labels(labels)
        self._silent = [i for i, text in enumerate(printed) if not text and i != labels.blank_id]
        # Without spaces every label is a word of its own, for the language model and for hotwords.
        self._joins_words = not any(text.startswith(" ") for text in printed)
        self._begins_word = [bool(text) and (self._joins_words or text[0] == " ") for text in printed]
        self._letters = tuple(text.removeprefix(" ") for text in printed)
        self.set_hotwords(HotwordBoost())

    def set_hotwords(self, hotwords: HotwordBoost) -> None:
        """Use `hotwords` from the next search on."""
        self._scores = TextScores(self._language_model, hotwords, self._letters)

    def search(
        self,
        log_probs: NDArray[np.floating[Any]],
        *,
        beam_width: int,
        beam_prune_logp: float,
        token_min_logp: float,
        count: int,
    ) -> list[tuple[str, float]]:
        """(text, score) of up to `count` hypotheses for `log_probs` [frames, labels], best first; [("", 0)]
        for no frames.

        Scores are natural logarithms, of sound, language model and hotwords together.
        """
        if log_probs.shape[0] == 0:
            return [("", 0.0)]
        check_emissions(log_probs, self._labels)
        probabilities = self._probabilities(log_probs)
        with _no_garbage_collection():
            beam = PrefixBeam(self._scores, beam_width, math.exp(beam_prune_logp))
            self._hear(beam, probabilities, math.exp(token_min_logp))
            found = beam.texts(count)
            beam.clear()
        return [(text.replace(" ", "") if self._joins_words else text[1:], score) for text, score in found]

    def _probabilities(self, log_probs: NDArray[np.floating[Any]]) -> NDArray[np.float32]:
        """exp(log_probs), special tokens left out and their probability shared out among the others."""
        # fmax: what is not a number counts as impossible.
        logits = np.fmax(log_probs.astype(np.float32, copy=False), _LEAST_LOGIT)
        logits[:, self._silent] = -np.inf
        exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
        probabilities: NDArray[np.float32] = exponentials / exponentials.sum(axis=1, keepdims=True)
        return probabilities

    def _hear(self, beam: PrefixBeam, probabilities: NDArray[np.float32], least: float) -> None:
        """Take `beam` through all frames. Labels of the probability `least` are tried, and each frame's best
        one."""
        tried = probabilities >= np.minimum(probabilities.max(axis=1, keepdims=True), least)
        frames, label_ids = np.nonzero(tried)
        candidates = zip(label_ids.tolist(), probabilities[frames, label_ids].tolist(), strict=True)
        blank_id = self._labels.blank_id
        begins_word = self._begins_word
        for frame, count in enumerate(tried.sum(axis=1).tolist()):
            blank = 0.0
            beginning: Tried = []
            continuing: Tried = []
            for label, probability in islice(candidates, count):
                if label == blank_id:
                    blank = probability
                elif begins_word[label]:
                    beginning.append((label, probability))
                else:
                    continuing.append((label, probability))
            if count == 1 and blank:
                beam.hear_silence(blank)
            else:
                beam.hear(frame, blank, beginning, continuing)


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Pause cyclic garbage collection. A search creates many small objects quickly, and collecting took
    longer than searching; `PrefixBeam.clear` leaves no cycles behind.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


CAPTION_BEAM_WIDTH = 16
NO_LANGUAGE_MODEL: Literal["none"] = "none"


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """A possible text of an utterance and its score: a natural logarithm, comparable only within the
    utterance.
    """

    text: str
    score: float


class Decoder(Protocol):
    """From the log-probabilities [frames, labels] of one utterance to its text ("" for no frames)."""

    def decode(self, log_probs: NDArray[np.floating[Any]]) -> str: ...

    def decode_alternatives(self, log_probs: NDArray[np.floating[Any]], count: int) -> list[Hypothesis]:
        """Up to `count` different texts, best first, at least one."""

    def set_hotwords(self, hotwords: Iterable[Hotword | str]) -> list[str]:
        """Use these hotwords from the next utterance on; a sentence for each that cannot be used."""


class GreedyDecoder:
    """The most probable label of every frame: fastest, and without language model and hotwords."""

    def __init__(self, labels: Labels) -> None:
        self._labels = labels

    def decode(self, log_probs: NDArray[np.floating[Any]]) -> str:
        return greedy(log_probs, self._labels)

    def decode_alternatives(self, log_probs: NDArray[np.floating[Any]], count: int) -> list[Hypothesis]:
        """The single greedy text, with the score of its path."""
        return [Hypothesis(self.decode(log_probs), float(log_probs.max(axis=1).sum()))]

    def set_hotwords(self, hotwords: Iterable[Hotword | str]) -> list[str]:
        """Greedy decoding cannot use hotwords; returns a sentence that says so."""
        if not list(hotwords):
            return []
        return ["Hotwords are not used by greedy decoding; choose beam search for them."]


class BeamSearchDecoder:
    """Prefix beam search with an optional KenLM language model and hotword phrases."""

    def __init__(
        self,
        labels: Labels,
        language_model: LanguageModel | None = None,
        options: BeamSearchOptions | None = None,
        hotwords: Iterable[Hotword | str] = (),
        *,
        spelling: Spelling | None = None,
    ) -> None:
        self.language_model = language_model
        self._options = options or BeamSearchOptions()
        self._spelling = spelling or Spelling(labels)
        self._search = CtcBeamSearch(labels, language_model)
        self.hotword_warnings = self.set_hotwords(hotwords)

    @property
    def beam_width(self) -> int:
        """How many hypotheses are followed at once."""
        return self._options.beam_width

    def narrowed(self, beam_width: int) -> BeamSearchDecoder:
        """The same search with at most this beam width; it shares the language model and hotwords."""
        narrow = copy(self)
        narrow._options = replace(self._options, beam_width=min(beam_width, self._options.beam_width))
        return narrow

    def decode(self, log_probs: NDArray[np.floating[Any]]) -> str:
        text, _ = self._run(log_probs, 1)[0]
        return text

    def decode_alternatives(self, log_probs: NDArray[np.floating[Any]], count: int) -> list[Hypothesis]:
        """Up to `count` different texts, best first, at least one."""
        return [Hypothesis(text, score) for text, score in self._run(log_probs, max(count, 1))]

    def set_hotwords(self, hotwords: Iterable[Hotword | str]) -> list[str]:
        """Use these hotwords from the next utterance on; a sentence for each that cannot be spelled.

        Cheap enough (a millisecond for a hundred) to be called while the user types. Raises DecoderError
        for a text that is no hotword (see parse_hotword).
        """
        parsed = [parse_hotword(entry) if isinstance(entry, str) else entry for entry in hotwords]
        phrases, warnings = spell_hotwords(parsed, self._spelling)
        self._search.set_hotwords(HotwordBoost(phrases))
        return warnings

    def _run(self, log_probs: NDArray[np.floating[Any]], count: int) -> list[tuple[str, float]]:
        return self._search.search(
            log_probs,
            beam_width=self._options.beam_width,
            beam_prune_logp=self._options.beam_prune_logp,
            token_min_logp=self._options.token_min_logp,
            count=count,
        )


def caption_decoder(decoder: Decoder, labels: Labels) -> Decoder:
    """A faster version of `decoder`, for captions of unfinished utterances.

    Beam search uses a narrow beam: language model and hotwords still apply, so the final changes few
    committed words. Later changes to `decoder` apply to it as well.
    """
    if not isinstance(decoder, BeamSearchDecoder):
        return GreedyDecoder(labels)
    return decoder.narrowed(CAPTION_BEAM_WIDTH)


def make_decoder(
    folder: ModelFolder,
    decoder: str = "beam",
    language_model: str | Path | None = None,
    hotwords: Iterable[Hotword | str] = (),
    options: BeamSearchOptions | None = None,
) -> tuple[Decoder, list[str]]:
    """The decoder for a model, and warnings for the user about anything that could not be used.

    decoder: "beam" or "greedy". language_model: None is the model folder's own; a path is a KenLM file,
    a folder that holds one, or a model folder with a language_model/; "none" is to do without. Raises
    DecoderError or ModelFolderError where something that was asked for cannot be used.
    """
    if decoder == "greedy":
        greedy_decoder = GreedyDecoder(folder.labels)
        return greedy_decoder, greedy_decoder.set_hotwords(hotwords)
    if decoder != "beam":
        raise DecoderError(
            Sentence("There is no decoder {decoder!r}; choose beam or greedy.", decoder=decoder)
        )
    options = options or BeamSearchOptions()
    spelling = Spelling(folder.labels)
    files = folder.language_model if language_model is None else _find_language_model(language_model)
    model: LanguageModel | None = None
    warnings: list[str] = []
    if files is not None:
        if kenlm_is_installed():
            # What its attrs.json leaves open (a personal one's does) the acoustic model's own one says.
            weights = stated_weights(folder.language_model, files, options)
            model, warnings = load_language_model(files, spelling, weights)
        else:
            warnings.append(
                Sentence(
                    "The language model is not used, because the Python package kenlm-ex is not "
                    "installed. {advice}",
                    advice=to_install("kenlm-ex"),
                )
            )
    beam = BeamSearchDecoder(folder.labels, model, options, hotwords, spelling=spelling)
    return beam, warnings + beam.hotword_warnings


def _find_language_model(place: str | Path) -> LanguageModelFiles | None:
    if str(place) == NO_LANGUAGE_MODEL:
        return None
    path = Path(place).expanduser()
    if (path / "language_model").is_dir():
        return LanguageModelFiles.load(path / "language_model")
    if path.is_dir():
        return LanguageModelFiles.load(path)
    if path.is_file():
        unigrams = path.parent / "unigrams.txt"
        return LanguageModelFiles(path, unigrams if unigrams.is_file() else None)
    raise DecoderError(
        Sentence(
            "There is no language model at {path}; choose a KenLM file, or the folder that contains it.",
            path=path,
        )
    )
