"""The editor's keys: oTranscribe's for the sound, Vibe's for the text. All can be changed in Settings.

Foot pedals send keys as keyboards do, so they are set there as well.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication


@dataclass(frozen=True, slots=True)
class EditorKey:
    """An action: what the settings call it, what people call it, and its usual key."""

    name: str
    description: str
    default: str


def editor_keys() -> list[EditorKey]:
    """All actions of the page, in the user's language."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("EditorKeys", text)

    return [
        EditorKey("play", tr("Play or pause"), "Esc"),
        EditorKey("back", tr("Back a little"), "F1"),
        EditorKey("on", tr("On a little"), "F2"),
        EditorKey("slower", tr("Slower"), "F3"),
        EditorKey("faster", tr("Faster"), "F4"),
        EditorKey("play_here", tr("Play from the caret"), "Ctrl+Return"),
        EditorKey("play_segment", tr("Play this segment"), "F5"),
        EditorKey("loop", tr("Repeat this segment"), "F6"),
        EditorKey("next_doubtful", tr("Next doubtful word"), "F8"),
        EditorKey("guesses", tr("Other guesses for this word"), "F9"),
        EditorKey("confirm", tr("This word is right"), "F10"),
        EditorKey("next_segment", tr("Keep, and go to the next segment"), "Return"),
        EditorKey("split", tr("Split the segment at the caret"), "Shift+Return"),
        EditorKey("merge", tr("Join with the next segment"), "Ctrl+J"),
        EditorKey("delete", tr("Delete the segment"), "Ctrl+Shift+Backspace"),
        EditorKey("speaker", tr("Name the speaker"), "Ctrl+L"),
        EditorKey("find", tr("Find and replace"), "Ctrl+F"),
        EditorKey("find_next", tr("Find the next one"), "Ctrl+G"),
        EditorKey("undo", tr("Undo"), "Ctrl+Z"),
        EditorKey("redo", tr("Do again"), "Ctrl+Shift+Z"),
        EditorKey("save", tr("Save now"), "Ctrl+S"),
        EditorKey("export", tr("Export"), "Ctrl+E"),
        EditorKey("subtitles", tr("Show as subtitles"), "Ctrl+T"),
        EditorKey("zoom_in", tr("Show less of the sound"), "Ctrl+="),
        EditorKey("zoom_out", tr("Show more of the sound"), "Ctrl+-"),
    ]
