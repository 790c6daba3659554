"""The devices' language: one JSON for every transport."""

from schema.ingest.door import IngestDoor
from schema.ingest.mqtt import UP, MqttDoor

__all__ = ["UP", "IngestDoor", "MqttDoor"]
