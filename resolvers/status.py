"""What operators are shown: the counts of a process, how its live core stands, and how scheduled work stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from adapters.metric import Metrics
from models.rules.permission import Permission

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from models.viewer import Viewer
    from resolvers.ports import House
    from subscriptions.status import Status


@dataclass
class Watch:
    """One of a process. `live` is there once the hub is."""

    metrics: Metrics = field(default_factory=Metrics)
    live: Callable[[], Status] | None = None


@dataclass(frozen=True)
class JobStatus:
    """How one kind of scheduled work stands, over all processes."""

    name: str
    run_at: datetime
    running: bool
    last_done_at: datetime | None
    failures: int


async def jobs(viewer: Viewer | None, house: House) -> list[JobStatus]:
    """Without what an error said: it may be of another company, and the log has it. For whom `live_status` is."""
    if viewer is None or Permission.LIVE_READ not in viewer.everywhere:
        return []
    rows = await house.database.fetch(
        "SELECT kind, run_at, locked_until, last_done_at, attempts FROM job ORDER BY kind",
        [],
        viewer.organization_id,
    )
    now, value = house.clock.now(), house.database.value
    found = []
    for row in rows:
        run_at, until, done = (value("DatetimeField", row[name]) for name in ("run_at", "locked_until", "last_done_at"))
        running = until is not None and until > now
        found.append(JobStatus(row["kind"], run_at, running, done, row["attempts"] - running))
    return found


def live_status(viewer: Viewer | None, watch: Watch) -> Status | None:
    """Numbers without names; None for whoever lacks live.read in the whole Organization."""
    if viewer is None or Permission.LIVE_READ not in viewer.everywhere or watch.live is None:
        return None
    return watch.live()
