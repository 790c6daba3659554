"""Devices from a sheet: by serial number in a Property, else by name there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from models import Building, Device
from models.predicate import all_of, is_in, is_null
from models.rules.data_import import ImportFaultCode as Code
from models.rules.device import DeviceConnectivity, DeviceState, DeviceStatus
from resolvers.data_import.place import estates

if TYPE_CHECKING:
    from uuid import UUID

    from models.rules.sheet import Row
    from resolvers.data_import.batch import Batch, Entry

COLUMNS = (
    "name",
    "kind",
    "category",
    "brand",
    "model",
    "serial",
    "location",
    "supplier",
    "purchased_on",
    "installed_on",
    "warranty_until",
    "expected_life_months",
    "cost",
    "heartbeat_seconds",
    "notes",
)
DEFAULTS: dict[str, Any] = {
    **dict.fromkeys(COLUMNS),
    "building_id": None,
    "unit_id": None,
    "heartbeat_seconds": 60,
    "status": DeviceStatus.IN_SERVICE,
    "state": DeviceState.UNKNOWN,
    "connection": DeviceConnectivity.NEVER_SEEN,
}


class _Devices:
    """The devices and buildings that the rows of a chunk name; a retired device is no longer one of them."""

    def __init__(self, batch: Batch) -> None:
        self._batch = batch
        self.estates: dict[str, Entry] = {}
        self._buildings: dict[tuple[UUID, str], Entry] = {}
        self._known: dict[tuple[UUID, str, str], Entry] = {}

    async def load(self, rows: list[Row]) -> None:
        batch = self._batch
        self.estates = await estates(batch, {row.values["property"] for row in rows})
        here = is_in("property_id", {entry.id for entry in self.estates.values()})
        codes = is_in("code", {row.values["building"] for row in rows if "building" in row.values})
        for building in await batch.rows(Building, all_of(here, codes), "property_id", "code"):
            self._buildings[building["property_id"], building["code"]] = building
        for name in ("name", "serial"):
            given = is_in(name, {row.values[name] for row in rows if name in row.values})
            live = all_of(here, given, is_null("retired_at"))
            for device in await batch.rows(Device, live, "property_id", "building_id", *COLUMNS):
                self.remember(device)

    def remember(self, device: Entry) -> None:
        """Later rows find this Device."""
        for name in ("name", "serial"):
            if device[name] is not None:
                self._known[device["property_id"], name, device[name]] = device

    def find(self, row: Row, estate: Entry) -> Entry | None:
        """The Device with the row's serial number, else the one with its name."""
        by_name = self._known.get((estate.id, "name", row.values["name"]))
        by_serial = self._known.get((estate.id, "serial", row.values.get("serial", "")))
        return by_serial or by_name

    def name_is_free(self, row: Row, estate: Entry, device: Entry | None) -> bool:
        """Whether no other Device has the row's name."""
        return self._known.get((estate.id, "name", row.values["name"]), device) is device

    def building(self, row: Row, estate: Entry) -> Entry | None:
        """The Building that the row names."""
        return self._buildings.get((estate.id, row.values["building"]))


async def write_devices(batch: Batch, rows: list[Row]) -> None:
    """One row per Device; its building must be there already."""
    devices = _Devices(batch)
    await devices.load(rows)
    for row in rows:
        estate = devices.estates.get(row.values["property"])
        if estate is None:
            batch.fault(row, "property", Code.NOT_FOUND)
            continue
        values = {name: row.values[name] for name in COLUMNS if name in row.values}
        if "building" in row.values:
            building = devices.building(row, estate)
            if building is None:
                batch.fault(row, "building", Code.NOT_FOUND)
                continue
            values["building_id"] = building.id
        entry = devices.find(row, estate)
        if not devices.name_is_free(row, estate, entry):
            batch.fault(row, "name", Code.NAME_TAKEN)
            continue
        if entry is None:
            entry = batch.add(Device, property_id=estate.id, **{**DEFAULTS, **values})
            batch.took(row, entry)
        else:
            batch.took(row, entry, batch.change(entry, **values))
        devices.remember(entry)
