"""The states that a text goes through when a CTC network says it (the topology of Graves et al. 2006).

One state for each label of the text, and one for the silence (blanks) after it; a state may stay,
silence may be skipped unless the same label follows, labels may not. Here the labels may be longer than
a letter, so that a text can be written in several ways (`▁the` or `▁t` `he`): all of them are in the
graph, and the emissions choose.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from asr_desktop.recognition.ctc import silent_ids
from asr_desktop.recognition.labels import Labels
from asr_desktop.recognition.spelling import UNSPELLABLE, Spelling

BETWEEN_WORDS = -1
"""Word index of a state that belongs to no word."""

WILDCARD = -1
"""Label id of a state whose character the vocabulary cannot write."""

# What is heard in a state that no single label stands for.
_SILENCE, _GAP = -2, -3

_IMPOSSIBLE = -60.0  # log-probability; finite, so that every path remains comparable


@dataclass(slots=True)
class _State:
    heard: int  # a label id, WILDCARD, _SILENCE, or _GAP
    predecessors: list[int]
    word_index: int = BETWEEN_WORDS
    starts: bool = False


@dataclass(frozen=True, slots=True)
class CtcGraph:
    """The states of a text, earlier ones first.

    heard: [states] label id, or a negative number for silence, gap and wildcard. word_indices: [states]
    index of the state's word, or BETWEEN_WORDS. predecessors: [states, ways] the states (itself first)
    that may come a frame earlier; unused places repeat itself. starts, ends: [states] whether a path may
    begin, may end, there.
    """

    heard: NDArray[np.intp]
    word_indices: NDArray[np.intp]
    predecessors: NDArray[np.intp]
    starts: NDArray[np.bool_]
    ends: NDArray[np.bool_]

    def scores(self, log_probs: NDArray[np.floating], labels: Labels) -> NDArray[np.float32]:
        """Log-probability of each state, [frames, states], from `log_probs` [frames, labels]."""
        silent = sorted(silent_ids(labels))
        delimiters = [] if labels.word_delimiter is None else [labels.tokens.index(labels.word_delimiter)]
        printing = [i for i in range(len(labels)) if i not in silent and i not in delimiters]
        clipped = np.maximum(log_probs, _IMPOSSIBLE).astype(np.float32)
        # Negative labels count from the end of the columns: WILDCARD is the last one, then silence, then gap.
        columns = [
            clipped,
            clipped[:, silent + delimiters].max(axis=1, keepdims=True),
            clipped[:, silent].max(axis=1, keepdims=True),
            clipped[:, printing].max(axis=1, keepdims=True),
        ]
        return np.concatenate(columns, axis=1)[:, self.heard]


def build_graph(words: Sequence[str], spelling: Spelling) -> CtcGraph | None:
    """The graph of `words` said one after the other; None where there is no letter to say in any of them."""
    text, word_at = _written(words, spelling)
    if not text.strip():
        return None
    states: list[_State] = []

    def add(
        heard: int, predecessors: Sequence[int], word_index: int = BETWEEN_WORDS, *, starts: bool = False
    ) -> int:
        states.append(_State(heard, list(predecessors), word_index, starts))
        return len(states) - 1

    # said[p]: the states in which the text before position p has been said, and nothing after it.
    said: list[list[int]] = [[] for _ in range(len(text) + 1)]
    opening = add(_GAP, (), starts=True)
    said[0] = [opening]
    for position in range(len(text)):
        if position > 0 and said[position]:
            # Behind a delimiter there may be more delimiters, which print one space together.
            silence = _GAP if text[position - 1] == " " else _SILENCE
            said[position].append(add(silence, said[position]))
        if position == 1 and text[0] == " ":
            said[1].append(opening)  # the first word may come without its space
        for label_id, end in _labels_from(text, position, spelling):
            # Between two equal labels there has to be a blank, or they would collapse into one.
            predecessors = [p for p in said[position] if states[p].heard != label_id or label_id == WILDCARD]
            if predecessors:
                starts = opening in predecessors
                said[end].append(add(label_id, predecessors, word_at[end - 1], starts=starts))
    last = said[len(text)]
    ends = [*last, add(_GAP, last)]
    return _as_arrays(states, ends)


def _written(words: Sequence[str], spelling: Spelling) -> tuple[str, list[int]]:
    """The words as labels print them, and for each character the index of its word."""
    text = ""
    word_at: list[int] = []
    for index, word in enumerate(words):
        for part in spelling.spell(word).split():
            if spelling.separates_words and (text or spelling.spaces_in_pieces):
                text += " "
                word_at.append(BETWEEN_WORDS)
            text += part if spelling.can_write(part) else UNSPELLABLE * len(part)
            word_at += [index] * len(part)
    return text, word_at


def _labels_from(text: str, position: int, spelling: Spelling) -> list[tuple[int, int]]:
    if text[position] == UNSPELLABLE:
        return [(WILDCARD, position + 1)]
    if spelling.spaces_in_pieces and text[position : position + 2] == " " + UNSPELLABLE:
        return [(WILDCARD, position + 2)]
    return list(spelling.labels_at(text, position))


def _as_arrays(states: Sequence[_State], ends: Sequence[int]) -> CtcGraph:
    width = 1 + max(len(state.predecessors) for state in states)
    predecessors = np.repeat(np.arange(len(states))[:, None], width, axis=1)
    for index, state in enumerate(states):
        predecessors[index, 1 : 1 + len(state.predecessors)] = state.predecessors
    is_end = np.zeros(len(states), dtype=bool)
    is_end[list(ends)] = True
    return CtcGraph(
        heard=np.array([state.heard for state in states]),
        word_indices=np.array([state.word_index for state in states]),
        predecessors=predecessors,
        starts=np.array([state.starts for state in states]),
        ends=is_end,
    )
