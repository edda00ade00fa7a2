"""What a menu calls the formats that a transcript can be saved in."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from asr_desktop.transcripts.export import FORMATS


def format_name(key: str) -> str:
    """key: of FORMATS. Such as "Word document"."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("FormatNames", text)

    return {
        "txt": tr("Plain text"),
        "srt": tr("Subtitles (SubRip)"),
        "vtt": tr("Subtitles (WebVTT)"),
        "docx": tr("Word document"),
        "json": tr("JSON with all details"),
        "csv": tr("Spreadsheet table"),
    }.get(key, FORMATS[key].description)


def file_filter(key: str) -> str:
    """For a file dialog, such as "Word document (*.docx)"."""
    return f"{format_name(key)} (*{FORMATS[key].suffix})"
