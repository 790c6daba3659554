"""Bills: which ones a viewer lists, issuing one, and credit notes. Many at once: `issue`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from adapters.database import UniqueViolation
from models import Bill, BillLine, ChargeItem, Occupancy, Person, Property
from models import Unit as PlaceUnit
from models.errors import ErrorCode, Refusal
from models.predicate import EVERYTHING, all_of, any_of, eq, is_in, less
from models.query import Order, Query
from models.rules.bill import PLACES, UNPAID, BillLineKind, BillStatus, Line
from models.rules.ledger import LedgerAccountKind, PostingKind, issued
from models.rules.money import yuan
from models.rules.permission import Permission
from models.scope import visible
from resolvers.bill.change import hearers, restate
from resolvers.bill.issue import Draft, check_description, check_draft, issue
from resolvers.ledger import Booking, hold, open_account, post
from resolvers.unit import check_version, unit_of_work
from resolvers.viewer import require
from subscriptions.bill import BillChange, BillChanged
from subscriptions.feed import Cursor, Feed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from uuid import UUID

    from models.viewer import Viewer
    from resolvers.ports import House

__all__ = [
    "Draft",
    "Wish",
    "changes",
    "check_draft",
    "create",
    "credit",
    "hearers",
    "in_property",
    "issue",
    "restate",
    "viewer_can_credit",
]


def in_property(
    viewer: Viewer | None,
    property_id: UUID,
    order: Order,
    statuses: Sequence[BillStatus] | None = None,
    unit_id: UUID | None = None,
    payer_id: UUID | None = None,
    overdue_on: date | None = None,
) -> Query:
    """Bills of a Property; with `overdue_on`, those that are owed and were due before that day."""
    unpaid = [status.value for status in UNPAID]
    return Query(Bill, visible(Bill, viewer), order).only(
        eq("property_id", property_id),
        EVERYTHING if statuses is None else is_in("status", [status.value for status in statuses]),
        EVERYTHING if unit_id is None else eq("unit_id", unit_id),
        EVERYTHING if payer_id is None else eq("payer_id", payer_id),
        EVERYTHING if overdue_on is None else all_of(less("due_on", overdue_on), is_in("status", unpaid)),
    )


def changes(viewer: Viewer | None, after: str | None) -> Feed:
    """Every change of the bills that the viewer sees as a resident: the stream of the own Account."""
    if viewer is None or viewer.account_id is None:
        raise Refusal(ErrorCode.UNAUTHENTICATED)
    return Feed(
        stream=viewer.account_id,
        type=BillChanged.TYPE,
        # Written for those who saw the bill then; whoever has left the Unit since hears no more of it.
        where=any_of(eq("payer_id", viewer.person_id), is_in("unit_id", viewer.units)),
        after=Cursor.decode(after) if after else None,
    )


@dataclass(frozen=True, kw_only=True)
class Wish:
    """A bill as it is asked for; periods are days of the Property, the last one included."""

    unit_id: UUID
    charge_item_id: UUID
    payer_id: UUID
    period_from: date
    period_until: date
    due_on: date
    lines: Sequence[Line]


async def create(viewer: Viewer | None, house: House, wish: Wish) -> Bill:
    """Issue one bill. Raises Refusal BILL_EXISTS when the Unit has one for this item and period (rules.md 13)."""
    try:
        async with unit_of_work(house, viewer) as unit:
            home = await unit.see(PlaceUnit, wish.unit_id, "unit_id")
            require(unit.signed_in, Permission.BILL_CREATE, home.property_id)
            item = await unit.see(ChargeItem, wish.charge_item_id, "charge_item_id")
            if item.property_id != home.property_id:
                raise Refusal(ErrorCode.NOT_FOUND, field="charge_item_id")
            payer = await unit.see(Person, wish.payer_id, "payer_id")
            draft = Draft(
                unit_id=home.id,
                building_id=home.building_id,
                charge_item=item,
                payer_id=payer.id,
                period_from=wish.period_from,
                period_until=wish.period_until,
                due_on=wish.due_on,
                lines=wish.lines,
            )
            check_draft(draft)
            await _check_new(draft)
            (bill,) = await issue(unit, await Property.get(id=home.property_id), [draft])
    except UniqueViolation:
        raise Refusal(ErrorCode.BILL_EXISTS, field="period_from") from None
    return bill


async def credit(
    viewer: Viewer | None, house: House, id_: UUID, expected_version: int, amount: int, reason: str
) -> Bill:
    """A credit note: a new line takes `amount` fen off what is still open; the bill itself is never rewritten."""
    async with unit_of_work(house, viewer) as unit:
        bill = await unit.find(Bill, id_, "id")
        require(unit.signed_in, Permission.BILL_CREATE, bill.property_id)
        check_version(bill, expected_version)
        check_description("reason", reason)
        income = await open_account(
            unit, bill.property_id, LedgerAccountKind.INCOME, charge_item_id=bill.charge_item_id
        )
        owed = (await hold(unit, [bill.receivable_id, income]))[bill.receivable_id]
        if amount > owed:
            raise Refusal(ErrorCode.CREDIT_EXCEEDS_OPEN, field="amount", current=bill.id, open=yuan(owed))
        await unit.add(
            BillLine,
            property_id=bill.property_id,
            bill_id=bill.id,
            kind=BillLineKind.CREDIT,
            description=reason.strip(),
            quantity=PLACES,
            unit_price=-amount * (PLACES // 100),
            amount=-amount,
        )
        moves = issued(bill.receivable_id, income, -amount)
        await post(unit, bill.property_id, [Booking(kind=PostingKind.BILL_CREDITED, moves=moves, bill_id=bill.id)])
        heard = await hearers(unit, [bill])
        await restate(
            unit, heard[bill.id], bill, owed - amount, BillChange.CREDITED, "bill.credit", amount=bill.amount - amount
        )
    return bill


def viewer_can_credit(row: dict[str, Any], viewer: Viewer) -> bool:
    """Whether a client should show the button of billCredit: something is open, and the viewer issues bills there."""
    return BillStatus(row["status"]) in UNPAID and viewer.may(Permission.BILL_CREATE, row["property_id"])


async def _check_new(draft: Draft) -> None:
    """The payer holds the Unit or held it, and there is no live bill for this item and period."""
    if not await Occupancy.filter(unit_id=draft.unit_id, person_id=draft.payer_id).exists():
        raise Refusal(ErrorCode.BAD_USER_INPUT, field="payer_id", message="PAYER_NEVER_HELD_UNIT")
    period = {"period_from": draft.period_from, "period_until": draft.period_until}
    same = Bill.filter(unit_id=draft.unit_id, charge_item_id=draft.charge_item.id, work_order_id=None, **period)
    there = await same.exclude(status=BillStatus.CREDITED).first()
    if there is not None:
        raise Refusal(ErrorCode.BILL_EXISTS, field="period_from", current=there.id)
