"""The program's icon in the forms that desktops want, drawn from resources/icons/app.svg."""

from __future__ import annotations

import os
import struct
import sys
from pathlib import Path

LINUX_PIXELS = (16, 22, 24, 32, 48, 64, 128, 256, 512)
WINDOWS_PIXELS = (16, 24, 32, 48, 64, 256)
MAC_TYPES = {
    "ic11": 32,
    "ic12": 64,
    "ic07": 128,
    "ic13": 256,
    "ic08": 256,
    "ic14": 512,
    "ic09": 512,
    "ic10": 1024,
}
"""Apple's four letters for a size, and its pixels; ic11 to ic14 are for screens of double density."""


def write_icons(svg: Path, folder: Path) -> None:
    """asr-desktop.ico, asr-desktop.icns, and hicolor/… as icon themes have it, the drawing with it."""
    pixels = {*LINUX_PIXELS, *WINDOWS_PIXELS, *MAC_TYPES.values()}
    pictures = {size: drawn(svg, size) for size in sorted(pixels)}
    for size in LINUX_PIXELS:
        place = folder / "hicolor" / f"{size}x{size}" / "apps" / "asr-desktop.png"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(pictures[size])
    scalable = folder / "hicolor" / "scalable" / "apps" / "asr-desktop.svg"
    scalable.parent.mkdir(parents=True, exist_ok=True)
    scalable.write_bytes(svg.read_bytes())
    (folder / "asr-desktop.ico").write_bytes(ico({size: pictures[size] for size in WINDOWS_PIXELS}))
    (folder / "asr-desktop.icns").write_bytes(
        icns({letters: pictures[size] for letters, size in MAC_TYPES.items()})
    )


def drawn(svg: Path, pixels: int) -> bytes:
    """The drawing as PNG, on nothing."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import QBuffer, QIODevice
    from PySide6.QtGui import QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    picture = QImage(pixels, pixels, QImage.Format.Format_ARGB32)
    picture.fill(0)
    painter = QPainter(picture)
    QSvgRenderer(str(svg)).render(painter)
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    picture.save(buffer, "PNG")
    return bytes(buffer.data().data())


def ico(pictures: dict[int, bytes]) -> bytes:
    """Windows' file of icons, with PNG inside: a directory of 16 bytes an entry, then the pictures."""
    entries, bodies = b"", b""
    begin = 6 + 16 * len(pictures)
    for size, png in sorted(pictures.items()):
        side = size % 256  # 0 stands for 256
        entries += struct.pack("<BBBBHHII", side, side, 0, 0, 1, 32, len(png), begin + len(bodies))
        bodies += png
    return struct.pack("<HHH", 0, 1, len(pictures)) + entries + bodies


def icns(pictures: dict[str, bytes]) -> bytes:
    """Apple's file of icons: blocks of a type, a length that counts both, and a PNG."""
    body = b"".join(
        letters.encode("ascii") + struct.pack(">I", 8 + len(png)) + png for letters, png in pictures.items()
    )
    return b"icns" + struct.pack(">I", 8 + len(body)) + body


if __name__ == "__main__":
    write_icons(Path(__file__).resolve().parent.parent / "resources" / "icons" / "app.svg", Path(sys.argv[1]))
