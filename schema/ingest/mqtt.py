"""Devices over MQTT: `wuye/<device id>/up` carries calls, `wuye/<device id>/down` the answers.

The topic proves nothing: each call carries the device's own credential, checked as over HTTP, and it must be that of
the device in the topic.
"""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING, Any
from uuid import UUID

import orjson

from adapters.database import DatabaseUnavailable
from adapters.device.mqtt import Reply
from models.errors import ErrorCode, Refusal
from models.rules.ingest import Transport

if TYPE_CHECKING:
    from models.viewer import Viewer
    from schema.ingest.door import IngestDoor

logger = logging.getLogger("wuye.ingest")
UP = "wuye/+/up"
LOCALE = "en"
FRESH_SECONDS = 1.0  # a revoked credential is refused after at most so long
MOST_KEPT = 10_000
QUIET_SECONDS = 60.0


class MqttDoor:
    """Decodes calls that came through a broker."""

    def __init__(self, door: IngestDoor, most_bytes: int) -> None:
        self._door = door
        self._most = most_bytes
        self._known: dict[str, tuple[float, asyncio.Task[Viewer | None]]] = {}
        self._refused = 0
        self._said = -QUIET_SECONDS

    async def receive(self, topic: str, payload: bytes) -> Reply | None:
        """Take one call and say what to answer. Raises DatabaseUnavailable or Refusal TIMEOUT: try again later."""
        name = topic.split("/")[1]
        try:
            body = self._decode(payload)
            device = await self._device(name, body)
            answer = await self.take(device, body)
        except Refusal as refusal:
            if refusal.code is ErrorCode.TIMEOUT:
                raise
            self._complain(name, refusal)
            answer = {"errors": [self._door.explain(refusal, LOCALE)]}
        return Reply(f"wuye/{name}/down", orjson.dumps(answer))

    async def take(self, device: Viewer, body: dict[str, Any]) -> dict[str, Any]:
        """The answer to a call whose credential is checked. What is no call is set aside whole."""
        try:
            return await self._door.take(device, body, LOCALE, Transport.MQTT)
        except DatabaseUnavailable:
            raise
        except Exception as error:
            if isinstance(error, Refusal) and error.code is ErrorCode.TIMEOUT:
                raise
            shown = self._door.explain(error, LOCALE)
            refusal = error if isinstance(error, Refusal) else _mistake(shown)
            await self._door.set_aside(device, body, refusal, Transport.MQTT)
            return {"errors": [shown]}

    async def authorise(self, token: str) -> Viewer | None:
        """The device of a credential, looked up at most once a second; calls that wait keep their order."""
        now = time.monotonic()
        kept = self._known.get(token)
        if kept is None or now - kept[0] >= FRESH_SECONDS:
            if len(self._known) >= MOST_KEPT:
                self._known.clear()
            kept = self._known[token] = (now, asyncio.create_task(self._door.authorise(token)))
        try:
            return await asyncio.shield(kept[1])
        except Exception:
            self._known.pop(token, None)
            raise

    def _decode(self, payload: bytes) -> dict[str, Any]:
        """`{token, messages}`; one message may stand in the call itself."""
        if len(payload) > self._most:
            raise Refusal(ErrorCode.PAYLOAD_TOO_LARGE, max=self._most)
        try:
            body = orjson.loads(payload)
        except (orjson.JSONDecodeError, RecursionError):
            body = None
        if not isinstance(body, dict):
            raise Refusal(ErrorCode.BAD_REQUEST, detail="the payload is no JSON object with `token` and `messages`")
        return body

    async def _device(self, name: str, body: dict[str, Any]) -> Viewer:
        """Check the credential and take it out of the body: it is never kept."""
        token = body.pop("token", None)
        device = await self.authorise(token) if isinstance(token, str) and len(token) <= 200 else None
        try:
            meant = UUID(hex=name)
        except ValueError:
            meant = None
        if device is None or device.device_id != meant:
            raise Refusal(ErrorCode.UNAUTHENTICATED, message="DEVICE_CREDENTIAL")
        single = {key: body.pop(key) for key in list(body)} if "messages" not in body else None
        if single is not None:
            body["messages"] = [single] if single else []
        elif isinstance(body["messages"], dict):
            body["messages"] = [body["messages"]]
        return device

    def _complain(self, name: str, refusal: Refusal) -> None:
        """Strangers cost a line a minute in the log, and nothing in the database."""
        self._refused += 1
        if time.monotonic() - self._said >= QUIET_SECONDS:
            logger.warning("MQTT: %d calls refused, the last one on wuye/%s/up: %s", self._refused, name[:40], refusal)
            self._said, self._refused = time.monotonic(), 0


def _mistake(shown: dict[str, Any]) -> Refusal:
    error_id = str(shown["extensions"].get("errorId", ""))
    return Refusal(ErrorCode.INTERNAL_SERVER_ERROR, error_id=error_id, detail=f"error {error_id}")
