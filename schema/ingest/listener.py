"""The MQTT side of ingestion, put together: the broker's listener, the devices' door and Frigate's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.camera.frigate import load_frigates
from adapters.device.mqtt import MqttListener, Reply
from schema.ingest.frigate import FrigateDoor
from schema.ingest.mqtt import UP, MqttDoor

if TYPE_CHECKING:
    from resolvers.ports import House
    from schema.ingest.door import IngestDoor


def mqtt_listener(house: House, door: IngestDoor) -> MqttListener | None:
    """What takes the calls of devices, and Frigate's news, from the broker; None without MQTT_URL."""
    settings = house.settings
    if settings.mqtt_url is None:
        return None
    devices = MqttDoor(door, settings.limits.body_bytes)
    frigates = FrigateDoor(load_frigates(settings), devices, door, house.clock)

    async def handle(topic: str, payload: bytes) -> Reply | None:
        if frigates.knows(topic):
            await frigates.receive(topic, payload)
            return None
        return await devices.receive(topic, payload)

    return MqttListener(settings, [UP], handle, alone=frigates.filters)
