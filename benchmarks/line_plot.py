"""A small line plot as SVG, without a plotting library: light and dark pages both read it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

_WIDTH, _HEIGHT = 640, 400
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 20, 40, 96
_COLOURS = ("#2a6fdb", "#c2541d", "#2e8b57", "#8e44ad")
_DARK_COLOURS = ("#7fb0ff", "#f2955e", "#6fcf97", "#c79be0")
_STEPS = (1, 2, 5, 10, 20, 50)  # between two lines of the grid
_MOST_LINES = 8


@dataclass(frozen=True)
class Line:
    """A named line through points (x, y). colour: number of its colour, 0 … 3."""

    name: str
    points: Sequence[tuple[float, float]]
    colour: int = 0
    dashed: bool = False


def line_plot(lines: Sequence[Line], *, title: str, x: str, y: str) -> str:
    """The lines over x from its least value and y from zero."""
    points = [point for line in lines for point in line.points] or [(0.0, 0.0)]
    right = max(px for px, _ in points) or 1.0
    highest = max(py for _, py in points)
    step = next((step for step in _STEPS if highest / step < _MOST_LINES), _STEPS[-1])
    top = step * (int(highest / step) + 1)

    def across(value: float) -> float:
        return _LEFT + value / right * (_WIDTH - _LEFT - _RIGHT)

    def up(value: float) -> float:
        return _HEIGHT - _BOTTOM - value / top * (_HEIGHT - _TOP - _BOTTOM)

    def text(tx: float, ty: float, said: str, anchor: str = "middle", size: int = 12) -> str:
        return (
            f'<text x="{tx:.1f}" y="{ty:.1f}" text-anchor="{anchor}" font-size="{size}">{escape(said)}</text>'
        )

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
        f'aria-label="{escape(title)}" font-family="sans-serif">',
        f"<style>{_style()}</style>",
        f'<rect class="page" width="{_WIDTH}" height="{_HEIGHT}"/>',
        text(_WIDTH / 2, 22, title, size=15),
        text(_WIDTH / 2, _HEIGHT - _BOTTOM + 34, x),
        f'<g transform="rotate(-90 14 {up(top / 2):.1f})">{text(14, up(top / 2), y)}</g>',
    ]
    for tick in range(0, top + 1, step):
        ends = f'x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{up(tick):.1f}" y2="{up(tick):.1f}"'
        parts.append(f'<line class="grid" {ends}/>')
        parts.append(text(_LEFT - 6, up(tick) + 4, str(tick), "end"))
    for value in sorted({px for px, _ in points}):
        parts.append(text(across(value), _HEIGHT - _BOTTOM + 16, f"{value:g}"))
    for number, line in enumerate(lines):
        which = f"c{line.colour % len(_COLOURS)}"
        dash = ' stroke-dasharray="6 4"' if line.dashed else ""
        path = " ".join(f"{across(px):.1f},{up(py):.1f}" for px, py in line.points)
        parts.append(f'<polyline class="{which}" points="{path}"{dash}/>')
        parts += [
            f'<circle class="{which}" cx="{across(px):.1f}" cy="{up(py):.1f}" r="3"/>'
            for px, py in line.points
        ]
        legend_x, legend_y = _LEFT + 290 * (number % 2), _HEIGHT - 36 + 18 * (number // 2)
        parts.append(
            f'<line class="{which}" x1="{legend_x}" x2="{legend_x + 26}" y1="{legend_y}" y2="{legend_y}"'
            f"{dash}/>"
        )
        parts.append(text(legend_x + 32, legend_y + 4, line.name, "start"))
    return "\n".join([*parts, "</svg>"]) + "\n"


def _style() -> str:
    """Colours on a light page, and on a dark one where the reader's system is dark."""

    def rules(page: str, ink: str, grid: str, colours: Sequence[str]) -> str:
        of_lines = "".join(
            f".c{number}{{stroke:{colour}}}circle.c{number}{{fill:{colour}}}"
            for number, colour in enumerate(colours)
        )
        return f".page{{fill:{page}}}text{{fill:{ink}}}.grid{{stroke:{grid}}}{of_lines}"

    light = rules("#fff", "#222", "#ddd", _COLOURS)
    dark = rules("#1c1c1f", "#e6e6e6", "#444", _DARK_COLOURS)
    widths = "polyline{fill:none}polyline,line{stroke-width:2}.grid{stroke-width:1}"
    return f"{widths}{light}@media (prefers-color-scheme:dark){{{dark}}}"
