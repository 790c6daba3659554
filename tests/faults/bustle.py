"""People, devices and screens go on while Redis, PostgreSQL or the net between fails: what they were told, and when."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

from tests.client import passage
from tests.faults.subscriber import SocketSubscriber, StreamSubscriber, Subscriber

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.faults.conftest import Deployment

OUTAGE = frozenset({"SERVICE_UNAVAILABLE", "TIMEOUT"})
"""How a server without its database may refuse."""
AGAIN = OUTAGE | {"IDEMPOTENCY_IN_PROGRESS"}
CLIENT_SECONDS = 30.0  # what takes longer hangs
CAUGHT_UP_SECONDS = 20.0
CALM_SECONDS = 40.0  # after a fault, at the very most
PAUSE = 0.03
MOST_SUBSCRIBERS = 40
SHOWN = 20_000  # characters of the server's log
OPEN = """mutation ($id: ID!, $input: GateOpenInput!) {
  gateOpen(id: $id, input: $input) { accessEvent { id } userErrors { code } }
}"""
READ = "query ($id: ID!) { property(id: $id) { name liveCursor } }"


@dataclass
class Told:
    """How the calls of a storm were answered, in seconds; times are monotonic."""

    answered: int = 0
    refused: list[tuple[float, float, str]] = field(default_factory=list)
    """When it was asked, how long that took (of it the time under the fault), and the code."""
    fault_at: float = 0.0
    """When the newest fault began: a call that began before it may have waited for another one."""
    slowest: float = 0.0
    acknowledged: dict[str, float] = field(default_factory=dict)
    """Reasons of passages, and when each was receipted."""
    asked: dict[str, float] = field(default_factory=dict)
    """When the call began that was receipted."""
    progress: asyncio.Event = field(default_factory=asyncio.Event)

    def answer(self, asked: float, codes: set[str]) -> bool:
        """Note one; whether it was done."""
        seconds = time.monotonic() - asked
        self.slowest = max(self.slowest, seconds)
        under = time.monotonic() - max(asked, self.fault_at)
        self.refused += [(asked, under, code) for code in codes]
        self.answered += not codes
        self.progress.set()
        return not codes

    def slowest_refusal(self) -> float:
        """Seconds."""
        return max((seconds for _, seconds, _ in self.refused), default=0.0)


class Bustle:
    """Writers, a reader and subscribers at both workers, from the position `since` on."""

    def __init__(self, deployment: Deployment) -> None:
        self.deployment = deployment
        self.since = deployment.head()
        self.told = Told()
        self.subscribers: list[Subscriber] = []
        self.stopped = False
        self._begun = time.monotonic()
        self._token = deployment.token("control")
        self._following: list[asyncio.Task[None]] = []
        anew = httpx.Limits(max_keepalive_connections=0)
        self._http = deployment.http(timeout=CLIENT_SECONDS, limits=anew)

    async def blow(self, weather: Callable[[], Awaitable[None]], *, verbs: int = 2, readers: int = 2) -> list[str]:
        """Let all work while `weather` happens; what the log has then, which each subscriber heard exactly once."""
        await self._subscribe()
        try:
            async with asyncio.TaskGroup() as group:
                works = [
                    self._passages(),
                    *(self._verbs(n) for n in range(verbs)),
                    *(self._read() for _ in range(readers)),
                ]
                for work in works:
                    group.create_task(work)
                await weather()
                self.stopped = True
            logged = await asyncio.to_thread(self.deployment.logged, self.since)
            for subscriber in self.subscribers:
                await subscriber.heard_all(set(logged), CAUGHT_UP_SECONDS)
        except BaseException:
            print(self.deployment.product.output()[-SHOWN:])
            raise
        finally:
            for task in self._following:
                task.cancel()
            ends = await asyncio.gather(*self._following, return_exceptions=True)
            await self._http.aclose()
        assert [end for end in ends if not isinstance(end, asyncio.CancelledError)] == []
        for subscriber in self.subscribers:
            assert subscriber.events == logged
        assert len(logged) == len(set(logged)) == len(self.told.acknowledged), "each passage once, and none else"
        return logged

    def note(self, what: str) -> None:
        """A line for whoever reads why it failed."""
        told = self.told
        print(
            f"{time.monotonic() - self._begun:6.1f} s: {what} ({told.answered} answered, {len(told.refused)} refused)"
        )

    async def calm(self, seconds: float = 0.3) -> None:
        """Wait until a passage and a verb are done that were asked for since, then for so long."""
        since = time.monotonic()
        async with asyncio.timeout(CALM_SECONDS):
            while len({reason.startswith("verb") for reason, at in self.told.asked.items() if at >= since}) < 2:
                self.told.progress.clear()
                await self.told.progress.wait()
        await asyncio.sleep(seconds)

    def latency(self, *, since: float = 0.0) -> float:
        """The longest from when an event was receipted, and `since`, to a subscriber."""
        waits = [
            subscriber.heard_at[reason] - max(at, since)
            for reason, at in self.told.acknowledged.items()
            for subscriber in self.subscribers
        ]
        return max(waits)

    async def _subscribe(self) -> None:
        """Two of each transport at least, one after the other, and as many more until each worker has one."""
        start = self.deployment.cursor(self.since)
        kinds = (SocketSubscriber, StreamSubscriber)
        async with asyncio.timeout(CAUGHT_UP_SECONDS):
            while len(self.subscribers) < 4 or not self._spread():
                assert len(self.subscribers) < MOST_SUBSCRIBERS, "one worker takes every connection"
                one = kinds[len(self.subscribers) // 2 % 2](self.deployment, start, excused=OUTAGE)
                self.subscribers.append(one)
                self._following.append(asyncio.create_task(one.follow()))
                await one.connected.wait()

    def _spread(self) -> bool:
        """Whether each worker has a subscriber; who stands in front sees to that by himself."""
        workers = set(self.deployment.product.worker_ids())
        return self.deployment.front is not None or {self._worker(one) for one in self.subscribers} == workers

    def _worker(self, subscriber: Subscriber) -> int | None:
        """Which process has the other end of its connection."""
        port, ours = self.deployment.product.port, subscriber.local_port
        for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
            local, remote, inode = line.split()[1], line.split()[2], line.split()[9]
            if local.endswith(f":{port:04X}") and remote.endswith(f":{ours:04X}"):
                return next((pid for pid in self.deployment.product.worker_ids() if _holds(pid, inode)), None)
        return None

    async def _passages(self) -> None:
        """A device; each passage is said until it is receipted."""
        tenant, base = self.deployment.world.acme, (self.since + 1) * 100_000
        headers = {"authorization": f"Bearer {tenant.device_token}"}
        number = 0
        while not self.stopped:
            number += 1
            message = passage(tenant, base + number, reason=f"{base + number}")

            def receipts(body: dict[str, Any]) -> set[str]:
                if "errors" in body:
                    return _codes(body)
                assert body["results"][0]["status"] in ("ACCEPTED", "DUPLICATE"), body
                return set()

            await self._surely("/ingest/events", {"messages": [message]}, headers, receipts, message["reason"])

    async def _verbs(self, writer: int) -> None:
        """Somebody at the screen opens a gate, again and again; a call that failed is said again with its key."""
        tenant, number = self.deployment.world.acme, 0
        while not self.stopped:
            number += 1
            reason = f"verb {self.since} {writer} {number}"
            body = {"query": OPEN, "variables": {"id": tenant.id(f"gate{writer % 2}"), "input": {"reason": reason}}}
            headers = {"authorization": f"Bearer {self._token}", "idempotency-key": reason.replace(" ", "-")}

            def done(body: dict[str, Any]) -> set[str]:
                codes = _codes(body)
                assert codes or body["data"]["gateOpen"]["userErrors"] == [], body
                return codes

            await self._surely("/graphql", body, headers, done, reason)

    async def _read(self) -> None:
        """Somebody who asks."""
        body = {"query": READ, "variables": {"id": self.deployment.world.acme.id("home")}}
        headers = {"authorization": f"Bearer {self._token}"}
        while not self.stopped:
            await self._call("/graphql", body, headers, _codes)

    async def _surely(
        self, path: str, body: Any, headers: dict[str, str], judge: Callable[[Any], set[str]], reason: str
    ) -> None:
        """Say it until it is done."""
        asked = time.monotonic()
        while not await self._call(path, body, headers, judge):
            asked = time.monotonic()
        self.told.acknowledged[reason], self.told.asked[reason] = time.monotonic(), asked
        self.told.progress.set()

    async def _call(self, path: str, body: Any, headers: dict[str, str], judge: Callable[[Any], set[str]]) -> bool:
        """One call on a connection of its own, so that both workers are asked; only an outage may refuse it."""
        asked = time.monotonic()
        answer = await self._http.post(path, json=body, headers=headers)
        codes = judge(answer.json())
        assert codes <= AGAIN, answer.text
        assert answer.status_code == 200 or (answer.status_code in (503, 504) and codes), answer.text
        done = self.told.answer(asked, codes)
        await asyncio.sleep(PAUSE)
        return done


def _codes(body: dict[str, Any]) -> set[str]:
    return {error["extensions"]["code"] for error in body.get("errors", [])}


def _holds(pid: int, inode: str) -> bool:
    """Whether a process has that socket."""
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(OSError):
            if str(entry.readlink()) == f"socket:[{inode}]":
                return True
    return False
