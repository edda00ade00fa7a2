"""WebVTT subtitles (W3C WebVTT), with a time before each word where it is wanted."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import pairwise
from typing import Literal

from asr_desktop.transcripts.document import Transcript
from asr_desktop.transcripts.export.options import ExportOptions
from asr_desktop.transcripts.export.subtitles import Cue, subtitle_cues
from asr_desktop.transcripts.phrases import needs_space

# Cues as captions of webvtt-py, the library that writes both subtitle formats.
#
# It was chosen over pysubs2 (passes all text through SubStation markup: `{…}` and `\N` in a transcript would
# be eaten) and srt (no release since 2023, no wheel); it also refuses cue text that could not be read back.


def render_captions(
    cues: Iterable[Cue], text_of: Callable[[Cue], str], file_format: Literal["vtt", "srt"]
) -> bytes:
    """The file; `text_of` gives a cue's text in the format's own markup."""
    # Imported here: only an export needs it, and the program starts without it.
    import webvtt

    captions = [webvtt.Caption(timestamp(cue.start_ms), timestamp(cue.end_ms), text_of(cue)) for cue in cues]
    file = io.StringIO()
    webvtt.WebVTT(captions=captions).write(file, format=file_format)
    text = file.getvalue()
    return (text if text.endswith("\n") or not text else text + "\n").encode()


def timestamp(ms: int) -> str:
    """`hh:mm:ss.mmm`, as WebVTT writes it; hours grow beyond two digits where they must."""
    seconds, ms = divmod(ms, 1000)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{ms:03d}"


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
