"""The application for macOS: what its Info.plist says."""

from __future__ import annotations

import importlib.metadata
import re
from collections.abc import Iterable
from typing import Any

FILE_NAME = "ASR Desktop.app"
IDENTIFIER = "local.asr-desktop"
"""The project has no domain that it could be named after."""

# Apple's type (and what of it are the files' suffixes) that the Finder offers the program for.
OPENS = ("public.audio", "public.movie")


def oldest_system(distributions: Iterable[str]) -> str:
    """The oldest macOS on which all these installed wheels run, such as "14.0"; their tags name it."""
    tags = "\n".join(importlib.metadata.distribution(name).read_text("WHEEL") or "" for name in distributions)
    versions = [(int(major), int(minor)) for major, minor in re.findall(r"-macosx_(\d+)_(\d+)_", tags)]
    return "{}.{}".format(*max(versions, default=(11, 0)))


def information(version: str, oldest_system: str) -> dict[str, Any]:
    """The entries of Info.plist beyond those that PyInstaller writes itself."""
    return {
        "CFBundleDisplayName": "ASR Desktop",
        "CFBundleShortVersionString": version,
        "CFBundleVersion": version,
        "LSApplicationCategoryType": "public.app-category.productivity",
        "LSMinimumSystemVersion": oldest_system,
        "NSHighResolutionCapable": True,
        "NSMicrophoneUsageDescription": (
            "ASR Desktop records what you dictate and writes it as text. The sound stays on this computer."
        ),
        "NSSupportsAutomaticGraphicsSwitching": True,
        "CFBundleDocumentTypes": [
            {
                "CFBundleTypeName": "Sound or video",
                "CFBundleTypeRole": "Viewer",
                # Not the default for any: players stay what a double click opens.
                "LSHandlerRank": "Alternate",
                "LSItemContentTypes": list(OPENS),
            }
        ],
    }
