"""The event log: streams with gap-free positions, and the closed record of what happened (design.md section 5)."""

from __future__ import annotations

from typing import Any

from tortoise import Model, fields

from models.base import reference


class EventStream(Model):
    """The counter of one stream (a Property, an Organization or an Account): the last position given out.

    Events up to `pruned` are gone; a restore from backup starts a new `epoch`.
    """

    id = fields.UUIDField(primary_key=True)
    organization: Any = reference("Organization")
    position = fields.BigIntField()
    pruned = fields.BigIntField(default=0)
    epoch = fields.BigIntField(default=1)

    class Meta:
        table = "event_stream"


class LoggedEvent(Model):
    """An event at its position. The key is (stream, position); never personal data."""

    stream: Any = reference("EventStream")
    position = fields.BigIntField(primary_key=True, generated=False)
    organization: Any = reference("Organization")
    type = fields.CharField(max_length=60)
    version = fields.IntField()
    subject_id = fields.UUIDField()
    occurred_at = fields.DatetimeField()
    audience: Any = fields.JSONField()
    data: Any = fields.JSONField()

    class Meta:
        table = "event"
