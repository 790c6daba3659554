"""Devices from a sheet: by name in a Property."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models import Device
from models.predicate import all_of, is_in
from models.rules.data_import import ImportFaultCode as Code
from resolvers.data_import.place import estates

if TYPE_CHECKING:
    from models.rules.sheet import Row
    from resolvers.data_import.batch import Batch

COLUMNS = ("kind",)


async def write_devices(batch: Batch, rows: list[Row]) -> None:
    """One row per Device."""
    here = await estates(batch, {row.values["property"] for row in rows})
    named = all_of(
        is_in("property_id", {entry.id for entry in here.values()}), is_in("name", {row.values["name"] for row in rows})
    )
    found = await batch.rows(Device, named, "property_id", "name", *COLUMNS)
    known = {(entry["property_id"], entry["name"]): entry for entry in found}
    for row in rows:
        estate = here.get(row.values["property"])
        if estate is None:
            batch.fault(row, "property", Code.NOT_FOUND)
            continue
        values = {name: row.values[name] for name in COLUMNS if name in row.values}
        entry = known.get((estate.id, row.values["name"]))
        if entry is None:
            entry = batch.add(Device, property_id=estate.id, name=row.values["name"], **values)
            batch.took(row, entry)
        else:
            batch.took(row, entry, batch.change(entry, **values))
