"""The texts behind the prefixes that beam search has merged, each with its own probability."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asr_desktop.recognition.prefix_beam import Prefix

Texts = list[tuple[float, str]]  # best first; each text with a space before each word


def texts_of(final: Sequence[tuple[float, Prefix]], count: int, window: float) -> Texts:
    """Up to `count` texts of the `final` prefixes and their probabilities, best first.

    What is less probable than the best one times `window` is left out.
    """
    histories: dict[Prefix, Texts] = {}
    # Where a prefix has one source only, its history is another one's, and these words.
    continued: dict[Prefix, tuple[Prefix, str]] = {}
    for begun in sorted(_reached(prefix.begun for _, prefix in final), key=lambda prefix: prefix.count):
        sources = begun.sources
        if not sources:
            histories[begun] = [(1.0, "")]
            continued[begun] = (begun, "")
        elif len(sources) == 1:
            history, words = continued[sources[0].begun]
            continued[begun] = (history, f"{words} {sources[0].part.text}")
        else:
            whole = sum(source.share for source in sources)
            shares = [(source.share / whole, source) for source in sources]
            histories[begun] = _merged(shares, histories, continued, count, window)
            continued[begun] = (begun, "")
    return _merged(final, histories, continued, count, window)


def _merged(
    prefixes: Sequence[tuple[float, Prefix]],
    histories: dict[Prefix, Texts],
    continued: dict[Prefix, tuple[Prefix, str]],
    count: int,
    window: float,
) -> Texts:
    """The texts of all `prefixes` (with the weight of each), their last words included."""
    ends = []
    least = 0.0
    for weight, prefix in prefixes:
        history, words = continued[prefix.begun]
        texts = histories[history]
        least = max(least, weight * texts[0][0] * window)
        ends.append((weight, texts, f"{words} {prefix.part.text}" if prefix.part.text else words))
    merged: dict[str, float] = {}
    for weight, texts, words in ends:
        for share, text in texts:
            probability = weight * share
            if probability < least:
                break
            whole = text + words
            merged[whole] = merged.get(whole, 0.0) + probability
    return sorted(((value, text) for text, value in merged.items()), key=lambda item: -item[0])[:count]


def _reached(begun: Iterable[Prefix]) -> set[Prefix]:
    """These prefixes and all before them."""
    reached: set[Prefix] = set()
    left = list(begun)
    while left:
        prefix = left.pop()
        if prefix not in reached:
            reached.add(prefix)
            left += [source.begun for source in prefix.sources]
    return reached
