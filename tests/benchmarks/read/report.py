"""The figures of a run as JSON, as a table and as a plot."""

from __future__ import annotations

import statistics
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import orjson

from tests.benchmarks.machine import machine

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

COLOURS = {
    "product": "#c0392b",
    "limit": "#7f8c8d",
    "postgraphile": "#2980b9",
    "mercurius": "#27ae60",
    "yoga": "#8e44ad",
    "strawberry": "#e67e22",
    "district": "#d98880",
}


@dataclass(frozen=True)
class Shot:
    """One measurement. CPU in ms a request, memory in MiB, shares in cores."""

    contender: str
    operation: str
    rate: float
    p50: float
    p99: float
    server_ms: float
    postgres_ms: float
    bytes: int
    memory: float
    load_share: float
    others_share: float


@dataclass(frozen=True)
class Figure:
    """A contender at an operation: medians over the rounds; `low` and `high` are the slowest and the fastest round."""

    contender: str
    operation: str
    rate: float
    low: float
    high: float
    p50: float
    p99: float
    server_ms: float
    postgres_ms: float
    bytes: int
    memory: float


def figures(shots: Sequence[Shot]) -> list[Figure]:
    """In the order of the measurements."""
    groups: dict[tuple[str, str], list[Shot]] = {}
    for shot in shots:
        groups.setdefault((shot.operation, shot.contender), []).append(shot)
    found = []
    for (operation, contender), group in groups.items():
        rates = [shot.rate for shot in group]

        def middle(name: str, group: list[Shot] = group) -> float:
            return float(statistics.median(getattr(shot, name) for shot in group))

        found.append(
            Figure(
                contender,
                operation,
                statistics.median(rates),
                min(rates),
                max(rates),
                p50=middle("p50"),
                p99=middle("p99"),
                server_ms=middle("server_ms"),
                postgres_ms=middle("postgres_ms"),
                bytes=int(middle("bytes")),
                memory=max(shot.memory for shot in group),
            )
        )
    return found


def table(found: Sequence[Figure]) -> str:
    """Markdown; `×` is the product's rate by that of the row."""
    ours = {figure.operation: figure.rate for figure in found if figure.contender == "product"}
    lines = [
        (
            "| operation | server | requests/s | slowest–fastest round | product is | p50 ms | p99 ms"
            " | CPU ms: server | PostgreSQL | bytes |"
        ),
        "|---|---|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for figure in found:
        times = f"{ours[figure.operation] / figure.rate:.2f} ×" if figure.operation in ours else "–"
        lines.append(
            f"| {figure.operation} | {figure.contender} | {figure.rate:,.0f} | {figure.low:,.0f}–{figure.high:,.0f}"
            f" | {times if figure.contender != 'product' else ''} | {figure.p50:.1f} | {figure.p99:.1f}"
            f" | {figure.server_ms:.2f} | {figure.postgres_ms:.2f} | {figure.bytes:,} |"
        )
    return "\n".join(lines)


def plot(found: Sequence[Figure]) -> str:
    """Bars for each operation, as a share of its fastest; the whisker spans the rounds."""
    operations = list(dict.fromkeys(figure.operation for figure in found))
    contenders = list(dict.fromkeys(figure.contender for figure in found))
    bar, height, left, top = 18, 220, 20, 40
    group = bar * len(contenders) + 40
    width = left + group * len(operations)
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{top + height + 60}"'
            ' font-family="sans-serif" font-size="10">'
        ),
        f'<rect width="{width}" height="{top + height + 60}" fill="#fff"/>',
    ]
    for n, operation in enumerate(operations):
        mine = {figure.contender: figure for figure in found if figure.operation == operation}
        most = max(figure.high for figure in mine.values())
        x = left + n * group
        parts.append(f'<text x="{x}" y="{top + height + 16}" font-size="13">{operation}</text>')
        for m, contender in enumerate(contenders):
            figure = mine[contender]
            high, at = figure.rate / most * height, x + m * bar
            parts.append(
                f'<rect x="{at}" y="{top + height - high:.1f}" width="{bar - 3}" height="{high:.1f}"'
                f' fill="{COLOURS[contender]}"><title>{contender} {figure.rate:,.0f}/s</title></rect>'
            )
            middle, ends = at + (bar - 3) / 2, [top + height - r / most * height for r in (figure.low, figure.high)]
            parts.append(
                f'<line x1="{middle}" x2="{middle}" y1="{ends[0]:.1f}" y2="{ends[1]:.1f}" stroke="#000"/>'
                f'<text x="{middle}" y="{ends[1] - 4:.1f}" text-anchor="middle" font-size="8">{figure.rate:,.0f}</text>'
            )
    for m, contender in enumerate(contenders):
        x = left + m * 110
        parts.append(f'<rect x="{x}" y="{top + height + 32}" width="10" height="10" fill="{COLOURS[contender]}"/>')
        parts.append(f'<text x="{x + 14}" y="{top + height + 41}">{contender}</text>')
    parts.append(f'<text x="{left}" y="16" font-size="13">requests/s, one worker, 32 clients (more is better)</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def write(folder: Path, shots: Sequence[Shot], rest: dict[str, float], began: str, command: str) -> None:
    """read.json, read.md, read.svg; the table goes to the screen too."""
    found = figures(shots)
    rows = [
        f"| {name} | {at_rest:.0f} | {max((f.memory for f in found if f.contender == name), default=0):.0f} |"
        for name, at_rest in rest.items()
    ]
    quiet = statistics.median(shot.others_share for shot in shots)
    load = max(shot.load_share for shot in shots)
    text = "\n".join(
        [
            f"`{command}` on {began}, {machine()}.",
            f"Load generator: at most {load:.2f} of a core. Other processes: {quiet:.2f} cores (median).",
            "",
            table(found),
            "",
            "| server | MiB at rest | MiB after |",
            "|---|--:|--:|",
            *rows,
            "",
        ]
    )
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "read.md").write_text(text)
    (folder / "read.svg").write_text(plot(found))
    whole = {
        "command": command,
        "began": began,
        "machine": machine(),
        "rest": rest,
        "shots": [asdict(s) for s in shots],
    }
    (folder / "read.json").write_bytes(orjson.dumps(whole, option=orjson.OPT_INDENT_2))
    print(text)
