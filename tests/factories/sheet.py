"""Vehicles of both properties, and an import with a fault."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import models
from models.rules.data_import import ImportFaultCode, ImportKind, ImportMode, ImportState
from models.rules.vehicle import VehicleKind
from tests.factories.tenant import NOW

if TYPE_CHECKING:
    from tests.factories.world import Builder


def furnish(builder: Builder) -> None:
    """The resident's car, a car of the neighbour's unit, an archived one, one of `away`; the manager's import."""
    keys, slug = builder.tenant.keys, builder.tenant.slug
    cars: tuple[tuple[str, str, str, VehicleKind, dict[str, Any]], ...] = (
        ("vehicle0", "home", "浙A12345", VehicleKind.OWNER, {"owner_id": keys["resident_person"]}),
        ("vehicle1", "home", "浙A12346", VehicleKind.MONTHLY, {"unit_id": keys["unit1"]}),
        ("vehicle2", "home", "浙A12347", VehicleKind.OWNER, {"archived_at": NOW}),
        ("away_vehicle", "away", "浙A12345", VehicleKind.BLACKLISTED, {}),
    )
    for name, place, plate, kind, more in cars:
        absent = {"unit_id": None, "owner_id": None, "archived_at": None, "colour": None}
        values = {**absent, "brand": slug, **more}
        builder.add(name, models.Vehicle, property_id=keys[place], plate=plate, kind=kind, **values)
    builder.add(
        "import0",
        models.DataImport,
        account_id=keys["manager"],
        kind=ImportKind.PEOPLE,
        mode=ImportMode.SKIP_BAD,
        dry_run=False,
        state=ImportState.DONE,
        file_name=f"{slug}.csv",
        size_bytes=100,
        storage_key=None,
        rows_total=2,
        rows_read=2,
        rows_created=1,
        rows_bad=1,
        started_at=NOW,
        ended_at=NOW,
    )
    builder.add(
        "fault0",
        models.ImportFault,
        data_import_id=keys["import0"],
        row_number=3,
        column_name="id_number",
        code=ImportFaultCode.ID_NUMBER_WRONG,
        params={},
    )
