"""The ledger: the one place where balances move, and the proof that they are right."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from models import Entry, LedgerAccount, Posting
from models.predicate import EVERYTHING, eq, is_in
from models.query import Order, Query
from models.rules.ledger import LedgerAccountKind, Move, PostingKind, balances
from models.rules.permission import Permission
from models.scope import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from uuid import UUID

    from models.viewer import Viewer
    from resolvers.ports import House
    from resolvers.unit import Unit

BATCH = 500


def accounts(
    viewer: Viewer | None, property_id: UUID, order: Order, kinds: Sequence[LedgerAccountKind] | None = None
) -> Query:
    """Accounts of a Property."""
    return Query(LedgerAccount, visible(LedgerAccount, viewer), order).only(
        eq("property_id", property_id), EVERYTHING if kinds is None else is_in("kind", [kind.value for kind in kinds])
    )


def postings(viewer: Viewer | None, property_id: UUID, order: Order) -> Query:
    """Postings of a Property."""
    return Query(Posting, visible(Posting, viewer), order).only(eq("property_id", property_id))


@dataclass(frozen=True, kw_only=True)
class Booking:
    """A posting to be made: about a Bill or a Payment. `at` is when it happened, now unless told."""

    kind: PostingKind
    moves: Sequence[Move]
    bill_id: UUID | None = None
    payment_id: UUID | None = None
    at: datetime | None = None


async def open_account(unit: Unit, property_id: UUID, kind: LedgerAccountKind, **owner: UUID) -> UUID:
    """The account of cash, of a charge item's income or of a person's prepayment; made when first needed."""
    wanted = {"property_id": property_id, "kind": kind, **owner}
    found = await LedgerAccount.filter(**wanted).get_or_none()
    if found is None:
        made = unit.new(LedgerAccount, balance=0, **wanted)
        await LedgerAccount.bulk_create([made], ignore_conflicts=True)  # somebody else may make it right now
        found = await LedgerAccount.filter(**wanted).get()
    return found.id


async def hold(unit: Unit, ids: Iterable[UUID]) -> dict[UUID, int]:
    """Lock accounts in the order of their ids, all at once: two verbs never wait for each other. Their balances."""
    query = LedgerAccount.filter(organization_id=unit.organization_id, id__in=sorted(set(ids)))
    return {row.id: row.balance for row in await query.order_by("id").select_for_update()}


async def post(unit: Unit, property_id: UUID, bookings: Sequence[Booking]) -> None:
    """Write postings and their entries and move the balances, in one statement for all accounts.

    The accounts are new or held (`hold`). Raises ValueError for what does not balance: a mistake of ours.
    """
    made: list[Posting] = []
    entries: list[Entry] = []
    deltas: Counter[UUID] = Counter()
    by = unit.viewer.account_id if unit.viewer else None
    for booking in bookings:
        if not balances(booking.moves):
            raise ValueError(f"a posting must balance: {booking}")
        stamp = {"property_id": property_id, "created_at": booking.at or unit.now}
        subject = {"bill_id": booking.bill_id, "payment_id": booking.payment_id}
        posting = unit.new(Posting, account_id=by, kind=booking.kind, **subject, **stamp)
        made.append(posting)
        for move in booking.moves:
            ids = {"posting_id": posting.id, "ledger_account_id": move.account_id}
            entries.append(unit.new(Entry, amount=move.amount, **ids, **stamp))
            deltas[move.account_id] += move.amount
    await unit.add_all(made)
    await unit.add_all(entries)
    await _move(unit, deltas)


_MOVE = {
    "postgres": "UPDATE ledger_account AS a SET balance = a.balance + d.amount"
    " FROM unnest($2::uuid[], $3::bigint[]) AS d (id, amount)"
    " WHERE a.id = d.id AND a.organization_id = $1 RETURNING a.id",
    "sqlite": "UPDATE ledger_account AS a SET balance = a.balance + d.amount"
    " FROM (SELECT value ->> 0 AS id, value ->> 1 AS amount FROM json_each($2)) d"
    " WHERE a.id = d.id AND a.organization_id = $1 RETURNING id",
}


async def _move(unit: Unit, deltas: Counter[UUID]) -> None:
    dialect = unit.house.database.dialect
    pairs = [[list(pair) for pair in deltas.items()]] if dialect == "sqlite" else [list(deltas), list(deltas.values())]
    moved = await unit.tx.fetch(_MOVE[dialect], unit.organization_id, *pairs)
    if len(moved) != len(deltas):
        raise ValueError("a posting names an account that is not there")


@dataclass(frozen=True)
class Check:
    """What the books of a Property say at one instant; sums in fen, the rest are counts (0 is right)."""

    debits: int
    credits: int
    accounts: int
    differing_accounts: int
    differing_postings: int
    differing_bills: int

    @property
    def balanced(self) -> bool:
        """Whether everything is right."""
        wrong = self.differing_accounts + self.differing_postings + self.differing_bills
        return self.debits == self.credits and not wrong


async def check(viewer: Viewer, house: House, property_id: UUID) -> Check | None:
    """Add up every entry of a Property, in one statement: one snapshot. None without ledger.read there."""
    if not viewer.may(Permission.LEDGER_READ, property_id):
        return None
    (row,) = await house.database.fetch(_CHECK, [viewer.organization_id, property_id], viewer.organization_id)
    return Check(**{name: int(row[name]) for name in Check.__dataclass_fields__})


# A bill is right when its amount is the sum of its lines, and what is open of it that sum less what was allocated.
_CHECK = """
WITH e AS (SELECT * FROM entry WHERE organization_id = $1 AND property_id = $2),
a AS (SELECT * FROM ledger_account WHERE organization_id = $1 AND property_id = $2),
by_account AS (SELECT ledger_account_id, SUM(amount) AS total FROM e GROUP BY ledger_account_id),
by_posting AS (SELECT posting_id, SUM(amount) AS total FROM e GROUP BY posting_id),
line AS (SELECT bill_id, SUM(amount) AS total FROM bill_line
    WHERE organization_id = $1 AND property_id = $2 GROUP BY bill_id),
paid AS (SELECT bill_id, SUM(amount) AS total FROM allocation
    WHERE organization_id = $1 AND property_id = $2 AND reversed_at IS NULL GROUP BY bill_id)
SELECT (SELECT COALESCE(SUM(amount), 0) FROM e WHERE amount > 0) AS debits,
    (SELECT -COALESCE(SUM(amount), 0) FROM e WHERE amount < 0) AS credits,
    (SELECT COUNT(*) FROM a) AS accounts,
    (SELECT COUNT(*) FROM a LEFT JOIN by_account s ON s.ledger_account_id = a.id
        WHERE a.balance <> COALESCE(s.total, 0)) AS differing_accounts,
    (SELECT COUNT(*) FROM posting p LEFT JOIN by_posting s ON s.posting_id = p.id
        WHERE p.organization_id = $1 AND p.property_id = $2 AND COALESCE(s.total, 1) <> 0) AS differing_postings,
    (SELECT COUNT(*) FROM bill b JOIN a ON a.id = b.receivable_id LEFT JOIN line l ON l.bill_id = b.id
        LEFT JOIN paid p ON p.bill_id = b.id WHERE b.organization_id = $1 AND b.property_id = $2
        AND (b.amount <> COALESCE(l.total, 0) OR a.balance <> b.amount - COALESCE(p.total, 0))) AS differing_bills
"""
