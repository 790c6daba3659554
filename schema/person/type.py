"""What a Person and an Occupancy are."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

import strawberry

import models
from models.rules.permission import Permission
from models.rules.person import OccupancyKind
from resolvers import person as usecase
from schema.base import Connection, Decimal2, Node, column, guarded, node, to_many, to_one
from schema.place import Property, Unit

if TYPE_CHECKING:
    from schema.bill import Bill
    from schema.consent import Consent
    from schema.erasure import Erasure
    from schema.ledger import LedgerAccount


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


@node(models.Person, "住户: a natural person.")
class Person(Node):
    """A natural person."""

    name: str = column("Full name.")
    phone: str | None = guarded(
        "电话; null without person.contact where the Person holds or held a Unit; the own and the household's show.",
        Permission.PERSON_CONTACT,
    )
    email: str | None = guarded("E-mail address; null as `phone` is.", Permission.PERSON_CONTACT)
    id_number_masked: str | None = guarded(
        "身份证号, all but the last four characters hidden; null without one, or without person.read where the Person"
        " holds or held a Unit. The whole number: personIdNumberReveal.",
        Permission.PERSON_READ,
        source="id_number_cipher",
        show=usecase.masked_id_number,
    )
    face_reference_masked: str | None = guarded(
        "人脸: the gates' own reference to the Person's face, all but its last four characters hidden; null without"
        " one, or without face.read where the Person holds or held a Unit. The whole of it: personFaceReveal.",
        Permission.FACE_READ,
        source="face_cipher",
        show=usecase.masked_face,
    )
    erased_at: datetime | None = column("已注销: since when nothing personal is kept; null while it is.")
    consents: Connection[Annotated[Consent, strawberry.lazy("schema.consent")]] = to_many(
        "同意: what the Person agreed to and withdrew, oldest first; only for himself, for who holds person.manage"
        " there and for auditors.",
        "Consent",
        "person_id",
    )
    erasures: Connection[Annotated[Erasure, strawberry.lazy("schema.erasure")]] = to_many(
        "删除请求: what was or is to be erased, oldest first; seen by the same.", "Erasure", "person_id"
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
