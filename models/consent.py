"""Consent (同意): what a Person agreed to and withdrew, act by act, and the texts that were agreed to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tortoise import fields

from models.base import Record, reference
from models.rules.consent import ConsentAct, ConsentChannel, ConsentKind

if TYPE_CHECKING:
    from uuid import UUID


class ConsentText(Record):
    """The text of an edition; the newest one in effect is what people consent to. Never changed."""

    kind = fields.CharEnumField(ConsentKind, max_length=32)
    edition = fields.CharField(max_length=20, description="unique for its kind in the Organization")
    body = fields.TextField()
    effective_from = fields.DatetimeField()

    class Meta:
        table = "consent_text"


class Consent(Record):
    """One act of a Person, `number` 1, 2, … of its kind. History: rows are added and never changed."""

    person: Any = reference("Person")
    account: Any = reference("Account", null=True)
    kind = fields.CharEnumField(ConsentKind, max_length=32)
    act = fields.CharEnumField(ConsentAct, max_length=32)
    number = fields.IntField()
    edition = fields.CharField(max_length=20)
    purpose = fields.CharField(max_length=120)
    channel = fields.CharEnumField(ConsentChannel, max_length=32)
    occurred_at = fields.DatetimeField()

    if TYPE_CHECKING:
        person_id: UUID
        account_id: UUID | None

    class Meta:
        table = "consent"
