"""The look: contrast of everything that is read, and drawings for all that is drawn."""

from __future__ import annotations

import math
import re
from itertools import combinations

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from asr_desktop.base.paths import resources_folder
from asr_desktop.gui import theme as looks
from asr_desktop.gui.theme import (
    DARK,
    LIGHT,
    SPEAKER_COLOURS,
    Tokens,
    confidence_colour,
    icon,
    style_sheet,
    theme,
)
from asr_desktop.gui.widgets.parts import IconLabel

READ_ON = [
    *(
        (text, ground)
        for text in ("text", "muted")
        for ground in ("window", "sidebar", "card", "field", "hover")
    ),
    *(("text", f"{kind}_background") for kind in ("info", "warning", "error")),
    *((word, ground) for word in ("unsure", "doubtful", "good") for ground in ("card", "field", "window")),
    *(("accent", ground) for ground in ("window", "card", "field", "hover")),
    *(("accent", f"{kind}_background") for kind in ("info", "warning", "error")),
    ("on_accent", "accent"),
    ("on_accent", "accent_hover"),
    ("on_accent_soft", "accent_soft"),
    ("text", "accent_soft"),
    ("on_recording", "recording"),
    ("on_recording", "recording_hover"),
    ("recording", "card"),
]


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.1 defines it."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in QColor(colour).getRgbF()[:3]
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_computed_as_the_standard_says() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("look", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), READ_ON)
def test_text_can_be_read(look: Tokens, text: str, ground: str) -> None:
    assert contrast(getattr(look, text), getattr(look, ground)) >= 4.5


@pytest.mark.parametrize("look", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["card", "window", "field"])
def test_the_border_of_what_can_be_operated_can_be_seen(look: Tokens, ground: str) -> None:
    assert contrast(look.outline, getattr(look, ground)) >= 3.0


@pytest.mark.parametrize("dark", [False, True])
def test_unsure_words_have_colours_of_their_own(dark: bool) -> None:
    colours = [confidence_colour(confidence, dark) for confidence in (0.9, 0.5, 0.1)]
    assert len(set(colours)) == 3
    assert all(contrast(colour, looks.tokens(dark).card) >= 4.5 for colour in colours)


# What people without red, green or blue cones see of linear RGB (Machado, Oliveira and Fernandes 2009).
EYES = {
    "all cones": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "no red": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "no green": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "no blue": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}


def lab(colour: str, eyes: str) -> tuple[float, float, float]:
    """CIE L*a*b* of a colour (white D65) as somebody sees it."""
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in QColor(colour).getRgbF()[:3]
    ]
    seen = [max(0.0, sum(a * b for a, b in zip(row, linear, strict=True))) for row in EYES[eyes]]
    to_xyz = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
    xyz = [sum(a * b for a, b in zip(row, seen, strict=True)) / sum(row) for row in to_xyz]
    x, y, z = (part ** (1 / 3) if part > 0.008856 else 7.787 * part + 16 / 116 for part in xyz)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


@pytest.mark.parametrize("eyes", EYES)
@pytest.mark.parametrize("dark", [False, True])
def test_speakers_are_told_apart_by_everybody_s_eyes(dark: bool, eyes: str) -> None:
    seen = [lab(colour, eyes) for colour in SPEAKER_COLOURS[dark]]
    assert min(math.dist(one, other) for one, other in combinations(seen, 2)) > 18


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("ground", ["card", "hover", "window"])
def test_names_of_speakers_can_be_read(dark: bool, ground: str) -> None:
    on = getattr(looks.tokens(dark), ground)
    assert all(contrast(colour, on) >= 4.5 for colour in SPEAKER_COLOURS[dark])


@pytest.mark.parametrize("dark", [False, True])
def test_the_style_sheet_is_complete(dark: bool) -> None:
    sheet = style_sheet(dark)
    assert "$" not in sheet
    for picture in re.findall(r"url\((.*?)\)", sheet):
        assert (resources_folder() / picture).is_file()


def test_every_drawing_follows_the_look_and_is_sharp(qapp: QApplication) -> None:
    names = [path.stem for path in (resources_folder() / "icons").glob("*.svg")]
    assert len(names) > 50
    for name in names:
        picture = icon(name).pixmap(24, 24).toImage()
        assert any(picture.pixelColor(x, y).alpha() for x in range(24) for y in range(24)), name
    assert (
        icon("stop")
        .pixmap(
            20,
            20,
        )
        .size()
        .width()
        >= 20
    )
    theme.apply("light")
    light = icon("stop").pixmap(24, 24).toImage().pixelColor(12, 12)
    theme.apply("dark")
    assert light.name().upper() == LIGHT.text
    assert icon("stop").pixmap(24, 24).toImage().pixelColor(12, 12).name().upper() == DARK.text
    theme.apply("light")


def test_a_name_without_a_drawing_is_a_defect(qapp: QApplication) -> None:
    with pytest.raises(FileNotFoundError):
        icon("no such drawing")


def test_an_icon_beside_text_follows_the_look(qapp: QApplication) -> None:
    shown = IconLabel("error")

    def colour() -> str:
        drawn = shown.pixmap().toImage()
        inked = [drawn.pixelColor(x, y) for x in range(drawn.width()) for y in range(drawn.height())]
        return max(inked, key=QColor.alpha).name()

    for name, look in (("dark", DARK), ("light", LIGHT), ("dark", DARK), ("light", LIGHT)):
        theme.apply(name)
        assert contrast(colour(), look.card) > 7
