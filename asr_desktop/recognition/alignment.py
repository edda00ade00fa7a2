"""When each word was said: forced alignment of a text to the emissions it was decoded from.

The most probable path (Viterbi) through the text's CTC states tells in which frames each of its labels
was heard. Beam search counts frames too, but merges hypotheses that have different ones, so the final
text is always aligned anew, as is a text that somebody has edited.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from asr_desktop.recognition.ctc import check_emissions
from asr_desktop.recognition.ctc_graph import BETWEEN_WORDS, WILDCARD, CtcGraph, build_graph
from asr_desktop.recognition.labels import Labels
from asr_desktop.recognition.spelling import Spelling

WORD_END_EXTENSION_SECONDS = 0.12
"""A CTC network marks where a sound begins, so a word sounds on after its last label: at most this long."""

EMISSION_SHIFT_SECONDS = 0.0
"""How much later than its label a sound is; added to all starts and ends, calibrated on real speech."""


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
    words: Sequence[AlignedWord],
    *,
    frame_stride_samples: int,
    receptive_field_samples: int,
    sample_count: int,
    sample_rate: int = 16_000,
) -> list[tuple[float, float]]:
    """(start, end) of each word in seconds, from the first of the utterance's `sample_count` samples.

    Frame t is centred on sample stride·t + receptive field/2 and stands for one stride around it. A word
    starts with its first label and ends WORD_END_EXTENSION_SECONDS after its last one, but no later than
    the next word's start and the utterance's end. Times never decrease and words never overlap.
    """
    utterance_end = sample_count / sample_rate
    first_frame_start = (receptive_field_samples - frame_stride_samples) / 2 / sample_rate

    def seconds(frame: int) -> float:
        time = frame * frame_stride_samples / sample_rate + first_frame_start + EMISSION_SHIFT_SECONDS
        return min(max(time, 0.0), utterance_end)

    starts = [seconds(word.start_frame) for word in words]
    latest_ends = [*starts[1:], utterance_end]
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
    """Words in proportion to their letters, for want of anything better."""
    lengths = np.cumsum([0, *(len(word) for word in words)])
    borders = (lengths * frame_count // lengths[-1]).tolist()
    return [
        AlignedWord(word, start, end, (TokenSpan(WILDCARD, start, end),))
        for word, start, end in zip(words, borders[:-1], borders[1:], strict=True)
    ]
