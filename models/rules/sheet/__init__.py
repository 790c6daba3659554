"""Sheets as pure rules: which columns each kind has, and a row of cells as values or faults. No I/O.

A heading is taken in English or Chinese, in any case, with or without spaces, underscores and a unit in brackets.
An empty cell and an absent column say nothing: what is there stays as it is.
"""

from models.rules.data_import import ImportKind
from models.rules.sheet.cell import Cell, CellFault
from models.rules.sheet.column import Column, Fault, Header, Row, Seen, Sheet, read_header, read_row
from models.rules.sheet.device import DEVICES
from models.rules.sheet.person import PEOPLE
from models.rules.sheet.place import PLACES, PROPERTIES
from models.rules.sheet.vehicle import VEHICLES

__all__ = [
    "SHEETS",
    "Cell",
    "CellFault",
    "Column",
    "Fault",
    "Header",
    "Row",
    "Seen",
    "Sheet",
    "read_header",
    "read_row",
]

SHEETS: dict[ImportKind, Sheet] = {
    ImportKind.PROPERTIES: PROPERTIES,
    ImportKind.PLACES: PLACES,
    ImportKind.PEOPLE: PEOPLE,
    ImportKind.VEHICLES: VEHICLES,
    ImportKind.DEVICES: DEVICES,
}
