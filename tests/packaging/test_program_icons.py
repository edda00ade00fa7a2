"""The icon in the forms that desktops read."""

from __future__ import annotations

import struct
from pathlib import Path

import program_icons
import pytest
from PySide6.QtGui import QImage

SVG = Path(__file__).resolve().parents[2] / "resources" / "icons" / "app.svg"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("icons")
    program_icons.write_icons(SVG, made)
    return made


def test_linux_has_each_size_and_the_drawing(folder: Path) -> None:
    for size in program_icons.LINUX_PIXELS:
        picture = QImage(str(folder / "hicolor" / f"{size}x{size}" / "apps" / "asr-desktop.png"))
        assert (picture.width(), picture.height()) == (size, size)
        assert picture.pixelColor(size // 2, size // 8).blue() > 150  # its ground
        assert picture.pixelColor(0, 0).alpha() == 0  # its corner
    assert (folder / "hicolor" / "scalable" / "apps" / "asr-desktop.svg").read_bytes() == SVG.read_bytes()


def test_windows_finds_a_picture_behind_each_entry(folder: Path) -> None:
    data = (folder / "asr-desktop.ico").read_bytes()
    assert struct.unpack_from("<HHH", data) == (0, 1, len(program_icons.WINDOWS_PIXELS))
    for place, size in enumerate(program_icons.WINDOWS_PIXELS):
        width, _, _, _, _, bits, length, begin = struct.unpack_from("<BBBBHHII", data, 6 + 16 * place)
        assert (width or 256, bits) == (size, 32)
        assert QImage.fromData(data[begin : begin + length], "PNG").width() == size


def test_macos_finds_a_picture_in_each_block(folder: Path) -> None:
    data = (folder / "asr-desktop.icns").read_bytes()
    assert data[:4] == b"icns"
    assert struct.unpack_from(">I", data, 4)[0] == len(data)
    begin, sizes = 8, {}
    while begin < len(data):
        letters, length = (
            data[begin : begin + 4].decode("ascii"),
            struct.unpack_from(">I", data, begin + 4)[0],
        )
        sizes[letters] = QImage.fromData(data[begin + 8 : begin + length], "PNG").width()
        begin += length
    assert sizes == program_icons.MAC_TYPES
