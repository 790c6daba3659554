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
}
ROOT_LISTS: dict[str, set[str]] = {"imports": {"import0"}}
PROPERTY_LISTS: dict[str, tuple[set[str], set[str]]] = {"vehicles": (CARS, {"away_vehicle"})}
LIST_EXCEPTIONS: dict[tuple[str, str], set[str]] = {}
SINGLES = {"vehicle": "Vehicle", "import": "DataImport"}
