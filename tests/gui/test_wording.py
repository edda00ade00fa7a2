"""The window speaks the English of the programs that its users know."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree

from asr_desktop.base.paths import resources_folder
from asr_desktop.base.sentences import CONTEXT

ODD = re.compile(
    r"to be had|in 100 words$|a hundred|holds at once|\bgo(es|ing)? on\b|take (it|them) back|do again|"
    r"all the same|capitals matter|on a little|in sight|^earlier$|^later$|look it over|of the window|"
    r"as the system|things are kept|by (itself|themselves)|anew|any more|thrown? away|what has arrived|"
    r"learnt|one moment|\w a (second|line|core)\b| …$|\{\w+\} %|\bsound\b",
    re.IGNORECASE,
)
USUAL = {
    "Available", "Download by name…", "Changes apply immediately.", "Continue", "Undo", "Redo", "Keep anyway",
    "Match case", "Skip back", "Skip forward", "Follow playback", "Move up", "Move down", "Check recordings",
    "Interface language", "Same as system", "Storage", "No matches",
}  # fmt: skip


def texts_of_window() -> list[str]:
    contexts = ElementTree.parse(resources_folder() / "translations" / "asr-desktop_de.ts").iter("context")
    return [
        message.findtext("source") or ""
        for context in contexts
        if context.findtext("name") != CONTEXT
        for message in context.iter("message")
    ]


def test_no_text_of_the_window_is_in_words_that_no_other_program_uses() -> None:
    assert [text for text in texts_of_window() if ODD.search(text)] == []


def test_commands_are_called_as_elsewhere() -> None:
    assert set(texts_of_window()) >= USUAL
