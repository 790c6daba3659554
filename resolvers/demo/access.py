"""A week of passages, denser where and when people go."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING

from adapters.demo.day import Pace, at
from adapters.demo.talk import KNOWN, UNKNOWN
from models import AccessEvent
from models.rules.gate import AccessDirection, AccessMethod, AccessResult, GateKind
from resolvers.demo.people import moved_in

if TYPE_CHECKING:
    import random
    from datetime import datetime
    from uuid import UUID

    from models import Gate
    from resolvers.demo.load import Load

DAYS = 7
A_DAY = 45  # passages of one gate at an average pace
METHODS = {
    AccessMethod.FACE: 52,
    AccessMethod.CARD: 26,
    AccessMethod.PHONE: 12,
    AccessMethod.QR: 7,
    AccessMethod.PIN: 3,
}
GRANTED_SHARE = 0.94


async def write_passages(load: Load, gates: list[Gate]) -> str:
    """Write them; what was written, in words."""
    chance = load.chance("passages")
    people = _people(load)
    events = [
        _passage(load, gate, when, people, chance)
        for gate in gates
        for day in range(DAYS)
        for when in _times(load, day, chance)
        if when < load.now
    ]
    await load.save(events)
    return f"{len(events)} passages of a week"


def _times(load: Load, back: int, chance: random.Random) -> list[datetime]:
    """When somebody passed a gate on a day: as dense as the day's curve."""
    day = load.today - timedelta(days=back)
    found = []
    for hour in range(24):
        expected = A_DAY / 24 * at(Pace.PASSAGE, hour + 0.5)
        count = int(expected) + (chance.random() < expected % 1)
        found += [load.at(day, hour * 3600 + chance.random() * 3600) for _ in range(count)]
    return found


def _people(load: Load) -> dict[tuple[UUID, UUID | None], list[UUID]]:
    """Who lives in a building, and under None in the whole Property."""
    found: dict[tuple[UUID, UUID | None], list[UUID]] = defaultdict(list)
    for stay in load.stays:
        if moved_in(stay, load.today):
            found[stay.property_id, stay.building_id].append(stay.person_id)
            found[stay.property_id, None].append(stay.person_id)
    return found


def _passage(
    load: Load,
    gate: Gate,
    when: datetime,
    people: dict[tuple[UUID, UUID | None], list[UUID]],
    chance: random.Random,
) -> AccessEvent:
    hour = (when - load.at(load.today, 0)).total_seconds() / 3600 % 24
    method = AccessMethod.PHONE if gate.kind is GateKind.LIFT_GATE else _choice(chance)
    granted = chance.random() < GRANTED_SHARE
    known = granted or chance.random() < 0.3
    person = chance.choice(people[gate.property_id, gate.building_id]) if known else None
    reason = None if granted else chance.choice(KNOWN if person else UNKNOWN[method])
    return load.row(
        AccessEvent,
        when,
        property_id=gate.property_id,
        gate_id=gate.id,
        person_id=person,
        direction=AccessDirection.IN if chance.random() < at(Pace.HOMECOMING, hour) else AccessDirection.OUT,
        method=method,
        result=AccessResult.GRANTED if granted else AccessResult.DENIED,
        reason=reason,
        occurred_at=when,
    )


def _choice(chance: random.Random) -> AccessMethod:
    return chance.choices(list(METHODS), list(METHODS.values()))[0]
