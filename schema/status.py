"""How the live core and scheduled work stand. /metrics has the same figures for machines (docs/operations.md)."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

import strawberry

from models.rules.permission import Permission
from resolvers import status as usecase
from schema.base import Info


def _figure(description: str) -> int:
    found: int = strawberry.field(description=description)
    return found


@strawberry.type(
    description="直播状态: how the live core of the server process that answers stands: numbers of this moment, and"
    " counts since it started. Of all companies that the process serves."
)
class LiveStatus:
    """Of one process. What outgrows an Int within days is a Float: a whole number all the same."""

    sockets: int = _figure("Open WebSockets.")
    sse_streams: int = _figure("Open event streams over SSE.")
    members: int = _figure("Subscriptions that follow a stream.")
    groups: int = _figure("Sets of subscriptions that share one execution an event.")
    streams: int = _figure("Streams held in memory.")
    ring_entries: int = _figure("Events kept in memory, over all streams.")
    lag_entries: int = _figure("Events in the log that are not in memory yet, at the last look.")
    catching_up: int = _figure("Subscriptions that are behind and read after older events.")
    bytes_queued: float = _figure("Bytes that wait for clients that read slowly.")
    executions: float = _figure("Documents executed for events, since the start.")
    deliveries: float = _figure("Frames of events handed to clients, since the start.")
    resumes_ring: int = _figure("Subscriptions with `after` that were served from memory, since the start.")
    resumes_log: int = _figure("Subscriptions with `after` that had to read the log, since the start.")
    gaps: int = _figure("Rings of the doorbell that were lost and found by the slow look, since the start.")
    resume_gone: int = _figure("RESUME_GONE told, since the start.")
    slow_cuts: int = _figure("Clients cut because they did not read, since the start.")


@strawberry.type(
    description="定时任务: how one kind of scheduled work stands, over all processes and all companies that they serve."
)
class JobStatus:
    """Of one kind."""

    name: str = strawberry.field(description="Its name, such as `sla.watch` (docs/operations.md).")
    run_at: datetime = strawberry.field(description="When it is to run next; while it runs, when it was to.")
    running: bool = strawberry.field(description="Whether a process does it now.")
    last_done_at: datetime | None = strawberry.field(description="When it was last done; null: not yet.")
    failures: int = _figure("How often it failed since it was last done; the log says why.")


@strawberry.type
class LiveStatusQuery:
    """Reads of the live core."""

    @strawberry.field(
        description="How the live core of the process that answers stands; null without live.read in the whole"
        " Organization.",
        metadata={"scopes": frozenset({Permission.LIVE_READ})},
    )
    def live_status(self, info: Info) -> LiveStatus | None:
        """As it is now."""
        found = usecase.live_status(info.context.viewer, info.context.house.watch)
        return None if found is None else LiveStatus(**asdict(found))

    @strawberry.field(
        description="How each kind of scheduled work stands, by name: clocks, escalations, reminders, closing by"
        " itself, notifications and the rest; none without live.read in the whole Organization.",
        metadata={"scopes": frozenset({Permission.LIVE_READ})},
    )
    async def jobs(self, info: Info) -> list[JobStatus]:
        """As they are now."""
        found = await usecase.jobs(info.context.viewer, info.context.house)
        return [JobStatus(**asdict(job)) for job in found]
