"""AuditEntry: who did what to which row, when, from where, with its values; AuditSeal: its place in the hash chain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tortoise import fields

from models.base import Record, reference

if TYPE_CHECKING:
    from uuid import UUID


class AuditEntry(Record):
    """One verb on one subject; `account` is null for a device or a job. Added, never changed."""

    property: Any = reference("Property", null=True)
    account: Any = reference("Account", null=True)
    person: Any = reference("Person", null=True)
    session: Any = reference("Session", null=True)
    api_client: Any = reference("ApiClient", null=True)
    device: Any = reference("Device", null=True)
    actor = fields.CharField(max_length=60, description="kind of actor: models.rules.audit.AuditActor, in lower case")
    verb = fields.CharField(max_length=60)
    subject_type = fields.CharField(max_length=40)
    subject_id = fields.UUIDField()
    before: Any = fields.JSONField(null=True)
    after: Any = fields.JSONField(null=True)
    address = fields.CharField(max_length=45, null=True)
    agent = fields.CharField(max_length=200, null=True)

    if TYPE_CHECKING:
        property_id: UUID | None

    class Meta:
        table = "audit_entry"


class AuditSeal(Record):
    """The seal of the entry with the same id: `sequence` is gap-free in the Organization, `hash` chains `previous`."""

    sequence = fields.BigIntField()
    previous = fields.CharField(max_length=64)
    hash = fields.CharField(max_length=64)

    class Meta:
        table = "audit_seal"


class AuditWaiting(Record):
    """An entry that is not sealed yet; a trigger of the database notes it, the job `audit.seal` takes it away."""

    class Meta:
        table = "audit_waiting"
