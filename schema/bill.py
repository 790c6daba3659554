"""Bills in the contract."""

from __future__ import annotations

from datetime import date, datetime
from enum import Enum
from typing import TYPE_CHECKING, Annotated

import strawberry

import models
from models.query import Order
from models.query import Query as Rows
from models.rules.bill import BillLineKind, BillStatus, Line
from models.rules.permission import Permission
from models.rules.place import local_day
from resolvers import bill as usecase
from schema.base import (
    Connection,
    Cursor,
    Decimal4,
    Event,
    Info,
    Money,
    MoneyInput,
    Node,
    Payload,
    Scaled,
    column,
    computed,
    decode,
    event,
    happened,
    live,
    many,
    money,
    node,
    one,
    ref,
    subject,
    text,
    through,
    to_many,
    to_one,
    values,
    verb,
)
from schema.base.event import HappenedSpec
from schema.base.field import declare
from schema.base.money import shown
from schema.charge_item import ChargeItem
from schema.person import Person
from schema.place import Building, Property, Unit
from subscriptions import BillChanged as Changed
from subscriptions.bill import BillChange

if TYPE_CHECKING:
    from schema.payment import Allocation
    from schema.work_order import WorkOrder


ten_thousandths = Scaled(4)


@node(models.BillLine, "明细: one line of a Bill; a correction is a further line.")
class BillLine(Node):
    """One line of a Bill."""

    bill: Bill | None = to_one("The bill.")
    kind: BillLineKind = column("Whether it adds to the bill or takes from it.")
    description: str = column("What for; at most 200 characters.")
    quantity: Decimal4 = column("How much, with four places.", convert=ten_thousandths)
    unit_price: Decimal4 = column("Yuan for one, with four places; below zero for a credit.", convert=ten_thousandths)
    amount: Money = money(
        "Quantity × unit price, rounded as the charge item says; below zero for a credit.", source="amount"
    )
    created_at: datetime = column("When it was written.")


@node(models.Bill, "账单: what a Person owes for a Unit, a charge item and a period.")
class Bill(Node):
    """What a Person owes."""

    property: Property | None = to_one("The estate; null for a payer who has left it.")
    building: Building | None = to_one("The building.")
    unit: Unit | None = to_one("The Unit it is for.")
    charge_item: ChargeItem | None = to_one("What it is for.")
    payer: Person | None = to_one("Who owes it.")
    work_order: Annotated[WorkOrder, strawberry.lazy("schema.work_order")] | None = to_one(
        "The order that it charges, if the viewer may see that; null for any other bill."
    )
    work_order_number: str | None = column("The number of the order that it charges; null for any other bill.")
    number: str = column("For people, unique in the Organization.")
    period_from: date = column("The first day it covers.")
    period_until: date = column("The last day it covers.")
    due_on: date = column("The last day to pay without being overdue.")
    status: BillStatus = column("How far it is paid.")
    amount: Money = money("The sum of its lines.", source="amount")
    open_amount: Money = through(
        "What is still owed: the balance of its account in the ledger.", "receivable", "balance", convert=shown
    )  # who sees the bill sees what is open of it
    lines: Connection[BillLine] = to_many("Its lines, oldest first; credit notes come last.", "BillLine", "bill_id")
    allocations: Connection[Annotated[Allocation, strawberry.lazy("schema.payment")]] = to_many(
        "What was paid of it, oldest first; reversed payments too.", "Allocation", "bill_id"
    )
    viewer_can_credit: bool = computed(
        "Whether the viewer may issue a credit note for it now.",
        needs=("status", "property_id"),
        compute=usecase.viewer_can_credit,
    )
    issued_at: datetime = column("When it was issued.")
    updated_at: datetime = column("When it last changed.")
    version: int = column("Grows by one with each change.")


@event(Changed, "A Bill was issued, paid, credited or reopened.")
class BillChanged(Event):
    """A Bill was issued, paid, credited or reopened."""

    bill: Bill | None = subject(
        "The bill as it is at delivery (it may be newer than the event); null when out of sight.", "Bill"
    )
    change: BillChange = happened("What happened.", "change")
    from_status: BillStatus | None = happened("Before; null for a new bill.", "from_status")
    to_status: BillStatus = happened("After.", "to_status")
    amount: Money = declare(
        HappenedSpec(lambda entry: shown(entry.data["amount"])), "The sum of its lines after the event."
    )
    open_amount: Money = declare(
        HappenedSpec(lambda entry: shown(entry.data["open_amount"])), "What was still owed after the event."
    )
    version: int = happened("The bill's version after the event: apply it only if it is newer.", "subject_version")


@strawberry.enum(description="The order of a list of bills.")
class BillOrder(Enum):
    """The order of a list of bills."""

    NEWEST = strawberry.enum_value("NEWEST", description="The one that was issued last comes first.")
    OLDEST = strawberry.enum_value("OLDEST", description="The one that was issued first comes first.")
    LAST_CHANGED = strawberry.enum_value("LAST_CHANGED", description="The one that was changed last comes first.")
    DUE_FIRST = strawberry.enum_value("DUE_FIRST", description="The one that is due first comes first.")

    @property
    def order(self) -> Order:
        """As the read engine takes it."""
        if self is BillOrder.DUE_FIRST:
            return Order("due_on")
        if self is BillOrder.LAST_CHANGED:
            return Order("updated_at", descending=True)
        return Order(descending=self is BillOrder.NEWEST)


@strawberry.input(description="Which bills.")
class BillFilter:
    """Which bills."""

    status: list[BillStatus] | None = text("Only with these statuses.", optional=True)
    unit_id: strawberry.ID | None = text("Only of this Unit.", optional=True)
    payer_id: strawberry.ID | None = text("Only those that this Person owes.", optional=True)
    overdue: bool | None = text(
        "True: only those that are not paid and were due before today in the Property's time zone.", optional=True
    )


@strawberry.input(description="A line of a new bill.")
class BillLineInput:
    """A line of a new bill."""

    description: str = text("What for; 1 to 200 characters.")
    quantity: Decimal4 = text("How much, above 0, with at most four places, as a string.")
    unit_price: Decimal4 = text("Yuan for one, not below 0, with at most four places, as a string.")


@strawberry.input(description="A new bill.")
class BillCreateInput:
    """A new bill."""

    unit_id: strawberry.ID = ref("Unit", "The Unit it is for.")
    charge_item_id: strawberry.ID = ref("ChargeItem", "What it is for; not archived, of the Unit's Property.")
    payer_id: strawberry.ID = ref("Person", "Who owes it: holds the Unit or held it.")
    period_from: date = text("The first day it covers.")
    period_until: date = text("The last day it covers; not before the first.")
    due_on: date = text("The last day to pay without being overdue.")
    lines: list[BillLineInput] = text("1 to 100 lines; their sum is the bill and above 0.")


@strawberry.input(description="A credit note.")
class BillCreditInput:
    """A credit note."""

    expected_version: int = text("The version the viewer saw; a newer one is a CONFLICT.")
    amount: MoneyInput = text("What to take off; above 0, at most what is open.")
    reason: str = text("The description of the new line; 1 to 200 characters.")


@strawberry.type(description="Answer to billCreate.")
class BillCreatePayload(Payload):
    """The new bill."""

    bill: Bill | None = strawberry.field(default=None, description="The new bill; on BILL_EXISTS the one there is.")


@strawberry.type(description="Answer to billCredit.")
class BillCreditPayload(Payload):
    """The bill after the verb."""

    bill: Bill | None = strawberry.field(
        default=None, description="The bill after the verb; on CONFLICT and CREDIT_EXCEEDS_OPEN as it is now."
    )


@strawberry.type
class BillQuery:
    """Reads of bills."""

    @many("Bills of a Property; a resident sees the own ones and those of the own household.", Bill, page=500)
    async def bills(
        self,
        info: Info,
        property_id: strawberry.ID,
        filter: BillFilter | None = None,
        order: BillOrder = BillOrder.NEWEST,
    ) -> Rows:
        """Bills of a Property."""
        wanted = filter or BillFilter()
        place = decode("Property", property_id, "property_id")
        today = None
        if wanted.overdue:
            estate = await info.context.show("Property", place)
            zone = estate.values["time_zone"] if estate else "Asia/Shanghai"  # a payer who has left sees no estate
            today = local_day(info.context.house.clock.now(), zone)
        return usecase.in_property(
            info.context.viewer,
            place,
            order.order,
            wanted.status,
            decode("Unit", wanted.unit_id, "unit_id") if wanted.unit_id else None,
            decode("Person", wanted.payer_id, "payer_id") if wanted.payer_id else None,
            today,
        )

    bill: Bill | None = one("A Bill.", "Bill")


@strawberry.type
class BillMutation:
    """Verbs of bills."""

    @verb(
        "Issue a bill: once for a Unit, charge item and period; needs bill.create.",
        shows="Bill",
        permission=Permission.BILL_CREATE,
    )
    async def bill_create(self, info: Info, input: BillCreateInput) -> BillCreatePayload | None:
        """Issue a bill."""
        lines = [
            Line(line.description, int(line.quantity.scaleb(4)), int(line.unit_price.scaleb(4))) for line in input.lines
        ]
        wish = usecase.Wish(**{**values(input), "lines": lines})
        bill = await usecase.create(info.context.viewer, info.context.house, wish)
        return BillCreatePayload(bill=await info.context.show("Bill", bill.id))

    @verb(
        "Issue a credit note: a new line takes something off what is open; needs bill.create.",
        shows="Bill",
        permission=Permission.BILL_CREATE,
    )
    async def bill_credit(self, info: Info, id: strawberry.ID, input: BillCreditInput) -> BillCreditPayload | None:
        """Credit."""
        context = info.context
        bill = await usecase.credit(context.viewer, context.house, decode("Bill", id), **values(input))
        return BillCreditPayload(bill=await context.show("Bill", bill.id))


@strawberry.type
class BillSubscription:
    """Bills live."""

    @live(
        "Every change of the bills that the viewer sees as a resident: the own Account's stream.",
        BillChanged,
        scopes=frozenset(),
        states=True,
    )
    def bill_changed(self, info: Info, after: Cursor | None = None) -> object:
        """Bills live."""
        return usecase.changes(info.context.viewer, after)
