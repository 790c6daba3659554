"""PersonKey: the key under which personal values of one Person are sealed where rows are never changed (the audit)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tortoise import fields

from models.base import Record, reference

if TYPE_CHECKING:
    from uuid import UUID


class PersonKey(Record):
    """One a Person. Destroyed, the row stays without its key, and what was sealed under it opens for nobody."""

    person: Any = reference("Person")
    wrapped = fields.CharField(max_length=200, null=True, description="the key, sealed by adapters/vault.py")
    destroyed_at = fields.DatetimeField(null=True)

    if TYPE_CHECKING:
        person_id: UUID

    class Meta:
        table = "person_key"
