"""The application for macOS: what its Info.plist says."""

from __future__ import annotations

from typing import Any

FILE_NAME = "ASR Desktop.app"
IDENTIFIER = "local.asr-desktop"
"""The project has no domain that it could be named after."""

# Apple's type (and what of it are the files' suffixes) that the Finder offers the program for.
OPENS = ("public.audio", "public.movie")


def information(version: str) -> dict[str, Any]:
    """The entries of Info.plist beyond those that PyInstaller writes itself."""
    return {
        "CFBundleDisplayName": "ASR Desktop",
        "CFBundleShortVersionString": version,
        "CFBundleVersion": version,
        "LSApplicationCategoryType": "public.app-category.productivity",
        "LSMinimumSystemVersion": "13.0",
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
