"""TicketCategory (报事类别): what tickets of a Property may be about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tortoise import fields

from models.base import Versioned, reference
from models.rules.ticket import TicketKind

if TYPE_CHECKING:
    from uuid import UUID


class TicketCategory(Versioned):
    """What tickets of a Property may be about: a tree of two levels, with the rules of each."""

    property: Any = reference("Property")
    parent: Any = reference("TicketCategory", null=True)
    handler: Any = reference("Staff", null=True)
    kind = fields.CharEnumField(TicketKind, max_length=32, null=True, description="of which tickets; null: of any")
    name = fields.CharField(max_length=40)
    icon = fields.CharField(max_length=40, null=True)
    skill = fields.CharField(max_length=40, null=True)
    department = fields.CharField(max_length=80, null=True)
    before_photo = fields.BooleanField(default=False)
    after_photo = fields.BooleanField(default=False)
    opens_work_order = fields.BooleanField(default=False, description="of kinds that open none by themselves, too")
    reopen_days = fields.IntField(null=True, description="null: as the Property says")
    close_days = fields.IntField(null=True, description="null: as the Property says")
    keywords: Any = fields.JSONField(description="texts that classify a ticket")
    checklist: Any = fields.JSONField(description="texts of the items that its orders begin with")
    position = fields.IntField(default=0)
    archived_at = fields.DatetimeField(null=True)

    if TYPE_CHECKING:
        property_id: UUID
        parent_id: UUID | None
        handler_id: UUID | None

    class Meta:
        table = "ticket_category"
