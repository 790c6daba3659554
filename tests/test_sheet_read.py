"""Reading sheets: encodings, delimiters, Excel's cells, bombs and damage."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime

import pytest
from openpyxl import Workbook

from adapters.sheet import read
from adapters.sheet.read import SheetRefused, count_rows, read_sheet
from models.rules.data_import import ImportFaultCode as Code

UNPACKED = 10_000_000


def workbook(*rows: list[object]) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def repacked(content: bytes, **parts: bytes) -> bytes:
    """The same workbook with other parts; names use __ for / and end in .xml."""
    out = io.BytesIO()
    new = {name.replace("__", "/") + ".xml": data for name, data in parts.items()}
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for item in old.infolist():
            archive.writestr(item.filename, new.pop(item.filename, b"") or old.read(item))
        for name, data in new.items():
            archive.writestr(name, data)
    return out.getvalue()


def refused(content: bytes, unpacked: int = UNPACKED) -> tuple[Code, int | None]:
    with pytest.raises(SheetRefused) as caught:
        list(read_sheet(content, unpacked))
    return caught.value.code, caught.value.row


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_csv_in_every_encoding_with_every_delimiter(encoding: str, mark: str) -> None:
    text = f'项目编号{mark}"楼""栋,;"\r\n阳光{mark}"1\n2"\r\n\r\n{mark}\r\n=1+1{mark}@x\r\n'
    assert list(read_sheet(text.encode(encoding), UNPACKED)) == [
        (1, ["项目编号", '楼"栋,;']),
        (2, ["阳光", "1\n2"]),
        (5, ["=1+1", "@x"]),
    ]


def test_a_named_delimiter_is_taken() -> None:
    assert list(read_sheet(b"sep=;\na,b;c\n1;2\n", UNPACKED)) == [(2, ["a,b", "c"]), (3, ["1", "2"])]


def test_excel_gives_dates_numbers_and_the_rows_as_they_are_counted() -> None:
    content = workbook(["姓名", "电话", "入住"], ["王伟", 13_800_001_111, date(2020, 1, 2)], [], ["李娜", 1.5, None])
    rows = [(number, cells[:3]) for number, cells in read_sheet(content, UNPACKED)]
    assert rows == [
        (1, ["姓名", "电话", "入住"]),
        (2, ["王伟", 13_800_001_111, datetime(2020, 1, 2)]),  # noqa: DTZ001 - as Excel's cells are
        (4, ["李娜", 1.5, None]),
    ]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Code.SHEET_TYPE),
        (b"%PDF-1.7\x00\x01", Code.SHEET_TYPE),
        (b"PK\x03\x04 no archive", Code.SHEET_UNREADABLE),
        ("姓名\n王伟\n".encode() + b"\xff\xfe\xfa", Code.SHEET_UNREADABLE),
        (b"\xff\xfe\x00", Code.SHEET_UNREADABLE),
    ],
)
def test_what_is_no_sheet(content: bytes, code: Code) -> None:
    assert refused(content)[0] is code


def test_a_giant_cell_is_named_by_its_row() -> None:
    assert refused(b"a,b\n1,2\n" + b"x" * 30_000 + b",2\n") == (Code.SHEET_UNREADABLE, 3)


def test_a_zip_that_is_no_workbook() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", "a")
    assert refused(out.getvalue())[0] is Code.SHEET_TYPE


def test_bombs_are_refused_before_they_unpack(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = repacked(workbook(["a"], ["b"]), xl__worksheets__sheet1=b" " * 20_000_000)
    assert len(bomb) < 100_000
    monkeypatch.setattr(read, "load_workbook", None)
    assert refused(bomb)[0] is Code.SHEET_TOO_LARGE
    texts = repacked(workbook(["a"], ["b"]), xl__sharedStrings=b" " * 2_000)
    monkeypatch.setattr(read, "MOST_SHARED_BYTES", 1_000)
    assert refused(texts)[0] is Code.SHEET_TOO_LARGE


def test_entities_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    laughs = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><worksheet>&b;</worksheet>'
    content = repacked(workbook(["a"], ["b"]), xl__worksheets__sheet1=laughs)
    monkeypatch.setattr(read, "load_workbook", None)
    assert refused(content)[0] is Code.SHEET_UNREADABLE


@pytest.mark.parametrize("part", ["xl__worksheets__sheet1", "xl__workbook", "xl__styles"])
def test_a_damaged_part_is_a_damaged_sheet(part: str) -> None:
    content = repacked(workbook(["a", "b"], ["c", "d"]), **{part: b"<worksheet><sheetData><row"})
    assert refused(content)[0] in (Code.SHEET_UNREADABLE, Code.SHEET_EMPTY)


def test_rows_are_counted_and_bounded() -> None:
    for content in (b"a\n1\n2\n\n3\n", workbook(["a"], [1], [2], [3])):
        assert count_rows(content, UNPACKED, 3) == 3
        with pytest.raises(SheetRefused) as caught:
            count_rows(content, UNPACKED, 2)
        assert caught.value.code is Code.TOO_MANY_ROWS
    for empty in (b"", b"\n\n", b"a,b\n", workbook(["a"])):
        with pytest.raises(SheetRefused) as caught:
            count_rows(empty, UNPACKED, 3)
        assert caught.value.code is Code.SHEET_EMPTY
