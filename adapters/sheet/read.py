"""Reads CSV (UTF-8, UTF-16 or GB18030; comma, semicolon or tab) and Excel (.xlsx), row by row, with bounds.

Cells are data: nothing is evaluated, a formula of an Excel sheet counts with the value that was saved beside it.
"""

from __future__ import annotations

import codecs
import csv
import io
import itertools
import zipfile
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from models.rules.data_import import ImportFaultCode as Code

if TYPE_CHECKING:
    from collections.abc import Iterator

    from models.rules.sheet import Cell

MOST_COLUMNS = 100
MOST_SHARED_BYTES = 64 * 1024 * 1024  # openpyxl keeps a workbook's texts in memory
FIELD_CHARACTERS = 20_000
BLOCK = 1024 * 1024
DELIMITERS = ",;\t"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
Record = tuple[int, list["Cell"]]


class SheetRefused(Exception):
    """The sheet cannot be read; `code` says why, `row` where."""

    def __init__(self, code: Code, row: int | None = None, **params: Any) -> None:
        super().__init__(code.value)
        self.code = code
        self.row = row
        self.params = params


def read_sheet(content: bytes, unpacked_bytes: int) -> Iterator[Record]:
    """The rows that are not blank, each with its number as a spreadsheet counts. Raises SheetRefused.

    `unpacked_bytes` bounds what an Excel file may unpack to.
    """
    if content.startswith(b"PK"):
        return _excel(content, unpacked_bytes)
    if content.startswith(_OLD_EXCEL):
        raise SheetRefused(Code.SHEET_TYPE)
    return _csv(content)


def count_rows(content: bytes, unpacked_bytes: int, most: int) -> int:
    """How many rows follow the first one. Raises SheetRefused, also for more than `most` or for none at all."""
    counted = sum(1 for _ in itertools.islice(read_sheet(content, unpacked_bytes), most + 2)) - 1
    if counted > most:
        raise SheetRefused(Code.TOO_MANY_ROWS, max=most)
    if counted < 1:
        raise SheetRefused(Code.SHEET_EMPTY)
    return counted


def _csv(content: bytes) -> Iterator[Record]:
    encoding = _encoding(content)
    lines = io.TextIOWrapper(io.BytesIO(content), encoding, newline="")
    first = lines.readline()
    hint = first.strip().lower().removeprefix("sep=") if first[:4].lower() == "sep=" else None
    if hint is None:
        lines.seek(0)
    delimiter = hint if hint and hint in DELIMITERS else _delimiter(first if hint is None else lines.readline())
    if hint is not None:
        lines.seek(0)
        lines.readline()
    csv.field_size_limit(FIELD_CHARACTERS)
    rows = csv.reader(lines, delimiter=delimiter)
    number = 1 if hint is not None else 0
    while True:
        number += 1
        try:
            cells = next(rows)
        except StopIteration:
            return
        except csv.Error:
            raise SheetRefused(Code.SHEET_UNREADABLE, number) from None
        if any(cell.strip() for cell in cells):
            yield number, list(cells[:MOST_COLUMNS])


def _encoding(content: bytes) -> str:
    """By its mark, else UTF-8 when it is that, else GB18030 (what Excel writes in China)."""
    for mark, encoding in _MARKS.items():
        if content.startswith(mark):
            _decodes(content, encoding)
            return encoding
    if b"\x00" in content[:BLOCK]:
        raise SheetRefused(Code.SHEET_TYPE)
    try:
        _decodes(content, "utf-8")
    except SheetRefused:
        _decodes(content, "gb18030")
        return "gb18030"
    return "utf-8"


def _decodes(content: bytes, encoding: str) -> None:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for start in range(0, len(content), BLOCK):
            decoder.decode(content[start : start + BLOCK])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise SheetRefused(Code.SHEET_UNREADABLE) from None


def _delimiter(line: str) -> str:
    """The one that the heading has most of, outside of quotes; a comma when it has none."""
    bare = "".join(line.split('"')[::2])
    return max(DELIMITERS, key=lambda mark: (bare.count(mark), mark == ","))


def _excel(content: bytes, unpacked_bytes: int) -> Iterator[Record]:
    _check_archive(content, unpacked_bytes)
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, ParseError, OSError, TypeError):
        raise SheetRefused(Code.SHEET_UNREADABLE) from None
    try:
        sheet = next((sheet for sheet in book.worksheets if sheet.sheet_state == "visible"), None)
        if sheet is None:
            raise SheetRefused(Code.SHEET_EMPTY)
        sheet.reset_dimensions()  # what a file says of its own size is not to be trusted
        rows = sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS)
        for number in itertools.count(1):
            try:
                cells = next(rows)
            except StopIteration:
                return
            except (zipfile.BadZipFile, ValueError, ParseError, KeyError, IndexError, EOFError, TypeError):
                raise SheetRefused(Code.SHEET_UNREADABLE, number) from None
            if any(cell is not None and cell != "" for cell in cells):
                yield number, [_cell(cell) for cell in cells]
    finally:
        book.close()


def _cell(value: Any) -> Cell:
    if value is None or isinstance(value, str | int | float | date | datetime):
        return value
    return value.isoformat() if isinstance(value, time) else str(value)


def _check_archive(content: bytes, unpacked_bytes: int) -> None:
    """Refuse bombs before anything is unpacked, and documents that declare entities. Raises SheetRefused.

    The sizes are those that the archive declares; the reader never unpacks more of a part than it declares.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            names = {part.filename for part in parts}
            if "xl/workbook.xml" not in names or len(names) != len(parts) or any(part.flag_bits & 1 for part in parts):
                raise SheetRefused(Code.SHEET_TYPE)
            shared = sum(part.file_size for part in parts if part.filename.lower() == "xl/sharedstrings.xml")
            unpacked = sum(part.file_size for part in parts)
            if unpacked > unpacked_bytes or shared > min(MOST_SHARED_BYTES, unpacked_bytes):
                raise SheetRefused(Code.SHEET_TOO_LARGE, max=unpacked_bytes)
            for part in parts:
                with archive.open(part) as opened:
                    if b"<!DOCTYPE" in opened.read(4096).upper():
                        raise SheetRefused(Code.SHEET_UNREADABLE)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError):
        raise SheetRefused(Code.SHEET_UNREADABLE) from None
