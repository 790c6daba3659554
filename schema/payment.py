"""Payments in the contract."""

from __future__ import annotations

from datetime import datetime

import strawberry

import models
from models.query import Query as Rows
from models.rules.payment import PaymentMethod
from models.rules.permission import Permission
from resolvers import payment as usecase
from schema.base import (
    ChangeOrder,
    Connection,
    Info,
    Money,
    MoneyInput,
    Node,
    Payload,
    column,
    computed,
    decode,
    many,
    money,
    node,
    one,
    ref,
    text,
    to_many,
    to_one,
    values,
    verb,
)
from schema.bill import Bill
from schema.person import Person
from schema.place import Property
from schema.staff import Staff


@node(models.Allocation, "核销: what of a Payment went to a Bill.")
class Allocation(Node):
    """What of a Payment went to a Bill."""

    bill: Bill | None = to_one("The bill.")
    payment: Payment | None = to_one("The payment.")
    amount: Money = money("How much.", source="amount")
    reversed_at: datetime | None = column("When the payment was reversed; null while it counts.")
    created_at: datetime = column("When it was made.")


@node(models.Payment, "缴费: money of a Person, and where it went.")
class Payment(Node):
    """Money of a Person."""

    property: Property | None = to_one("The estate; null for a payer who has left it.")
    payer: Person | None = to_one("Whose money it is.")
    recorded_by: Staff | None = to_one("Who took it.")
    number: str = column("For people, unique in the Organization.")
    method: PaymentMethod = column("How it came.")
    amount: Money = money("All of it.", source="amount")
    prepaid_amount: Money = money("What of it was left over and became prepayment.", source="prepaid")
    receipt_number: str | None = column("Of the paper receipt, unique in the Property.")
    allocations: Connection[Allocation] = to_many("The bills it went to.", "Allocation", "payment_id")
    received_at: datetime = column("When it was taken.")
    reversed_at: datetime | None = column("When it was reversed; null while it counts.")
    reverse_reason: str | None = column("Why it was reversed.")
    viewer_can_reverse: bool = computed(
        "Whether the viewer may reverse it now.",
        needs=("reversed_at", "property_id"),
        compute=usecase.viewer_can_reverse,
    )
    updated_at: datetime = column("When it last changed.")
    version: int = column("Grows by one with each change.")


@strawberry.input(description="Which payments.")
class PaymentFilter:
    """Which payments."""

    payer_id: strawberry.ID | None = text("Only of this Person.", optional=True)


@strawberry.input(description="Cash over the counter.")
class PaymentRecordInput:
    """Cash over the counter."""

    property_id: strawberry.ID = ref("Property", "The estate.")
    payer_id: strawberry.ID = ref("Person", "Whose money it is.")
    amount: MoneyInput = text("All that was given; above 0.")
    bill_ids: list[strawberry.ID] | None = ref(
        "Bill",
        "Up to 100 bills of this Property, settled in this order; without it whatever the payer owes there, oldest due"
        " date first; an empty list: none.",
        optional=True,
    )
    rest_to_prepayment: bool = text(
        "Whether what is left over becomes the payer's prepayment; otherwise too much is refused.", default=False
    )
    receipt_number: str | None = text(
        "Of the paper receipt, 1 to 40 characters: the Property takes each number once, so a repeated call is safe.",
        optional=True,
    )


@strawberry.input(description="Why a payment is taken back.")
class PaymentReverseInput:
    """Why a payment is taken back."""

    expected_version: int = text("The version the viewer saw; a newer one is a CONFLICT.")
    reason: str = text("For the record; 1 to 200 characters.")


@strawberry.input(description="A prepayment that settles bills.")
class PrepaymentApplyInput:
    """A prepayment that settles bills."""

    property_id: strawberry.ID = ref("Property", "The estate.")
    person_id: strawberry.ID = ref("Person", "Whose prepayment it is.")
    amount: MoneyInput | None = text("How much of it; as much as there is and is owed without it.", optional=True)
    bill_ids: list[strawberry.ID] | None = ref(
        "Bill",
        "Up to 100 bills of this Property, settled in this order; without it whatever the Person owes there, oldest due"
        " date first.",
        optional=True,
    )


@strawberry.type(description="Answer to paymentRecord.")
class PaymentRecordPayload(Payload):
    """The payment."""

    payment: Payment | None = strawberry.field(
        default=None, description="The new payment; on PAYMENT_ALREADY_RECORDED the one there is."
    )


@strawberry.type(description="Answer to paymentReverse.")
class PaymentReversePayload(Payload):
    """The payment after the verb."""

    payment: Payment | None = strawberry.field(
        default=None, description="The payment after the verb; when it was refused for its state, as it is now."
    )


@strawberry.type(description="Answer to prepaymentApply.")
class PrepaymentApplyPayload(Payload):
    """The payment from the prepayment."""

    payment: Payment | None = strawberry.field(
        default=None, description="What was settled, as a payment with method PREPAYMENT."
    )


@strawberry.type
class PaymentQuery:
    """Reads of payments."""

    @many("Payments in a Property; a resident sees the own ones.", Payment, page=500)
    def payments(
        self,
        info: Info,
        property_id: strawberry.ID,
        filter: PaymentFilter | None = None,
        order: ChangeOrder = ChangeOrder.NEWEST,
    ) -> Rows:
        """Payments in a Property."""
        payer = decode("Person", filter.payer_id, "payer_id") if filter and filter.payer_id else None
        place = decode("Property", property_id, "property_id")
        return usecase.in_property(info.context.viewer, place, order.order, payer)

    payment: Payment | None = one("A Payment.", "Payment")


@strawberry.type
class PaymentMutation:
    """Verbs of payments."""

    @verb(
        "Take cash for bills, several at once or a part of one; needs payment.record.",
        shows="Payment",
        permission=Permission.PAYMENT_RECORD,
    )
    async def payment_record(self, info: Info, input: PaymentRecordInput) -> PaymentRecordPayload | None:
        """Take cash."""
        context = info.context
        made = await usecase.record(context.viewer, context.house, usecase.Taking(**values(input)))
        return PaymentRecordPayload(payment=await context.show("Payment", made.id))

    @verb(
        "Take a payment back: its bills are open again; needs payment.record.",
        shows="Payment",
        permission=Permission.PAYMENT_RECORD,
    )
    async def payment_reverse(
        self, info: Info, id: strawberry.ID, input: PaymentReverseInput
    ) -> PaymentReversePayload | None:
        """Take a payment back."""
        context = info.context
        done = await usecase.reverse(context.viewer, context.house, decode("Payment", id), **values(input))
        return PaymentReversePayload(payment=await context.show("Payment", done.id))

    @verb(
        "Settle bills from a Person's prepayment, oldest due date first; needs payment.record.",
        permission=Permission.PAYMENT_RECORD,
    )
    async def prepayment_apply(self, info: Info, input: PrepaymentApplyInput) -> PrepaymentApplyPayload | None:
        """Settle from a prepayment."""
        context = info.context
        made = await usecase.apply_prepayment(context.viewer, context.house, **values(input))
        return PrepaymentApplyPayload(payment=await context.show("Payment", made.id))
