"""A client of GraphQL over SSE that reads frames to the letter."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import httpx

SECONDS = 15.0


@dataclass(frozen=True)
class Frame:
    """One block of the stream; without an event it is a comment or an id alone."""

    event: str | None
    id: str | None
    data: str | None

    @property
    def result(self) -> dict[str, Any]:
        """The execution result that it carries."""
        assert self.event == "next", self
        assert self.data is not None, self
        found: dict[str, Any] = json.loads(self.data)
        return found


class Stream:
    """An open event stream."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self.raw = b""
        self.last_id: str | None = None
        self._chunks = response.aiter_bytes()
        self._rest = b""

    async def frame(self) -> Frame | None:
        """The next block; None at the end of the stream."""
        while b"\n\n" not in self._rest:
            try:
                async with asyncio.timeout(SECONDS):
                    chunk = await anext(self._chunks)
            except StopAsyncIteration:
                assert self._rest == b"", "the stream ends in the middle of a frame"
                return None
            self.raw += chunk
            self._rest += chunk
        block, _, self._rest = self._rest.partition(b"\n\n")
        frame = _parse(block)
        self.last_id = frame.id or self.last_id
        return frame

    async def event(self) -> Frame | None:
        """The next block that carries an event."""
        while (frame := await self.frame()) is not None and frame.event is None:
            pass
        return frame

    async def results(self, count: int) -> list[dict[str, Any]]:
        """The next `count` results."""
        found = []
        for _ in range(count):
            frame = await self.event()
            assert frame is not None, "the stream ended"
            found.append(frame.result)
        return found


def _parse(block: bytes) -> Frame:
    fields: dict[str, str] = {}
    for line in block.decode().split("\n"):
        name, _, value = line.partition(":")
        if name:
            assert name not in fields, f"{name} twice in {block!r}"
            fields[name] = value.removeprefix(" ")
    return Frame(fields.get("event"), fields.get("id"), fields.get("data"))


@asynccontextmanager
async def listen(
    http: httpx.AsyncClient, query: str, token: str | None, *, last_id: str | None = None, **variables: Any
) -> AsyncIterator[Stream]:
    """An operation as an event stream."""
    headers = {"accept": "text/event-stream", **({"authorization": f"Bearer {token}"} if token else {})}
    if last_id is not None:
        headers["last-event-id"] = last_id
    body = {"query": query, "variables": variables}
    async with http.stream("POST", "/graphql", json=body, headers=headers, timeout=SECONDS) as response:
        yield Stream(response)
