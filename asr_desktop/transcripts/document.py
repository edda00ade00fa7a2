"""The transcript data model: words with times and confidence, grouped into segments for reading.

All classes are frozen: an edit makes a new document, which keeps undo, autosave and comparison simple. Times
are seconds from the start of the source. The constructors raise `ValueError` for inconsistent documents (a
word that ends before it starts, words out of order), since that is a defect of the caller and not an error of
the user.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from asr_desktop.transcripts.phrases import break_cost, ends_sentence, join_words

# Line breaks and control characters would break a line-based format, lone surrogates and the two
# non-characters cannot be written to UTF-8 or XML. They are refused here, so that exporters need not handle
# them.
_UNWRITABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")

TIME_DECIMALS = 7
"""Decimals of seconds: 0.1 µs, enough to tell every sample position at 16 kHz exactly."""
CONFIDENCE_DECIMALS = 6

# On the scale of the break costs in phrases.py: a plain word border in the middle costs as much as a comma a
# third of the length away.
_OFF_CENTRE_COST = 6.0


@dataclass(frozen=True, slots=True)
class Word:
    """One word as it is written; times in seconds from the start of the source, confidence in 0…1.

    Times are rounded to TIME_DECIMALS and the confidence to CONFIDENCE_DECIMALS, as in every file and
    message, so a word that is stored or sent and read back is equal.

    `spoken` holds the spoken words behind the written form, with their own times and confidences: "25" was
    "twenty five". None where the word is written as it was spoken; empty where it has no spoken counterpart,
    because the written form has more words than the spoken one.

    Raises `ValueError` for text that is empty, has spaces around it or holds line breaks or control
    characters, for times that are not finite, negative or in the wrong order, and for a confidence outside
    0…1.
    """

    text: str
    start_seconds: float
    end_seconds: float
    confidence: float
    spoken: tuple[Word, ...] | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "start_seconds", round(self.start_seconds, TIME_DECIMALS))
        object.__setattr__(self, "end_seconds", round(self.end_seconds, TIME_DECIMALS))
        object.__setattr__(self, "confidence", round(self.confidence, CONFIDENCE_DECIMALS))
        if not self.text or self.text != self.text.strip():
            raise ValueError(f"a word needs text without spaces around it, got {self.text!r}")
        if _UNWRITABLE.search(self.text):
            raise ValueError(f"a word cannot hold line breaks or control characters, got {self.text!r}")
        if not (0.0 <= self.start_seconds <= self.end_seconds < math.inf):
            raise ValueError(
                f"the times of {self.text!r} are not in order: {self.start_seconds} to {self.end_seconds} s"
            )
        if not 0.0 <= self.confidence <= 1.0:
            raise ValueError(f"the confidence of {self.text!r} is not in 0…1: {self.confidence}")
        if self.spoken:
            if any(word.spoken is not None for word in self.spoken):
                raise ValueError(f"what {self.text!r} was spoken in cannot have another spoken form")
            _require_order(self.spoken)

    @property
    def spoken_words(self) -> tuple[Word, ...]:
        """The spoken words behind the written form, or the word itself."""
        return (self,) if self.spoken is None else self.spoken

    def at(self, start_seconds: float, end_seconds: float) -> Word:
        """The word at other times; its spoken words keep their relative times."""
        if self.spoken is None or not self.spoken:
            return replace(self, start_seconds=start_seconds, end_seconds=end_seconds)
        length = self.end_seconds - self.start_seconds
        scale = (end_seconds - start_seconds) / length if length > 0.0 else 0.0

        def moved(seconds: float) -> float:
            return min(
                max(start_seconds + (seconds - self.start_seconds) * scale, start_seconds), end_seconds
            )

        spoken = tuple(
            replace(word, start_seconds=moved(word.start_seconds), end_seconds=moved(word.end_seconds))
            for word in self.spoken
        )
        return replace(self, start_seconds=start_seconds, end_seconds=end_seconds, spoken=spoken)


@dataclass(frozen=True, slots=True)
class Segment:
    """A unit of text for reading: at least one word, each starting no earlier than the one before it.

    `speaker` is the speaker's name, None where it is not known.
    """

    words: tuple[Word, ...]
    speaker: str | None = None
    is_confirmed: bool = False
    """Whether the user has changed its words or confirmed them; only such words are used for training."""

    def __post_init__(self) -> None:
        if not self.words:
            raise ValueError("a segment needs at least one word")
        _require_order(self.words)
        if self.speaker is not None and not is_speaker_name(self.speaker):
            raise ValueError(
                f"a speaker needs a name on one line without spaces around it, got {self.speaker!r}"
            )

    @property
    def text(self) -> str:
        return join_words(word.text for word in self.words)

    @property
    def spoken_words(self) -> tuple[Word, ...]:
        """The words as they were said (see `Word.spoken`)."""
        return tuple(said for word in self.words for said in word.spoken_words)

    @property
    def start_seconds(self) -> float:
        return self.words[0].start_seconds

    @property
    def end_seconds(self) -> float:
        """Latest end of any word, which is not always the last word's: words from other programs may
        overlap."""
        return max(word.end_seconds for word in self.words)

    @property
    def confidence(self) -> float:
        """The mean of the words' confidences: the expected share of right words."""
        return min(1.0, math.fsum(word.confidence for word in self.words) / len(self.words))


@dataclass(frozen=True, slots=True)
class Transcript:
    """The segments of one source, in order.

    `source` is the name or path of the sound, `duration_seconds` its length (word times may pass it a little,
    where a file's header is wrong about its length), `model` the name of the model that wrote the words.
    """

    source: str
    duration_seconds: float
    model: str
    segments: tuple[Segment, ...]
    is_corrected: bool = False
    """Whether the user has corrected the text; it may still contain errors."""

    def __post_init__(self) -> None:
        if not 0.0 <= self.duration_seconds < math.inf:
            raise ValueError(f"the duration of {self.source!r} is not a length: {self.duration_seconds}")
        for earlier, later in pairwise(self.segments):
            _require_order((earlier.words[-1], later.words[0]))

    @property
    def words(self) -> tuple[Word, ...]:
        return tuple(word for segment in self.segments for word in segment.words)

    @property
    def spoken_words(self) -> tuple[Word, ...]:
        """The words as they were spoken (see `Word.spoken`), used for counting, alignment and training."""
        return tuple(word for segment in self.segments for word in segment.spoken_words)

    @property
    def text(self) -> str:
        """The text, one segment per line."""
        return "\n".join(segment.text for segment in self.segments)


@dataclass(frozen=True, slots=True)
class ReadingOptions:
    """How words are split into segments for reading; times in seconds, lengths in characters with spaces."""

    utterance_pause_seconds: float = 0.3
    """Two utterances with at least this much silence between their words are never put into one segment.
    A shorter pause means that the segmenter cut continuous speech at its maximum length."""
    pause_seconds: float = 0.7
    """Inside an utterance, a pause this long always ends the segment."""
    min_characters: int = 40
    """A sentence end closes a segment that is at least this long, so that "Yes. No." stays one segment."""
    max_characters: int = 160
    """Longer segments are cut at their best place: a long pause, a clause end, near the middle."""
    max_seconds: float = 12.0
    """The same for the time from a segment's first to its last sound."""

    def __post_init__(self) -> None:
        for name in ("utterance_pause_seconds", "pause_seconds", "max_seconds"):
            if not getattr(self, name) >= 0.0:
                raise ValueError(f"{name} has to be 0 or more, got {getattr(self, name)}")
        if not 0 <= self.min_characters <= self.max_characters:
            raise ValueError("min_characters has to lie between 0 and max_characters")


def segments_for_reading(
    utterances: Iterable[Sequence[Word]], options: ReadingOptions | None = None
) -> tuple[Segment, ...]:
    """Cut recognised utterances into segments: at pauses, at sentence ends where the model writes them, by
    length.

    utterances: the words of each utterance from the voice activity detector, in order; empty ones are
    skipped. Every word is returned once, unchanged: no capital letter and no punctuation is added. A single
    word longer than the limits stays a segment of its own.
    """
    options = options or ReadingOptions()
    segments: list[Segment] = []
    for stretch in _stretches_of_speech(utterances, options):
        for piece in _cut_at_sentences(stretch, options):
            segments.extend(Segment(tuple(part)) for part in _cut_by_length(piece, options))
    return tuple(segments)


def writable_text(text: str) -> str:
    """An external name, such as a file's, with characters that no format can store replaced by U+FFFD."""
    return _UNWRITABLE.sub("\ufffd", text)


def is_speaker_name(text: str) -> bool:
    """Whether this is a valid speaker name: not empty, on one line, without surrounding spaces."""
    return bool(text) and text == text.strip() and not _UNWRITABLE.search(text)


def pause_between(left: Word, right: Word) -> float:
    """Seconds of silence between two words, 0 where they touch or overlap."""
    return max(0.0, right.start_seconds - left.end_seconds)


def _require_order(words: Sequence[Word]) -> None:
    for earlier, later in pairwise(words):
        if later.start_seconds < earlier.start_seconds:
            raise ValueError(
                f"words out of order: {earlier.text!r} at {earlier.start_seconds} s, "
                f"then {later.text!r} at {later.start_seconds} s"
            )


def _stretches_of_speech(utterances: Iterable[Sequence[Word]], options: ReadingOptions) -> list[list[Word]]:
    """Groups of words without a real pause between them, across utterance borders too."""
    stretches: list[list[Word]] = []
    for utterance in utterances:
        for index, word in enumerate(utterance):
            longest_pause = options.pause_seconds if index else options.utterance_pause_seconds
            if stretches and pause_between(stretches[-1][-1], word) < longest_pause:
                stretches[-1].append(word)
            else:
                stretches.append([word])
    return stretches


def _cut_at_sentences(words: Sequence[Word], options: ReadingOptions) -> list[list[Word]]:
    pieces: list[list[Word]] = []
    current: list[Word] = []
    characters = 0
    for word, following in pairwise([*words, None]):
        assert word is not None
        current.append(word)
        characters += len(word.text) + 1
        if following is None or (
            characters > options.min_characters and ends_sentence(word.text, following.text)
        ):
            pieces.append(current)
            current, characters = [], 0
    return pieces


def _cut_by_length(words: Sequence[Word], options: ReadingOptions) -> list[Sequence[Word]]:
    """Halve at the best place until every piece fits."""
    characters = len(join_words(word.text for word in words))
    seconds = max(word.end_seconds for word in words) - words[0].start_seconds
    if len(words) == 1 or (characters <= options.max_characters and seconds <= options.max_seconds):
        return [words]
    cut = _best_cut(words)
    return [*_cut_by_length(words[:cut], options), *_cut_by_length(words[cut:], options)]


def _best_cut(words: Sequence[Word]) -> int:
    """The index of the first word after the best cut, within the middle half so that neither side is too
    short."""
    quarter = len(words) // 4
    middle = len(words) / 2

    def cost(index: int) -> float:
        left, right = words[index - 1], words[index]
        off_centre = abs(index - middle) / middle
        return break_cost(left.text, right.text, pause_between(left, right)) + _OFF_CENTRE_COST * off_centre

    return min(range(max(1, quarter), len(words) - quarter), key=cost)
