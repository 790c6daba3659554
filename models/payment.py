"""Payment (缴费) and Allocation (核销): what was paid, and where it went."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tortoise import fields

from models.base import Record, Versioned, reference
from models.rules.payment import PaymentMethod

if TYPE_CHECKING:
    from uuid import UUID


class Payment(Versioned):
    """Money of a Person: in fen, spread over bills; `prepaid` of it became prepayment. It ends by `reversed_at`."""

    property: Any = reference("Property")
    payer: Any = reference("Person")
    recorded_by: Any = reference("Staff", null=True)
    number = fields.CharField(max_length=20, description="for people, unique in the Organization")
    method = fields.CharEnumField(PaymentMethod, max_length=32)
    amount = fields.BigIntField()
    prepaid = fields.BigIntField()
    receipt_number = fields.CharField(
        max_length=40, null=True, description="of the paper receipt, unique in the Property"
    )
    received_at = fields.DatetimeField()
    reversed_at = fields.DatetimeField(null=True)
    reverse_reason = fields.CharField(max_length=200, null=True)

    if TYPE_CHECKING:
        property_id: UUID
        payer_id: UUID
        recorded_by_id: UUID | None

    class Meta:
        table = "payment"


class Allocation(Record):
    """What of a Payment went to a Bill, in fen; it counts until `reversed_at`."""

    property: Any = reference("Property")
    payment: Any = reference("Payment")
    bill: Any = reference("Bill")
    amount = fields.BigIntField()
    reversed_at = fields.DatetimeField(null=True)

    if TYPE_CHECKING:
        payment_id: UUID
        bill_id: UUID

    class Meta:
        table = "allocation"
