"""All actions of the window that have a key, page by page, whether their page was made yet or not."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from asr_desktop.gui.editor.keys import editor_keys

EVERYWHERE = "window"
"""The page of actions that work on every page."""


@dataclass(frozen=True, slots=True)
class KeyAction:
    """An action, what people call it, and its usual key."""

    name: str
    """"page.action", as the settings store it; "window.action" for what works on every page."""
    description: str
    default: str
    """In Qt's portable notation, such as "Ctrl+Space"; empty for none."""
    is_everywhere: bool = False

    @property
    def page(self) -> str:
        """The page on which it works, EVERYWHERE for each of them."""
        return EVERYWHERE if self.is_everywhere else self.name.partition(".")[0]


@dataclass(frozen=True, slots=True)
class KeyGroup:
    """The actions of one page."""

    heading: str
    actions: tuple[KeyAction, ...]


def key_groups() -> list[KeyGroup]:
    """In the order of the window's pages and in the user's language."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("KeyList", text)

    go_to = tr("Go to {page}")
    pages = (
        ("live", tr("Live")),
        ("files", tr("Files")),
        ("library", tr("Library")),
        ("editor", tr("Editor")),
        ("models", tr("Models")),
        ("voice", tr("Voice")),
        ("settings", tr("Settings")),
    )
    record = KeyAction("live.record", tr("Start or stop recording"), "F9", is_everywhere=True)
    go_to_pages = [
        KeyAction(f"window.{page}", go_to.format(page=title), f"Ctrl+{number}")
        for number, (page, title) in enumerate(pages, start=1)
    ]
    go_to_pages += [
        KeyAction("window.help", tr("Help"), "F1"),
        KeyAction("window.quit", tr("Quit"), "Ctrl+Q"),
    ]
    titles = dict(pages)
    return [
        KeyGroup(tr("On every page"), (record, *go_to_pages)),
        KeyGroup(
            titles["live"],
            (
                KeyAction("live.pause", tr("Pause or resume"), "F8"),
                KeyAction("live.marker", tr("Add marker"), "F7"),
                KeyAction("live.overlay", tr("Captions over other windows"), "F6"),
            ),
        ),
        KeyGroup(
            titles["files"],
            (
                KeyAction("files.add", tr("Add files"), "Ctrl+O"),
                KeyAction("files.retry", tr("Try again"), "Ctrl+R"),
                KeyAction("files.cancel", tr("Cancel file"), "Esc"),
                KeyAction("files.earlier", tr("Move up"), "Alt+Up"),
                KeyAction("files.later", tr("Move down"), "Alt+Down"),
                KeyAction("files.remove", tr("Remove"), "Del"),
            ),
        ),
        KeyGroup(
            titles["library"],
            (
                KeyAction("library.search", tr("Search"), "Ctrl+F"),
                KeyAction("library.delete", tr("Move to bin"), "Del"),
                KeyAction("library.rename", tr("Rename"), "F2"),
            ),
        ),
        KeyGroup(
            titles["editor"],
            tuple(KeyAction(f"editor.{key.name}", key.description, key.default) for key in editor_keys()),
        ),
        KeyGroup(
            titles["voice"],
            (
                KeyAction("voice.take", tr("Start or stop reading, and keep"), "Space"),
                KeyAction("voice.again", tr("Record sentence again"), "Ctrl+R"),
                KeyAction("voice.another", tr("Skip sentence"), "Ctrl+N"),
            ),
        ),
    ]


def key_actions() -> dict[str, KeyAction]:
    """By their names."""
    return {action.name: action for group in key_groups() for action in group.actions}
