"""Options and results of diarization, as plain frozen data."""

from __future__ import annotations

import re
from dataclasses import dataclass

from asr_desktop.base.errors import SpeakersError
from asr_desktop.base.sentences import Sentence

MOST_SPEAKERS = 20
AUTOMATIC = "auto"


@dataclass(frozen=True, slots=True)
class SpeakerCount:
    """How many people speak: at least `lowest`, at most `highest` (None: no limit).

    Raises SpeakersError for impossible numbers.
    """

    lowest: int = 1
    highest: int | None = None

    def __post_init__(self) -> None:
        for number in (self.lowest, self.highest):
            if number is not None and not 1 <= number <= MOST_SPEAKERS:
                raise SpeakersError(
                    Sentence(
                        "{number} is not a number of speakers that can be told apart: use 1 to {most}.",
                        number=number,
                        most=MOST_SPEAKERS,
                    )
                )
        if self.highest is not None and self.highest < self.lowest:
            raise SpeakersError(
                Sentence(
                    "The range of speakers {lowest}-{highest} is the wrong way round: write the "
                    "smaller number first.",
                    lowest=self.lowest,
                    highest=self.highest,
                )
            )

    @classmethod
    def parse(cls, text: str) -> SpeakerCount:
        """ "auto", a number such as "2", or a range such as "2-4". Raises SpeakersError."""
        written = text.strip().lower()
        if written == AUTOMATIC:
            return cls()
        numbers = re.fullmatch(r"(\d{1,6})(?:\s*[-–]\s*(\d{1,6}))?", written)
        if numbers is None:
            raise SpeakersError(
                Sentence(
                    "“{text}” is not a number of speakers: use auto, a number such as 2, or a range "
                    "such as 2-4.",
                    text=text,
                )
            )
        lowest = int(numbers[1])
        return cls(lowest, int(numbers[2] or lowest))

    def __str__(self) -> str:
        if self.highest is None:
            return AUTOMATIC if self.lowest == 1 else f"{self.lowest}-{MOST_SPEAKERS}"
        return str(self.lowest) if self.lowest == self.highest else f"{self.lowest}-{self.highest}"


@dataclass(frozen=True, slots=True)
class Turn:
    """Speech of one person without a longer pause; turns of several people may overlap.

    speaker: from 1, in the order in which they are first heard. confidence: 0…1, how much closer the voice is
    to this speaker than to any other.
    """

    start_seconds: float
    end_seconds: float
    speaker: int
    confidence: float


@dataclass(frozen=True, slots=True)
class KnownSpeaker:
    """A speaker recognised from a remembered voice, with the confidence (0…1)."""

    speaker: int
    name: str
    confidence: float


@dataclass(frozen=True, slots=True)
class FoundSpeakers:
    """The turns of a recording and its recognised speakers."""

    turns: tuple[Turn, ...]
    known: tuple[KnownSpeaker, ...] = ()

    @property
    def names(self) -> dict[int, str]:
        """Names by speaker number, for speakers whose voices are remembered."""
        return {speaker.speaker: speaker.name for speaker in self.known}

    def sentences(self) -> list[str]:
        """Messages for the user: which people were recognised, and with what confidence."""
        return [
            Sentence(
                "Speaker {number} sounds like {name} ({percent} % sure).",
                number=speaker.speaker,
                name=speaker.name,
                percent=round(100 * speaker.confidence),
            )
            for speaker in self.known
        ]
