"""Cues as captions of webvtt-py, the library that writes both subtitle formats.

It was chosen over pysubs2 (passes all text through SubStation markup: `{…}` and `\\N` in a transcript would
be eaten) and srt (no release since 2023, no wheel); it also refuses cue text that could not be read back.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from typing import Literal

from asr_desktop.transcripts.export.subtitle_rules import Cue


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
