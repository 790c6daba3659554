"""Vehicles from a sheet: by plate in a Property."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from models import Occupancy, Person, Vehicle
from models.predicate import all_of, exists, is_in, is_null
from models.rules.data_import import ImportFaultCode as Code
from resolvers.data_import.place import Places

if TYPE_CHECKING:
    from uuid import UUID

    from models.rules.sheet import Row
    from resolvers.data_import.batch import Batch, Entry

COLUMNS = ("kind", "brand", "colour")


class _Owners:
    """People who hold or held a Unit in the rows' Properties, by name."""

    def __init__(self, batch: Batch) -> None:
        self._batch = batch
        self._people: dict[str, list[Entry]] = {}
        self._held: dict[UUID, set[UUID]] = {}

    async def load(self, rows: list[Row], places: Places) -> None:
        here = is_in("property_id", {entry.id for entry in places.estates.values()})
        names = {row.values["owner_name"] for row in rows if "owner_name" in row.values}
        people = await self._batch.rows(
            Person, all_of(is_in("name", names), exists(Occupancy, "person_id", here)), "name", "phone"
        )
        for person in people:
            self._people.setdefault(person["name"], []).append(person)
        held = all_of(here, is_in("person_id", {person.id for person in people}))
        for occupancy in await self._batch.rows(Occupancy, held, "person_id", "property_id", "unit_id"):
            self._held.setdefault(occupancy["person_id"], set()).update(
                (occupancy["property_id"], occupancy["unit_id"])
            )

    def find(self, row: Row, estate: Entry, unit: Entry | None) -> Entry | None:
        """By name, and phone where the row has one; the one who holds the row's Unit before others."""
        phone = row.values.get("owner_phone")
        found = [
            person
            for person in self._people.get(row.values["owner_name"], [])
            if estate.id in self._held[person.id] and phone in (None, person["phone"])
        ]
        if len(found) > 1 and unit is not None:
            found = [person for person in found if unit.id in self._held[person.id]] or found
        if len(found) == 1:
            return found[0]
        self._batch.fault(row, "owner_name", Code.AMBIGUOUS if found else Code.NOT_FOUND, needs="owner_phone")
        return None


async def write_vehicles(batch: Batch, rows: list[Row]) -> None:
    """One row per plate; Unit and owner must be there already."""
    places, owners = Places(batch), _Owners(batch)
    await places.load(rows)
    await owners.load(rows, places)
    live = all_of(
        is_in("property_id", {entry.id for entry in places.estates.values()}),
        is_in("plate", {row.values["plate"] for row in rows}),
        is_null("archived_at"),
    )
    found = await batch.rows(Vehicle, live, "property_id", "plate", "unit_id", "owner_id", *COLUMNS)
    known = {(entry["property_id"], entry["plate"]): entry for entry in found}
    for row in rows:
        estate = places.estate(row)
        values = _values(row, estate, places, owners) if estate is not None else None
        if estate is None or values is None:
            continue
        entry = known.get((estate.id, row.values["plate"]))
        if entry is None:
            absent: dict[str, Any] = dict.fromkeys(("unit_id", "owner_id", "brand", "colour", "archived_at"))
            entry = batch.add(Vehicle, property_id=estate.id, plate=row.values["plate"], **{**absent, **values})
            batch.took(row, entry)
        else:
            batch.took(row, entry, batch.change(entry, **values))


def _values(row: Row, estate: Entry, places: Places, owners: _Owners) -> dict[str, Any] | None:
    """What the row says of its Vehicle; None when it names a place or person that is not there."""
    values = {name: row.values[name] for name in COLUMNS if name in row.values}
    unit = None
    if "unit" in row.values:
        unit = places.unit(row, estate)
        if unit is None:
            return None
        values["unit_id"] = unit.id
    if "owner_name" in row.values:
        owner = owners.find(row, estate, unit)
        if owner is None:
            return None
        values["owner_id"] = owner.id
    return values
