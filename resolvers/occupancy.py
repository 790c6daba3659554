"""Moving in and out: a resident's rights begin and end with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.database import UniqueViolation
from models import Occupancy, Person, Property, Unit
from models.errors import ErrorCode, Refusal
from models.predicate import to_q
from models.rules.permission import Permission
from models.rules.place import local_day
from models.scope import not_ended
from resolvers.unit import check_version, unit_of_work
from resolvers.viewer import require

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from models.rules.person import OccupancyKind
    from models.viewer import Viewer
    from resolvers.ports import House

WHOLE = 10_000  # a share of all of the Unit


async def create(
    viewer: Viewer | None,
    house: House,
    unit_id: UUID,
    person_id: UUID,
    kind: OccupancyKind,
    move_in_on: date | None = None,
    share: int | None = None,
) -> Occupancy:
    """A Person holds a Unit from `move_in_on` (null: today, in the Property's zone). `share` in 1/10,000.

    Raises Refusal OCCUPANCY_EXISTS, BAD_USER_INPUT.
    """
    if share is not None and not 1 <= share <= WHOLE:
        raise Refusal(ErrorCode.BAD_USER_INPUT, field="share", message="NUMBER_BETWEEN", low="0.01", high="100.00")
    try:
        async with unit_of_work(house, viewer) as unit:
            home = await unit.find(Unit, unit_id, "unit_id")
            require(unit.signed_in, Permission.PERSON_MANAGE, home.property_id)
            person = await unit.see(Person, person_id, "person_id")
            estate = await Property.get(id=home.property_id)
            today = local_day(unit.now, estate.time_zone)
            held = Occupancy.filter(to_q(not_ended(today))).filter(unit_id=home.id, person_id=person.id, kind=kind)
            if (there := await held.first()) is not None:
                raise Refusal(ErrorCode.OCCUPANCY_EXISTS, current=there.id)
            occupancy = await unit.add(
                Occupancy,
                property_id=home.property_id,
                building_id=home.building_id,
                unit_id=home.id,
                person_id=person.id,
                kind=kind,
                share=share,
                move_in_on=move_in_on or today,
                move_out_on=None,
            )
            unit.audit("occupancy.create", None, occupancy)
    except UniqueViolation:  # somebody was faster
        raise Refusal(ErrorCode.OCCUPANCY_EXISTS) from None
    return occupancy


async def end(
    viewer: Viewer | None, house: House, id_: UUID, expected_version: int, move_out_on: date | None = None
) -> Occupancy:
    """Name the last day (null: today): rights and streams end with it, at midnight of the Property.

    An end that has not come yet may be moved. Raises Refusal OCCUPANCY_ENDED, BAD_USER_INPUT, CONFLICT.
    """
    async with unit_of_work(house, viewer) as unit:
        occupancy = await unit.find(Occupancy, id_, "id")
        require(unit.signed_in, Permission.PERSON_MANAGE, occupancy.property_id)
        check_version(occupancy, expected_version)
        estate = await Property.get(id=occupancy.property_id)
        today = local_day(unit.now, estate.time_zone)
        if occupancy.move_out_on is not None and occupancy.move_out_on < today:
            raise Refusal(ErrorCode.OCCUPANCY_ENDED, field="id", current=occupancy.id)
        last = move_out_on or today
        if last < occupancy.move_in_on:
            raise Refusal(ErrorCode.BAD_USER_INPUT, field="move_out_on", message="END_BEFORE_START")
        before = await unit.change(occupancy, move_out_on=last)
        unit.audit("occupancy.end", before, occupancy)
    return occupancy
