"""Issuing bills: one by one or by the thousand, with few statements."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models import Bill, BillLine, ChargeItem, LedgerAccount, Property
from models.errors import ErrorCode, Refusal
from models.rules.bill import MAX_DESCRIPTION, MAX_LINES, BillLineKind, BillStatus, Line, line_amount
from models.rules.ledger import LedgerAccountKind, PostingKind, issued
from models.rules.money import MOST_FEN
from models.rules.place import local_day
from resolvers.bill.change import hearers, tell
from resolvers.ledger import Booking, hold, open_account, post
from subscriptions.bill import BillChange

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from uuid import UUID

    from resolvers.unit import Unit


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A bill to be issued for a Unit of the ChargeItem's Property. `issued_at` is now unless told (a demo's past)."""

    unit_id: UUID
    building_id: UUID
    charge_item: ChargeItem
    payer_id: UUID
    period_from: date
    period_until: date
    due_on: date
    lines: Sequence[Line]
    work_order_id: UUID | None = None
    work_order_number: str | None = None
    issued_at: datetime | None = None


async def issue(unit: Unit, place: Property, drafts: Sequence[Draft], *, announce: bool = True) -> list[Bill]:
    """Issue many bills of a Property with few statements: bills, lines, receivables, postings, audit and events.

    In the order of unit, item and period, so that two runs never wait for each other. Without `announce` nobody is
    told (a demo's past). Raises Refusal BAD_USER_INPUT for a draft that is wrong, UniqueViolation for one that is
    there already: then nothing is issued.
    """
    ordered = sorted(drafts, key=lambda d: (d.unit_id, d.charge_item.id, d.period_from, d.period_until))
    items = {draft.charge_item.id for draft in ordered}
    incomes = {
        item: await open_account(unit, place.id, LedgerAccountKind.INCOME, charge_item_id=item)
        for item in sorted(items)
    }
    await hold(unit, incomes.values())
    numbers = await _numbers(unit, place, ordered)
    receivables, bills, lines = [], [], []
    for draft, number in zip(ordered, numbers, strict=True):
        receivable, bill, own = _drawn(unit, place, draft, number)
        receivables.append(receivable)
        bills.append(bill)
        lines += own
        unit.audit("bill.issue", None, bill)
    await unit.add_all(receivables)
    await unit.add_all(bills)
    await unit.add_all(lines)
    await post(unit, place.id, [_booking(bill, incomes[bill.charge_item_id]) for bill in bills])
    if announce:
        heard = await hearers(unit, bills)
        for bill in bills:
            tell(unit, heard[bill.id], BillChange.ISSUED, None, bill, bill.amount)
    return bills


def check_draft(draft: Draft) -> list[int]:
    """The amounts of its lines in fen. Raises Refusal BAD_USER_INPUT for what cannot be billed."""
    if draft.charge_item.archived_at is not None:
        raise Refusal(ErrorCode.BAD_USER_INPUT, field="charge_item_id", message="CHARGE_ITEM_ARCHIVED")
    if draft.period_until < draft.period_from:
        raise Refusal(ErrorCode.BAD_USER_INPUT, field="period_until", message="PERIOD_ENDS_BEFORE_IT_BEGINS")
    if not 1 <= len(draft.lines) <= MAX_LINES:
        raise Refusal(ErrorCode.BAD_USER_INPUT, field="lines", message="TOO_MANY_LINES", max=MAX_LINES)
    for line in draft.lines:
        check_description("lines", line.description)
        if line.quantity <= 0 or line.unit_price < 0:
            raise Refusal(ErrorCode.BAD_USER_INPUT, field="lines", message="AMOUNT_NOT_POSITIVE")
    rounding = draft.charge_item.rounding
    amounts = [line_amount(line.quantity, line.unit_price, rounding) for line in draft.lines]
    if sum(amounts) <= 0:
        raise Refusal(ErrorCode.BAD_USER_INPUT, field="lines", message="AMOUNT_NOT_POSITIVE")
    if sum(amounts) > MOST_FEN:
        raise Refusal(ErrorCode.BAD_USER_INPUT, field="lines", message="AMOUNT_TOO_LARGE")
    return amounts


def check_description(field: str, text: str) -> None:
    """Raise Refusal BAD_USER_INPUT unless `text` says something in 200 characters."""
    if not 1 <= len(text.strip()) <= MAX_DESCRIPTION:
        raise Refusal(ErrorCode.BAD_USER_INPUT, field=field, message="TEXT_LENGTH", low=1, high=MAX_DESCRIPTION)


async def _numbers(unit: Unit, place: Property, drafts: Sequence[Draft]) -> list[str]:
    """A number for each draft, of the day on which it is issued."""
    days = [local_day(draft.issued_at or unit.now, place.time_zone) for draft in drafts]
    free = {day: await unit.numbers(day, Bill, count=days.count(day)) for day in sorted(set(days))}
    return [free[day].pop() for day in days]


def _drawn(unit: Unit, place: Property, draft: Draft, number: str) -> tuple[LedgerAccount, Bill, list[BillLine]]:
    """The rows of one bill, not written yet."""
    amounts, at = check_draft(draft), draft.issued_at or unit.now
    receivable = unit.new(
        LedgerAccount, property_id=place.id, kind=LedgerAccountKind.RECEIVABLE, balance=0, created_at=at
    )
    bill = unit.new(
        Bill,
        property_id=place.id,
        building_id=draft.building_id,
        unit_id=draft.unit_id,
        charge_item_id=draft.charge_item.id,
        payer_id=draft.payer_id,
        receivable_id=receivable.id,
        number=number,
        period_from=draft.period_from,
        period_until=draft.period_until,
        due_on=draft.due_on,
        status=BillStatus.OPEN,
        amount=sum(amounts),
        issued_at=at,
        work_order_id=draft.work_order_id,
        work_order_number=draft.work_order_number,
    )
    lines = [
        unit.new(
            BillLine,
            property_id=place.id,
            bill_id=bill.id,
            kind=BillLineKind.CHARGE,
            description=line.description.strip(),
            quantity=line.quantity,
            unit_price=line.unit_price,
            amount=amount,
            created_at=at,
        )
        for line, amount in zip(draft.lines, amounts, strict=True)
    ]
    return receivable, bill, lines


def _booking(bill: Bill, income: UUID) -> Booking:
    moves = issued(bill.receivable_id, income, bill.amount)
    return Booking(kind=PostingKind.BILL_ISSUED, moves=moves, bill_id=bill.id, at=bill.issued_at)
