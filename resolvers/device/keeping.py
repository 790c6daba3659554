"""The file of a device (设备档案): kept by people, never deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adapters.database import UniqueViolation
from models import Building, Device, DeviceCredential, File, Property
from models import Unit as PlaceUnit
from models.errors import ErrorCode, Refusal
from models.rules.device import (
    MAX_HEARTBEAT,
    MAX_LIFE,
    MAX_NAME,
    MAX_NOTES,
    MAX_WORD,
    MIN_HEARTBEAT,
    DeviceStatus,
)
from models.rules.permission import Permission
from models.rules.ticket import MAX_PHOTOS
from resolvers.device.reporting import follow_status
from resolvers.file import attach_photos
from resolvers.unit import Unit, check_version, unit_of_work
from resolvers.viewer import require

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from models.viewer import Viewer
    from resolvers.ports import House

TEXTS = {
    "name": MAX_NAME,
    "category": MAX_WORD,
    "brand": MAX_WORD,
    "model": MAX_WORD,
    "serial": MAX_WORD,
    "location": MAX_WORD,
    "supplier": MAX_WORD,
    "notes": MAX_NOTES,
}
NUMBERS = {"heartbeat_seconds": (MIN_HEARTBEAT, MAX_HEARTBEAT), "expected_life_months": (1, MAX_LIFE)}
NEEDED = ("name", "kind", "status", "heartbeat_seconds")


async def create(
    viewer: Viewer | None, house: House, property_id: UUID, photo_ids: Sequence[UUID] = (), **values: Any
) -> Device:
    """Open the file of a device; it is NEVER_SEEN until it reports. Raises Refusal."""
    try:
        async with unit_of_work(house, viewer) as unit:
            place = await unit.find(Property, property_id, "property_id")
            _require(unit, place.id)
            checked = await _checked(unit, place.id, values)
            await _name_is_free(unit, place.id, checked["name"])
            device = await unit.add(Device, property_id=place.id, **checked)
            unit.audit("device.create", None, device)
            await _add_photos(unit, device, photo_ids)
    except UniqueViolation:  # another process was a moment faster
        raise Refusal(ErrorCode.NAME_TAKEN, field="name", name=values["name"]) from None
    return device


async def update(
    viewer: Viewer | None,
    house: House,
    id_: UUID,
    expected_version: int,
    photo_ids: Sequence[UUID] = (),
    **values: Any,
) -> Device:
    """Change the file; what is not among `values` stays. Raises Refusal."""
    try:
        async with unit_of_work(house, viewer) as unit:
            device = await live_device(unit, id_, expected_version)
            checked = await _checked(unit, device.property_id, values)
            if checked.get("name", device.name) != device.name:
                await _name_is_free(unit, device.property_id, checked["name"])
            before = await unit.change(device, **checked)
            unit.audit("device.update", before, device)
            await _add_photos(unit, device, photo_ids)
            if device.status is not before.status:
                await follow_status(unit, device)
    except UniqueViolation:  # another process was a moment faster
        raise Refusal(ErrorCode.NAME_TAKEN, field="name", name=values["name"]) from None
    return device


async def retire(
    viewer: Viewer | None, house: House, id_: UUID, expected_version: int, reason: str | None = None
) -> Device:
    """End a device's life: it may not sign in any more, its own alarms end, its file and history stay."""
    async with unit_of_work(house, viewer) as unit:
        device = await live_device(unit, id_, expected_version)
        said = _text("reason", reason, MAX_NOTES)
        notes = "\n".join(part for part in (device.notes, said) if part)[:MAX_NOTES] or None
        before = await unit.change(device, status=DeviceStatus.RETIRED, retired_at=unit.now, notes=notes)
        unit.audit("device.retire", before, device)
        for credential in await DeviceCredential.filter(device_id=device.id, revoked_at=None).select_for_update():
            await end_credential(unit, credential)
        await follow_status(unit, device)
    return device


async def live_device(unit: Unit, id_: UUID, expected_version: int | None, field: str = "id") -> Device:
    """The device, locked, for whoever manages devices there. Raises Refusal, DEVICE_RETIRED last."""
    device = await unit.find(Device, id_, field)
    _require(unit, device.property_id)
    check_version(device, expected_version)
    if device.status is DeviceStatus.RETIRED:
        raise Refusal(ErrorCode.DEVICE_RETIRED, field=field, current=device.id)
    return device


async def end_credential(unit: Unit, credential: DeviceCredential) -> None:
    """From the commit on it opens nothing."""
    before = credential.clone(pk=credential.id)
    credential.revoked_at = unit.now
    await credential.save(update_fields=["revoked_at"])
    unit.audit("deviceCredential.revoke", before, credential)


def _require(unit: Unit, property_id: UUID) -> None:
    assert unit.viewer is not None  # noqa: S101 - unit_of_work gave it
    require(unit.viewer, Permission.DEVICE_MANAGE, property_id)


async def _checked(unit: Unit, property_id: UUID, values: dict[str, Any]) -> dict[str, Any]:
    """The values as they are kept. Raises Refusal BAD_USER_INPUT or NOT_FOUND naming the field."""
    kept = dict(values)
    for name in NEEDED:
        if name in kept and kept[name] is None:
            raise Refusal(ErrorCode.BAD_USER_INPUT, field=name, message="NOT_EMPTY")
    if kept.get("status") is DeviceStatus.RETIRED:
        raise Refusal(ErrorCode.BAD_USER_INPUT, field="status", message="RETIRE_BY_VERB")
    for name, most in TEXTS.items():
        if name in kept:
            kept[name] = _text(name, kept[name], most)
    for name, (low, high) in NUMBERS.items():
        if kept.get(name) is not None and not low <= kept[name] <= high:
            raise Refusal(ErrorCode.BAD_USER_INPUT, field=name, message="NUMBER_BETWEEN", low=low, high=high)
    return {**kept, **await _placed(unit, property_id, kept)}


def _text(field: str, text: str | None, most: int) -> str | None:
    """Stripped; an empty one is null, where null is allowed."""
    kept = (text or "").strip()
    low = 1 if field in NEEDED else 0
    if not low <= len(kept) <= most:
        raise Refusal(ErrorCode.BAD_USER_INPUT, field=field, message="TEXT_LENGTH", low=low, high=most)
    return kept or None


async def _placed(unit: Unit, property_id: UUID, values: dict[str, Any]) -> dict[str, Any]:
    """The building and unit in the device's own Property; a Unit says its building."""
    places: dict[str, Any] = {}
    for name, model in (("building_id", Building), ("unit_id", PlaceUnit)):
        if values.get(name) is None:
            continue
        place: Any = await unit.find(model, values[name], name)
        if place.property_id != property_id:
            raise Refusal(ErrorCode.NOT_FOUND, field=name)
        if name == "unit_id":
            places["building_id"] = place.building_id
    if "building_id" in values and values.get("unit_id") is None:
        places["unit_id"] = None  # it has moved out of the unit where it was
    return places


async def _name_is_free(unit: Unit, property_id: UUID, name: str) -> None:
    mine = Device.filter(organization_id=unit.organization_id, property_id=property_id)
    if await mine.filter(name=name, retired_at=None).exists():
        raise Refusal(ErrorCode.NAME_TAKEN, field="name", name=name)


async def _add_photos(unit: Unit, device: Device, photo_ids: Sequence[UUID]) -> None:
    """Further photos, at most MAX_PHOTOS in all."""
    if photo_ids and await File.filter(device_id=device.id).count() + len(set(photo_ids)) > MAX_PHOTOS:
        raise Refusal(ErrorCode.BAD_USER_INPUT, field="photo_ids", message="TOO_MANY_PHOTOS", max=MAX_PHOTOS)
    await attach_photos(unit, photo_ids, device_id=device.id, property_id=device.property_id)
