"""Payments: taking money over the counter, settling from a prepayment, and taking a payment back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from adapters.database import UniqueViolation
from models import Allocation, Bill, Entry, LedgerAccount, Payment, Person, Property
from models.errors import ErrorCode, Refusal
from models.predicate import EVERYTHING, eq, to_q
from models.query import Order, Query
from models.rules.bill import UNPAID
from models.rules.ledger import LedgerAccountKind, Move, PostingKind, mirrored, taken
from models.rules.money import yuan
from models.rules.payment import MAX_BILLS, MAX_REASON, MAX_RECEIPT, PaymentMethod, Share, allocate
from models.rules.permission import Permission
from models.rules.place import local_day
from models.scope import visible
from resolvers.bill import hearers, restate
from resolvers.ledger import Booking, hold, open_account, post
from resolvers.unit import check_version, unit_of_work
from resolvers.viewer import require
from subscriptions.bill import BillChange

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from models.viewer import Viewer
    from resolvers.ports import House
    from resolvers.unit import Unit


def in_property(viewer: Viewer | None, property_id: UUID, order: Order, payer_id: UUID | None = None) -> Query:
    """Payments of a Property."""
    return Query(Payment, visible(Payment, viewer), order).only(
        eq("property_id", property_id), EVERYTHING if payer_id is None else eq("payer_id", payer_id)
    )


@dataclass(frozen=True, kw_only=True)
class Taking:
    """Money as it is put on the counter: `amount` in fen; `bill_ids` None: whatever the payer owes, oldest first."""

    property_id: UUID
    payer_id: UUID
    amount: int
    bill_ids: Sequence[UUID] | None = None
    rest_to_prepayment: bool = False
    receipt_number: str | None = None


async def record(viewer: Viewer | None, house: House, taking: Taking) -> Payment:
    """Take cash for bills: the named ones in their order, else the payer's, oldest due date first.

    What is left over becomes the payer's prepayment if the cashier says so. Raises Refusal PAYMENT_EXCEEDS_DUE
    otherwise, and PAYMENT_ALREADY_RECORDED for a receipt number that the Property has.
    """
    try:
        async with unit_of_work(house, viewer) as unit:
            place, payer = await _parties(unit, taking.property_id, taking.payer_id, "payer_id")
            receipt = await _receipt(place.id, taking.receipt_number)
            bills = await _owed_bills(unit, place.id, payer.id, taking.bill_ids)
            owed = await _open_amounts(bills)
            shares, rest = allocate(taking.amount, [(bill.id, owed[bill.id]) for bill in bills])
            if rest and not taking.rest_to_prepayment:
                raise Refusal(ErrorCode.PAYMENT_EXCEEDS_DUE, field="amount", rest=yuan(rest))
            cash = await open_account(unit, place.id, LedgerAccountKind.CASH)
            kept = {"prepaid": rest, "receipt_number": receipt}
            payment = _drawn(unit, place, payer.id, PaymentMethod.CASH, taking.amount, **kept)
            await _settle(unit, place, payment, cash, _Settlement(bills, owed, shares))
    except UniqueViolation:
        raise Refusal(ErrorCode.PAYMENT_ALREADY_RECORDED, field="receipt_number") from None
    return payment


async def apply_prepayment(
    viewer: Viewer | None,
    house: House,
    property_id: UUID,
    person_id: UUID,
    amount: int | None = None,
    bill_ids: Sequence[UUID] | None = None,
) -> Payment:
    """Settle bills from a Person's prepayment: `amount` fen of it, else as much as there is and is owed.

    Debit and settlement are one transaction (rules.md 10). Raises Refusal PREPAYMENT_INSUFFICIENT and NOTHING_DUE.
    """
    async with unit_of_work(house, viewer) as unit:
        place, person = await _parties(unit, property_id, person_id, "person_id")
        bills = await _owed_bills(unit, place.id, person.id, bill_ids)
        owed = await _open_amounts(bills)
        source = await open_account(unit, place.id, LedgerAccountKind.PREPAYMENT, person_id=person.id)
        held = await hold(unit, [source, *(bill.receivable_id for bill in bills)])
        there = -held[source]
        wanted = min(there, sum(owed.values())) if amount is None else amount
        if wanted > there or there == 0:
            raise Refusal(ErrorCode.PREPAYMENT_INSUFFICIENT, field="amount", balance=yuan(there))
        shares, rest = allocate(wanted, [(bill.id, owed[bill.id]) for bill in bills])
        if not shares:
            raise Refusal(ErrorCode.NOTHING_DUE, field="bill_ids" if bill_ids is not None else "person_id")
        if rest:
            raise Refusal(ErrorCode.PAYMENT_EXCEEDS_DUE, field="amount", rest=yuan(rest))
        payment = _drawn(unit, place, person.id, PaymentMethod.PREPAYMENT, wanted)
        await _settle(unit, place, payment, source, _Settlement(bills, owed, shares))
    return payment


async def reverse(viewer: Viewer | None, house: House, id_: UUID, expected_version: int, reason: str) -> Payment:
    """Take a payment back: its posting is mirrored, its bills are open again.

    Raises Refusal PREPAYMENT_SPENT when what was left over of it has been used since.
    """
    async with unit_of_work(house, viewer) as unit:
        payment = await unit.find(Payment, id_, "id")
        require(unit.signed_in, Permission.PAYMENT_RECORD, payment.property_id)
        check_version(payment, expected_version)
        if not 1 <= len(reason.strip()) <= MAX_REASON:
            raise Refusal(ErrorCode.BAD_USER_INPUT, field="reason", message="TEXT_LENGTH", low=1, high=MAX_REASON)
        if payment.reversed_at is not None:
            raise Refusal(ErrorCode.PAYMENT_ALREADY_REVERSED, field="id", current=payment.id)
        given = {row.bill_id: row.amount for row in await Allocation.filter(payment_id=payment.id)}
        bills = await Bill.filter(id__in=sorted(given)).order_by("id").select_for_update()
        entries = await Entry.filter(posting__payment_id=payment.id).order_by("id")
        moves = mirrored([Move(entry.ledger_account_id, entry.amount) for entry in entries])
        held = await hold(unit, [move.account_id for move in moves])
        await _check_prepaid(payment, held, moves)
        await post(
            unit,
            payment.property_id,
            [Booking(kind=PostingKind.PAYMENT_REVERSED, moves=moves, payment_id=payment.id)],
        )
        await Allocation.filter(payment_id=payment.id).update(reversed_at=unit.now)
        before = await unit.change(payment, reversed_at=unit.now, reverse_reason=reason.strip())
        unit.audit("payment.reverse", before, payment)
        heard = await hearers(unit, bills)
        for bill in bills:
            owed = held[bill.receivable_id] + given[bill.id]
            await restate(unit, heard[bill.id], bill, owed, BillChange.REOPENED, "bill.reopen")
    return payment


def viewer_can_reverse(row: dict[str, Any], viewer: Viewer) -> bool:
    """Whether a client should show the button of paymentReverse."""
    return row["reversed_at"] is None and viewer.may(Permission.PAYMENT_RECORD, row["property_id"])


@dataclass(frozen=True)
class _Settlement:
    """Held bills in the order of settlement, what each owes in fen by its id, and what each gets."""

    bills: Sequence[Bill]
    owed: dict[UUID, int]
    shares: Sequence[Share]


async def _parties(unit: Unit, property_id: UUID, person_id: UUID, field: str) -> tuple[Property, Person]:
    """Where and whose money: neither is locked, so that payments do not wait for each other."""
    place = await unit.see(Property, property_id, "property_id")
    require(unit.signed_in, Permission.PAYMENT_RECORD, place.id)
    return place, await unit.see(Person, person_id, field)


async def _receipt(property_id: UUID, number: str | None) -> str | None:
    if number is None:
        return None
    if not 1 <= len(number.strip()) <= MAX_RECEIPT:
        raise Refusal(ErrorCode.BAD_USER_INPUT, field="receipt_number", message="TEXT_LENGTH", low=1, high=MAX_RECEIPT)
    there = await Payment.get_or_none(property_id=property_id, receipt_number=number.strip())
    if there is not None:
        raise Refusal(ErrorCode.PAYMENT_ALREADY_RECORDED, field="receipt_number", current=there.id)
    return number.strip()


async def _owed_bills(unit: Unit, property_id: UUID, payer_id: UUID, bill_ids: Sequence[UUID] | None) -> list[Bill]:
    """The bills to settle, in their order, locked in the order of their ids. Raises Refusal NOT_FOUND."""
    seen = Bill.filter(to_q(visible(Bill, unit.viewer))).filter(property_id=property_id)
    if bill_ids is None:
        mine = seen.filter(payer_id=payer_id, status__in=[status.value for status in UNPAID])
        found = await mine.order_by("id").select_for_update()
        return sorted(found, key=lambda bill: (bill.due_on, bill.id))
    if len(bill_ids) > MAX_BILLS:
        raise Refusal(ErrorCode.BAD_USER_INPUT, field="bill_ids", message="TOO_MANY_BILLS", max=MAX_BILLS)
    named = list(dict.fromkeys(bill_ids))
    by_id = {bill.id: bill for bill in await seen.filter(id__in=sorted(named)).order_by("id").select_for_update()}
    if len(by_id) != len(named):
        raise Refusal(ErrorCode.NOT_FOUND, field="bill_ids")
    return [by_id[id_] for id_ in named]


async def _open_amounts(bills: Sequence[Bill]) -> dict[UUID, int]:
    """What each locked bill owes in fen: nobody moves its receivable while the bill is locked."""
    rows = await LedgerAccount.filter(id__in=[bill.receivable_id for bill in bills]).values_list("id", "balance")
    balances: dict[UUID, int] = dict(rows)
    return {bill.id: balances[bill.receivable_id] for bill in bills}


def _drawn(unit: Unit, place: Property, payer_id: UUID, method: PaymentMethod, amount: int, **values: Any) -> Payment:
    """A payment, not written and not numbered yet."""
    kept = {"prepaid": 0, "receipt_number": None, "received_at": unit.now, "number": "", **values}
    who = {"payer_id": payer_id, "recorded_by_id": unit.signed_in.staff_id}
    return unit.new(Payment, property_id=place.id, method=method, amount=amount, **who, **kept)


async def _settle(unit: Unit, place: Property, payment: Payment, source: UUID, given: _Settlement) -> None:
    """Write a payment with its allocations and its posting, and bring its bills in line."""
    bills = {bill.id: bill for bill in given.bills}
    prepayment = None
    if payment.prepaid:
        prepayment = await open_account(unit, place.id, LedgerAccountKind.PREPAYMENT, person_id=payment.payer_id)
    parts = [Move(bills[share.bill_id].receivable_id, share.amount) for share in given.shares]
    moves = taken(source, parts, prepayment, payment.prepaid)
    await hold(unit, [move.account_id for move in moves])
    (payment.number,) = await unit.numbers(local_day(unit.now, place.time_zone), Payment)
    await unit.add_all([payment])
    unit.audit("payment.record" if payment.method is PaymentMethod.CASH else "prepayment.apply", None, payment)
    ids = {"property_id": place.id, "payment_id": payment.id}
    rows = [unit.new(Allocation, bill_id=share.bill_id, amount=share.amount, **ids) for share in given.shares]
    await Allocation.bulk_create(rows)
    cash = payment.method is PaymentMethod.CASH
    kind = PostingKind.PAYMENT_RECORDED if cash else PostingKind.PREPAYMENT_APPLIED
    await post(unit, place.id, [Booking(kind=kind, moves=moves, payment_id=payment.id)])
    settled = [bills[share.bill_id] for share in given.shares]
    heard = await hearers(unit, settled)
    for bill, share in zip(settled, given.shares, strict=True):
        await restate(unit, heard[bill.id], bill, given.owed[bill.id] - share.amount, None, "bill.settle")


async def _check_prepaid(payment: Payment, held: dict[UUID, int], moves: Sequence[Move]) -> None:
    """What the payment left as prepayment must still be there."""
    if not payment.prepaid:
        return
    accounts = LedgerAccount.filter(id__in=list(held), kind=LedgerAccountKind.PREPAYMENT)
    account = (await accounts.get()).id
    after = held[account] + sum(move.amount for move in moves if move.account_id == account)
    if after > 0:
        raise Refusal(ErrorCode.PREPAYMENT_SPENT, field="id", current=payment.id, balance=yuan(-held[account]))
