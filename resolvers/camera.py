"""Cameras: the directory (features.md row 42)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from adapters.database import UniqueViolation
from models import Building, Camera, Device, Property
from models.errors import ErrorCode, Refusal
from models.predicate import EVERYTHING, eq, is_null, negate
from models.query import Order, Query
from models.rules.camera import MAX_NAME, MAX_WORD, CameraKind
from models.rules.permission import Permission
from models.scope import visible
from resolvers.unit import Unit, check_version, unit_of_work
from resolvers.viewer import require

if TYPE_CHECKING:
    from uuid import UUID

    from models.viewer import Viewer
    from resolvers.ports import House

TEXTS = {"name": MAX_NAME, "location": MAX_WORD, "source_key": MAX_WORD}
NEEDED = ("name", "kind", "device_id")


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which cameras; None means any."""

    kind: CameraKind | None = None
    building_id: UUID | None = None
    device_id: UUID | None = None
    archived: bool | None = None


def in_property(viewer: Viewer | None, property_id: UUID, order: Order, wanted: Wanted) -> Query:
    """Cameras of a Property."""
    live = is_null("archived_at")
    return Query(Camera, visible(Camera, viewer), order).only(
        eq("property_id", property_id),
        EVERYTHING if wanted.kind is None else eq("kind", wanted.kind.value),
        EVERYTHING if wanted.building_id is None else eq("building_id", wanted.building_id),
        EVERYTHING if wanted.device_id is None else eq("device_id", wanted.device_id),
        EVERYTHING if wanted.archived is None else (negate(live) if wanted.archived else live),
    )


async def create(viewer: Viewer | None, house: House, property_id: UUID, **values: Any) -> Camera:
    """Enter a camera. Raises Refusal."""
    try:
        async with unit_of_work(house, viewer) as unit:
            place = await unit.find(Property, property_id, "property_id")
            _require(unit, place.id)
            checked = await _checked(unit, place.id, values)
            await _is_free(unit, place.id, checked["device_id"], checked)
            camera = await unit.add(Camera, property_id=place.id, **checked)
            unit.audit("camera.create", None, camera)
    except UniqueViolation as error:  # another process was a moment faster
        raise _taken(error, values) from None
    return camera


async def update(viewer: Viewer | None, house: House, id_: UUID, expected_version: int, **values: Any) -> Camera:
    """Change a camera; what is not among `values` stays. Raises Refusal."""
    try:
        async with unit_of_work(house, viewer) as unit:
            camera = await _live(unit, id_, expected_version)
            checked = await _checked(unit, camera.property_id, values)
            news = {name: value for name, value in checked.items() if getattr(camera, name) != value}
            if "device_id" in news:
                news.setdefault("source_key", camera.source_key)
            await _is_free(unit, camera.property_id, news.get("device_id", camera.device_id), news)
            before = await unit.change(camera, **checked)
            unit.audit("camera.update", before, camera)
    except UniqueViolation as error:  # another process was a moment faster
        raise _taken(error, values) from None
    return camera


async def archive(viewer: Viewer | None, house: House, id_: UUID, expected_version: int) -> Camera:
    """Take a camera down: its name and key are free again, its history stays."""
    async with unit_of_work(house, viewer) as unit:
        camera = await _live(unit, id_, expected_version)
        before = await unit.change(camera, archived_at=unit.now)
        unit.audit("camera.archive", before, camera)
    return camera


def _require(unit: Unit, property_id: UUID) -> None:
    assert unit.viewer is not None  # noqa: S101 - unit_of_work gave it
    require(unit.viewer, Permission.DEVICE_MANAGE, property_id)


async def _live(unit: Unit, id_: UUID, expected_version: int) -> Camera:
    """The camera, locked, for whoever manages devices there."""
    camera = await unit.find(Camera, id_, "id")
    _require(unit, camera.property_id)
    check_version(camera, expected_version)
    if camera.archived_at is not None:
        raise Refusal(ErrorCode.CAMERA_ARCHIVED, field="id", current=camera.id)
    return camera


async def _checked(unit: Unit, property_id: UUID, values: dict[str, Any]) -> dict[str, Any]:
    """The values as they are kept. Raises Refusal naming the field."""
    kept = dict(values)
    for name in NEEDED:
        if name in kept and kept[name] is None:
            raise Refusal(ErrorCode.BAD_USER_INPUT, field=name, message="NOT_EMPTY")
    for name, most in TEXTS.items():
        if name in kept:
            kept[name] = _text(name, kept[name], most)
    if kept.get("building_id") is not None:
        building = await unit.find(Building, kept["building_id"], "building_id")
        if building.property_id != property_id:
            raise Refusal(ErrorCode.NOT_FOUND, field="building_id")
    if "device_id" in kept:
        device = await unit.find(Device, kept["device_id"], "device_id")
        if device.property_id != property_id:
            raise Refusal(ErrorCode.NOT_FOUND, field="device_id")
        if device.retired_at is not None:
            raise Refusal(ErrorCode.DEVICE_RETIRED, field="device_id")
    return kept


def _text(field: str, text: str | None, most: int) -> str | None:
    """Stripped; an empty one is null, where null is allowed."""
    kept, low = (text or "").strip(), int(field in NEEDED)
    if not low <= len(kept) <= most:
        raise Refusal(ErrorCode.BAD_USER_INPUT, field=field, message="TEXT_LENGTH", low=low, high=most)
    return kept or None


async def _is_free(unit: Unit, property_id: UUID, device_id: UUID, news: dict[str, Any]) -> None:
    """Refuse a name that another live camera of the Property bears, or a key that another of the device has."""
    live = Camera.filter(organization_id=unit.organization_id, archived_at=None)
    if "name" in news and await live.filter(property_id=property_id, name=news["name"]).exists():
        raise Refusal(ErrorCode.NAME_TAKEN, field="name", name=news["name"])
    key = news.get("source_key")
    if key is not None and await live.filter(device_id=device_id, source_key=key).exists():
        raise Refusal(ErrorCode.NAME_TAKEN, field="source_key", name=key)


def _taken(error: UniqueViolation, values: dict[str, Any]) -> Refusal:
    field = "source_key" if "source" in str(error) else "name"
    return Refusal(ErrorCode.NAME_TAKEN, field=field, name=values.get(field))
