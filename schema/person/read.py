"""Reads of people."""

from __future__ import annotations

import strawberry

from models.query import Query as Rows
from models.rules.place import local_day
from resolvers import person as usecase
from schema.base import Info, ListOrder, decode, many, one, text
from schema.person.type import Occupancy, Person


@strawberry.input(description="Which people.")
class PersonFilter:
    """Which people."""

    phone: str | None = text(
        "Only with exactly this phone number, among those whose phone the viewer may see.", optional=True
    )
    id_number: str | None = text(
        "身份证号: only with exactly this one, found by its keyed hash among those about whom the viewer holds"
        " person.reveal or person.manage. BAD_USER_INPUT for what is no ID number (GB 11643).",
        optional=True,
    )


@strawberry.input(description="Which occupancies.")
class OccupancyFilter:
    """Which occupancies."""

    current: bool | None = text(
        "True: only those that have not ended today in the Property's time zone; false: only those that have.",
        optional=True,
    )


@strawberry.type
class PersonQuery:
    """Reads of people."""

    person: Person | None = one("A Person.", "Person")
    occupancy: Occupancy | None = one("An Occupancy.", "Occupancy")

    @many("People who hold or held a Unit of a Property.", Person, page=500)
    def people(
        self,
        info: Info,
        property_id: strawberry.ID,
        filter: PersonFilter | None = None,
        order: ListOrder = ListOrder.OLDEST,
    ) -> Rows:
        """People of a Property."""
        context, wanted = info.context, filter or PersonFilter()
        place = decode("Property", property_id, "property_id")
        return usecase.people(
            context.viewer, context.house, place, order.order, phone=wanted.phone, id_number=wanted.id_number
        )

    @many("Who holds and held the Units of a Property.", Occupancy, page=500)
    async def occupancies(
        self,
        info: Info,
        property_id: strawberry.ID,
        filter: OccupancyFilter | None = None,
        order: ListOrder = ListOrder.OLDEST,
    ) -> Rows:
        """Occupancies of a Property."""
        place = decode("Property", property_id, "property_id")
        current = filter.current if filter else None
        today = None
        if current is not None and (estate := await info.context.show("Property", place)) is not None:
            today = local_day(info.context.house.clock.now(), estate.values["time_zone"])
        return usecase.occupancies(info.context.viewer, place, order.order, current=current, today=today)
