"""ChargeItem (收费项目): what a Property charges for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tortoise import fields

from models.base import Versioned, reference
from models.rules.bill import Rounding

if TYPE_CHECKING:
    from uuid import UUID


class ChargeItem(Versioned):
    """A thing that is charged for, such as 物业费; it ends by `archived_at`."""

    property: Any = reference("Property")
    code = fields.CharField(max_length=20, description="short name, unique in the Property while not archived")
    name = fields.CharField(max_length=80)
    rounding = fields.CharEnumField(Rounding, max_length=32)
    archived_at = fields.DatetimeField(null=True)

    if TYPE_CHECKING:
        property_id: UUID

    class Meta:
        table = "charge_item"
