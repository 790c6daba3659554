"""The figures of a run as JSON, as tables and as a plot."""

from __future__ import annotations

import statistics
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING

import orjson

from tests.benchmarks.live.goal import verdicts
from tests.benchmarks.live.plot import plot
from tests.benchmarks.machine import machine

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


@dataclass(frozen=True)
class Shot:
    """One measurement. Rates a second, latencies in ms, CPU in microseconds of the server a delivery, shares in cores.

    `connect` is seconds from the first connect to the last connection_ack, `idle` KiB of the server's memory a socket;
    they are of the visit, the same in each of its shots. `faults` is empty where every socket
    got every event exactly once and in order.
    """

    contender: str
    scene: str
    sockets: int
    load: str
    rate: float
    events: float
    p50: float
    p99: float
    cpu_us: float
    server_share: float
    load_share: float
    helpers_share: float
    others_share: float
    bytes: int
    faults: str
    connect: float = 0.0
    idle: float = 0.0

    @property
    def point(self) -> tuple[str, int, str]:
        """What was measured."""
        return self.scene, self.sockets, self.load


@dataclass(frozen=True)
class Figure:
    """A contender at a point: medians over the rounds. `ratio` is the product's rate by its own, in pairs."""

    contender: str
    point: tuple[str, int, str]
    middle: Shot
    low: float
    high: float
    ratio: float | None


def figures(rounds: Sequence[Sequence[Shot]]) -> list[Figure]:
    """In the order of the measurements. A pair is the product and another one at one point in one round."""
    whole = [(n, shot) for n, shots in enumerate(rounds) for shot in shots]
    ours = {(n, shot.point): shot.rate for n, shot in whole if shot.contender == "product"}
    groups: dict[tuple[tuple[str, int, str], str], list[tuple[int, Shot]]] = {}
    for n, shot in whole:
        groups.setdefault((shot.point, shot.contender), []).append((n, shot))
    found = []
    for (point, contender), group in groups.items():
        rates = [shot.rate for _, shot in group]
        pairs = [ours[n, point] / shot.rate for n, shot in group if (n, point) in ours and shot.rate]
        ratio = statistics.median(pairs) if pairs and contender != "product" else None
        found.append(Figure(contender, point, _middle([shot for _, shot in group]), min(rates), max(rates), ratio))
    return found


def _middle(shots: Sequence[Shot]) -> Shot:
    """Each number's median; the faults of all."""
    numbers = {
        field.name: statistics.median(getattr(shot, field.name) for shot in shots)
        for field in fields(Shot)
        if field.type in ("float", "int")
    }
    faults = "; ".join(sorted({shot.faults for shot in shots if shot.faults}))
    whole = {name: int(value) if name in ("sockets", "bytes") else value for name, value in numbers.items()}
    return Shot(contender=shots[0].contender, scene=shots[0].scene, load=shots[0].load, faults=faults, **whole)


def tables(found: Sequence[Figure]) -> str:
    """Markdown."""
    full = [one for one in found if one.point[2] == "saturation"]
    steady = [one for one in found if one.point[2] != "saturation"]
    visits = {(one.contender, one.point[:2]): one.middle for one in found}
    lines = [
        "| who listens | sockets | server | deliveries/s | slowest–fastest | product is | events/s | CPU µs | B | |",
        "|---|--:|---|--:|--:|--:|--:|--:|--:|---|",
        *(_full(one) for one in full),
        "",
        "| who listens | sockets | events/s | server | p50 ms | p99 ms | server's core | exactly once |",
        "|---|--:|--:|---|--:|--:|--:|---|",
        *(_steady(one) for one in steady),
        "",
        "| who listens | sockets | server | all connected s | KiB an idle socket |",
        "|---|--:|---|--:|--:|",
        *(
            f"| {scene} | {sockets:,} | {name} | {shot.connect:.2f} | {shot.idle:.1f} |"
            for (name, (scene, sockets)), shot in visits.items()
        ),
    ]
    return "\n".join(lines)


def _full(one: Figure) -> str:
    shot, ratio = one.middle, f"{one.ratio:.1f} ×" if one.ratio is not None else ""
    return (
        f"| {shot.scene} | {shot.sockets:,} | {one.contender} | {shot.rate:,.0f} | {one.low:,.0f}–{one.high:,.0f}"
        f" | {ratio} | {shot.events:,.1f} | {shot.cpu_us:.1f} | {shot.bytes} | {shot.faults or 'yes'} |"
    )


def _steady(one: Figure) -> str:
    shot = one.middle
    return (
        f"| {shot.scene} | {shot.sockets:,} | {shot.load.removesuffix('/s')} | {one.contender} | {shot.p50:.1f}"
        f" | {shot.p99:.1f} | {shot.server_share:.2f} | {shot.faults or 'yes'} |"
    )


def text_of(rounds: Sequence[Sequence[Shot]], began: str, command: str, unserved: Sequence[str]) -> str:
    """live.md."""
    shots = [shot for each in rounds for shot in each]
    found = figures(rounds)
    load, others = max(shot.load_share for shot in shots), statistics.median(shot.others_share for shot in shots)
    return "\n".join(
        [
            f"`{command}` on {began}, {machine()}.",
            f"Load generator: at most {load:.2f} of a core. Other processes: {others:.2f} cores (median).",
            *(f"Not served: {line}" for line in unserved),
            "",
            tables(found),
            "",
            verdicts(found),
            "",
        ]
    )


def write(
    folder: Path, rounds: Sequence[Sequence[Shot]], began: str, command: str, unserved: Sequence[str] = ()
) -> None:
    """live.json, live.md, live.svg; the tables go to the screen too."""
    folder.mkdir(parents=True, exist_ok=True)
    text = text_of(rounds, began, command, unserved)
    (folder / "live.md").write_text(text)
    (folder / "live.svg").write_text(plot(figures(rounds)))
    whole = {
        "command": command,
        "began": began,
        "machine": machine(),
        "unserved": list(unserved),
        "rounds": [[asdict(shot) for shot in shots] for shots in rounds],
    }
    (folder / "live.json").write_bytes(orjson.dumps(whole, option=orjson.OPT_INDENT_2))
    print(text)
