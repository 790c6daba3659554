"""What issue 6 wants of these figures, and whether it is so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.benchmarks.live.report import Figure

NODE = ("mercurius", "graphql-ws", "yoga")


@dataclass(frozen=True)
class Goal:
    """One of them. `closes` is what the issue closes at, at the least; `most` says that smaller is better."""

    text: str
    found: float | None
    wanted: float
    closes: float
    unit: str
    most: bool = False

    @property
    def line(self) -> str:
        """A row of the table."""
        if self.found is None:
            return f"| {self.text} | not measured | {self.wanted:,g} {self.unit} | |"
        good, enough = (
            (self.found <= limit if self.most else self.found >= limit) for limit in (self.wanted, self.closes)
        )
        verdict = "met" if good else "closes" if enough else "MISSED"
        wanted = f"{'≤' if self.most else '≥'} {self.wanted:,g} {self.unit}"
        return f"| {self.text} | {_short(self.found)} | {wanted} | {verdict} |"


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 1_000 else f"{value:.3g}"


def goals(found: Sequence[Figure]) -> list[Goal]:
    """All of them."""
    by = {(one.contender, one.point): one for one in found}

    def ours(scene: str, sockets: int, load: str, name: str) -> float | None:
        one = by.get(("product", (scene, sockets, load)))
        return None if one is None else float(getattr(one.middle, name))

    thousand = "one", 1_000, "saturation"
    nodes = [one.ratio for name in NODE if (one := by.get((name, thousand))) is not None and one.ratio is not None]
    picows = by.get(("picows", thousand))
    share = picows.ratio if picows is not None else None
    hundred = max((r for n in (1_000, 10_000) if (r := ours("groups", n, "saturation", "rate"))), default=None)
    return [
        Goal("deliveries a second, one scope, 1,000 sockets", ours(*thousand, "rate"), 100_000, 60_000, ""),
        Goal("by the best Node peer", min(nodes, default=None), 6, 4, "×"),
        Goal("by picows", share, 0.6, 0.4, "×"),
        Goal("with 100 signatures, the better of 1,000 and 10,000 sockets", hundred, 40_000, 40_000, ""),
        *(
            Goal(f"p99 at {n} events/s, 1,000 sockets", ours("one", 1_000, f"{n}/s", "p99"), ms, 50, "ms", most=True)
            for n, ms in ((1, 20), (5, 20), (50, 50))
        ),
        Goal("memory an idle socket", ours(*thousand, "idle"), 30, 30, "KiB", most=True),
        Goal("with 100 signatures", ours("groups", 1_000, "saturation", "idle"), 40, 40, "KiB", most=True),
        Goal("1,000 connects", ours(*thousand, "connect"), 1.5, 1.5, "s", most=True),
        *(
            Goal(
                f"10,000 residents, {text}: p99 at 1/s",
                ours(scene, 10_000, "1/s", "p99"),
                1_000,
                1_000,
                "ms",
                most=True,
            )
            for scene, text in (("forum", "all hear the same"), ("own", "each its own"))
        ),
    ]


def verdicts(found: Sequence[Figure]) -> str:
    """Markdown; what was not exactly once is said apart."""
    wrong = [one for one in found if one.contender == "product" and one.middle.faults]
    lines = ["| goal | found | wanted | |", "|---|--:|--:|---|", *(goal.line for goal in goals(found))]
    lines += ["", *(f"NOT EXACTLY ONCE: {one.point}: {one.middle.faults}" for one in wrong)]
    return "\n".join(lines).rstrip()
