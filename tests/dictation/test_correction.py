"""A corrected dictation: which words changed, and the same change in its transcript."""

from __future__ import annotations

import pytest

from asr_desktop.dictation.correction import (
    changed_words,
    corrected_transcript,
    in_the_form_of,
    is_what_was_said,
)
from asr_desktop.transcripts.document import Transcript, segments_for_reading
from tests.dictation.test_spoken_commands import words


@pytest.mark.parametrize(
    ("before", "after", "changes"),
    [
        ("Please ask sure von.", "Please ask Siobhan.", [("sure von", "Siobhan")]),
        ("The boat came back.", "The goat came back!", [("boat", "goat")]),
        ("the boat came back", "The boat, came back.", []),
        ("the boat came", "the old boat came", []),
        ("one two three four five six", "this is another sentence of mine", []),
    ],
)
def test_changed_words(before: str, after: str, changes: list[tuple[str, str]]) -> None:
    assert changed_words(before, after) == changes


def test_a_guess_is_written_like_the_text() -> None:
    assert in_the_form_of("The boat came back at 5.", "the goat came back at 5") == "The goat came back at 5."
    assert in_the_form_of("Boat ahoy, Ada.", "goat ahoy adam") == "Goat ahoy, Adam."


def test_the_transcript_gets_the_correction_and_is_confirmed() -> None:
    said = words("dear ada", "the boat came back", "yours")
    transcript = Transcript("talk", 10.0, "model", segments_for_reading([said[:2], said[2:6], said[6:]]))
    corrected = corrected_transcript(transcript, said[2:6], "The goat came back.")
    assert corrected is not None
    text = " ".join(word.text for segment in corrected.segments for word in segment.words)
    assert text == "dear ada The goat came back. yours"
    segments = [s for s in corrected.segments if "goat" in s.text]
    assert [segment.is_confirmed for segment in segments] == [True]
    goat = next(word for word in segments[0].words if word.text == "goat")
    assert goat.start_seconds == pytest.approx(said[3].start_seconds, abs=0.01)


def test_words_that_are_gone_from_the_transcript_correct_nothing() -> None:
    said = words("dear ada", "the boat came back")
    transcript = Transcript("talk", 10.0, "model", segments_for_reading([said[:2]]))
    assert corrected_transcript(transcript, said[2:], "the goat") is None
    assert corrected_transcript(transcript, (), "the goat") is None


def test_what_a_command_made_is_not_what_was_said() -> None:
    assert is_what_was_said(words("dear ada"), "Dear Ada.")
    assert not is_what_was_said(words("comma"), ",")


def test_a_correction_is_corrected_again() -> None:
    said = words("dear ada", "yes", "the boat came back", "yes")
    transcript = Transcript("talk", 10.0, "model", segments_for_reading([said[:2], said[2:7], said[7:]]))
    utterance, text = said[3:7], ""
    for other in ("So The Goat came back!", "the old goat was here", "yes the goat", "goat"):
        corrected = corrected_transcript(transcript, utterance, other, text)
        assert corrected is not None
        transcript, text = corrected, other
        assert transcript.text.split() == f"dear ada yes {other} yes".split()
    assert corrected_transcript(transcript, utterance, "boat", "something else") is None


def test_of_two_utterances_alike_the_one_that_was_corrected_is_found_by_its_time() -> None:
    said = words("yes", "no", "yes")
    transcript = Transcript("talk", 10.0, "model", segments_for_reading([said]))
    corrected = corrected_transcript(transcript, said[2:], "yet")
    assert corrected is not None
    assert corrected.text.split() == ["yes", "no", "yet"]
    again = corrected_transcript(corrected, said[2:], "yeah", "yet")
    assert again is not None
    assert again.text.split() == ["yes", "no", "yeah"]
    assert corrected_transcript(corrected, said[2:], "yeah") is None  # the first "yes" is another one's
