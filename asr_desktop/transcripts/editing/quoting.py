"""Some words of a transcript as they are quoted elsewhere: with the time, and with whoever says them."""

from __future__ import annotations

from collections.abc import Sequence

from asr_desktop.base.clock import position
from asr_desktop.transcripts.document import Segment, Word
from asr_desktop.transcripts.editing.document import WordPlace
from asr_desktop.transcripts.phrases import join_words


def quotation(segments: Sequence[Segment], first: WordPlace, last: WordPlace) -> str:
    """The words from `first` to `last` (included), a line for each turn: `[00:12:09] Ada: of course`.

    The time is that of the first word, where a listener has to begin.
    """
    turns: list[tuple[str | None, list[Word]]] = []
    for index in range(first.segment, last.segment + 1):
        segment = segments[index]
        begin = first.word if index == first.segment else 0
        stop = last.word + 1 if index == last.segment else len(segment.words)
        if turns and turns[-1][0] == segment.speaker:
            turns[-1][1].extend(segment.words[begin:stop])
        else:
            turns.append((segment.speaker, list(segment.words[begin:stop])))
    return "\n".join(_line(speaker, words) for speaker, words in turns if words)


def _line(speaker: str | None, words: Sequence[Word]) -> str:
    name = "" if speaker is None else f"{speaker}: "
    return (
        f"[{position(words[0].start_seconds, hour_digits=2)}] {name}{join_words(word.text for word in words)}"
    )
