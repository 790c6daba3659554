"""A small month with the house's own decision beside round-robin and random; the whole one: docs/dispatch.md."""

from __future__ import annotations

import pytest

from tests.simulation.dispatch import Play
from tests.simulation.month import month

SEEDS = (201, 202, 203)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_score_serves_sooner_and_no_less_evenly(seed: int) -> None:
    played = month(seed, staff=30, calls=900, days=5)
    scored, in_turn, by_luck = (Play(played, policy, seed=seed).run() for policy in ("scored", "round-robin", "random"))
    for other in (in_turn, by_luck):
        assert scored.median < other.median
        assert scored.p90 < other.p90
        assert scored.served >= other.served, "nobody is left waiting to make the others' wait shorter"
    assert scored.spread <= in_turn.spread * 1.05


def test_the_same_seed_is_the_same_month() -> None:
    first, second = (Play(month(7, staff=12, calls=200, days=3), "scored").run() for _ in range(2))
    assert first == second
    assert Play(month(8, staff=12, calls=200, days=3), "scored").run() != first
