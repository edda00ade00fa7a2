"""The package for Debian, Ubuntu and their like, out of PyInstaller's folder."""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
from pathlib import Path

import desktop_files
import linux_libraries
from bundle_contents import NAME

ROOT = Path(__file__).resolve().parent.parent
PROGRAM_FOLDER = Path("usr") / "lib" / NAME

# Data that libraries in the package read: which fonts to take (and one), keyboard layouts, composed letters.
DATA = ("fontconfig-config", "libx11-data", "xkb-data")
# Asked for by name alone, so that no library tells of it: the microphone, by the system's own sound.
LOADED_BY_NAME = ("libportaudio2",)
# Microphones through the system's sound server, and their names; every desktop has one, with most of this.
RECOMMENDED = ("ca-certificates", "libasound2-plugins", "pulseaudio-utils")
DESCRIPTION = """\
speech to text on your own computer
 Transcribes sound and video files, dictates into other programs, and shows
 live captions, with word times, speakers, and names of your own. Nothing
 leaves the computer. An English model is included.
"""


def build(folder: Path, icons: Path, notice: str, version: str, day: str, work: Path, into: Path) -> Path:
    """folder: PyInstaller's. notice: the licences. work: a folder to fill. into: where the package goes.

    Returns the package. Raises LookupError where it is not known which package brings a needed library.
    """
    shutil.rmtree(work, ignore_errors=True)
    program = work / PROGRAM_FOLDER
    program.parent.mkdir(parents=True)
    _linked_copy(folder, program)
    command = work / "usr" / "bin" / NAME
    command.parent.mkdir(parents=True)
    command.symlink_to(Path("..") / "lib" / NAME / NAME)
    desktop_files.install(work / "usr" / "share", icons, version, day)
    about = work / "usr" / "share" / "doc" / NAME
    about.mkdir(parents=True)
    (about / "copyright").write_text(notice, encoding="utf-8")
    changes = (ROOT / "CHANGELOG.md").read_bytes()
    (about / "changelog.gz").write_bytes(gzip.compress(changes, mtime=0))
    control = work / "DEBIAN" / "control"
    control.parent.mkdir()
    control.write_text(control_file(version, dependencies(folder), installed_kib(work)), encoding="utf-8")
    for place in work.rglob("*"):
        if not place.is_symlink():
            place.chmod(0o755 if place.is_dir() or os.access(place, os.X_OK) else 0o644)
    into.mkdir(parents=True, exist_ok=True)
    package = into / f"{NAME}_{version}_{architecture()}.deb"
    # zstd: every Debian that has this package's glibc can unpack it, in a tenth of xz's time.
    subprocess.run(
        ["dpkg-deb", "--root-owner-group", "-Zzstd", "-z6", "--build", work, package],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return package


def dependencies(folder: Path) -> list[str]:
    """The packages that bring the libraries which the folder needs and does not hold."""
    found = set(linux_libraries.debian_packages_of(linux_libraries.missing_libraries(folder)).values())
    glibc = f"libc6 (>= {linux_libraries.newest_glibc(folder)})"
    return [glibc, *sorted({*found, *DATA, *LOADED_BY_NAME} - {"libc6"})]


def control_file(version: str, depends: list[str], kib: int) -> str:
    """DEBIAN/control, as of Debian's policy manual, chapter 5."""
    return (
        f"Package: {NAME}\n"
        f"Version: {version}\n"
        "Section: sound\n"
        "Priority: optional\n"
        f"Architecture: {architecture()}\n"
        f"Depends: {', '.join(depends)}\n"
        f"Recommends: {', '.join(RECOMMENDED)}\n"
        f"Installed-Size: {kib}\n"
        "Maintainer: ASR Desktop contributors <contributors@asr-desktop.invalid>\n"
        f"Description: {DESCRIPTION}"
    )


def architecture() -> str:
    """Debian's name for this kind of processor, such as amd64."""
    return subprocess.check_output(["dpkg", "--print-architecture"], text=True).strip()


def installed_kib(folder: Path) -> int:
    """What Installed-Size counts: every file in whole KiB, one for what is no file."""
    return sum(
        -(-place.lstat().st_size // 1024) if place.is_file() and not place.is_symlink() else 1
        for place in folder.rglob("*")
    )


def _linked_copy(source: Path, target: Path) -> None:
    """The same files under other names: hundreds of megabytes are not written twice."""
    shutil.copytree(source, target, symlinks=True, copy_function=_link)


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
