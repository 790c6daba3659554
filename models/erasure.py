"""Erasure (删除请求): what of a Person is to be erased, by when, and when it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tortoise import fields

from models.base import Versioned, reference
from models.rules.consent import ErasureScope

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID


class Erasure(Versioned):
    """At most one is open per Person and scope. Requested at `created_at`; done when the sheets with it are gone too.

    The job `personal.erase` does what is open.
    """

    person: Any = reference("Person")
    account: Any = reference("Account", null=True)
    scope = fields.CharEnumField(ErasureScope, max_length=32)
    due_at = fields.DatetimeField()
    erased_at: datetime | None = fields.DatetimeField(null=True, description="when the values went")
    done_at: datetime | None = fields.DatetimeField(null=True)

    if TYPE_CHECKING:
        person_id: UUID
        account_id: UUID | None

    class Meta:
        table = "erasure"
