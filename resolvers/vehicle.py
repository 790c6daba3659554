"""Vehicles: who is known at the gate by which plate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adapters.database import UniqueViolation
from models import Occupancy, Person, Property, Unit, Vehicle
from models.errors import ErrorCode, Refusal
from models.predicate import EVERYTHING, NOTHING, Predicate, eq, is_null, negate
from models.query import Order, Query
from models.rules.permission import Permission
from models.rules.vehicle import MAX_WORD, VehicleKind, normal_plate
from models.scope import visible
from resolvers.unit import check_version, unit_of_work
from resolvers.viewer import require

if TYPE_CHECKING:
    from uuid import UUID

    from models.viewer import Viewer
    from resolvers.ports import House
    from resolvers.unit import Unit as Work


def in_property(
    viewer: Viewer | None,
    property_id: UUID,
    order: Order,
    plate: str | None = None,
    kind: VehicleKind | None = None,
    archived: bool | None = None,
) -> Query:
    """Vehicles of a Property; `plate` in any spelling."""
    wanted = EVERYTHING if plate is None else _plate_is(plate)
    ended: Predicate = EVERYTHING
    if archived is not None:
        ended = negate(is_null("archived_at")) if archived else is_null("archived_at")
    return Query(Vehicle, visible(Vehicle, viewer), order).only(
        eq("property_id", property_id), wanted, EVERYTHING if kind is None else eq("kind", kind.value), ended
    )


async def create(
    viewer: Viewer | None, house: House, property_id: UUID, plate: str, kind: VehicleKind, **more: Any
) -> Vehicle:
    """Make a plate known in a Property. `more`: unit_id, owner_id, brand, colour. Raises Refusal PLATE_TAKEN."""
    try:
        async with unit_of_work(house, viewer) as unit:
            estate = await unit.find(Property, property_id, "property_id")
            _require(unit, estate.id)
            values = {"plate": plate, "kind": kind, "unit_id": None, "owner_id": None, "brand": None, "colour": None}
            checked = await _checked(unit, estate.id, None, {**values, **more})
            vehicle = await unit.add(Vehicle, property_id=estate.id, archived_at=None, **checked)
            unit.audit("vehicle.create", None, vehicle)
    except UniqueViolation:  # somebody was faster
        raise Refusal(ErrorCode.PLATE_TAKEN, field="plate") from None
    return vehicle


async def update(viewer: Viewer | None, house: House, id_: UUID, expected_version: int, **values: Any) -> Vehicle:
    """Change what is sent; null empties. Raises Refusal PLATE_TAKEN, VEHICLE_ARCHIVED."""
    try:
        async with unit_of_work(house, viewer) as unit:
            vehicle = await _live(unit, id_, expected_version)
            for name in ("plate", "kind"):
                if name in values and values[name] is None:
                    raise Refusal(ErrorCode.BAD_USER_INPUT, field=name, message="NOT_EMPTY")
            checked = await _checked(unit, vehicle.property_id, vehicle.id, values)
            before = await unit.change(vehicle, **checked)
            unit.audit("vehicle.update", before, vehicle)
    except UniqueViolation:
        raise Refusal(ErrorCode.PLATE_TAKEN, field="plate") from None
    return vehicle


async def archive(viewer: Viewer | None, house: House, id_: UUID, expected_version: int) -> Vehicle:
    """The Vehicle is no longer known at the gate; its plate is free again."""
    async with unit_of_work(house, viewer) as unit:
        vehicle = await _live(unit, id_, expected_version)
        before = await unit.change(vehicle, archived_at=unit.now)
        unit.audit("vehicle.archive", before, vehicle)
    return vehicle


async def _live(unit: Work, id_: UUID, expected_version: int) -> Vehicle:
    vehicle = await unit.find(Vehicle, id_, "id")
    _require(unit, vehicle.property_id)
    check_version(vehicle, expected_version)
    if vehicle.archived_at is not None:
        raise Refusal(ErrorCode.VEHICLE_ARCHIVED, field="id", current=vehicle.id)
    return vehicle


def _require(unit: Work, property_id: UUID) -> None:
    """Whoever may import vehicles may enter one by hand."""
    if unit.viewer is not None:
        require(unit.viewer, Permission.IMPORT_RUN, property_id)


async def _checked(unit: Work, property_id: UUID, own_id: UUID | None, values: dict[str, Any]) -> dict[str, Any]:
    """The values as they are kept. Raises Refusal."""
    for name in ("brand", "colour"):
        if values.get(name) is not None:
            values[name] = values[name].strip() or None
        if len(values.get(name) or "") > MAX_WORD:
            raise Refusal(ErrorCode.BAD_USER_INPUT, field=name, message="TEXT_LENGTH", low=0, high=MAX_WORD)
    if values.get("unit_id") is not None:
        home = await unit.find(Unit, values["unit_id"], "unit_id")
        if home.property_id != property_id:
            raise Refusal(ErrorCode.NOT_FOUND, field="unit_id")
    if values.get("owner_id") is not None:
        owner = await unit.find(Person, values["owner_id"], "owner_id")
        if not await Occupancy.filter(person_id=owner.id, property_id=property_id).exists():
            raise Refusal(ErrorCode.NOT_FOUND, field="owner_id")
    if "plate" in values:
        values["plate"] = await _free_plate(unit, property_id, own_id, values["plate"])
    return values


async def _free_plate(unit: Work, property_id: UUID, own_id: UUID | None, text: str) -> str:
    plate = normal_plate(text)
    if plate is None:
        raise Refusal(ErrorCode.BAD_USER_INPUT, field="plate", message="PLATE_WRONG")
    taken = await Vehicle.filter(
        organization_id=unit.organization_id, property_id=property_id, plate=plate, archived_at=None
    ).get_or_none()
    if taken is not None and taken.id != own_id:
        raise Refusal(ErrorCode.PLATE_TAKEN, field="plate", current=taken.id)
    return plate


def _plate_is(text: str) -> Predicate:
    plate = normal_plate(text)
    return NOTHING if plate is None else eq("plate", plate)
