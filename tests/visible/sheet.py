"""Vehicles and imports: written by hand.

- Vehicles: all with vehicle.read there; a resident the own ones and those of the Units held now.
- Imports and what was wrong in them: the own ones; all with import.run for the whole Organization.
"""

from __future__ import annotations

CARS = {"vehicle0", "vehicle1", "vehicle2"}
IMPORTS = {"import0", "fault0"}

SEES: dict[str, set[str]] = {
    "resident": {"vehicle0"},
    "neighbour": {"vehicle1"},
    "manager": CARS | IMPORTS,
    "away_manager": {"away_vehicle"},
    "control": CARS,
    "chief": CARS | {"away_vehicle"} | IMPORTS,
    "admin": CARS | {"away_vehicle"} | IMPORTS,
    **{login: set(CARS) for login in ("guard", "desk", "auditor", "custom")},
}
ROOT_LISTS: dict[str, set[str]] = {"imports": {"import0"}}
PROPERTY_LISTS: dict[str, tuple[set[str], set[str]]] = {"vehicles": (CARS, {"away_vehicle"})}
LIST_EXCEPTIONS: dict[tuple[str, str], set[str]] = {}
SINGLES = {"vehicle": "Vehicle", "import": "DataImport"}


def verbs(of: dict[str, str], own: dict[str, str]) -> list[tuple[str, str]]:
    """(name, arguments) of each verb that takes an id, with ids of `of`."""
    version = "expectedVersion: 1"
    car = 'plate: "浙B12345", kind: OWNER'
    return [
        ("vehicleCreate", f'input: {{ propertyId: "{of["home"]}", {car} }}'),
        ("vehicleCreate", f'input: {{ propertyId: "{own["home"]}", unitId: "{of["unit0"]}", {car} }}'),
        ("vehicleCreate", f'input: {{ propertyId: "{own["home"]}", ownerId: "{of["resident_person"]}", {car} }}'),
        ("vehicleUpdate", f'id: "{of["vehicle0"]}", input: {{ {version}, colour: "x" }}'),
        ("vehicleUpdate", f'id: "{own["vehicle0"]}", input: {{ {version}, ownerId: "{of["resident_person"]}" }}'),
        ("vehicleArchive", f'id: "{of["vehicle0"]}", input: {{ {version} }}'),
        ("importCancel", f'id: "{of["import0"]}", input: {{ {version} }}'),
    ]
