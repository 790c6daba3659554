"""Subscribers that are cut off and come back by cursor, over WebSocket and over SSE; and a writer that retries."""

from __future__ import annotations

import asyncio
import json
import time
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, NoReturn

import httpx
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from tests.client import passage
from tests.faults import FULL
from tests.live.sse import listen
from tests.live.talk import ACCESS

if TYPE_CHECKING:
    from tests.faults.conftest import Deployment


class Refused(Exception):
    """The server said in a coded error that the subscription cannot be had now."""


LOST = (OSError, ConnectionClosed, InvalidHandshake, httpx.TransportError, EOFError, Refused)
"""What a server that is killed, or without its database, does to its clients."""
RETRY_SECONDS = 0.05 if FULL else 0.2
MISSED = 3  # passages that one who does not catch up stays away for, at the least
COME_BACK_SECONDS = 0.3
"""How long a subscriber waits before it dials again; others write meanwhile."""


class Subscriber(ABC):
    """Follows the gates of `home`. `events` are ids of attempts in the order heard.

    `heard_at` says when, by reason (monotonic); `returns` counts reconnects; `ends` says how each connection ended;
    `excused` are codes of errors that may end a subscription.
    """

    def __init__(
        self, deployment: Deployment, start: str, *, catches_up: bool = True, excused: frozenset[str] = frozenset()
    ) -> None:
        tenant = deployment.world.acme
        self._deployment = deployment
        self._token = deployment.token("control")
        self._home = tenant.id("home")
        self.catches_up = catches_up
        self._cursor: str | None = start
        self._excused = excused
        self.events: list[str] = []
        self.heard_at: dict[str, float] = {}
        self.connected = asyncio.Event()  # for the first time
        self.local_port = 0  # of the connection
        self.returns = -1
        self.ends: list[str] = []
        self.heard = asyncio.Event()
        self.writer: Writer | None = None

    async def follow(self) -> None:
        """For ever; come back whenever it ends."""
        while True:
            self.returns += 1
            if not self.catches_up and self.returns:
                self._cursor = None
            self._stay = asyncio.create_task(self._connect())
            try:
                await asyncio.wait({self._stay})
            finally:
                self._stay.cancel()
                await asyncio.wait({self._stay})  # else the loop's end cancels it again, in the middle of closing
            if not self._stay.cancelled():
                self.ends.append(self._end())
            await asyncio.sleep(COME_BACK_SECONDS)
            if not self.catches_up and self.writer is not None:
                await self.writer.more(MISSED)

    def leave(self) -> None:
        """End the connection; it comes back."""
        self._stay.cancel()

    async def heard_all(self, ids: set[str], seconds: float) -> None:
        """Wait until each of `ids` was heard; raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while not ids <= set(self.events):
                self.heard.clear()
                await self.heard.wait()

    def _end(self) -> str:
        """The code of a close, the name of what broke it, or "whole": a stream that was ended between two frames."""
        try:
            self._stay.result()
        except LOST as lost:
            closed = lost.rcvd if isinstance(lost, ConnectionClosed) else None
            return str(closed.code) if closed else type(lost).__name__
        return "whole"

    @abstractmethod
    async def _connect(self) -> None:
        """Subscribe from the last cursor, and hear until it is cut off."""

    def _dialled(self, port: int) -> None:
        self.local_port = port
        self.connected.set()

    def _take(self, result: dict[str, Any]) -> None:
        if "errors" in result:
            self._refused(result["errors"])
        event = result["data"]["accessEventRecorded"]
        self._cursor = event["cursor"]
        self.events.append(event["accessEvent"]["id"])
        self.heard_at[event["accessEvent"]["reason"]] = time.monotonic()
        self.heard.set()

    def _refused(self, errors: list[dict[str, Any]]) -> NoReturn:
        """It ended; only what is excused may end it."""
        codes = {error["extensions"]["code"] for error in errors}
        assert codes <= self._excused, errors
        raise Refused(codes)


class SocketSubscriber(Subscriber):
    """Over graphql-transport-ws; takes the cursors of pings too."""

    async def _connect(self) -> None:
        async with self._deployment.talk(self._token) as socket:
            self._dialled(socket.connection.local_address[1])
            await socket.subscribe("1", ACCESS, property=self._home, after=self._cursor)
            while True:
                message = await socket.receive()
                if message["type"] == "ping":
                    await socket.send("pong")
                    self._cursor = message["payload"]["cursors"].get("1", self._cursor)
                elif message["type"] == "next":
                    self._take(message["payload"])
                else:
                    assert message["type"] == "error", message
                    self._refused(message["payload"])


class StreamSubscriber(Subscriber):
    """Over SSE, as an EventSource does it: Last-Event-ID."""

    async def _connect(self) -> None:
        async with (
            self._deployment.http() as http,
            listen(http, ACCESS, self._token, last_id=self._cursor, property=self._home) as stream,
        ):
            self._dialled(stream.response.extensions["network_stream"].get_extra_info("client_addr")[1])
            if stream.response.status_code != 200:
                self._refused(json.loads(await stream.response.aread())["errors"])
            while (frame := await stream.frame()) is not None:
                if frame.event is not None:
                    self._take(frame.result)
                if self.catches_up or not self.returns:
                    self._cursor = stream.last_id or self._cursor


class Writer:
    """A device that passes the gate `total` times, and says each passage again until it is receipted."""

    def __init__(self, deployment: Deployment, total: int, pause: float) -> None:
        self._product = deployment.product
        self._tenant = deployment.world.acme
        self._total = total
        self._pause = pause
        self.done = 0
        self.repeats = 0
        self._progress = asyncio.Event()

    async def write(self) -> None:
        """All of them, in order."""
        headers = {"authorization": f"Bearer {self._tenant.device_token}"}
        async with httpx.AsyncClient(base_url=self._product.url, trust_env=False, timeout=5) as http:
            while self.done < self._total:
                message = passage(self._tenant, self.done)
                try:
                    answer = await http.post("/ingest/events", json={"messages": [message]}, headers=headers)
                except httpx.TransportError:
                    self.repeats += 1
                    await asyncio.sleep(RETRY_SECONDS)
                    continue
                assert answer.status_code in (200, 503), answer.text
                if answer.status_code == 200:
                    assert answer.json()["results"][0]["status"] in ("ACCEPTED", "DUPLICATE"), answer.text
                    self.done += 1
                    self._progress.set()
                await asyncio.sleep(self._pause)

    async def more(self, count: int) -> None:
        """Wait until so many further passages are receipted, or all."""
        goal = min(self._total, self.done + count)
        while self.done < goal:
            self._progress.clear()
            await self._progress.wait()

    async def reached(self, share: float) -> None:
        """Wait until that share of the passages is receipted."""
        while self.done < self._total * share:
            self._progress.clear()
            await self._progress.wait()
