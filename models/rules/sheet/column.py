"""Columns, headings and rows: what all kinds of sheets share."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from models.rules.data_import import ImportFaultCode as Code
from models.rules.sheet.cell import Cell, CellFault, Parse

_BRACKETS = re.compile(r"\(.*?\)")
_BETWEEN = re.compile(r"[\s_\-*:.²]+")

Values = dict[str, Any]


@dataclass(frozen=True)
class Column:
    """A column: `name` is the English heading and the key of its value, `title` the Chinese heading."""

    name: str
    title: str
    parse: Parse
    required: bool = False
    also: tuple[str, ...] = ()  # further headings that mean it


@dataclass(frozen=True)
class Fault:
    """What is wrong, where: `row` as a spreadsheet counts (the heading is 1; None for the whole sheet)."""

    row: int | None
    column: str | None
    code: Code
    params: Mapping[str, Any] = field(default_factory=dict)


Check = Callable[[Values], Iterator[tuple[str, Code, Mapping[str, Any]]]]


def _nothing_more(values: Values) -> Iterator[tuple[str, Code, Mapping[str, Any]]]:
    yield from ()


@dataclass(frozen=True)
class Agreement:
    """Rows that are alike in `where` must say the same in `what`: else each run would change it to and fro."""

    where: tuple[str, ...]
    what: str


@dataclass(frozen=True)
class Sheet:
    """The columns of one kind; `check` looks across the columns of a row.

    `keys` are what no other row of the sheet may share; `agreements` what rows about the same thing must agree in.
    """

    columns: tuple[Column, ...]
    keys: Callable[[Values], list[tuple[Any, ...]]]
    check: Check = _nothing_more
    agreements: tuple[Agreement, ...] = ()

    @property
    def headings(self) -> dict[str, Column]:
        """Every accepted heading in its plain form."""
        return {
            plain_heading(heading): column
            for column in self.columns
            for heading in (column.name, column.title, *column.also)
        }


@dataclass(frozen=True)
class Row:
    """A row that can be written: only the columns that say something are in `values`."""

    number: int
    values: Values


@dataclass(frozen=True)
class Header:
    """Which column stands where."""

    sheet: Sheet
    places: tuple[tuple[int, Column], ...]


class Seen:
    """What the rows so far were about: finds rows that repeat or contradict an earlier one."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._keys: dict[tuple[Any, ...], int] = {}
        self._said: dict[tuple[Any, ...], tuple[Any, int]] = {}

    def faults(self, row: Row) -> list[Fault]:
        """Empty when the row is new; it is remembered then."""
        keys = self._sheet.keys(row.values)
        for key in keys:
            if key in self._keys:
                return [Fault(row.number, None, Code.ROW_TWICE, {"other": self._keys[key]})]
        said = {}
        for n, agreement in enumerate(self._sheet.agreements):
            where = tuple(row.values.get(name) for name in agreement.where)
            what = row.values.get(agreement.what)
            if what is None or None in where:
                continue
            earlier = self._said.get((n, *where))
            if earlier is not None and earlier[0] != what:
                return [Fault(row.number, agreement.what, Code.ROWS_DIFFER, {"other": earlier[1]})]
            said[(n, *where)] = (what, row.number)
        self._keys |= dict.fromkeys(keys, row.number)
        for where, found in said.items():
            self._said.setdefault(where, found)
        return []


def key_of(*names: str) -> Callable[[Values], list[tuple[Any, ...]]]:
    """A key of these columns."""
    return lambda values: [tuple(values.get(name) for name in names)]


def plain_heading(heading: str) -> str:
    """Lower case, half-width, without spaces, underscores and what stands in brackets."""
    return _BETWEEN.sub("", _BRACKETS.sub("", unicodedata.normalize("NFKC", heading).lower()))


def letter(index: int) -> str:
    """A column as a spreadsheet names it: 0 is A, 26 is AA."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name


def read_header(sheet: Sheet, number: int, cells: Sequence[Cell]) -> Header | list[Fault]:
    """Find the columns. An unknown heading is named by its place: a sheet without headings has data there."""
    known = sheet.headings
    places: list[tuple[int, Column]] = []
    faults: list[Fault] = []
    for index, cell in enumerate(cells):
        heading = plain_heading(str(cell)) if cell is not None else ""
        if not heading:
            continue
        column = known.get(heading)
        if column is None:
            names = ", ".join(column.name for column in sheet.columns)
            faults.append(Fault(number, letter(index), Code.COLUMN_UNKNOWN, {"known": names}))
        elif any(column is placed for _, placed in places):
            faults.append(Fault(number, column.name, Code.COLUMN_TWICE, {}))
        else:
            places.append((index, column))
    there = {column.name for _, column in places}
    faults += [
        Fault(number, column.name, Code.COLUMN_MISSING, {"title": column.title})
        for column in sheet.columns
        if column.required and column.name not in there
    ]
    return faults or Header(sheet, tuple(places))


def read_row(header: Header, number: int, cells: Sequence[Cell]) -> Row | list[Fault]:
    """The values of a row, or everything that is wrong with it."""
    values: Values = {}
    faults: list[Fault] = []
    for index, column in header.places:
        cell = cells[index] if index < len(cells) else None
        if _empty(cell):
            if column.required:
                faults.append(Fault(number, column.name, Code.VALUE_MISSING))
            continue
        try:
            values[column.name] = column.parse(cell)
        except CellFault as fault:
            faults.append(Fault(number, column.name, fault.code, fault.params))
    if not faults:
        faults = [Fault(number, name, code, params) for name, code, params in header.sheet.check(values)]
    return faults or Row(number, values)


def _empty(cell: Cell) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())
