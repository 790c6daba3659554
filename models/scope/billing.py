"""Who may see money: charge items, bills, payments and the ledger.

A resident sees the bills he pays, wherever he lives now: a debt does not end with an Occupancy. Of a Unit that he holds
he also sees the bills whose payer holds it now too, so that a new owner never sees a former owner's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.bill import Bill, BillLine
from models.charge_item import ChargeItem
from models.ledger import Entry, LedgerAccount, Posting
from models.payment import Allocation, Payment
from models.person import Occupancy
from models.predicate import Predicate, all_of, among, any_of, eq, exists, is_in
from models.rules.ledger import LedgerAccountKind
from models.rules.permission import Permission
from models.scope.word import Scopes, running, where

if TYPE_CHECKING:
    from models.viewer import Viewer

_P = Permission


def _charge_item(viewer: Viewer) -> Predicate:
    return any_of(where(viewer, _P.BILL_READ), is_in("property_id", viewer.home_properties))


def _owed(viewer: Viewer) -> Predicate:
    """Bills that the viewer sees as a resident."""
    shared = (
        all_of(
            eq("unit_id", home.unit_id),
            exists(Occupancy, "person_id", all_of(eq("unit_id", home.unit_id), running(home.today)), outer="payer_id"),
        )
        for home in viewer.homes
    )
    return any_of(eq("payer_id", viewer.person_id), *shared)


def _bill(viewer: Viewer) -> Predicate:
    return any_of(where(viewer, _P.BILL_READ), _owed(viewer))


def _payment(viewer: Viewer) -> Predicate:
    return any_of(where(viewer, _P.BILL_READ), eq("payer_id", viewer.person_id))


def _allocation(viewer: Viewer) -> Predicate:
    return any_of(
        where(viewer, _P.BILL_READ),
        exists(Bill, "id", _bill(viewer), outer="bill_id"),
        exists(Payment, "id", _payment(viewer), outer="payment_id"),
    )


def _ledger_account(viewer: Viewer) -> Predicate:
    return any_of(
        where(viewer, _P.LEDGER_READ),
        # What is open of a bill that one sees: each receivable is that of one bill, in the same Property.
        all_of(where(viewer, _P.BILL_READ), eq("kind", LedgerAccountKind.RECEIVABLE.value)),
        among("id", (LedgerAccount, "id", eq("person_id", viewer.person_id)), (Bill, "receivable_id", _owed(viewer))),
    )


def _books(viewer: Viewer) -> Predicate:
    return where(viewer, _P.LEDGER_READ)


SCOPES: Scopes = {
    ChargeItem: _charge_item,
    Bill: _bill,
    BillLine: lambda viewer: any_of(where(viewer, _P.BILL_READ), exists(Bill, "id", _bill(viewer), outer="bill_id")),
    Payment: _payment,
    Allocation: _allocation,
    LedgerAccount: _ledger_account,
    Posting: _books,
    Entry: _books,
}
