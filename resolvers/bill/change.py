"""What follows a change of a Bill: its status, and the news to those who see it as residents."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from models import Account, Bill, Occupancy, Property
from models.predicate import to_q
from models.rules.bill import BillStatus, status_of
from models.rules.place import local_day
from models.scope import running
from resolvers.ledger import BATCH
from subscriptions.bill import BillChange, changed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from uuid import UUID

    from resolvers.unit import Unit


async def restate(
    unit: Unit, heard: Iterable[UUID], bill: Bill, owed: int, change: BillChange | None, verb: str, **values: Any
) -> None:
    """Bring a held bill's status in line with `owed` fen; audit it, and tell. `change` None: by its new status."""
    status = status_of(values.get("amount", bill.amount), owed)
    before = await unit.change(bill, status=status, **values)
    unit.audit(verb, before, bill)
    paid = BillChange.PAID if status is BillStatus.PAID else BillChange.PARTLY_PAID
    tell(unit, heard, change or paid, before, bill, owed)


def tell(unit: Unit, heard: Iterable[UUID], change: BillChange, before: Bill | None, after: Bill, owed: int) -> None:
    """Announce a change on the streams of the accounts `heard`."""
    for account in heard:
        unit.announce(changed(account, change, before, after, owed, unit.now))


async def hearers(unit: Unit, bills: Sequence[Bill]) -> dict[UUID, list[UUID]]:
    """The accounts of those who see each bill as residents, by the bill's id.

    As models/scope/billing.py has it: its payer, and who holds the Unit today if its payer does too.
    """
    zones = {place.id: place.time_zone for place in await Property.filter(id__in={bill.property_id for bill in bills})}
    holders: dict[UUID, set[UUID]] = defaultdict(set)
    for zone in set(zones.values()):
        units = {bill.unit_id for bill in bills if zones[bill.property_id] == zone}
        today = running(local_day(unit.now, zone))
        for chunk in _chunks(sorted(units)):
            held = Occupancy.filter(to_q(today)).filter(organization_id=unit.organization_id, unit_id__in=chunk)
            for unit_id, person_id in await held.values_list("unit_id", "person_id"):
                holders[unit_id].add(person_id)
    people = {
        bill.id: holders[bill.unit_id] if bill.payer_id in holders[bill.unit_id] else {bill.payer_id} for bill in bills
    }
    accounts: dict[UUID, UUID] = {}
    for chunk in _chunks(sorted(set().union(*people.values()))):
        found = Account.filter(organization_id=unit.organization_id, person_id__in=chunk, disabled_at=None)
        accounts.update({person: account for account, person in await found.values_list("id", "person_id")})
    return {id_: sorted(accounts[person] for person in who if person in accounts) for id_, who in people.items()}


def _chunks(ids: list[UUID]) -> Iterator[list[UUID]]:
    for start in range(0, len(ids), BATCH):
        yield ids[start : start + BATCH]
