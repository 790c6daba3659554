"""Limits of callers: what a request may cost, how often one may come. Arithmetic only (limits.md)."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from models.viewer import Viewer

WINDOW_SECONDS = 60.0
LEASES = 50  # a process takes a fiftieth of a minute's allowance at a time


class Rank(StrEnum):
    """Whose limits a caller has."""

    ANONYMOUS = "ANONYMOUS"
    RESIDENT = "RESIDENT"
    STAFF = "STAFF"
    PARTNER = "PARTNER"


def rank_of(viewer: Viewer | None) -> Rank:
    """Nobody, a partner's program, a member of staff; else a resident."""
    if viewer is None:
        return Rank.ANONYMOUS
    if viewer.api_client_id is not None:
        return Rank.PARTNER
    return Rank.RESIDENT if viewer.staff_id is None else Rank.STAFF


def draw(full_at: float, now: float, amount: float, per_minute: float) -> tuple[float, float]:
    """Take `amount` of a bucket that holds one minute's allowance and fills evenly: (its new state, seconds to wait).

    The state is the instant at which the bucket is full again (GCRA): one number a key, exact waits, no edge of a
    window at which two allowances meet. Instants and waits are in seconds; a wait of 0 means taken, otherwise nothing
    was. More than a whole bucket counts as one, or it would never be had. Clocks of several machines may differ by less
    than a minute; a state further ahead is from before the clock was set back, and is forgotten.
    """
    step = WINDOW_SECONDS / per_minute
    ahead = full_at - now
    start = now + (min(max(ahead, 0.0), WINDOW_SECONDS) if ahead <= 2 * WINDOW_SECONDS else 0.0)
    after = start + min(amount, per_minute) * step
    wait = after - now - WINDOW_SECONDS
    return (start, wait) if wait > 1e-6 else (after, 0.0)


def lease(amount: float, per_minute: float) -> float:
    """How much to take from the shared bucket when `amount` is needed: a little in advance saves round trips."""
    return max(amount, float(int(per_minute) // LEASES))
