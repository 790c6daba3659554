"""How a contender is measured in a scene: connects, saturation, latency, and whether each event came once."""

from __future__ import annotations

import asyncio
import os
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import orjson

from tests.benchmarks.live.report import Shot
from tests.benchmarks.usage import busy, cpu
from tests.servers.process import children

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.benchmarks.live.contender import Contender
    from tests.benchmarks.live.generator import Generator
    from tests.benchmarks.live.world import Scene

IN_FLIGHT = 8_000
"""Deliveries under way at saturation: the next event is published when so many, or fewer, have not arrived yet."""
QUIET = 0.3  # seconds without a frame: nothing is under way
PATIENCE = 2.0  # as before, while not everybody may have joined: a server is given time before it is told more
PILE_SECONDS = 3.0  # a server that is so much behind its rate does not keep up
CYCLE = 250  # events of as many sockets, where each hears its own
JOIN_SECONDS = 120.0  # until everybody heard something
STUCK = 20.0  # seconds without a frame, with some missing: they do not come


class NotServedError(Exception):
    """A contender cannot do what was asked; says why."""


@dataclass(frozen=True)
class Spans:
    """Seconds: of a window at saturation, unmeasured before it, and of a run at a given rate."""

    saturation: float
    warm: float
    steady: float


@dataclass(frozen=True)
class Used:
    """CPU seconds so far: of the server, of the load generator, of databases and publisher, of everything."""

    server: float
    load: float
    helpers: float
    machine: float

    def since(self, before: Used) -> Used:
        """What was used in between."""
        return Used(
            self.server - before.server,
            self.load - before.load,
            self.helpers - before.helpers,
            self.machine - before.machine,
        )


class Stage:
    """One contender with the sockets of one scene on it. `helpers` are PostgreSQL's postmaster and Redis."""

    def __init__(
        self, contender: Contender, scene: Scene, generator: Generator, first: int, helpers: Sequence[int] = ()
    ) -> None:
        self._contender = contender
        self._scene = scene
        self._generator = generator
        self._next = first
        self._helpers = helpers

    @property
    def next(self) -> int:
        """The number of the next event."""
        return self._next

    async def connected(self) -> float:
        """Wait for every connection_ack; seconds from the first connect."""
        shared, seen, since = self._generator.shared, 0, time.monotonic()
        while shared.acked < self._scene.sockets:
            self._check()
            if shared.acked > seen:
                seen, since = shared.acked, time.monotonic()
            if time.monotonic() - since > STUCK:
                raise NotServedError(f"{shared.acked} of {self._scene.sockets} connected")
            await asyncio.sleep(0.01)
        return float(shared.acked_at - shared.began_at) / 1e9

    async def hearing(self) -> None:
        """Publish until everybody heard something, and everything that is under way has come."""
        shared, began = self._generator.shared, time.monotonic()
        while shared.hearing < self._scene.sockets:
            await self._cycle()
            await self._quiet(lambda: shared.hearing < self._scene.sockets, PATIENCE)
            if time.monotonic() - began > JOIN_SECONDS:
                raise NotServedError(f"{shared.hearing} of {self._scene.sockets} hear something")
        first = self._begin()
        await self._cycle()
        await self._arrived(first)  # streams are in order: nothing older is under way
        if not self._generator.sample:
            raise NotServedError("everybody heard something, but nobody the next event")
        answer = orjson.loads(self._generator.sample)["payload"]
        if answer.get("errors") or not self._scene.is_right(answer):
            raise NotServedError(f"another answer than everybody's: {answer}")

    async def saturation(self, spans: Spans) -> Shot:
        """As much as it can: a new event whenever few enough deliveries are under way. Two events at the least."""
        first, ended = self._begin(), asyncio.Event()
        writing = asyncio.create_task(self._write(first, ended))
        try:
            await asyncio.sleep(spans.warm)
            before, received, since = self._used(), self._generator.tally.received, time.monotonic()
            await asyncio.sleep(spans.saturation)
            while self._generator.tally.received - received < 2 * self._scene.heard_by:
                if time.monotonic() - since > STUCK:
                    break
                await asyncio.sleep(0.1)
            span = self._used().since(before), time.monotonic() - since
            received = self._generator.tally.received - received
        finally:
            ended.set()
            await writing
        await self._arrived(first)
        return self._shot("saturation", first, span, received)

    async def steady(self, rate: int, spans: Spans) -> Shot:
        """So many events a second, one at a time; ten at least. Ends early when they pile up."""
        first, count, kept_up = self._begin(), max(10, int(rate * spans.steady)), True
        before, began = self._used(), time.monotonic()
        for n in range(count):
            await asyncio.sleep(began + n / rate - time.monotonic())
            await self._publish(1)
            if kept_up := self._under_way(first) <= 3 + rate * PILE_SECONDS:
                continue
            break
        await self._arrived(first)
        span = self._used().since(before), time.monotonic() - began
        shot = self._shot(f"{rate}/s", first, span, self._generator.tally.received)
        return shot if kept_up else replace(shot, faults=", ".join(filter(None, ["falls behind", shot.faults])))

    def _begin(self) -> int:
        step = self._scene.step
        self._next += -(self._next - 1) % step
        self._generator.reset(self._next)
        return self._next

    async def _publish(self, count: int) -> None:
        first, self._next = self._next, self._next + count
        await self._contender.publish(self._scene, first, count, self._generator.publish)

    async def _write(self, first: int, ended: asyncio.Event) -> None:
        window = min(256, max(2, IN_FLIGHT // self._scene.heard_by))
        while not ended.is_set():
            under_way = self._under_way(first)
            if under_way < window:
                await self._publish(min(64, window - under_way))
            else:
                await asyncio.sleep(0.002)

    async def _cycle(self) -> None:
        """One event for everybody; where each hears its own, so many, and not all at once."""
        for begin in range(0, self._scene.step, CYCLE):
            count = min(CYCLE, self._scene.step - begin)
            await self._told(self._heard() + count * self._scene.heard_by, count)

    async def _told(self, wanted: int, count: int) -> None:
        """Publish, and wait until so many frames came or no more do."""
        await self._publish(count)
        await self._quiet(lambda: self._heard() < wanted, PATIENCE)

    def _heard(self) -> int:
        """Every frame with a number."""
        shared = self._generator.shared
        return int(shared.received + shared.again + shared.stale)

    def _under_way(self, first: int) -> int:
        """Events from `first` on that were published and are not everywhere yet."""
        return self._next - first - int(self._generator.shared.received) // self._scene.heard_by

    async def _arrived(self, first: int) -> None:
        """Wait until everything came that was published from `first` on, or nothing does any more."""
        wanted = (self._next - first) * self._scene.heard_by
        seen, since = 0, time.monotonic()
        while self._generator.shared.received < wanted and time.monotonic() - since < STUCK:
            self._check()
            if (heard := self._heard()) > seen:
                seen, since = heard, time.monotonic()
            await asyncio.sleep(0.005)
        await self._quiet(lambda: True)  # what comes twice

    async def _quiet(self, going_on: Callable[[], bool], seconds: float = QUIET) -> None:
        seen, since = -1, time.monotonic()
        while going_on() and time.monotonic() - since < seconds:
            self._check()
            if (heard := self._heard()) != seen:
                seen, since = heard, time.monotonic()
            await asyncio.sleep(0.005)

    def _check(self) -> None:
        tally = self._generator.tally
        if tally.closed or tally.odd:
            what = f"{tally.closed} sockets closed ({self._generator.shared.close_code}), {tally.odd} odd answers"
            raise NotServedError(f"{what}: {self._generator.trouble}")

    def _used(self) -> Used:
        helpers = [os.getpid(), *self._helpers, *(child for pid in self._helpers for child in children(pid))]
        generator, server = self._generator.pid, self._contender.pid
        return Used(cpu(server), cpu(generator), sum(map(cpu, helpers)), busy())

    def _shot(self, load: str, first: int, span: tuple[Used, float], received: int) -> Shot:
        """What was received in so many seconds, at what cost; and how all of it came since `first`."""
        tally, (used, lasted) = self._generator.tally, span
        wanted = (self._next - first) * self._scene.heard_by
        faults = tally.faults() | ({"lost": wanted - tally.received} if wanted != tally.received else {})
        if self._generator.shared.shortest < self._generator.shared.longest * 0.9:
            faults["bytes at the shortest"] = self._generator.shared.shortest
        others = used.machine - used.server - used.load - used.helpers
        return Shot(
            contender=self._contender.name,
            scene=self._scene.name,
            sockets=self._scene.sockets,
            load=load,
            rate=received / lasted,
            events=received / lasted / self._scene.heard_by,
            p50=self._generator.latency(0.5),
            p99=self._generator.latency(0.99),
            cpu_us=used.server / max(received, 1) * 1e6,
            server_share=used.server / lasted,
            load_share=used.load / lasted,
            helpers_share=used.helpers / lasted,
            others_share=max(0.0, others) / lasted,
            bytes=tally.bytes // max(tally.received, 1),
            faults=", ".join(f"{n} {name}" for name, n in faults.items()),
        )
