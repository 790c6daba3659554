"""The five tables as CSV, in the headings and words that an import takes."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from adapters.demo.generate.device import machines
from adapters.demo.generate.household import Registry, settle
from adapters.demo.generate.place import homes
from adapters.demo.generate.vehicle import cars
from adapters.demo.plan import ESTATES, REFERENCE
from models.rules.data_import import ImportKind
from models.rules.place import PropertyKind
from models.rules.sheet import SHEETS
from models.rules.vehicle import VehicleKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from adapters.demo.generate.household import Stay
    from adapters.demo.generate.place import Home
    from models.rules.place import UnitStatus

Line = dict[str, Any]

FILES = {
    ImportKind.PROPERTIES: "properties.csv",
    ImportKind.PLACES: "places.csv",
    ImportKind.PEOPLE: "people.csv",
    ImportKind.VEHICLES: "vehicles.csv",
    ImportKind.DEVICES: "devices.csv",
}
"""In the order in which they are loaded."""

HEARTBEATS = {"PUMP": 15, "LIFT": 30}  # seconds; the others keep the default
PURPOSE = "物业服务合同签订与门禁实名登记"
CONSENT = "2024-1"


def tables() -> dict[str, bytes]:
    """Every file's name and bytes."""
    registry = Registry()
    places: list[tuple[Home, UnitStatus]] = []
    stays: list[Stay] = []
    for estate in ESTATES:
        people, statuses = settle(estate, homes(estate), registry)
        places += statuses.items()
        stays += people
    lines: dict[ImportKind, Iterable[Line]] = {
        ImportKind.PROPERTIES: _properties(),
        ImportKind.PLACES: (_place(home, status) for home, status in places),
        ImportKind.PEOPLE: (_person(stay) for stay in stays),
        ImportKind.VEHICLES: _vehicles(stays),
        ImportKind.DEVICES: _devices(),
    }
    return {FILES[kind]: _csv(kind, rows) for kind, rows in lines.items()}


def _csv(kind: ImportKind, lines: Iterable[Line]) -> bytes:
    """With Chinese headings; a column that no line fills is left out."""
    filled = list(lines)
    columns = [column for column in SHEETS[kind].columns if any(line.get(column.name) for line in filled)]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([column.title for column in columns])
    for line in filled:
        writer.writerow(["" if line.get(column.name) is None else line[column.name] for column in columns])
    return text.getvalue().encode()


def _properties() -> Iterator[Line]:
    for estate in ESTATES:
        yield {
            "code": estate.code,
            "name": estate.name,
            "kind": estate.kind.value,
            "address": estate.address,
            "latitude": estate.latitude,
            "longitude": estate.longitude,
            "land_area": estate.land_area,
            "building_area": estate.building_area,
            "time_zone": "Asia/Shanghai",
        }


def _where(home: Home) -> Line:
    return {
        "property": home.estate.code,
        "building": home.block.code,
        "entrance": home.entrance,
        "unit": home.number,
    }


def _place(home: Home, status: UnitStatus) -> Line:
    lobby = home.estate.kind is not PropertyKind.RESIDENTIAL
    return {
        **_where(home),
        "building_name": home.block.name,
        "floors_above": home.block.floors,
        "floors_below": 2 if home.estate.kind is PropertyKind.OFFICE else 1,
        "entrance_name": "大堂" if lobby else f"{home.entrance} 单元",
        "floor": home.floor,
        "layout": home.layout,
        "built_up_area": f"{home.built_up_area / 100:.2f}",
        "inner_area": f"{home.inner_area / 100:.2f}",
        "billing_area_basis": "BUILT_UP",
        "orientation": home.orientation.value,
        "use": home.block.use.value,
        "status": status.value,
    }


def _person(stay: Stay) -> Line:
    known = stay.who.id_number is not None
    return {
        **_where(stay.home),
        "name": stay.who.name,
        "phone": stay.who.phone,
        "email": stay.who.email,
        "id_number": stay.who.id_number,
        "id_purpose": PURPOSE if known else None,
        "id_consent_on": min(REFERENCE, stay.since).isoformat() if known else None,
        "id_consent_version": CONSENT if known else None,
        "kind": stay.kind.value,
        "share": stay.share,
        "move_in": stay.since.isoformat(),
        "move_out": stay.until.isoformat() if stay.until else None,
    }


def _vehicles(stays: list[Stay]) -> Iterator[Line]:
    for stay, plate, brand, colour in cars(stays):
        resident = stay.home.estate.kind is PropertyKind.RESIDENTIAL
        yield {
            **_where(stay.home),
            "plate": plate,
            "kind": (VehicleKind.OWNER if resident else VehicleKind.MONTHLY).value,
            "owner_name": stay.who.name,
            "owner_phone": stay.who.phone,
            "brand": brand,
            "colour": colour,
        }


def _devices() -> Iterator[Line]:
    for estate in ESTATES:
        for machine in machines(estate):
            yield {
                "property": estate.code,
                "building": machine.building,
                "name": machine.name,
                "kind": machine.kind,
                "category": machine.category,
                "brand": machine.brand,
                "model": machine.model,
                "serial": machine.serial,
                "supplier": machine.supplier,
                "location": machine.location,
                "purchased_on": machine.purchased_on.isoformat(),
                "installed_on": machine.installed_on.isoformat(),
                "warranty_until": machine.warranty_until.isoformat(),
                "expected_life_months": machine.life_months,
                "cost": machine.cost,
                "heartbeat_seconds": HEARTBEATS.get(machine.kind),
            }
