"""What the live core counts, for whoever watches it: plain numbers of this process, raised where things happen."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """How the live core of this process stands. Gauges say what is now; counts only grow, from the start on."""

    # gauges
    sockets: int  # open WebSockets
    sse_streams: int  # open event streams over SSE
    members: int  # subscriptions that follow a stream
    groups: int  # sets of members that share one execution an event
    streams: int  # streams held, those that linger without members too
    ring_entries: int  # events kept in memory, over all streams
    lag_entries: int  # events in the log that the rings do not have yet, at the last look over the heads
    catching_up: int  # members that are behind the ring's end and read after
    bytes_queued: int  # bytes that wait for clients that read slowly
    # counts
    executions: int  # documents executed for events
    deliveries: int  # frames of events handed to clients
    resumes_ring: int  # subscriptions with `after` that the ring could serve
    resumes_log: int  # those that had to read the log
    gaps: int  # rings that were lost and found by the slow look
    resume_gone: int  # RESUME_GONE told
    slow_cuts: int  # clients cut because they did not read


@dataclass(slots=True)
class Counters:
    """The counts, and the gauges that nobody else keeps. Written in the event loop only."""

    sockets: int = 0
    sse_streams: int = 0
    members: int = 0
    groups: int = 0
    streams: int = 0
    ring_entries: int = 0
    lag_entries: int = 0
    catching_up: int = 0
    bytes_queued: int = 0
    executions: int = 0
    deliveries: int = 0
    resumes_ring: int = 0
    resumes_log: int = 0
    gaps: int = 0
    resume_gone: int = 0
    slow_cuts: int = 0

    @property
    def open(self) -> int:
        """Connections that are held open."""
        return self.sockets + self.sse_streams

    def snapshot(self) -> Status:
        """As it is now. `Hub.status()` is the way to ask: it looks at the gauges first."""
        return Status(**asdict(self))
