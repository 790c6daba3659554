"""Frigate's topics: its news go through the devices' door with the credential of its Device."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from models.errors import ErrorCode, Refusal
from models.rules.ingest import Transport

if TYPE_CHECKING:
    from adapters.camera.frigate import Frigate
    from adapters.clock import Clock
    from schema.ingest.door import IngestDoor
    from schema.ingest.mqtt import MqttDoor

logger = logging.getLogger("wuye.ingest")


class FrigateDoor:
    """All Frigate servers of this installation, by topic prefix."""

    def __init__(self, frigates: list[Frigate], mqtt: MqttDoor, door: IngestDoor, clock: Clock) -> None:
        self._frigates = {frigate.prefix: frigate for frigate in frigates}
        self._mqtt = mqtt
        self._door = door
        self._clock = clock

    @property
    def filters(self) -> list[str]:
        """What to subscribe to."""
        return [topic for frigate in self._frigates.values() for topic in frigate.filters]

    def knows(self, topic: str) -> bool:
        """Whether a topic is one of a Frigate server."""
        return self._of(topic) is not None

    async def receive(self, topic: str, payload: bytes) -> None:
        """Take what it published; what is not understood is set aside. Raises DatabaseUnavailable."""
        frigate = self._of(topic)
        if frigate is None:
            return
        device = await self._mqtt.authorise(frigate.token)
        if device is None:
            logger.warning("the credential of the Frigate server %s does not hold: issue a new one", frigate.prefix)
            return
        try:
            messages = frigate.translate(topic, payload, self._clock.now())
        except ValueError as error:
            refusal = Refusal(ErrorCode.BAD_REQUEST, detail=f"Frigate: {error}"[:200])
            await self._door.set_aside(device, payload, refusal, Transport.MQTT)
            return
        await self._mqtt.take(device, {"messages": messages})

    def _of(self, topic: str) -> Frigate | None:
        return next((one for prefix, one in self._frigates.items() if topic.startswith(f"{prefix}/")), None)
