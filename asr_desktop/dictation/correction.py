"""Corrections of the last dictated utterance: changed words, and the corrected transcript."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from difflib import SequenceMatcher

from asr_desktop.dictation.spoken_commands import plain_words
from asr_desktop.transcripts.document import Transcript, Word
from asr_desktop.transcripts.editing import EditableTranscript
from asr_desktop.transcripts.phrases import join_words

MOST_CHANGED_WORDS = 4
"""Longer changes are new sentences, not words that could become hotwords."""


def changed_words(before: str, after: str) -> list[tuple[str, str]]:
    """Pairs of original and corrected words, without punctuation at their ends.

    Changes of only capitals or punctuation, added or removed words, and changes of more than
    MOST_CHANGED_WORDS words are left out.
    """
    old, new = before.split(), after.split()
    matcher = SequenceMatcher(
        None, [_bare(word) for word in old], [_bare(word) for word in new], autojunk=False
    )
    return [
        (_trimmed(old[i1:i2]), _trimmed(new[j1:j2]))
        for tag, i1, i2, j1, j2 in matcher.get_opcodes()
        if tag == "replace" and max(i2 - i1, j2 - j1) <= MOST_CHANGED_WORDS
    ]


def in_the_form_of(text: str, guess: str) -> str:
    """An alternative hypothesis `guess`, in spoken form, written like `text` where the words are equal."""
    written, guessed = text.split(), guess.split()
    matcher = SequenceMatcher(None, [_bare(word) for word in written], guessed, autojunk=False)
    words: list[str] = []
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            words += written[i1:i2]
            continue
        changed = guessed[j1:j2]
        if i2 > i1 and changed:  # keep the sentence's capital and punctuation
            first, last = written[i1], written[i2 - 1]
            if first[:1].isupper():
                changed[0] = changed[0][:1].upper() + changed[0][1:]
            changed[-1] += last[len(last.rstrip(".,;:!?…")) :]
        words += changed
    return " ".join(words)


def corrected_transcript(
    transcript: Transcript, words: Sequence[Word], text: str, former: str = ""
) -> Transcript | None:
    """The transcript with `text` in place of these words, and their segment marked as corrected; None if they
    are no longer in it. former: the text that an earlier correction has put in their place."""
    if not words:
        return None
    editable = EditableTranscript(transcript)
    found = _place_of(former.split() or [word.text for word in words], words, editable)
    if found is None:
        return None
    first, last, before, after = found
    for _ in range(first, last):
        editable.merge(first)
    known = [word.text for word in editable.segments[first].words]
    editable.set_text(first, join_words([*known[:before], *text.split(), *known[len(known) - after :]]))
    editable.confirm_segments([first])
    return editable.transcript()


def _place_of(
    texts: Sequence[str], words: Sequence[Word], editable: EditableTranscript
) -> tuple[int, int, int, int] | None:
    """Where words with these texts are, at about the time of `words`: the first and the last segment, and how
    many words these have before and after them. Capitals and punctuation may differ."""
    wanted = [_bare(text) for text in texts]
    known = [(index, word) for index, segment in enumerate(editable.segments) for word in segment.words]
    said = [_bare(word.text) for _, word in known]
    places = [
        place
        for place in range(len(known) - len(wanted) + 1)
        if said[place : place + len(wanted)] == wanted
        and known[place][1].start_seconds <= words[-1].end_seconds
        and known[place + len(wanted) - 1][1].end_seconds >= words[0].start_seconds
    ]
    if not places:
        return None
    place = min(places, key=lambda place: abs(known[place][1].start_seconds - words[0].start_seconds))
    stop = place + len(wanted)
    first, last = known[place][0], known[stop - 1][0]
    before = sum(index == first for index, _ in known[:place])
    after = sum(index == last for index, _ in known[stop:])
    return first, last, before, after


def is_what_was_said(words: Sequence[Word], text: str) -> bool:
    """Whether an inserted text consists of these words, and not of a spoken command's result."""
    return plain_words(join_words(word.text for word in words)) == plain_words(text)


def _bare(word: str) -> str:
    return " ".join(plain_words(word))


def _trimmed(words: Sequence[str]) -> str:
    text = " ".join(words)
    while text and unicodedata.category(text[-1])[0] == "P":
        text = text[:-1]
    while text and unicodedata.category(text[0])[0] == "P":
        text = text[1:]
    return text
