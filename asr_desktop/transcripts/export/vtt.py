"""WebVTT subtitles (W3C WebVTT), with a time before each word where it is wanted."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from asr_desktop.transcripts.document import Transcript
from asr_desktop.transcripts.export.options import ExportOptions
from asr_desktop.transcripts.export.subtitles import Cue, subtitle_cues
from asr_desktop.transcripts.export.webvtt_captions import render_captions, timestamp
from asr_desktop.transcripts.phrases import needs_space

_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def render(transcript: Transcript, options: ExportOptions) -> bytes:
    """The cues of the transcript under `options.subtitle_rules`; `options.word_times` adds cue timestamps."""
    cues = subtitle_cues(transcript.segments, options.subtitle_rules)
    if not options.speaker_names:
        cues = tuple(replace(cue, speaker=None) for cue in cues)
    return render_captions(cues, _text_with_word_times if options.word_times else _text, "vtt")


def escape(text: str) -> str:
    """Text in which no character is markup; `-->`, which would end the cue, goes with the `>`."""
    return text.translate(_ESCAPES)


def _text(cue: Cue) -> str:
    return _voice(cue) + escape(cue.text)


def _voice(cue: Cue) -> str:
    """The voice tag of whoever speaks; it holds for the whole cue, so it needs no end tag."""
    return "" if cue.speaker is None else f"<v {escape(cue.speaker)}>"


def _text_with_word_times(cue: Cue) -> str:
    """`Hello <00:00:01.250>world`: each word's start, except the first's, which is the cue's.

    The format asks for times that grow and lie inside the cue, so a word that starts with the one before it,
    or after the cue has gone, carries none.
    """
    latest_ms = cue.start_ms
    lines = []
    for words in cue.lines:
        parts: list[str] = []
        for left, word in pairwise([None, *words]):
            assert word is not None
            if left is not None and needs_space(left.text, word.text):
                parts.append(" ")
            start_ms = round(word.start_seconds * 1000)
            if latest_ms < start_ms < cue.end_ms:
                parts.append(f"<{timestamp(start_ms)}>")
                latest_ms = start_ms
            parts.append(escape(word.text))
        lines.append("".join(parts))
    return _voice(cue) + "\n".join(lines)
