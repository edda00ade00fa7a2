"""What can be checked of the packages for Windows and macOS without having either."""

from __future__ import annotations

import plistlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import bundle_contents
import mac_bundle
import program_files
import pytest

from asr_desktop.audio.media import MEDIA_SUFFIXES

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = (ROOT / "packaging" / "windows" / "asr-desktop.iss").read_text(encoding="utf-8")
SPEC = (ROOT / "packaging" / "asr-desktop.spec").read_text(encoding="utf-8")

SECTIONS = {
    "Setup": None,
    "Languages": {"Name", "MessagesFile"},
    "CustomMessages": None,
    "Tasks": {"Name", "Description", "GroupDescription", "Flags"},
    "InstallDelete": {"Type", "Name"},
    "Files": {"Source", "DestDir", "Flags"},
    "Icons": {"Name", "Filename", "Tasks"},
    "Registry": {"Root", "Subkey", "ValueType", "ValueName", "ValueData", "Flags"},
    "Run": {"Filename", "Description", "Flags"},
}
"""Inno Setup's sections that are used, with the parameters that its help knows of them."""


def sections() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    name = ""
    for line in SCRIPT.splitlines():
        if match := re.fullmatch(r"\[(\w+)\]", line):
            name = match[1]
            found[name] = []
        elif name and line and not line.startswith((";", "#")):
            found[name].append(line)
    return found


def parameters(line: str) -> dict[str, str]:
    """Of an entry such as `Name: "en"; Flags: unchecked`; two quotes inside quotes are one."""
    found = re.findall(r'(\w+): ("(?:[^"]|"")*"|[^;"]+)(?:; |$)', line)
    assert "; ".join(f"{key}: {value}" for key, value in found) == line, f"not understood: {line}"
    return {key: _unquoted(value) for key, value in found}


def _unquoted(value: str) -> str:
    return value[1:-1].replace('""', '"') if value.startswith('"') else value


def test_every_entry_is_of_a_known_section_and_kind() -> None:
    found = sections()
    assert set(found) == set(SECTIONS)
    for name, known in SECTIONS.items():
        for line in found[name]:
            if known is None:
                assert re.fullmatch(r"[\w.]+=.*", line), line
            else:
                assert set(parameters(line)) <= known, line


def test_the_installer_takes_files_that_are_there_or_are_built() -> None:
    setup = dict(line.split("=", 1) for line in sections()["Setup"])
    assert setup["SourceDir"] == r"..\.."
    assert (ROOT / setup["LicenseFile"]).is_file()
    assert setup["SetupIconFile"].replace("\\", "/") == "build/package/icons/asr-desktop.ico"
    [files] = [parameters(line) for line in sections()["Files"]]
    assert files["Source"] == rf"dist\{bundle_contents.NAME}\*"
    assert f'#define Program "{bundle_contents.NAME}.exe"' in SCRIPT


def test_the_version_comes_from_outside() -> None:
    assert "#ifndef Version\n  #error" in SCRIPT
    assert "#define Version" not in SCRIPT
    build = (ROOT / "packaging" / "build_packages.py").read_text(encoding="utf-8")
    assert 'f"/DVersion={version}"' in build


def test_open_with_is_offered_for_every_kind_of_file_that_the_program_reads() -> None:
    types = [parameters(line) for line in sections()["Registry"] if "SupportedTypes" in line]
    assert {entry["ValueName"] for entry in types} == set(MEDIA_SUFFIXES)
    commands = [parameters(line) for line in sections()["Registry"] if r"open\command" in line]
    assert [entry["ValueData"] for entry in commands] == [r'"{app}\{#Program}" "%1"']


def test_each_message_is_there_in_each_language() -> None:
    languages = {parameters(line)["Name"] for line in sections()["Languages"]}
    said = [line.split("=")[0].split(".") for line in sections()["CustomMessages"]]
    assert {language for language, _ in said} == languages
    for used in set(re.findall(r"\{cm:(\w+)", SCRIPT)) - {
        "CreateDesktopIcon",
        "AdditionalIcons",
        "LaunchProgram",
    }:
        assert {language for language, name in said if name == used} == languages


def test_windows_has_a_program_for_terminals_and_children() -> None:
    from asr_desktop.base import own_program

    assert 'program(contents.NAME + "-cli", console=True)' in SPEC
    source = Path(own_program.__file__).read_text(encoding="utf-8")
    assert f'"{bundle_contents.NAME}-cli.exe"' in source


def test_windows_is_told_name_and_version() -> None:
    """Read as PyInstaller reads it, with its classes of that name: positions and names, one in the other."""

    def of(kind: str) -> Callable[..., Any]:
        return lambda *parts, **named: (kind, *parts, named)

    kinds = re.findall(
        r"\w+", "VSVersionInfo FixedFileInfo StringFileInfo StringTable StringStruct VarFileInfo VarStruct"
    )
    text = program_files.windows_version("1.2.3")
    _, told = eval(text, {"__builtins__": {}}, {kind: of(kind) for kind in kinds})
    assert told["ffi"][1]["filevers"] == told["ffi"][1]["prodvers"] == (1, 2, 3, 0)
    strings, variables = told["kids"]
    [(_, language, structures, _)] = strings[1]
    said = {name: value for _, name, value, _ in structures}
    assert (said["ProductName"], said["ProductVersion"]) == ("ASR Desktop", "1.2.3")
    assert said["OriginalFilename"] == f"{bundle_contents.NAME}.exe"
    [(_, _, translation, _)] = variables[1]
    assert language == "{:04X}{:04X}".format(*translation)
    assert "program_files.windows_version(contents.version())" in SPEC


def test_the_mac_s_information_says_what_the_system_asks_for() -> None:
    read = plistlib.loads(plistlib.dumps(mac_bundle.information("1.2.3", "14.0")))
    assert read["CFBundleShortVersionString"] == read["CFBundleVersion"] == "1.2.3"
    assert "microphone" in plistlib.dumps(read).decode().lower()
    assert len(read["NSMicrophoneUsageDescription"]) > 20
    [documents] = read["CFBundleDocumentTypes"]
    assert documents["LSHandlerRank"] == "Alternate"
    assert set(documents["LSItemContentTypes"]) == {"public.audio", "public.movie"}
    assert read["LSMinimumSystemVersion"] == "14.0"
    assert "info_plist=mac_bundle.information(" in SPEC


def test_the_mac_has_to_be_as_new_as_the_newest_wheel_wants(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tags = {
        "plain": "py3-none-any",
        "old": "cp311-cp311-macosx_11_0_arm64",
        "new": "cp39-abi3-macosx_14_2_arm64",
    }
    for name, tag in tags.items():
        folder = tmp_path / f"{name}-1.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(f"Name: {name}\nVersion: 1\n")
        (folder / "WHEEL").write_text(f"Wheel-Version: 1.0\nTag: {tag}\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert mac_bundle.oldest_system(tags) == "14.2"
    assert mac_bundle.oldest_system(["old", "plain"]) == "11.0"


def test_the_mac_s_entitlements_let_the_microphone_in() -> None:
    place = re.search(r'SPECPATH\) / "(macos)" / "(entitlements\.plist)"', SPEC)
    assert place is not None
    rights = plistlib.loads((ROOT / "packaging" / place[1] / place[2]).read_bytes())
    assert rights["com.apple.security.device.audio-input"] is True
    assert not [name for name in rights if "app-sandbox" in name]  # it would hide people's files and windows


@pytest.mark.parametrize("name", ["asr-desktop.spec", "launcher.py", "build_packages.py"])
def test_what_runs_elsewhere_is_python_that_compiles(name: str) -> None:
    file = ROOT / "packaging" / name
    compile(file.read_text(encoding="utf-8"), str(file), "exec")


def test_no_file_names_a_place_to_download_from() -> None:
    """Of addresses only names of formats are there: Apple's and what X.org calls its parts."""
    for file in (ROOT / "packaging").rglob("*"):
        if file.is_file() and "__pycache__" not in file.parts:
            addresses = re.findall(r"https?://[^\s\"'<>]+", file.read_text(encoding="utf-8"))
            assert [address for address in addresses if "PropertyList-1.0.dtd" not in address] == []
