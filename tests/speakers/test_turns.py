"""What can be asked about the number of speakers, and what is said about them."""

from __future__ import annotations

import pytest

from asr_desktop.base.errors import SpeakersError
from asr_desktop.speakers.turns import FoundSpeakers, KnownSpeaker, SpeakerCount


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("auto", SpeakerCount()),
        (" AUTO ", SpeakerCount()),
        ("1", SpeakerCount(1, 1)),
        ("3", SpeakerCount(3, 3)),
        ("2-4", SpeakerCount(2, 4)),
        ("2 – 4", SpeakerCount(2, 4)),
    ],
)
def test_a_number_of_speakers_is_read(text: str, expected: SpeakerCount) -> None:
    assert SpeakerCount.parse(text) == expected
    assert SpeakerCount.parse(str(expected)) == expected


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("two", "use auto, a number such as 2, or a range"),
        ("", "use auto"),
        ("-1", "use auto"),
        ("2-", "use auto"),
        ("1.5", "use auto"),
        ("0", "use 1 to 20"),
        ("21", "use 1 to 20"),
        ("999999", "use 1 to 20"),
        ("2-50", "use 1 to 20"),
        ("4-2", "smaller number first"),
    ],
)
def test_what_is_no_number_of_speakers_is_one_sentence(text: str, says: str) -> None:
    with pytest.raises(SpeakersError) as refused:
        SpeakerCount.parse(text)
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)


def test_whom_the_program_recognises_is_said_with_how_sure_it_is() -> None:
    found = FoundSpeakers((), (KnownSpeaker(2, "Anna", 0.934),))
    assert found.names == {2: "Anna"}
    assert found.sentences() == ["Speaker 2 sounds like Anna (93 % sure)."]
