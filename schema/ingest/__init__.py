"""The devices' language: one JSON for every transport."""

from schema.ingest.door import IngestDoor
from schema.ingest.frigate import FrigateDoor
from schema.ingest.mqtt import UP, MqttDoor

__all__ = ["UP", "FrigateDoor", "IngestDoor", "MqttDoor"]
