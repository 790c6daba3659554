"""Scheduled work: rows claimed by one worker at a time, idempotent, retried with back-off. One registry."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic, perf_counter
from typing import TYPE_CHECKING, Any

from resolvers.audit import seal_audit
from resolvers.erasure import erase_due
from resolvers.idempotency_key import prune_keys
from resolvers.jobs.alarm import escalate_alarms
from resolvers.jobs.attendance import settle_attendance
from resolvers.jobs.device import watch_devices
from resolvers.jobs.dispatch import dispatch_orders
from resolvers.jobs.event import prune_events
from resolvers.jobs.file import sweep_files
from resolvers.jobs.identity import prune_identity
from resolvers.jobs.looker import Looker
from resolvers.jobs.partition import make_partitions
from resolvers.jobs.retention import prune_ingested, prune_notifications
from resolvers.jobs.session import prune_sessions
from resolvers.jobs.sla import watch_clocks
from resolvers.jobs.ticket import close_tickets, remind_of_appointments

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from resolvers.ports import House

logger = logging.getLogger("wuye.jobs")
CLAIM = timedelta(minutes=5)
STEP_SECONDS = 30.0
HEARD_AGAIN = timedelta(minutes=5)
"""After the clock was set forward every device seems silent: for so long it may report before it counts."""


@dataclass(frozen=True)
class JobKind:
    """What runs, and how often."""

    name: str
    every: timedelta
    run: Callable[[House], Awaitable[None]]


@dataclass(frozen=True)
class Claim:
    """One worker's hold on a job. `until` is as the database gave it."""

    name: str
    attempts: int
    until: Any


REGISTRY = {
    kind.name: kind
    for kind in (
        JobKind("alarm.escalate", timedelta(seconds=30), escalate_alarms),
        JobKind("attendance.settle", timedelta(minutes=1), settle_attendance),
        JobKind("audit.seal", timedelta(seconds=2), seal_audit),
        JobKind("device.watch", timedelta(seconds=15), watch_devices),
        JobKind("dispatch.give", timedelta(seconds=1), dispatch_orders),
        JobKind("event.prune", timedelta(minutes=5), prune_events),
        JobKind("file.sweep", timedelta(hours=1), sweep_files),
        JobKind("identity.prune", timedelta(hours=1), prune_identity),
        JobKind("idempotency.prune", timedelta(hours=6), prune_keys),
        JobKind("ingest.prune", timedelta(hours=6), prune_ingested),
        JobKind("notification.prune", timedelta(hours=6), prune_notifications),
        JobKind("partition.make", timedelta(days=1), make_partitions),
        JobKind("personal.erase", timedelta(minutes=1), erase_due),
        JobKind("session.prune", timedelta(hours=1), prune_sessions),
        JobKind("sla.watch", timedelta(seconds=10), watch_clocks),
        JobKind("ticket.close", timedelta(minutes=1), close_tickets),
        JobKind("ticket.remind", timedelta(seconds=30), remind_of_appointments),
    )
}


class JobRunner(Looker):
    """Runs due jobs in this process; any number of processes may."""

    WORK = "jobs"
    EVERY_SECONDS = 2.0

    def __init__(self, house: House) -> None:
        super().__init__(house)
        self._ahead: float | None = None  # of the monotonic clock, in seconds, when we last looked

    async def look(self) -> None:
        """Run what is due, of every kind there is by now."""
        await self.register()
        await self._mind_the_clock()
        await super().look()

    async def _mind_the_clock(self) -> None:
        """A clock that was set back would keep all work waiting; one that was set forward makes devices seem silent."""
        now, ahead = self._house.clock.now(), self._house.clock.timestamp() - monotonic()
        step = ahead - (ahead if self._ahead is None else self._ahead)
        if abs(step) > STEP_SECONDS:
            logger.warning("the clock was set by %+.0f s", step)
            async with self._house.database.transaction(None) as tx:
                if step < 0:
                    await tx.fetch(
                        "UPDATE job SET run_at = $1 WHERE run_at > $1 AND attempts = 0 RETURNING kind",
                        now,
                    )
                else:
                    await tx.fetch(
                        "UPDATE job SET run_at = $1 WHERE run_at < $1 AND kind = 'device.watch' RETURNING kind",
                        now + HEARD_AGAIN,
                    )
        self._ahead = ahead

    async def register(self) -> None:
        """A row for each kind of work that has none yet."""
        rows = ", ".join(f"(${n}, $1, 0)" for n in range(2, 2 + len(REGISTRY)))
        async with self._house.database.transaction(None) as tx:
            await tx.fetch(
                f"INSERT INTO job (kind, run_at, attempts) VALUES {rows} ON CONFLICT DO NOTHING RETURNING kind",  # noqa: S608 - only marks are spliced in
                self._house.clock.now(),
                *REGISTRY,
            )

    async def run_one(self) -> bool:
        """Claim and run the most overdue job; False when none is due."""
        claim = await self._claim()
        if claim is None:
            return False
        kind, metrics, started = REGISTRY[claim.name], self._house.watch.metrics, perf_counter()
        try:
            await kind.run(self._house)
        except Exception as error:
            logger.exception("job %s failed", claim.name)
            metrics.jobs.add(claim.name, "failed")
            wait = min(timedelta(seconds=5 * 2 ** min(claim.attempts, 10)), timedelta(hours=1))
            await self._release(claim, wait, claim.attempts, error=str(error)[:200])
        else:
            metrics.jobs.add(claim.name, "done")
            await self._release(claim, kind.every, 0)
        metrics.job_seconds.observe(perf_counter() - started, claim.name)
        return True

    async def _claim(self) -> Claim | None:
        now = self._house.clock.now()
        lock = " FOR UPDATE SKIP LOCKED" if self._house.database.dialect == "postgres" else ""
        marks = ", ".join(f"${n}" for n in range(3, 3 + len(REGISTRY)))
        async with self._house.database.transaction(None) as tx:
            rows = await tx.fetch(
                "UPDATE job SET locked_until = $2, attempts = attempts + 1 WHERE kind = (SELECT kind FROM job"  # noqa: S608 - only marks are spliced in
                f" WHERE run_at <= $1 AND (locked_until IS NULL OR locked_until < $1) AND kind IN ({marks})"
                f" ORDER BY run_at LIMIT 1{lock}) RETURNING kind, attempts, locked_until",
                now,
                now + CLAIM,
                *REGISTRY,
            )
        return Claim(rows[0]["kind"], rows[0]["attempts"], rows[0]["locked_until"]) if rows else None

    async def _release(self, claim: Claim, wait: timedelta, attempts: int, error: str | None = None) -> None:
        """Set the next run after `wait`. A claim that lapsed and is another worker's now is left alone."""
        async with self._house.database.transaction(None) as tx:
            await tx.fetch(
                "UPDATE job SET run_at = $2, locked_until = NULL, last_error = $3, attempts = $4,"
                " last_done_at = COALESCE($7, last_done_at)"
                " WHERE kind = $1 AND locked_until = $5 AND attempts = $6 RETURNING kind",
                claim.name,
                self._house.clock.now() + wait,
                error,
                attempts,
                claim.until,
                claim.attempts,
                self._house.clock.now() if error is None else None,
            )
