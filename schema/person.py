"""People and their homes in the contract."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

import models
from models.query import Order
from models.query import Query as Rows
from models.rules.permission import Permission
from models.rules.person import OccupancyKind
from models.rules.place import local_day
from resolvers import person as usecase
from schema.base import (
    Connection,
    Decimal2,
    Info,
    ListOrder,
    Node,
    column,
    decode,
    many,
    node,
    one,
    text,
    to_many,
    to_one,
)
from schema.base.field import Spec, ToManySpec, declare
from schema.base.page import Page
from schema.place import Property, Unit

if TYPE_CHECKING:
    from schema.bill import Bill
    from schema.ledger import LedgerAccount
    from schema.plan.row import Row


@node(models.Occupancy, "入住关系: a Person holds a Unit from a day to a day.")
class Occupancy(Node):
    """A Person holds a Unit."""

    property: Property = to_one("The estate.")
    unit: Unit | None = to_one("The Unit.")
    person: Person | None = to_one("The Person.")
    kind: OccupancyKind = column("As what.")
    share: Decimal2 | None = column("A co-owner's share in per cent.", convert=lambda parts: Decimal(parts).scaleb(-2))
    move_in_on: date = column("The first day.")
    move_out_on: date | None = column("The last day; null while it runs.")
    created_at: datetime = column("When it was entered.")
    version: int = column("Grows by one with each change.")


class MaskedIdNumberSpec(Spec):
    """The ID number with all but its end hidden, for who holds person.read where the Person holds or held a Unit."""

    def needs(self, name: str) -> set[str]:
        """Only the sealed number."""
        return {"id_number_cipher"}

    def resolve(self, name: str, row: Row, arguments: object) -> Any:
        """Null without a number or the right; the right may have to be asked of the Person's occupancies."""
        if row.values["id_number_cipher"] is None or not row.reader.may(Permission.PERSON_READ, None):
            return None
        if Permission.PERSON_READ in row.reader.signed_in.everywhere:
            return usecase.masked_id_number(row.reader.house, row.reader.signed_in, row.values)
        return self._asked(row)

    async def _asked(self, row: Row) -> str | None:
        held = await row.reader.many(_HELD, Page(first=_HELD.page), row.values["id"])
        if not any(row.reader.may(Permission.PERSON_READ, one.values["property_id"]) for one in held.nodes):
            return None
        return usecase.masked_id_number(row.reader.house, row.reader.signed_in, row.values)


_HELD = ToManySpec("Occupancy", "person_id", Order(), 100, connection=True)


@node(models.Person, "住户: a natural person.")
class Person(Node):
    """A natural person."""

    name: str = column("Full name.")
    phone: str | None = column("Phone number.")
    email: str | None = column("E-mail address.")
    id_number_masked: str | None = declare(
        MaskedIdNumberSpec(),
        "身份证号, all but the last four characters hidden; null without one, or without person.read there. The whole"
        " number is never shown.",
    )
    occupancies: Connection[Occupancy] = to_many("What the Person holds and held.", "Occupancy", "person_id")
    bills: Connection[Annotated[Bill, strawberry.lazy("schema.bill")]] = to_many(
        "The bills that the Person owes or owed, oldest first, as far as the viewer may see.", "Bill", "payer_id"
    )
    prepayments: Connection[Annotated[LedgerAccount, strawberry.lazy("schema.ledger")]] = to_many(
        "预存: what the Person has paid ahead, one account for each Property.", "LedgerAccount", "person_id"
    )
    created_at: datetime = column("When the Person was entered.")
    version: int = column("Grows by one with each change.")


@strawberry.input(description="Which people.")
class PersonFilter:
    """Which people."""

    phone: str | None = text("Only with exactly this phone number.", optional=True)


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
        return usecase.people(
            info.context.viewer,
            decode("Property", property_id, "property_id"),
            order.order,
            filter.phone if filter else None,
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
