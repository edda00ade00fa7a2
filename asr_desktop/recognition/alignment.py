"""Word times: forced alignment of a text to the emissions it was decoded from.

The most probable path (Viterbi) through the text's CTC states shows in which frames each label occurs.
Beam search merges hypotheses with different frame positions, so its final text is always aligned again;
so is text that has been edited.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from asr_desktop.recognition.ctc import check_emissions, silent_ids
from asr_desktop.recognition.front_end import FrameTiming
from asr_desktop.recognition.labels import Labels
from asr_desktop.recognition.spelling import UNSPELLABLE, Spelling

# The CTC state graph of a text (the topology of Graves et al. 2006).
#
# One state for each label and one for the blanks after it. A state may repeat; blanks may be skipped unless
# the same label follows; labels may not be skipped. Labels may be longer than a letter, so a text can be
# spelled in several ways (`▁the` or `▁t` `he`): the graph holds all of them, and the emissions decide.

BETWEEN_WORDS = -1
"""Word index of a state that belongs to no word."""

WILDCARD = -1
"""Label id of a state whose character the vocabulary cannot write."""

# What a state emits when it is not a single label.
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
    """The words as the labels spell them, and the word index of each character."""
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


WORD_END_EXTENSION_SECONDS = 0.12
"""CTC labels mark where a sound begins, so a word continues after its last label, for at most this long."""


@dataclass(frozen=True, slots=True)
class TokenSpan:
    """The frames [start_frame, end_frame) in which one label was heard, or a WILDCARD for none we know."""

    label_id: int
    start_frame: int
    end_frame: int


@dataclass(frozen=True, slots=True)
class AlignedWord:
    """A word as the text has it, and the frames [start_frame, end_frame) from its first label's first to
    its last's last.

    A word of nothing but punctuation has no tokens and no length.
    """

    text: str
    start_frame: int
    end_frame: int
    tokens: tuple[TokenSpan, ...]


def align(
    log_probs: NDArray[np.floating], text: str, labels: Labels, spelling: Spelling | None = None
) -> list[AlignedWord]:
    """The words of `text`, apart by white space, and where in `log_probs` [frames, labels] they were heard.

    Words come in order and never overlap. Their letters are folded to the vocabulary's (see Spelling,
    which can be passed to save making it again); a character that it cannot write is matched with
    whatever is heard in its place. A text with more labels than there are frames is spread over them in
    proportion to its letters. Time and memory grow with frames × labels of the text.
    """
    words = text.split()
    frame_count = log_probs.shape[0]
    if not words or frame_count == 0:
        return [AlignedWord(word, 0, 0, ()) for word in words]
    check_emissions(log_probs, labels)
    graph = build_graph(words, spelling or Spelling(labels))
    path = None if graph is None else _viterbi(graph.scores(log_probs, labels), graph)
    if graph is None or path is None:
        return _spread(words, frame_count)
    return _read_path(words, path, graph)


def word_times(
    words: Sequence[AlignedWord], frames: FrameTiming, utterance_seconds: float
) -> list[tuple[float, float]]:
    """(start, end) of each word in seconds from the beginning of an utterance of `utterance_seconds`.

    A word starts with its first label and ends WORD_END_EXTENSION_SECONDS after its last one, but no later
    than the next word's start and the utterance's end. Times never decrease and words never overlap.
    """

    def seconds(frame: int) -> float:
        return min(max(frames.sound_seconds(frame), 0.0), utterance_seconds)

    starts = [seconds(word.start_frame) for word in words]
    latest_ends = [*starts[1:], utterance_seconds]
    times = []
    for word, start, latest_end in zip(words, starts, latest_ends, strict=True):
        end = seconds(word.end_frame) + (WORD_END_EXTENSION_SECONDS if word.tokens else 0.0)
        times.append((start, max(start, min(end, latest_end))))
    return times


def _viterbi(scores: NDArray[np.float32], graph: CtcGraph) -> NDArray[np.intp] | None:
    """The best path through `scores` [frames, states], one state a frame; None if no path is that short."""
    frame_count, state_count = scores.shape
    came_by = np.zeros((frame_count, state_count), dtype=np.int16)  # column of graph.predecessors
    best = np.where(graph.starts, scores[0], -np.inf).astype(np.float32)
    rows = np.arange(state_count)
    for frame in range(1, frame_count):
        candidates = best[graph.predecessors]
        choice = candidates.argmax(axis=1)
        came_by[frame] = choice
        best = candidates[rows, choice] + scores[frame]
    best = np.where(graph.ends, best, -np.inf)
    state = int(best.argmax())
    if best[state] == -np.inf:
        return None
    path = np.empty(frame_count, dtype=np.intp)
    for frame in range(frame_count - 1, -1, -1):
        path[frame] = state
        state = int(graph.predecessors[state, came_by[frame, state]])
    return path


def _read_path(words: Sequence[str], path: NDArray[np.intp], graph: CtcGraph) -> list[AlignedWord]:
    borders = np.flatnonzero(np.diff(path)) + 1
    run_starts = np.concatenate([[0], borders]).tolist()
    run_ends = np.concatenate([borders, [len(path)]]).tolist()
    spans: list[list[TokenSpan]] = [[] for _ in words]
    for start, end in zip(run_starts, run_ends, strict=True):
        state = path[start]
        if graph.word_indices[state] != BETWEEN_WORDS:
            spans[graph.word_indices[state]].append(TokenSpan(int(graph.heard[state]), start, end))
    aligned: list[AlignedWord] = []
    for word, tokens in zip(words, spans, strict=True):
        previous_end = aligned[-1].end_frame if aligned else 0
        start = tokens[0].start_frame if tokens else previous_end
        end = tokens[-1].end_frame if tokens else previous_end
        aligned.append(AlignedWord(word, start, end, tuple(tokens)))
    return aligned


def _spread(words: Sequence[str], frame_count: int) -> list[AlignedWord]:
    """Fallback: words spread over the frames in proportion to their letters."""
    lengths = np.cumsum([0, *(len(word) for word in words)])
    borders = (lengths * frame_count // lengths[-1]).tolist()
    return [
        AlignedWord(word, start, end, (TokenSpan(WILDCARD, start, end),))
        for word, start, end in zip(words, borders[:-1], borders[1:], strict=True)
    ]
