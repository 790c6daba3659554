"""Sheets out: what a cell holds, and that none is ever a formula, whatever people wrote."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from adapters.sheet.write import LONGEST_CELL, open_sheet
from models.rules.export import CellKind, Column, ExportFormat, name_holds, safe_text

if TYPE_CHECKING:
    from collections.abc import Sequence

ZONE = ZoneInfo("Asia/Shanghai")
STARTERS = "=+-@\t\r\n＝＋－＠"
TEXTS = st.text(max_size=20) | st.builds(
    str.__add__, st.sampled_from([*STARTERS, "#N/A", "#REF!"]), st.text(max_size=9)
)


def written(format_: ExportFormat, columns: Sequence[Column], rows: list[list[Any]]) -> bytes:
    """The sheet's bytes."""
    sheet = open_sheet(format_, columns, ZONE)
    for row in rows:
        sheet.add([row])
    return sheet.finish()


def from_csv(content: bytes) -> list[list[str]]:
    """As a spreadsheet opens it."""
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def from_xlsx(content: bytes) -> list[list[Any]]:
    """Cells with their types."""
    sheet = load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    return [list(row) for row in sheet.iter_rows()]


@settings(max_examples=60, deadline=None)
@given(heading=TEXTS, texts=st.lists(TEXTS, min_size=1, max_size=8))
def test_no_cell_is_a_formula(heading: str, texts: list[str]) -> None:
    columns = [Column(heading, CellKind.TEXT), Column("n", CellKind.NUMBER)]
    rows: list[list[Any]] = [[text, -1] for text in texts]
    for line in from_csv(written(ExportFormat.CSV, columns, rows)):
        assert line[0][:1] not in tuple(STARTERS), line
    cells = from_xlsx(written(ExportFormat.XLSX, columns, rows))
    assert len(cells) == len(rows) + 1
    for row in cells:
        assert row[0].data_type in ("inlineStr", "s", "n"), row[0].value  # texts, or an empty cell
        assert str(row[0].value or "")[:1] not in tuple(STARTERS)
    assert [row[1].value for row in cells[1:]] == [-1] * len(rows), "a real number stays one"


@given(text=TEXTS)
def test_a_text_loses_nothing(text: str) -> None:
    assert safe_text(text) in (text, f"'{text}")
    csv_rows = from_csv(written(ExportFormat.CSV, [Column("a", CellKind.TEXT)], [[text]]))
    if text and "\0" not in text:
        assert csv_rows[1:] == [[safe_text(text)]]


COLUMNS = [
    Column("金额", CellKind.NUMBER),
    Column("at", CellKind.INSTANT),
    Column("day", CellKind.DAY),
    Column("yes", CellKind.FLAG),
    Column("roles", CellKind.TEXT),
]
ROW = ["-12.50", "2026-11-22T02:44:24.123456Z", "2026-11-22", True, ["A", "=B"]]


def test_csv_is_what_excel_opens() -> None:
    content = written(ExportFormat.CSV, COLUMNS, [ROW, [None] * 5])
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\r\n") == 3
    assert from_csv(content) == [
        ["金额", "at (Asia/Shanghai)", "day", "yes", "roles"],
        ["-12.50", "2026-11-22 10:44:24", "2026-11-22", "true", "A, =B"],
        ["", "", "", "", ""],
    ]


def test_xlsx_has_real_types() -> None:
    cells = from_xlsx(written(ExportFormat.XLSX, COLUMNS, [ROW, [None] * 5]))
    values = [[cell.value for cell in row] for row in cells]
    assert values[1] == [-12.5, datetime(2026, 11, 22, 10, 44, 24), datetime(2026, 11, 22), True, "A, =B"]  # noqa: DTZ001 - Excel knows no zone
    assert [cell.number_format for cell in cells[1]][1:3] == ["yyyy-mm-dd hh:mm:ss", "yyyy-mm-dd"]
    assert cells[1][2].value.date() == date(2026, 11, 22)
    assert all(value is None for row in values[2:] for value in row)


def test_what_excel_cannot_hold_is_replaced_and_cut() -> None:
    (_, row) = from_xlsx(written(ExportFormat.XLSX, [Column("a", CellKind.TEXT)] * 2, [["a\x07b", "x" * 40_000]]))
    assert row[0].value == "a\N{REPLACEMENT CHARACTER}b"
    assert len(row[1].value) == LONGEST_CELL


@pytest.mark.parametrize("format_", list(ExportFormat))
def test_a_discarded_sheet_leaves_nothing_on_the_disk(
    format_: ExportFormat, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    sheet = open_sheet(format_, COLUMNS, ZONE)
    sheet.add([ROW] * 10)
    sheet.discard()
    assert list(tmp_path.iterdir()) == []


def test_names_of_files() -> None:
    assert all(name_holds(name) for name in ("工单 2026-11", "a.b", "x" * 80))
    assert not any(name_holds(name) for name in ("", "a/b", "..", ".x", "a\nb", "a\\b", 'a"b', "x" * 81))
