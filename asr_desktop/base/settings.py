"""What the user has chosen, kept in one TOML file.

    settings, sentence = load()
    save(settings.changed(theme="dark"))

A file that cannot be read is set aside, never overwritten, and the program starts with its defaults. What the
file holds beyond the settings below, from a newer version or by hand, is kept. Pages remember small things of
their own (a playback speed, a column's width) under `remembered`, without a field for each.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal, get_type_hints

import tomli_w

from asr_desktop import DEFAULT_MODEL
from asr_desktop.base.atomic_write import write_text
from asr_desktop.base.errors import AsrDesktopError
from asr_desktop.base.paths import settings_file
from asr_desktop.base.private_files import make_folder
from asr_desktop.base.sentences import Sentence
from asr_desktop.base.small_file import READ_ERRORS, is_sane_number, read_toml
from asr_desktop.base.typed_data import TypedData, TypedDataError, Within

Theme = Literal["system", "light", "dark"]
_DATA = TypedData()


class SettingsError(AsrDesktopError):
    """The settings cannot be stored."""


@dataclass(frozen=True, slots=True)
class DictationProfile:
    """How some programs are dictated into. What is empty is as in all others.

    name: the user's. programs: as the desktop names them (WM_CLASS, app_id), in lower case. model: its name
    or folder, and so its language. way: one of `dictation.insertion.WAYS`. writing_off, hotwords: beside
    those of the settings.
    """

    name: str = ""
    programs: tuple[str, ...] = ()
    model: str = ""
    way: str = ""
    writing_off: tuple[str, ...] = ()
    hotwords: tuple[str, ...] = ()
    unknown: Mapping[str, Any] = field(default_factory=dict, hash=False)
    """What else its table holds; written back as it was."""


@dataclass(frozen=True)
class Settings:
    """All settings, each with its default; `changed` makes another one.

    Bounds stand where a number costs memory or time; the others are bounded where they are used.
    """

    theme: Theme = "system"
    language: str = ""
    """Of the window: "en", "de"; empty is the system's."""
    model: str = DEFAULT_MODEL
    """The name or folder of the model that dictation and files use."""
    device: str = ""
    """The microphone's id; empty is the system's default."""
    decoder: str = "beam"
    language_model: str = ""
    """A folder, "none", or empty for the model's own."""
    hotwords: tuple[str, ...] = ()
    """"word" or "word:weight", listened for while dictating."""
    writing_off: tuple[str, ...] = ()
    """Parts of the written form that are left out, as `writing.options.WritingOptions.off` names them."""
    writing_replacements: tuple[str, ...] = ()
    """"spoken=written", the user's own."""
    writing_closed_per_cent: bool = False
    """"25%" in place of "25 %"."""
    hangover_ms: float = 600.0
    """How much silence ends an utterance while dictating."""
    voice_threshold: float = 0.5
    threads: Annotated[int, Within(0, 1024)] = 0
    """Processor threads; 0 is one a core."""
    show_advanced: bool = False
    model_idle_minutes: Annotated[float, Within(0, 600)] = 5.0
    """After so long without dictation its model leaves the memory; 0 keeps it."""
    keep_in_tray: bool = False
    """Closing the window leaves the program in the tray."""
    has_been_welcomed: bool = False
    """The first run's steps have been gone through or put aside."""
    sessions_folder: str = ""
    """Where recordings are kept; empty is with the program's other data."""
    overlay_lines: Annotated[int, Within(1, 100)] = 2
    overlay_font_points: int = 26
    overlay_text_colour: str = "#FFFFFF"
    overlay_background_colour: str = "#101216"
    overlay_opacity: float = 0.85
    overlay_click_through: bool = False
    export_formats: tuple[str, ...] = ("txt",)
    """What the Files page writes."""
    export_folder: str = ""
    """Where it writes; empty is beside the source."""
    watched_folders: tuple[str, ...] = ()
    dictation_key: str = "Ctrl+Alt+Space"
    """Starts and stops dictation in any program, in Qt's portable notation; empty for none."""
    dictation_cancel_key: str = "Ctrl+Alt+X"
    dictation_correct_key: str = "Ctrl+Alt+E"
    dictation_key_use: str = "both"
    """How the key works: a value of `dictation.talk_key.KeyUse`."""
    dictation_way: str = "auto"
    """How text gets into programs: one of `dictation.insertion.WAYS`."""
    dictation_ways: tuple[str, ...] = ()
    """"program=way" where it is another one."""
    dictation_profiles: tuple[DictationProfile, ...] = ()
    dictation_commands: bool = True
    """Whether spoken commands are obeyed; the user's own are as well only then."""
    dictation_commands_everywhere: bool = False
    dictation_own_commands: tuple[str, ...] = ()
    """As `dictation.spoken_commands.parse_own` reads them."""
    dictation_keeps_microphone: bool = False
    """Whether the microphone stays open between dictations, so that no first word is cut off."""
    dictation_history: bool = True
    """Whether what was dictated is kept in the library, with its sound."""
    serve: bool = False
    """Other programs may use the recogniser while the window is open."""
    serve_port: Annotated[int, Within(1, 65_535)] = 8765
    serve_network: bool = False
    """Also programs on other computers."""
    shortcuts: Mapping[str, str] = field(default_factory=dict)
    """Keys that differ from their defaults: action's name → key sequence in Qt's portable notation."""
    remembered: Mapping[str, Any] = field(default_factory=dict)
    """Small things of the window: sizes, places, the last page. See AppContext.recall and remember."""
    unknown: Mapping[str, Any] = field(default_factory=dict)
    """What else the file holds; written back as it was."""

    def changed(self, **values: Any) -> Settings:
        """These settings with other values."""
        return replace(self, **values)


def load(path: Path | None = None) -> tuple[Settings, str | None]:
    """The stored settings, and a sentence for the user where something was wrong with them.

    A value of the wrong type, or out of its range, counts as its default.
    """
    file = path or settings_file()
    try:
        content = read_toml(file)
    except FileNotFoundError:
        return Settings(), None
    except READ_ERRORS as error:
        return Settings(), _set_aside(file, error)
    known: dict[str, Any] = {}
    refused: list[str] = []
    hints = get_type_hints(Settings, include_extras=True)
    for setting in fields(Settings):
        if setting.name == "unknown" or setting.name not in content:
            continue
        value = content.pop(setting.name)
        if setting.name == "dictation_profiles" and isinstance(value, list):
            known[setting.name] = _read_profiles(value, refused)
            continue
        try:
            known[setting.name] = _DATA.read(value, hints[setting.name])
        except TypedDataError:
            refused.append(setting.name)
    if "remembered" in known:
        known["remembered"] = {
            name: value for name, value in known["remembered"].items() if _can_be_calculated_with(value)
        }
    sentence = None
    if refused:
        sentence = Sentence(
            "Some settings in {file} were invalid and were reset to their defaults: {names}.",
            file=file,
            names=", ".join(refused),
        )
    return Settings(**known, unknown=content), sentence


def save(settings: Settings, path: Path | None = None) -> None:
    """Stores all that differs from the defaults, whole or not at all; raises SettingsError."""
    file = path or settings_file()
    content: dict[str, Any] = dict(settings.unknown)
    defaults = Settings()
    for setting in fields(Settings):
        value = getattr(settings, setting.name)
        if setting.name != "unknown" and value != getattr(defaults, setting.name):
            content[setting.name] = value
    try:
        make_folder(file.parent)
        write_text(file, tomli_w.dumps(_writable(content)))
    except OSError as error:
        raise SettingsError(
            Sentence(
                "The settings cannot be saved in {file} ({reason}): check its disk space and permissions.",
                file=file,
                reason=error.strerror or error,
            )
        ) from error


def _set_aside(file: Path, error: Exception) -> str:
    kept = file.with_name(f"{file.stem}.unreadable-{datetime.now():%Y%m%d-%H%M%S}{file.suffix}")
    try:
        os.replace(file, kept)
    except OSError:
        return Sentence(
            "The settings in {file} cannot be read ({reason}), so the defaults are used.",
            file=file,
            reason=error,
        )
    return Sentence(
        "The settings could not be read, so the defaults are used; the old file is now {kept}.", kept=kept
    )


def _read_profiles(entries: list[Any], refused: list[str]) -> tuple[DictationProfile, ...]:
    """Each by itself, so that none is lost with another one. refused: gets the places of what is invalid."""
    hints = get_type_hints(DictationProfile)
    profiles = []
    for number, entry in enumerate(entries):
        place = f"dictation_profiles[{number}]"
        if not isinstance(entry, dict):
            refused.append(place)
            continue
        known: dict[str, Any] = {}
        unknown = dict(entry)
        for part in fields(DictationProfile):
            if part.name == "unknown" or part.name not in entry:
                continue
            try:
                known[part.name] = _DATA.read(unknown.pop(part.name), hints[part.name])
            except TypedDataError:
                refused.append(f"{place}.{part.name}")
        profiles.append(DictationProfile(**known, unknown=unknown))
    return tuple(profiles)


def _can_be_calculated_with(value: Any) -> bool:
    if isinstance(value, float):
        return is_sane_number(value)
    if isinstance(value, list | dict):
        return all(map(_can_be_calculated_with, value.values() if isinstance(value, dict) else value))
    return True


def _writable(value: Any) -> Any:
    """The value without what UTF-8 cannot hold: lone surrogates, as file names may have them."""
    match value:
        case str():
            return "".join("\ufffd" if "\ud800" <= sign <= "\udfff" else sign for sign in value)
        case Mapping():
            return {_writable(str(name)): _writable(entry) for name, entry in value.items()}
        case DictationProfile():
            own = {part.name: getattr(value, part.name) for part in fields(value) if part.name != "unknown"}
            return _writable({**value.unknown, **own})
        case list() | tuple():
            return [*map(_writable, value)]
    return value
