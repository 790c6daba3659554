"""The devices' language: one JSON for every transport."""

from schema.ingest.door import IngestDoor

__all__ = ["IngestDoor"]
