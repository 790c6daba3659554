"""Property → Building → Entrance → Unit in the contract."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

import models
from models.query import Order
from models.query import Query as Rows
from models.rules.place import (
    BillingAreaBasis,
    Orientation,
    PropertyKind,
    UnitStatus,
    UnitUse,
)
from resolvers import place as usecase
from schema.base import (
    Connection,
    Cursor,
    Decimal2,
    GeoPoint,
    Info,
    ListOrder,
    Node,
    Scaled,
    column,
    computed,
    decode,
    live_cursor,
    many,
    node,
    one,
    point,
    text,
    to_many,
    to_one,
)

if TYPE_CHECKING:
    from schema.bill import Bill
    from schema.person import Occupancy

TREE = 10_000
IN_PLACE = Order("position")
square_metres = Scaled(2)  # kept in 1/100 m²


@node(models.Unit, "房屋: a household, shop or office.")
class Unit(Node):
    """A household, shop or office."""

    property: Property = to_one("The estate.")
    building: Building | None = to_one("The building.")
    entrance: Entrance | None = to_one("The staircase or lobby.")
    number: str = column("房号, unique in its entrance, such as 1203.")
    floor: int = column("The floor; below ground negative.")
    layout: str = column("户型, such as 三室两厅两卫; empty when unknown.")
    built_up_area: Decimal2 = column("建筑面积 in m².", convert=square_metres)
    inner_area: Decimal2 | None = column("套内面积 in m².", convert=square_metres)
    billing_area_basis: BillingAreaBasis = column("Which of the two areas an area charge counts.")
    billing_area: Decimal2 = computed(
        "The area that charges count, in m².",
        needs=("built_up_area", "inner_area", "billing_area_basis"),
        personal=False,
        compute=lambda row, _viewer: square_metres(
            row["inner_area"] if row["billing_area_basis"] == "INNER" and row["inner_area"] else row["built_up_area"]
        ),
    )
    orientation: Orientation | None = column("Where the main windows look.")
    use: UnitUse = column("What it is used for.")
    status: UnitStatus = column("Whether somebody holds it.")
    occupancies: Connection[Annotated[Occupancy, strawberry.lazy("schema.person")]] = to_many(
        "Who holds it and who held it, as far as the viewer may see.", "Occupancy", "unit_id"
    )
    bills: Connection[Annotated[Bill, strawberry.lazy("schema.bill")]] = to_many(
        "Its bills, oldest first, as far as the viewer may see.", "Bill", "unit_id"
    )
    created_at: datetime = column("When it was entered.")
    version: int = column("Grows by one with each change.")


@node(models.Entrance, "单元: a staircase or lobby of a building.")
class Entrance(Node):
    """A staircase or lobby."""

    building: Building | None = to_one("The building.")
    code: str = column("Short name, unique in the building.")
    name: str = column("Its name.")
    units: list[Unit] = to_many(
        "Its units in order, at most 10,000.", "Unit", "entrance_id", order=IN_PLACE, page=TREE, connection=False
    )
    version: int = column("Grows by one with each change.")


@node(models.Building, "楼栋: a building of a Property.")
class Building(Node):
    """A building."""

    property: Property = to_one("The estate.")
    code: str = column("Short name, unique in the Property.")
    name: str = column("Its name.")
    floors_above: int = column("Floors above ground.")
    floors_below: int = column("Floors below ground.")
    entrances: list[Entrance] = to_many(
        "Its entrances in order, at most 10,000.",
        "Entrance",
        "building_id",
        order=IN_PLACE,
        page=TREE,
        connection=False,
    )
    version: int = column("Grows by one with each change.")


@node(models.Property, "楼盘/小区/项目: one managed estate.")
class Property(Node):
    """One managed estate."""

    code: str = column("Short name, unique in the Organization.")
    name: str = column("Its name.")
    kind: PropertyKind = column("What it is used for.")
    address: str = column("Postal address.")
    location: GeoPoint | None = computed(
        "Where it is.",
        needs=("latitude", "longitude"),
        personal=False,
        compute=lambda row, _viewer: point(row),
    )
    land_area: Decimal2 | None = column("占地面积 in m².", convert=square_metres)
    building_area: Decimal2 | None = column("建筑面积 in m².", convert=square_metres)
    time_zone: str = column("IANA name; periods and days of this Property are in it.")
    ticket_reopen_days: int = column("How long a closed Ticket may be reopened.", source="reopen_days")
    ticket_close_days: int = column("After how long a settled Ticket closes by itself.", source="close_days")
    ticket_remind_minutes: int = column(
        "So many minutes before an appointment people are reminded of it; 0: never.", source="remind_minutes"
    )
    attendance_tolerance_minutes: int = column("So late or early, in minutes, nobody of the staff counts as it.")
    attendance_ahead_minutes: int = column("So many minutes before a shift one checks in for it.")
    attendance_close_minutes: int = column("So many minutes after a shift's end a check-out is forgotten.")
    place_tree: list[Building] = to_many(
        "The whole tree of places: buildings, their entrances, their units; at most 10,000 of each.",
        "Building",
        "property_id",
        order=IN_PLACE,
        page=TREE,
        connection=False,
    )
    live_cursor: Cursor = live_cursor(
        "Where the Property's live stream stood before this operation read anything: subscribe with `after` from here"
        " and nothing is missed. An event after it may already be in this answer; compare `version`."
    )
    created_at: datetime = column("When it was entered.")
    version: int = column("Grows by one with each change.")


@strawberry.input(description="Which properties.")
class PropertyFilter:
    """Which properties."""

    kinds: list[PropertyKind] | None = text("Only these kinds.", optional=True)


@strawberry.input(description="Which entrances.")
class EntranceFilter:
    """Which entrances."""

    building_id: strawberry.ID | None = text("Only in this Building.", optional=True)


@strawberry.input(description="Which units.")
class UnitFilter:
    """Which units."""

    building_id: strawberry.ID | None = text("Only in this Building.", optional=True)
    statuses: list[UnitStatus] | None = text("Only with these statuses.", optional=True)


@strawberry.type
class PlaceQuery:
    """Reads of places."""

    property: Property | None = one("A Property.", "Property")
    building: Building | None = one("A Building.", "Building")
    entrance: Entrance | None = one("An Entrance.", "Entrance")
    unit: Unit | None = one("A Unit.", "Unit")

    @many("Properties in which the viewer has any role.", Property)
    def properties(self, info: Info, filter: PropertyFilter | None = None, order: ListOrder = ListOrder.OLDEST) -> Rows:
        """Properties of the viewer."""
        return usecase.properties(info.context.viewer, order.order, filter.kinds if filter else None)

    @many("Buildings of a Property.", Building, page=500)
    def buildings(self, info: Info, property_id: strawberry.ID, order: ListOrder = ListOrder.OLDEST) -> Rows:
        """Buildings of a Property."""
        return usecase.buildings(info.context.viewer, decode("Property", property_id, "property_id"), order.order)

    @many("Entrances of a Property.", Entrance, page=500)
    def entrances(
        self,
        info: Info,
        property_id: strawberry.ID,
        filter: EntranceFilter | None = None,
        order: ListOrder = ListOrder.OLDEST,
    ) -> Rows:
        """Entrances of a Property."""
        wanted = filter.building_id if filter else None
        building_id = decode("Building", wanted, "building_id") if wanted else None
        return usecase.entrances(
            info.context.viewer, decode("Property", property_id, "property_id"), order.order, building_id
        )

    @many("Units of a Property; a resident sees the own ones.", Unit, page=500)
    def units(
        self,
        info: Info,
        property_id: strawberry.ID,
        filter: UnitFilter | None = None,
        order: ListOrder = ListOrder.OLDEST,
    ) -> Rows:
        """Units of a Property."""
        wanted = filter or UnitFilter()
        building_id = decode("Building", wanted.building_id, "building_id") if wanted.building_id else None
        return usecase.units(
            info.context.viewer,
            decode("Property", property_id, "property_id"),
            order.order,
            building_id,
            wanted.statuses,
        )
