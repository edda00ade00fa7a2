"""pyctcdecode's prefix beam search, with texts scored by hotword phrases along with the language model.

pyctcdecode can boost hotwords by itself, but with one weight for all of them, each word of a phrase on
its own, unknown words still punished, and ten times slower without a language model. Here a text's state
is its place in the tree of phrases (hotword_boost) beside the language model's state. One method of
pyctcdecode is replaced for that, the one that scores hypotheses: it knows the text before an unfinished
word, which the hook for language models is not told.
"""

from __future__ import annotations

import logging
from typing import Any

import numpy as np
from numpy.typing import NDArray

from asr_desktop.recognition.ctc import check_emissions, printed_labels
from asr_desktop.recognition.hotword_boost import HotwordBoost, Place
from asr_desktop.recognition.labels import Labels
from asr_desktop.recognition.language_model import LanguageModel

# It warns of whatever is not English letters, and of a missing kenlm; what the user has to know we say
# ourselves.
logging.getLogger("pyctcdecode").setLevel(logging.ERROR)

from pyctcdecode.alphabet import BPE_TOKEN, Alphabet  # noqa: E402
from pyctcdecode.decoder import BeamSearchDecoderCTC  # noqa: E402
from pyctcdecode.language_model import AbstractLanguageModel  # noqa: E402

State = tuple[
    Any, Place
]  # the language model's state (None without one) and the place among the hotword phrases

# A lone "▁" (a space that is no part of a longer piece) would make pyctcdecode break words in other
# hypotheses too; with a character behind it that nobody sees, it is a piece like others.
_INVISIBLE = "\u200b"


class TextScorer(AbstractLanguageModel):
    """Scores a text word by word: language model, where there is one, and hotwords."""

    def __init__(self, language_model: LanguageModel | None, hotwords: HotwordBoost) -> None:
        self._language_model = language_model
        self._hotwords = hotwords

    @property
    def order(self) -> int:
        """How many words, the next one included, a score may depend on."""
        order = 1 if self._language_model is None else self._language_model.order
        return max(order, self._hotwords.longest_phrase)

    def get_start_state(self) -> State:  # type: ignore[override]  # pyctcdecode only hands states on
        return (None if self._language_model is None else self._language_model.start(), self._hotwords.start)

    def score(self, prev_state: State, word: str, is_last_word: bool = False) -> tuple[float, State]:
        """(score of `word`, which may be empty at the end of the text, the state after it)."""
        state, place = prev_state
        word = word.removeprefix(_INVISIBLE)
        score = 0.0
        if word:
            place, score = self._hotwords.advance(place, word)
        if self._language_model is not None:
            if word:
                is_hotword = word in self._hotwords.words
                word_score, state = self._language_model.score(state, word, is_hotword=is_hotword)
                score += word_score
            if is_last_word:
                score += self._language_model.end(state)
        if is_last_word:
            score += self._hotwords.end(place)
        return score, (state, place)

    def score_beginning(self, place: Place, part: str) -> float:
        """Score of an unfinished word, whose letters so far are `part`, after a text that stands at
        `place`.
        """
        part = part.removeprefix(_INVISIBLE)
        if not part:
            return 0.0
        score = self._hotwords.beginning(place, part)
        if self._language_model is not None and part not in self._hotwords.beginnings:
            score += self._language_model.beginning(part)
        return score

    def score_partial_token(self, partial_token: str) -> float:
        """pyctcdecode's form of score_beginning, for a text of nothing else."""
        return self.score_beginning(self._hotwords.start, partial_token)


class CtcBeamSearch(BeamSearchDecoderCTC):
    """Beam search over the emissions of `labels`; `scorer` may be exchanged between two searches."""

    def __init__(self, labels: Labels, scorer: TextScorer) -> None:
        self.scorer = scorer
        printed = printed_labels(labels)
        self._labels = labels
        # Special tokens are not searched. Left out of the matrix they cost nothing, and pyctcdecode
        # shares out their probability among the others of the frame.
        self._columns = [i for i, text in enumerate(printed) if text or i == labels.blank_id]
        self._joins_words = not any(text.startswith(" ") for text in printed)
        has_pieces = any(text.startswith(" ") and len(text) > 1 for text in printed)
        alphabet = [printed[i] for i in self._columns]
        if has_pieces:
            alphabet = [_INVISIBLE_PIECE if text == " " else _as_piece(text) for text in alphabet]
        elif self._joins_words:
            # Without spaces every label is a word of its own, for the language model and for hotwords.
            alphabet = [BPE_TOKEN + text if text else "" for text in alphabet]
        super().__init__(Alphabet(alphabet, is_bpe=has_pieces or self._joins_words), None)
        # pyctcdecode would keep the language model in a table of its class for as long as the process lives.
        self.cleanup()

    @property
    def _language_model(self) -> TextScorer:
        return self.scorer

    def search(
        self,
        log_probs: NDArray[np.floating[Any]],
        *,
        beam_width: int,
        beam_prune_logp: float,
        token_min_logp: float,
        keep_alternatives: bool,
    ) -> list[tuple[str, float]]:
        """(text, score) of the best hypotheses for `log_probs` [frames, labels], best first; [("", 0)]
        for no frames.

        Scores are natural logarithms, of sound, language model and hotwords together.
        `keep_alternatives` keeps hypotheses that differ in their beginning only, which the best one does
        not need.
        """
        if log_probs.shape[0] == 0:
            return [("", 0.0)]
        check_emissions(log_probs, self._labels)
        beams = self.decode_beams(
            log_probs[:, self._columns],
            beam_width=beam_width,
            beam_prune_logp=beam_prune_logp,
            token_min_logp=token_min_logp,
            prune_history=not keep_alternatives,
        )
        return [(self._as_text(text), float(score)) for text, _, _, _, score in beams]

    def _as_text(self, text: str) -> str:
        return text.replace(" ", "") if self._joins_words else text.replace(_INVISIBLE, "")

    def _get_lm_beams(  # type: ignore[override]  # the states are TextScorer's
        self,
        beams: list[tuple[Any, ...]],
        hotword_scorer: object,
        cached_lm_scores: dict[tuple[str, bool], tuple[float, float, State]],
        cached_partial_token_scores: dict[Any, float],
        is_eos: bool = False,
    ) -> list[tuple[Any, ...]]:
        """Complete each hypothesis with the word it has finished, and with its score (replaces
        pyctcdecode's).
        """
        scorer = self.scorer
        scored = []
        for text, next_word, part, last_char, text_frames, part_frames, logit_score in beams:
            new_text = f"{text} {next_word}" if text and next_word else text or next_word
            known = cached_lm_scores.get((new_text, is_eos))
            if known is None:
                _, total, state = cached_lm_scores[(text, False)]
                change, state = scorer.score(state, next_word, is_last_word=is_eos)
                known = (total + change, total + change, state)
                cached_lm_scores[(new_text, is_eos)] = known
            score = logit_score + known[0]
            if part:
                place = known[2][1]
                beginning = cached_partial_token_scores.get((part, place))
                if beginning is None:
                    beginning = scorer.score_beginning(place, part)
                    cached_partial_token_scores[(part, place)] = beginning
                score += beginning
            scored.append((new_text, "", part, last_char, text_frames, part_frames, logit_score, score))
        return scored


_INVISIBLE_PIECE = BPE_TOKEN + _INVISIBLE


def _as_piece(text: str) -> str:
    return BPE_TOKEN + text[1:] if text.startswith(" ") else text
