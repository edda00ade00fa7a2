"""A small line plot as SVG, without a plotting library: light and dark pages both read it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

_WIDTH, _HEIGHT = 640, 400
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 20, 40, 96
_COLOURS = ("#2a6fdb", "#d9622b", "#2e8b57", "#8e44ad")


@dataclass(frozen=True)
class Line:
    """A named line through points (x, y)."""

    name: str
    points: Sequence[tuple[float, float]]
    dashed: bool = False


def line_plot(lines: Sequence[Line], *, title: str, x: str, y: str) -> str:
    """The lines over x from its least value and y from zero; a pair of plain and dashed shares a colour."""
    points = [point for line in lines for point in line.points] or [(0.0, 0.0)]
    right = max(px for px, _ in points) or 1.0
    top = 10.0 * (int(max(py for _, py in points) / 10) + 1)

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
        f'aria-label="{escape(title)}" font-family="sans-serif" fill="#222">',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>',
        text(_WIDTH / 2, 22, title, size=15),
        text(_WIDTH / 2, _HEIGHT - _BOTTOM + 34, x),
        f'<g transform="rotate(-90 14 {up(top / 2):.1f})">{text(14, up(top / 2), y)}</g>',
    ]
    for tick in range(0, int(top) + 1, 10):
        ends = f'x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{up(tick):.1f}" y2="{up(tick):.1f}"'
        parts.append(f'<line {ends} stroke="#ddd"/>')
        parts.append(text(_LEFT - 6, up(tick) + 4, str(tick), "end"))
    for value in sorted({px for px, _ in points}):
        parts.append(text(across(value), _HEIGHT - _BOTTOM + 16, f"{value:g}"))
    for number, line in enumerate(lines):
        colour = _COLOURS[number // 2 % len(_COLOURS)]
        dash = ' stroke-dasharray="6 4"' if line.dashed else ""
        path = " ".join(f"{across(px):.1f},{up(py):.1f}" for px, py in line.points)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"{dash}/>')
        parts += [
            f'<circle cx="{across(px):.1f}" cy="{up(py):.1f}" r="3" fill="{colour}"/>'
            for px, py in line.points
        ]
        legend_x, legend_y = _LEFT + 290 * (number % 2), _HEIGHT - 36 + 18 * (number // 2)
        parts.append(
            f'<line x1="{legend_x}" x2="{legend_x + 26}" y1="{legend_y}" y2="{legend_y}" stroke="{colour}" '
            f'stroke-width="2"{dash}/>'
        )
        parts.append(text(legend_x + 32, legend_y + 4, line.name, "start"))
    return "\n".join([*parts, "</svg>"]) + "\n"
