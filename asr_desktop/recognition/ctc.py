"""Connectionist temporal classification (Graves et al. 2006): from a path of labels to text.

A CTC network emits one distribution over its labels a frame. A path through the frames becomes text by
*collapsing* it: repeated labels merge, blanks vanish. What is left still has to be printed, and model
folders differ in how: characters with a word delimiter, characters without one, word pieces that carry
the space in front of them (`▁the`, or `the` and `##se`). `printed_labels` defines this in one place for
greedy decoding, beam search and alignment.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from asr_desktop.base.errors import DecoderError
from asr_desktop.base.sentences import Sentence
from asr_desktop.recognition.labels import Labels

SENTENCEPIECE_SPACE = "▁"
WORDPIECE_CONTINUATION = "##"


def printed_labels(labels: Labels) -> tuple[str, ...]:
    """What each label prints, by label id.

    Blank and special tokens print nothing, the word delimiter prints a space, and a piece that begins a
    word prints a space before it; so joining the printed labels of a collapsed path and normalising the
    spaces is the path's text.
    """
    silent = silent_ids(labels)
    tokens = labels.tokens
    has_delimiter = labels.word_delimiter is not None
    wordpieces = not has_delimiter and any(
        token.startswith(WORDPIECE_CONTINUATION) and len(token) > len(WORDPIECE_CONTINUATION)
        for token in tokens
    )
    printed = []
    for label_id, token in enumerate(tokens):
        if label_id in silent:
            printed.append("")
        elif token == labels.word_delimiter:
            printed.append(" ")
        elif wordpieces:
            continues = token.startswith(WORDPIECE_CONTINUATION)
            printed.append(token.removeprefix(WORDPIECE_CONTINUATION) if continues else f" {token}")
        elif not has_delimiter and token.startswith(SENTENCEPIECE_SPACE):
            printed.append(" " + token.removeprefix(SENTENCEPIECE_SPACE))
        else:
            printed.append(token)
    return tuple(printed)


def silent_ids(labels: Labels) -> frozenset[int]:
    """The blank and the special tokens (`<s>`, `</s>`, `<unk>` …): labels that never come out as text."""
    return labels.special_ids | {labels.blank_id}


def check_emissions(log_probs: NDArray[np.floating], labels: Labels) -> None:
    """Raise DecoderError unless `log_probs` is [frames, labels] for just these labels."""
    if log_probs.ndim != 2 or log_probs.shape[1] != len(labels.tokens):
        shape = " × ".join(str(size) for size in log_probs.shape)
        raise DecoderError(
            Sentence(
                "The acoustic model's output ({shape}) does not match its vocabulary of {count} labels; "
                "check that vocab.json belongs to the network.",
                shape=shape,
                count=len(labels),
            )
        )


def collapse(path: Iterable[int], blank_id: int) -> list[int]:
    """The label sequence of a path of one label a frame: repeats merged first, then blanks removed."""
    collapsed = []
    previous = blank_id
    for label_id in path:
        if label_id not in (previous, blank_id):
            collapsed.append(label_id)
        previous = label_id
    return collapsed


def best_path(log_probs: NDArray[np.floating], labels: Labels) -> NDArray[np.intp]:
    """The most probable label of every frame, special tokens left out; [frames, labels] in, [frames] out."""
    check_emissions(log_probs, labels)
    special = sorted(labels.special_ids - {labels.blank_id})
    if not special:
        return log_probs.argmax(axis=1)
    # Left out, not printed as nothing: where the network answers <unk>, its second choice is what was said.
    masked = log_probs.copy()
    masked[:, special] = -np.inf
    return masked.argmax(axis=1)


def greedy(log_probs: NDArray[np.floating], labels: Labels) -> str:
    """The text of the most probable path of `log_probs` [frames, labels]; "" for no frames."""
    if log_probs.shape[0] == 0:
        return ""
    printed = printed_labels(labels)
    path = best_path(log_probs, labels).tolist()
    return " ".join("".join(printed[label_id] for label_id in collapse(path, labels.blank_id)).split())
