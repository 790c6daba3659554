"""Bill (账单) and BillLine (明细): what is owed, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tortoise import fields

from models.base import Record, Versioned, reference
from models.rules.bill import BillLineKind, BillStatus

if TYPE_CHECKING:
    from uuid import UUID


class Bill(Versioned):
    """What a Person owes for a Unit, a ChargeItem and a period. What is open is the balance of its receivable."""

    property: Any = reference("Property")
    building: Any = reference("Building")
    unit: Any = reference("Unit")
    charge_item: Any = reference("ChargeItem")
    payer: Any = reference("Person")
    receivable: Any = reference("LedgerAccount")
    work_order: Any = reference("WorkOrder", null=True)
    number = fields.CharField(max_length=20, description="for people, unique in the Organization")
    period_from = fields.DateField()
    period_until = fields.DateField(description="the last day")
    due_on = fields.DateField()
    status = fields.CharEnumField(BillStatus, max_length=32)
    amount = fields.BigIntField(description="fen: the sum of the lines")
    issued_at = fields.DatetimeField()
    work_order_number = fields.CharField(max_length=20, null=True, description="of the order that it charges")

    if TYPE_CHECKING:
        property_id: UUID
        building_id: UUID
        unit_id: UUID
        charge_item_id: UUID
        payer_id: UUID
        receivable_id: UUID
        work_order_id: UUID | None

    class Meta:
        table = "bill"


class BillLine(Record):
    """One line: quantity × unit price (integers of 1/10,000) rounded to fen. Never changed; a correction is a line."""

    property: Any = reference("Property")
    bill: Any = reference("Bill")
    kind = fields.CharEnumField(BillLineKind, max_length=32)
    description = fields.CharField(max_length=200)
    quantity = fields.BigIntField()
    unit_price = fields.BigIntField()
    amount = fields.BigIntField(description="fen, below zero for a credit")

    class Meta:
        table = "bill_line"
