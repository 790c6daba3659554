"""Writes sheets row by row: CSV for Excel (UTF-8 with its mark) and XLSX; no cell of ours is ever a formula."""

from __future__ import annotations

import csv
import io
import tempfile
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from models.rules.export import CellKind, Column, ExportFormat, safe_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from zoneinfo import ZoneInfo

LONGEST_CELL = 32_767  # characters: Excel's own limit
_INSTANT, _DAY = "yyyy-mm-dd hh:mm:ss", "yyyy-mm-dd"


class SheetWriter(Protocol):
    """A sheet in the making. Its methods block: call them in a thread, one at a time."""

    def add(self, rows: Iterable[Sequence[Any]]) -> None:
        """Append rows; values as the contract writes them (Decimal, DateTime and Date as text)."""
        ...

    def finish(self) -> bytes:
        """The whole file; nothing may be added after it."""
        ...

    def discard(self) -> None:
        """Forget it, and what it keeps on the disk."""
        ...


def open_sheet(format_: ExportFormat, columns: Sequence[Column], zone: ZoneInfo) -> SheetWriter:
    """A writer whose first row are the headings; an instant's says in which zone it is written."""
    return CsvWriter(columns, zone) if format_ is ExportFormat.CSV else XlsxWriter(columns, zone)


def headings(columns: Sequence[Column], zone: ZoneInfo) -> list[str]:
    """The first row."""
    return [
        safe_text(f"{column.heading} ({zone.key})" if column.kind is CellKind.INSTANT else column.heading)
        for column in columns
    ]


def cell_value(kind: CellKind, value: Any, zone: ZoneInfo) -> Any:
    """A value of the contract as a cell's: a real number, date or bool, else a text that begins no formula."""
    if value is None:
        return None
    match kind:
        case CellKind.NUMBER:
            return Decimal(value) if isinstance(value, str) else value
        case CellKind.FLAG:
            return bool(value)
        case CellKind.DAY:
            return date.fromisoformat(value)
        case CellKind.INSTANT:
            return datetime.fromisoformat(value).astimezone(zone).replace(microsecond=0, tzinfo=None)
    shown = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return safe_text(shown)


class CsvWriter:
    """Comma-separated, every line ended by CRLF. Implements `SheetWriter`."""

    def __init__(self, columns: Sequence[Column], zone: ZoneInfo) -> None:
        self._columns = columns
        self._zone = zone
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - finish or discard closes it
        self._lines = io.TextIOWrapper(self._file, "utf-8-sig", newline="")
        self._csv = csv.writer(self._lines)
        self._csv.writerow(headings(columns, zone))

    def add(self, rows: Iterable[Sequence[Any]]) -> None:
        """Write the rows."""
        for row in rows:
            self._csv.writerow(
                [self._text(column.kind, value) for column, value in zip(self._columns, row, strict=True)]
            )

    def _text(self, kind: CellKind, value: Any) -> str:
        cell = cell_value(kind, value, self._zone)
        if isinstance(cell, bool):
            return "true" if cell else "false"
        return "" if cell is None else str(cell)

    def finish(self) -> bytes:
        """Read it back as bytes."""
        self._lines.flush()
        self._file.seek(0)
        content = self._file.read()
        self._lines.close()
        return content

    def discard(self) -> None:
        """Close the nameless file."""
        self._lines.close()


class XlsxWriter:
    """Excel's own, one worksheet, its first row frozen. Implements `SheetWriter`."""

    def __init__(self, columns: Sequence[Column], zone: ZoneInfo) -> None:
        self._columns = columns
        self._zone = zone
        self._book = Workbook(write_only=True)
        self._sheet: Any = self._book.create_sheet("1")
        self._sheet.freeze_panes = "A2"
        self._sheet.append([self._cell(heading) for heading in headings(columns, zone)])

    def add(self, rows: Iterable[Sequence[Any]]) -> None:
        """Append the rows to a file beside."""
        for row in rows:
            values = (
                cell_value(column.kind, value, self._zone) for column, value in zip(self._columns, row, strict=True)
            )
            self._sheet.append([self._cell(value) for value in values])

    def _cell(self, value: Any) -> Any:
        cell: Any = WriteOnlyCell(self._sheet)
        if isinstance(value, str):
            cell.value = ILLEGAL_CHARACTERS_RE.sub("\N{REPLACEMENT CHARACTER}", value)[:LONGEST_CELL]
            cell.data_type = "s"  # never a formula and never an error, whatever it looks like
        elif value is not None:
            cell.value = value
            if isinstance(value, date):
                cell.number_format = _INSTANT if isinstance(value, datetime) else _DAY
        return cell

    def finish(self) -> bytes:
        """Pack it."""
        out = io.BytesIO()
        self._book.save(out)
        return out.getvalue()

    def discard(self) -> None:
        """Only saving removes what it wrote beside."""
        self.finish()
