"""When the words of a corrected text were said, roughly: from the words that were recognised.

Most words of a correction are those that were recognised, and have their times. What was put in between has
none; it gets its share of the time between its neighbours. Alignment to the sound makes exact times of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

from asr_desktop.transcripts.document import Word


def place_words(text: str, recognised: Sequence[Word], duration_seconds: float) -> list[Word]:
    """The words of `text` with times; confidence is that of the recognised word, 0 for one put in."""
    words = text.split()
    matcher = SequenceMatcher(None, [_bare(w) for w in words], [_bare(w.text) for w in recognised], False)
    placed: list[Word] = []
    for block in matcher.get_matching_blocks():
        gap = words[len(placed) : block.a]
        before = placed[-1].end_seconds if placed else 0.0
        after = recognised[block.b].start_seconds if block.b < len(recognised) else duration_seconds
        if gap:
            # Words that replace others take the others' time, and silence around them stays silence.
            replaced = recognised[_matched_until(matcher, block.b) : block.b]
            if replaced:
                before = max(before, replaced[0].start_seconds)
                after = min(after, max(word.end_seconds for word in replaced))
            placed += _spread(gap, before, max(before, after))
        for offset in range(block.size):
            heard = recognised[block.b + offset]
            start = max(heard.start_seconds, placed[-1].start_seconds if placed else 0.0)
            placed.append(
                Word(words[block.a + offset], start, max(start, heard.end_seconds), heard.confidence)
            )
    return placed


def _matched_until(matcher: SequenceMatcher[str], place: int) -> int:
    """The end of the matching block before the recognised word `place`."""
    return max((b.b + b.size for b in matcher.get_matching_blocks() if b.b < place and b.size), default=0)


def _spread(words: Sequence[str], start_seconds: float, end_seconds: float) -> list[Word]:
    total = sum(len(word) for word in words)
    times = [start_seconds]
    for word in words:
        times.append(times[-1] + (end_seconds - start_seconds) * len(word) / total)
    return [
        Word(word, start, end, 0.0) for word, start, end in zip(words, times[:-1], times[1:], strict=True)
    ]


def _bare(word: str) -> str:
    """Without case and punctuation, which the recogniser may not write."""
    return "".join(character for character in word.casefold() if character.isalnum()) or word
