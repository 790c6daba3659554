"""Properties and places from a sheet; and finding the places that other sheets name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from models import Building, Entrance, Property, Unit
from models.predicate import all_of, is_in
from models.rules.data_import import ImportFaultCode as Code
from models.rules.permission import Permission
from models.rules.place import BillingAreaBasis, UnitStatus, UnitUse
from models.rules.sheet.place import position_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from models.rules.sheet import Row
    from resolvers.data_import.batch import Batch, Entry

DEFAULT_ZONE = "Asia/Shanghai"
PROPERTY_COLUMNS = (
    "code",
    "name",
    "kind",
    "address",
    "latitude",
    "longitude",
    "land_area",
    "building_area",
    "time_zone",
)
UNIT_COLUMNS = (
    "floor",
    "layout",
    "built_up_area",
    "inner_area",
    "billing_area_basis",
    "orientation",
    "use",
    "status",
)
UNIT_DEFAULTS = {
    "layout": "",
    "inner_area": None,
    "billing_area_basis": BillingAreaBasis.BUILT_UP,
    "orientation": None,
    "use": UnitUse.DWELLING,
    "status": UnitStatus.VACANT,
}


async def write_properties(batch: Batch, rows: list[Row]) -> None:
    """One row per Property, by its code."""
    where = is_in("code", {row.values["code"] for row in rows})
    known = {entry["code"]: entry for entry in await batch.rows(Property, where, *PROPERTY_COLUMNS)}
    for row in rows:
        entry = known.get(row.values["code"])
        if entry is None:
            absent: dict[str, Any] = dict.fromkeys(("latitude", "longitude", "land_area", "building_area"))
            values = {**absent, "time_zone": DEFAULT_ZONE, **row.values}
            entry = known[values["code"]] = batch.add(Property, **values)
            batch.took(row, entry)
        else:
            batch.took(row, entry, batch.change(entry, **row.values))


async def estates(batch: Batch, codes: Iterable[str]) -> dict[str, Entry]:
    """Properties by code in which the importer may import; a foreign one is as missing as a missing one."""
    found = await batch.rows(Property, is_in("code", codes), "code")
    return {entry["code"]: entry for entry in found if batch.may(Permission.IMPORT_RUN, entry.id)}


class Places:
    """Buildings, entrances and units of the rows of a chunk, by their codes."""

    def __init__(self, batch: Batch) -> None:
        self._batch = batch
        self.estates: dict[str, Entry] = {}
        self.buildings: dict[tuple[UUID, str], Entry] = {}
        self.entrances: dict[tuple[UUID, str], Entry] = {}
        self.units: dict[tuple[UUID, str], Entry] = {}

    async def load(self, rows: list[Row], *, whole: bool = False) -> None:
        """Read what the rows name; with `whole`, every column that a sheet of places may change."""
        batch = self._batch
        self.estates = await estates(batch, {row.values["property"] for row in rows})
        named = [row.values for row in rows if row.values["property"] in self.estates and "unit" in row.values]
        buildings = await batch.rows(
            Building,
            all_of(
                is_in("property_id", {entry.id for entry in self.estates.values()}),
                is_in("code", {values["building"] for values in named}),
            ),
            *("property_id", "code", "name", "floors_above", "floors_below"),
        )
        self.buildings = {(entry["property_id"], entry["code"]): entry for entry in buildings}
        entrances = await batch.rows(
            Entrance,
            all_of(
                is_in("building_id", {entry.id for entry in buildings}),
                is_in("code", {values["entrance"] for values in named}),
            ),
            *("building_id", "code", "name"),
        )
        self.entrances = {(entry["building_id"], entry["code"]): entry for entry in entrances}
        units = await batch.rows(
            Unit,
            all_of(
                is_in("entrance_id", {entry.id for entry in entrances}),
                is_in("number", {values["unit"] for values in named}),
            ),
            *("property_id", "building_id", "entrance_id", "number", *(UNIT_COLUMNS if whole else ())),
        )
        self.units = {(entry["entrance_id"], entry["number"]): entry for entry in units}

    def estate(self, row: Row) -> Entry | None:
        """The row's Property; without one the row is bad."""
        found = self.estates.get(row.values["property"])
        if found is None:
            self._batch.fault(row, "property", Code.NOT_FOUND)
        return found

    def unit(self, row: Row, estate: Entry) -> Entry | None:
        """The row's Unit; without one the row is bad and says which step of the way is missing."""
        building = self.buildings.get((estate.id, row.values["building"]))
        entrance = self.entrances.get((building.id, row.values["entrance"])) if building else None
        unit = self.units.get((entrance.id, row.values["unit"])) if entrance else None
        if unit is None:
            missing = "building" if building is None else "entrance" if entrance is None else "unit"
            self._batch.fault(row, missing, Code.NOT_FOUND)
        return unit


async def write_places(batch: Batch, rows: list[Row]) -> None:
    """One row per Unit; its building and entrance are made on the way."""
    places = Places(batch)
    await places.load(rows, whole=True)
    for row in rows:
        estate = places.estate(row)
        if estate is None:
            continue
        building, raised = _building(batch, places, estate, row)
        entrance, renamed = _entrance(batch, places, building, row)
        values = {name: row.values[name] for name in UNIT_COLUMNS if name in row.values}
        values["floor"] = row.values["floor"]
        unit = places.units.get((entrance.id, row.values["unit"]))
        if unit is None:
            unit = places.units[entrance.id, row.values["unit"]] = batch.add(
                Unit,
                property_id=estate.id,
                building_id=building.id,
                entrance_id=entrance.id,
                number=row.values["unit"],
                position=position_of(row.values["unit"], row.values["floor"]),
                **{**UNIT_DEFAULTS, **values},
            )
            batch.took(row, unit)
        else:
            batch.took(row, unit, batch.change(unit, **values), raised, renamed)


def _building(batch: Batch, places: Places, estate: Entry, row: Row) -> tuple[Entry, bool]:
    """Its floors grow with the sheet and never shrink: two rows about one building do not fight."""
    values, key = row.values, (estate.id, row.values["building"])
    above = max(values.get("floors_above", 0), values["floor"], 0)
    below = max(values.get("floors_below", 0), -values["floor"], 0)
    found = places.buildings.get(key)
    if found is None:
        found = places.buildings[key] = batch.add(
            Building,
            property_id=estate.id,
            code=values["building"],
            name=values.get("building_name", values["building"]),
            floors_above=above,
            floors_below=below,
            position=position_of(values["building"]),
        )
        return found, True
    named = {"name": values["building_name"]} if "building_name" in values else {}
    floors = {"floors_above": max(above, found["floors_above"]), "floors_below": max(below, found["floors_below"])}
    return found, batch.change(found, **named, **floors)


def _entrance(batch: Batch, places: Places, building: Entry, row: Row) -> tuple[Entry, bool]:
    values, key = row.values, (building.id, row.values["entrance"])
    found = places.entrances.get(key)
    if found is None:
        found = places.entrances[key] = batch.add(
            Entrance,
            property_id=building["property_id"],
            building_id=building.id,
            code=values["entrance"],
            name=values.get("entrance_name", values["entrance"]),
            position=position_of(values["entrance"]),
        )
        return found, True
    return found, batch.change(found, name=values["entrance_name"]) if "entrance_name" in values else False
