from __future__ import annotations

from hypothesis import given

from asr_desktop.transcripts.document import Segment, Transcript, Word
from asr_desktop.transcripts.export import ExportOptions, render
from tests.transcripts.strategies import transcripts


def said(text: str, start: float) -> Segment:
    return Segment(tuple(Word(word, start + i, start + i + 0.9, 0.9) for i, word in enumerate(text.split())))


TALK = Transcript(
    "talk.mp3", 4000.0, "starter-en", (said("one two", 0.0), said("three", 3.0), said("four", 3725.5))
)


def test_a_long_pause_begins_a_paragraph() -> None:
    assert render(TALK, "txt") == b"one two three\n\nfour\n"


def test_timestamps_stand_before_each_paragraph() -> None:
    text = render(TALK, "txt", ExportOptions(timestamps=True)).decode()
    assert text == "[00:00:00] one two three\n\n[01:02:05] four\n"


def test_the_pause_that_begins_a_paragraph_can_be_set() -> None:
    assert render(TALK, "txt", ExportOptions(paragraph_pause_seconds=0.5)) == b"one two\n\nthree\n\nfour\n"


def test_a_long_paragraph_ends_with_its_segment() -> None:
    segments = tuple(said("a sentence of some length", 5.0 * i) for i in range(8))
    transcript = Transcript("talk.mp3", 40.0, "starter-en", segments)
    text = render(transcript, "txt", ExportOptions(paragraph_characters=50)).decode()
    assert text == "\n".join(["a sentence of some length a sentence of some length\n"] * 4)


def test_a_long_paragraph_goes_on_to_the_end_of_its_sentence() -> None:
    texts = ("This is the first part,", "and this is the second.", "A third one comes,", "and a fourth.")
    segments = tuple(said(text, 5.0 * i) for i, text in enumerate(texts))
    transcript = Transcript("talk.mp3", 40.0, "starter-en", segments)

    text = render(transcript, "txt", ExportOptions(paragraph_characters=20)).decode()
    assert text == f"{texts[0]} {texts[1]}\n\n{texts[2]} {texts[3]}\n"
    text = render(transcript, "txt", ExportOptions(paragraph_characters=8)).decode()
    assert text == "\n\n".join(texts) + "\n"  # a sentence that is too long by far is cut


def test_a_silent_file_gives_an_empty_text() -> None:
    assert render(Transcript("silence.wav", 5.0, "starter-en", ()), "txt") == b""


def test_text_is_utf_8_without_a_byte_order_mark() -> None:
    transcript = Transcript("a.wav", 5.0, "m", (said("Grüße 今日", 0.0),))
    assert render(transcript, "txt") == "Grüße今日\n".encode()


@given(transcripts())
def test_every_word_is_there_in_order(transcript: Transcript) -> None:
    text = render(transcript, "txt").decode()
    assert "".join(text.split()) == "".join("".join(word.text for word in transcript.words).split())
