"""The enums of ingestion."""

from models.rules.ingest import Transport
from schema.enum.show import show

show(Transport, "The way a device's message came.", HTTP="POST /ingest/events.", MQTT="The broker.")
