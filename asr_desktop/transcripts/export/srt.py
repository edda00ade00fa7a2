"""SubRip subtitles (SRT): numbered cues, UTF-8 without a byte order mark.

SRT has no escapes, but every player reads `<…>` as a tag and hides it. Such brackets in a transcript are
written as ‹…› so that nothing said goes missing; everything else is written as it is.
"""

from __future__ import annotations

import re

from asr_desktop.transcripts.document import Transcript
from asr_desktop.transcripts.export.options import ExportOptions
from asr_desktop.transcripts.export.subtitles import Cue, subtitle_cues
from asr_desktop.transcripts.export.vtt import render_captions

_HOLDS_A_TAG = re.compile("<.*>", re.DOTALL)
_HARMLESS = str.maketrans("<>", "‹›")


def render(transcript: Transcript, options: ExportOptions) -> bytes:
    """The cues of the transcript under `options.subtitle_rules`."""
    cues = subtitle_cues(
        transcript.segments,
        options.subtitle_rules,
        write_speakers=options.speaker_names,
        share_cues=True,
    )
    return render_captions(cues, _text, "srt")


def _text(cue: Cue) -> str:
    return cue.text.translate(_HARMLESS) if _HOLDS_A_TAG.search(cue.text) else cue.text
