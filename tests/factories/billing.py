"""Money of the world, in books that balance.

`home` has a charge item, a bill that is open (the resident's), one that is partly paid (the neighbour's) and a
prepayment; `away` has one open bill.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

import models
from models.rules.bill import BillLineKind, BillStatus, Rounding
from models.rules.ledger import LedgerAccountKind, PostingKind
from models.rules.payment import PaymentMethod
from tests.factories.tenant import NOW

if TYPE_CHECKING:
    from tests.factories.world import Builder

AMOUNTS = {"bill0": 34_286, "bill1": 10_000, "away_bill": 5_000}
PAID, PREPAID = 6_000, 1_500


def furnish(builder: Builder) -> None:
    """Write it."""
    keys = builder.tenant.keys
    for mark, place in (("", "home"), ("away_", "away")):
        item = builder.add(
            f"{mark}charge_item",
            models.ChargeItem,
            property_id=keys[place],
            code="WY",
            name=f"{builder.tenant.slug} 物业费",
            rounding=Rounding.HALF_UP,
            archived_at=None,
        )
        _account(builder, f"{mark}income", place, LedgerAccountKind.INCOME, charge_item_id=item)
    _bill(builder, "bill0", "home", "unit0", "resident_person", BillStatus.OPEN)
    _bill(builder, "bill1", "home", "unit1", "neighbour_person", BillStatus.PARTLY_PAID)
    _bill(builder, "away_bill", "away", "away_unit0", "away_resident_person", BillStatus.OPEN)
    _payment(builder)


def _account(builder: Builder, name: str, place: str, kind: LedgerAccountKind, **owner: UUID) -> UUID:
    owners = {"charge_item_id": None, "person_id": None, **owner}
    home = builder.tenant.keys[place]
    return builder.add(name, models.LedgerAccount, property_id=home, kind=kind, balance=0, **owners)


def _post(builder: Builder, name: str, kind: PostingKind, place: str, about: str, **moves: int) -> None:
    """A posting about a bill or a payment, its entries, and the balances."""
    keys = builder.tenant.keys
    column = "payment_id" if builder.tenant.types[about] == "Payment" else "bill_id"
    stamp = {"property_id": keys[place]}
    subject = {"bill_id": None, "payment_id": None, column: keys[about]}
    posting = builder.add(name, models.Posting, account_id=None, kind=kind, **subject, **stamp)
    for account, amount in moves.items():
        ids = {"posting_id": posting, "ledger_account_id": keys[account]}
        builder.add(f"{name}_{account}", models.Entry, amount=amount, **ids, **stamp)
        (row,) = (row for row in builder.rows if isinstance(row, models.LedgerAccount) and row.id == keys[account])
        row.balance += amount


def _bill(builder: Builder, name: str, place: str, unit: str, payer: str, status: BillStatus) -> None:
    keys, amount = builder.tenant.keys, AMOUNTS[name]
    mark = "away_" if place == "away" else ""
    receivable = _account(builder, f"{name}_receivable", place, LedgerAccountKind.RECEIVABLE)
    bill = builder.add(
        name,
        models.Bill,
        property_id=keys[place],
        building_id=keys[f"{mark}building"],
        unit_id=keys[unit],
        charge_item_id=keys[f"{mark}charge_item"],
        payer_id=keys[payer],
        receivable_id=receivable,
        number=f"261122-{name}",
        period_from=date(2026, 11, 1),
        period_until=date(2026, 11, 30),
        due_on=date(2026, 11, 22),
        status=status,
        amount=amount,
        issued_at=NOW,
    )
    builder.add(
        f"{name}_line",
        models.BillLine,
        property_id=keys[place],
        bill_id=bill,
        kind=BillLineKind.CHARGE,
        description=f"{builder.tenant.slug} 2026-11",
        quantity=10_000,
        unit_price=amount * 100,
        amount=amount,
    )
    moves = {f"{name}_receivable": amount, f"{mark}income": -amount}
    _post(builder, f"{name}_posting", PostingKind.BILL_ISSUED, place, name, **moves)


def _payment(builder: Builder) -> None:
    """The neighbour paid a part of bill1, and something ahead."""
    keys = builder.tenant.keys
    home, payer = keys["home"], keys["neighbour_person"]
    _account(builder, "cash", "home", LedgerAccountKind.CASH)
    _account(builder, "prepayment", "home", LedgerAccountKind.PREPAYMENT, person_id=payer)
    payment = builder.add(
        "payment",
        models.Payment,
        property_id=home,
        payer_id=payer,
        recorded_by_id=keys["cashier_staff"],
        number="261122-P0",
        method=PaymentMethod.CASH,
        amount=PAID + PREPAID,
        prepaid=PREPAID,
        receipt_number=f"{builder.tenant.slug} 1",
        received_at=NOW,
        reversed_at=None,
        reverse_reason=None,
    )
    ids = {"property_id": home, "payment_id": payment, "bill_id": keys["bill1"]}
    builder.add("allocation", models.Allocation, amount=PAID, reversed_at=None, **ids)
    moves = {"cash": PAID + PREPAID, "bill1_receivable": -PAID, "prepayment": -PREPAID}
    _post(builder, "payment_posting", PostingKind.PAYMENT_RECORDED, "home", "payment", **moves)
