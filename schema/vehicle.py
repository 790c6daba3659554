"""Vehicles in the contract."""

from __future__ import annotations

from datetime import datetime

import strawberry

import models
from models.query import Query as Rows
from models.rules.permission import Permission
from models.rules.vehicle import VehicleKind
from resolvers import vehicle as usecase
from schema.base import (
    Info,
    ListOrder,
    Node,
    Payload,
    changed,
    column,
    decode,
    many,
    node,
    one,
    ref,
    text,
    to_one,
    values,
    verb,
)
from schema.person import Person
from schema.place import Property, Unit

_PLATE = "车牌, such as 浙A12345: province, letter, then 5 characters, or 6 of a new-energy car; in any spelling."


@node(models.Vehicle, "车辆: a car that a Property knows by its plate.")
class Vehicle(Node):
    """A car that a Property knows by its plate."""

    property: Property = to_one("The estate.")
    unit: Unit | None = to_one("The Unit it belongs to.")
    owner: Person | None = to_one("车主: whose it is, if the viewer may see the Person.")
    plate: str = column("车牌 in one spelling: upper case, without dot and spaces. Unique among those not archived.")
    kind: VehicleKind = column("As what it is known at the gate.")
    brand: str | None = column("品牌; null when unknown.")
    colour: str | None = column("颜色; null when unknown.")
    archived_at: datetime | None = column("When it ceased to be known; null while it is.")
    created_at: datetime = column("When it was entered.")
    version: int = column("Grows by one with each change.")


@strawberry.input(description="Which vehicles.")
class VehicleFilter:
    """Which vehicles."""

    plate: str | None = text("Only with this plate, in any spelling.", optional=True)
    kind: VehicleKind | None = text("Only of this kind.", optional=True)
    archived: bool | None = text("True: only archived ones; false: only those that are not.", optional=True)


@strawberry.input(description="A Vehicle to make known.")
class VehicleCreateInput:
    """A Vehicle to make known."""

    property_id: strawberry.ID = ref("Property", "In which Property.")
    plate: str = text(_PLATE)
    kind: VehicleKind = text("As what it is known at the gate.")
    unit_id: strawberry.ID | None = ref("Unit", "The Unit it belongs to, in the same Property.", optional=True)
    owner_id: strawberry.ID | None = ref(
        "Person", "Whose it is: somebody who holds or held a Unit of the Property.", optional=True
    )
    brand: str | None = text("品牌, at most 40 characters.", optional=True)
    colour: str | None = text("颜色, at most 40 characters.", optional=True)


@strawberry.input(description="What changes about a Vehicle. What is not sent stays; null empties.")
class VehicleUpdateInput:
    """What changes about a Vehicle."""

    expected_version: int = text("The version the viewer saw; a newer one is a CONFLICT.")
    plate: str | None = changed(_PLATE)
    kind: VehicleKind | None = changed("As what it is known at the gate.")
    unit_id: strawberry.ID | None = changed("The Unit it belongs to, in the same Property.", type_="Unit")
    owner_id: strawberry.ID | None = changed(
        "Whose it is: somebody who holds or held a Unit of the Property.", type_="Person"
    )
    brand: str | None = changed("品牌, at most 40 characters.")
    colour: str | None = changed("颜色, at most 40 characters.")


@strawberry.input(description="Which state of the Vehicle the viewer saw.")
class VehicleArchiveInput:
    """Which state of the Vehicle the viewer saw."""

    expected_version: int = text("The version the viewer saw; a newer one is a CONFLICT.")


@strawberry.type(description="Answer to vehicleCreate.")
class VehicleCreatePayload(Payload):
    """The new Vehicle."""

    vehicle: Vehicle | None = strawberry.field(
        default=None, description="The new Vehicle; with PLATE_TAKEN the one that has the plate."
    )


@strawberry.type(description="Answer to vehicleUpdate.")
class VehicleUpdatePayload(Payload):
    """The Vehicle as it is."""

    vehicle: Vehicle | None = strawberry.field(
        default=None, description="The Vehicle as it is now; with PLATE_TAKEN the one that has the plate."
    )


@strawberry.type(description="Answer to vehicleArchive.")
class VehicleArchivePayload(Payload):
    """The archived Vehicle."""

    vehicle: Vehicle | None = strawberry.field(default=None, description="The Vehicle as it is now.")


@strawberry.type
class VehicleQuery:
    """Reads of vehicles."""

    vehicle: Vehicle | None = one("A Vehicle.", "Vehicle")

    @many("Vehicles of a Property; a resident sees the own ones and those of the own Unit.", Vehicle, page=500)
    def vehicles(
        self,
        info: Info,
        property_id: strawberry.ID,
        filter: VehicleFilter | None = None,
        order: ListOrder = ListOrder.OLDEST,
    ) -> Rows:
        """Vehicles of a Property."""
        wanted = filter or VehicleFilter()
        place = decode("Property", property_id, "property_id")
        return usecase.in_property(info.context.viewer, place, order.order, wanted.plate, wanted.kind, wanted.archived)


@strawberry.type
class VehicleMutation:
    """Verbs of vehicles. They need import.run in the Property."""

    @verb("Make a Vehicle known in a Property.", shows="Vehicle", permission=Permission.IMPORT_RUN)
    async def vehicle_create(self, info: Info, input: VehicleCreateInput) -> VehicleCreatePayload | None:
        """Make it known."""
        context = info.context
        made = await usecase.create(context.viewer, context.house, **values(input))
        return VehicleCreatePayload(vehicle=await context.show("Vehicle", made.id))

    @verb("Change what is known about a Vehicle.", shows="Vehicle", permission=Permission.IMPORT_RUN)
    async def vehicle_update(
        self, info: Info, id: strawberry.ID, input: VehicleUpdateInput
    ) -> VehicleUpdatePayload | None:
        """Change it."""
        context = info.context
        row = await usecase.update(context.viewer, context.house, decode("Vehicle", id), **values(input))
        return VehicleUpdatePayload(vehicle=await context.show("Vehicle", row.id))

    @verb(
        "Archive a Vehicle: it is no longer known at the gate, and its plate is free again.",
        shows="Vehicle",
        permission=Permission.IMPORT_RUN,
    )
    async def vehicle_archive(
        self, info: Info, id: strawberry.ID, input: VehicleArchiveInput
    ) -> VehicleArchivePayload | None:
        """End it."""
        context = info.context
        row = await usecase.archive(context.viewer, context.house, decode("Vehicle", id), **values(input))
        return VehicleArchivePayload(vehicle=await context.show("Vehicle", row.id))
