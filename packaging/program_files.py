"""What is added to PyInstaller's folder: licences of what it took from the system, the whole notice, and what
Windows tells of a program."""

from __future__ import annotations

import platform
import subprocess
import sys
from pathlib import Path

from bundle_contents import NAME

NOTICE = "LICENSES.txt"
_BOOTLOADER = """\
The program that starts Python in this package is PyInstaller's bootloader, under GPL-2.0-or-later with an
exception that lets it start programs under any licence.
"""


def add_licences(inside: Path, origins: Path, python_licence: str) -> None:
    """Files where asr_desktop.base.licences looks for what only a package has, name and licence on top.

    origins: what the plan wrote of the system's libraries.
    """
    folder = inside / "asr_desktop" / "bundled" / "licences-of-package"
    folder.mkdir(parents=True, exist_ok=True)
    started = "GPL-2.0-or-later with an exception"
    _write(folder / "python.txt", f"Python {platform.python_version()}", "PSF-2.0", python_licence)
    _write(folder / "pyinstaller.txt", "PyInstaller's bootloader", started, _BOOTLOADER)
    if origins.exists():
        import linux_libraries

        for package, text in linux_libraries.licences_of_system(origins).items():
            _write(folder / f"debian-{package}.txt", f"Debian's {package}", "see its text", text)


def write_notice(folder: Path) -> None:
    """All licences as one text beside the program, as the program itself tells them."""
    suffix = ".exe" if sys.platform == "win32" else ""
    program = folder / (f"{NAME}-cli{suffix}" if suffix else NAME)
    told = subprocess.run([program, "licences", "--texts"], check=True, capture_output=True)
    (folder / NOTICE).write_bytes(told.stdout)


def windows_version(version: str) -> str:
    """Name and version as Windows shows them (Task Manager, properties, who uses the microphone): the text of
    a VSVersionInfo, in PyInstaller's form. version: numbers with points between them."""
    numbers = [int(part) for part in version.split(".")]
    four = (*numbers, 0, 0, 0)[:4]
    strings = {
        "CompanyName": "ASR Desktop contributors",
        "FileDescription": "ASR Desktop",
        "FileVersion": version,
        "InternalName": NAME,
        "OriginalFilename": f"{NAME}.exe",
        "ProductName": "ASR Desktop",
        "ProductVersion": version,
    }
    said = ", ".join(f"StringStruct({name!r}, {value!r})" for name, value in strings.items())
    fixed = f"FixedFileInfo(filevers={four}, prodvers={four}, mask=0x3F, OS=0x40004, fileType=1)"
    # 0409, 1033: American English; 04B0, 1200: in Unicode.
    kids = f"StringFileInfo([StringTable('040904B0', [{said}])]), "
    kids += "VarFileInfo([VarStruct('Translation', [1033, 1200])])"
    return f"VSVersionInfo(ffi={fixed}, kids=[{kids}])\n"


def size_bytes(place: Path) -> int:
    """Of a file, or of all files in a folder; a link counts nothing."""
    if place.is_file():
        return place.stat().st_size
    return sum(file.stat().st_size for file in place.rglob("*") if file.is_file() and not file.is_symlink())


def _write(file: Path, name: str, licence: str, text: str) -> None:
    file.write_text(f"{name}\n{licence}\n\n{text}", encoding="utf-8")
