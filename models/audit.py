"""AuditEntry: who did what to which row, when, with its values before and after."""

from __future__ import annotations

from typing import Any

from tortoise import fields

from models.base import Record, reference


class AuditEntry(Record):
    """One verb on one subject; `account` is null for a device or a job."""

    property: Any = reference("Property", null=True)
    account: Any = reference("Account", null=True)
    actor = fields.CharField(max_length=60, description="kind of actor: account, device, job")
    verb = fields.CharField(max_length=60)
    subject_type = fields.CharField(max_length=40)
    subject_id = fields.UUIDField()
    before: Any = fields.JSONField(null=True)
    after: Any = fields.JSONField(null=True)

    class Meta:
        table = "audit_entry"
