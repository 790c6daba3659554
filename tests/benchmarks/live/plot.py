"""Bars on a logarithmic scale: deliveries a second of each server where one scope is heard."""

from __future__ import annotations

from math import log10
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.benchmarks.live.report import Figure

COLOURS = {
    "product": "#c0392b",
    "picows": "#34495e",
    "uvicorn": "#7f8c8d",
    "mercurius": "#27ae60",
    "graphql-ws": "#2980b9",
    "yoga": "#8e44ad",
    "strawberry": "#e67e22",
}
LOWEST, DECADES = 2, 4  # from 100/s to 1,000,000/s
BAR, HEIGHT, LEFT, TOP = 26, 240, 46, 40


def plot(found: Sequence[Figure]) -> str:
    """SVG; a group of bars for each number of sockets, a whisker over the rounds."""
    shown = [one for one in found if one.point[2] == "saturation"]
    points = list(dict.fromkeys(one.point for one in shown))
    widths = [BAR * sum(one.point == point for one in shown) + 30 for point in points]
    width, height = LEFT + max(sum(widths), 7 * 100), TOP + HEIGHT + 60
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" font-family="sans-serif">',
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
        f'<text x="{LEFT}" y="16" font-size="13">deliveries/s of one process on one core (more is better)</text>',
    ]
    for decade in range(DECADES + 1):
        y = _height(10 ** (LOWEST + decade))
        parts.append(f'<line x1="{LEFT}" x2="{width}" y1="{y}" y2="{y}" stroke="#ddd"/>')
        parts.append(
            f'<text x="{LEFT - 4}" y="{y + 3}" font-size="9" text-anchor="end">{10 ** (LOWEST + decade):,}</text>'
        )
    x = LEFT + 6
    for point, wide in zip(points, widths, strict=True):
        parts.append(f'<text x="{x}" y="{TOP + HEIGHT + 16}" font-size="12">{point[0]}, {point[1]:,} sockets</text>')
        for n, one in enumerate(one for one in shown if one.point == point):
            parts += _bar(one, x + n * BAR)
        x += wide
    for n, (name, colour) in enumerate(COLOURS.items()):
        x = LEFT + n * 96
        parts.append(f'<rect x="{x}" y="{TOP + HEIGHT + 32}" width="10" height="10" fill="{colour}"/>')
        parts.append(f'<text x="{x + 14}" y="{TOP + HEIGHT + 41}" font-size="10">{name}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def _height(rate: float) -> float:
    share = (log10(max(rate, 10**LOWEST)) - LOWEST) / DECADES
    return round(TOP + HEIGHT * (1 - min(share, 1)), 1)


def _bar(one: Figure, x: float) -> list[str]:
    rate, top, middle = one.middle.rate, _height(one.middle.rate), x + (BAR - 4) / 2
    fill, tall = COLOURS[one.contender], TOP + HEIGHT - top
    return [
        f'<rect x="{x}" y="{top}" width="{BAR - 4}" height="{tall}" fill="{fill}"/>',
        f'<line x1="{middle}" x2="{middle}" y1="{_height(one.high)}" y2="{_height(one.low)}" stroke="#000"/>',
        f'<text x="{middle}" y="{_height(one.high) - 4}" text-anchor="middle" font-size="7">{rate:,.0f}</text>',
    ]
