"""What every package for Linux's desktops brings: menu entry, "Open with", icons, a software shop's page."""

from __future__ import annotations

import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
APPLICATION_ID = "asr-desktop"


def install(share: Path, icons: Path, version: str, day: str) -> None:
    """Into a folder like /usr/share. icons: as program_icons.write_icons made them. day: of the version."""
    applications = share / "applications"
    applications.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(ROOT / "resources" / "asr-desktop.desktop", applications / f"{APPLICATION_ID}.desktop")
    shutil.copytree(icons / "hicolor", share / "icons" / "hicolor", dirs_exist_ok=True)
    metainfo = share / "metainfo" / f"{APPLICATION_ID}.metainfo.xml"
    metainfo.parent.mkdir(parents=True, exist_ok=True)
    metainfo.write_text(software_page(version, day), encoding="utf-8")


def software_page(version: str, day: str) -> str:
    """AppStream's description, with this version as the newest."""
    text = (ROOT / "packaging" / "linux" / "asr-desktop.metainfo.xml").read_text(encoding="utf-8")
    return text.replace("@VERSION@", version).replace("@DAY@", day)
