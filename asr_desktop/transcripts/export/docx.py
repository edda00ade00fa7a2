"""Word documents (Office Open XML, through python-docx): a title, what was transcribed, then timed
paragraphs.

Everything is set through named styles (Title, Subtitle, and our Timestamp, Speaker and Transcript), so that
a person changes the look of the whole document in the style list of their word processor.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import PurePath
from typing import TYPE_CHECKING

from asr_desktop.base.clock import position
from asr_desktop.transcripts.document import Transcript, writable_text
from asr_desktop.transcripts.export.options import ExportOptions, Paper, paper_of_system
from asr_desktop.transcripts.export.txt import paragraph_text, paragraphs, speaker_of

if TYPE_CHECKING:
    from docx.document import Document

TIMESTAMP_STYLE = "Timestamp"
PARAGRAPH_STYLE = "Transcript"
SPEAKER_STYLE = "Speaker"

# The earliest date that the ZIP format can hold.
_NO_DATE = (1980, 1, 1, 0, 0, 0)
_GREY = 0x6E, 0x6E, 0x6E


def render(transcript: Transcript, options: ExportOptions) -> bytes:
    """The document; `[hh:mm:ss]` before each paragraph unless `options.timestamps` is False."""
    # Imported here: a tenth of a second that only this format needs.
    import docx

    document = docx.Document()
    title = writable_text(options.title or PurePath(transcript.source).name or "Transcript")
    _describe(document, title)
    _set_paper(document, options.paper or paper_of_system())
    _add_styles(document)
    document.add_paragraph(title, style="Title")
    document.add_paragraph(_subtitle(transcript), style="Subtitle")
    speaking: str | None = None
    for paragraph in paragraphs(transcript.segments, options):
        block = document.add_paragraph(style=PARAGRAPH_STYLE)
        if options.timestamps is not False:
            block.add_run(f"[{position(paragraph[0].start_seconds, hour_digits=2)}]", style=TIMESTAMP_STYLE)
            block.add_run("\t")
        speaker = speaker_of(paragraph)
        if options.speaker_names and speaker is not None and speaker != speaking:
            block.add_run(speaker, style=SPEAKER_STYLE)
            block.add_run(": ")
        speaking = speaker
        block.add_run(paragraph_text(paragraph))
    file = io.BytesIO()
    document.save(file)
    return _without_the_clock(file)


def _subtitle(transcript: Transcript) -> str:
    recognised = f"recognised by {writable_text(transcript.model)}" if transcript.model else "recognised"
    state = "corrected by hand" if transcript.is_corrected else "not proofread"
    return f"{position(transcript.duration_seconds, hour_digits=2)} · {recognised}, {state}"


def _without_the_clock(archive: io.BytesIO) -> bytes:
    """The same archive with a fixed date on its parts, so that equal transcripts give equal files."""
    copied = io.BytesIO()
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(copied, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name, _NO_DATE), old.read(name), zipfile.ZIP_DEFLATED)
    return copied.getvalue()


def _describe(document: Document, title: str) -> None:
    properties = document.core_properties
    properties.title = title
    properties.author = ""
    properties.comments = ""
    # The template's own dates (2013) would be taken for the document's; none is better than a wrong one.
    for element in properties._element.xpath("dcterms:created | dcterms:modified"):
        element.getparent().remove(element)


def _set_paper(document: Document, paper: Paper) -> None:
    from docx.shared import Mm

    for section in document.sections:
        section.page_width, section.page_height = Mm(paper.width), Mm(paper.height)


def _add_styles(document: Document) -> None:
    from docx.enum.style import WD_STYLE_TYPE
    from docx.shared import Cm, Pt, RGBColor

    text = document.styles.add_style(PARAGRAPH_STYLE, WD_STYLE_TYPE.PARAGRAPH)
    text.base_style = document.styles["Normal"]
    text.font.size = Pt(11)
    # The times stand in the margin of a hanging paragraph, so that the eye finds them.
    text.paragraph_format.left_indent = Cm(2.2)
    text.paragraph_format.first_line_indent = Cm(-2.2)
    text.paragraph_format.tab_stops.add_tab_stop(Cm(2.2))
    text.paragraph_format.space_after = Pt(8)
    text.paragraph_format.line_spacing = 1.25

    time = document.styles.add_style(TIMESTAMP_STYLE, WD_STYLE_TYPE.CHARACTER)
    time.font.size = Pt(9)
    time.font.color.rgb = RGBColor(*_GREY)

    speaker = document.styles.add_style(SPEAKER_STYLE, WD_STYLE_TYPE.CHARACTER)
    speaker.font.bold = True
