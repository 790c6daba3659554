"""What all devices of the play share: numbered messages, heartbeats, and a call that may be sent again."""

from __future__ import annotations

import asyncio
from abc import ABC
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import orjson

from adapters.simulator.actor import Actor
from adapters.simulator.trouble import Failed

if TYPE_CHECKING:
    from adapters.simulator.actor import Stage
    from adapters.simulator.directory import Directory

MOST_MESSAGES = 100
BEAT_SECONDS = 5.0  # real ones at most, whatever the speed: the server's patience is real


class DeviceActor(Actor, ABC):
    """Its messages are numbered, so it may send a call again when there was no answer."""

    beat_seconds = BEAT_SECONDS

    def __init__(self, stage: Stage, device: dict[str, Any]) -> None:
        super().__init__(stage, f"{device['property']} {device['name']}")
        self.place: Directory = stage.directories[device["property"]]
        self._headers = {"authorization": f"Bearer {device['token']}"}

    async def beat_until(self, seconds: float) -> None:
        """Wait, shorter at a higher speed, and be heard meanwhile."""
        left = seconds / self.stage.speed
        while left > self.beat_seconds:
            await asyncio.sleep(self.beat_seconds)
            left -= self.beat_seconds
            await self.send([])
        await asyncio.sleep(max(left, 0))

    def message(self, kind: str, before: float = 0, **values: Any) -> dict[str, Any]:
        """The next message, of what happened `before` seconds ago."""
        at = self.stage.clock.now() - timedelta(seconds=before)
        return {"sequence": self.stage.sequences.take(), "type": kind, "occurredAt": at.isoformat(), **values}

    async def send(self, messages: list[dict[str, Any]]) -> dict[str, Any]:
        """One call; its answer. Raises Failed when it, or one of its messages, is refused."""
        response = await self.stage.server.post(
            "/ingest/events", headers=self._headers, json={"messages": messages[:MOST_MESSAGES]}
        )
        if response.status_code != 200:
            raise Failed(f"/ingest/events answers {response.status_code}: {response.text[:200]}")
        answer: dict[str, Any] = orjson.loads(response.content)
        rejected = [result for result in answer["results"] if result["status"] == "REJECTED"]
        if rejected:
            raise Failed(f"{len(rejected)} messages rejected, the first: {rejected[0]}")
        return answer
