"""`python -m tests.simulation.table`: months under each policy on the held-out seeds, the table of docs/dispatch.md."""

from __future__ import annotations

from statistics import fmean

from tests.simulation.dispatch import POLICIES, Play
from tests.simulation.month import month

HELD_OUT = range(101, 121)  # the weights were chosen on seeds 1 and 2


def main() -> None:
    """Print each seed, then the means, and how often the score was better."""
    figures = {}
    for seed in HELD_OUT:
        played = month(seed)
        found = figures[seed] = {policy: Play(played, policy, seed=seed).run() for policy in POLICIES}
        shown = "; ".join(f"{name} {one.median:.1f} / {one.p90:.0f} / {one.spread:.3f}" for name, one in found.items())
        print(f"{seed}: {shown}", flush=True)
    print("\n| policy | median, min | p90, min | spread | begun of 10,000 |\n|---|--:|--:|--:|--:|")
    for policy in POLICIES:
        mine = [found[policy] for found in figures.values()]
        columns = [fmean(getattr(one, name) for one in mine) for name in ("median", "p90", "spread", "served")]
        print(f"| {policy} | {columns[0]:.1f} | {columns[1]:.0f} | {columns[2]:.3f} | {columns[3]:.0f} |")
    for name in ("median", "p90"):
        for other in POLICIES[1:]:
            won = sum(getattr(one["scored"], name) < getattr(one[other], name) for one in figures.values())
            print(f"{name} better than {other}: {won} of {len(figures)} seeds")
    even = sum(one["scored"].spread <= one["round-robin"].spread * 1.05 for one in figures.values())
    print(f"spread at most 1.05 × round-robin: {even} of {len(figures)} seeds")


if __name__ == "__main__":
    main()
