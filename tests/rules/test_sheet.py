"""Rules of sheets as tables: ID numbers, plates, cells, headings, rows that repeat or contradict each other."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from models.rules.data_import import ImportFaultCode as Code
from models.rules.data_import import ImportKind
from models.rules.id_number import born_on, masked, normal_id_number
from models.rules.sheet import SHEETS, CellFault, Header, Row, Seen, cell, read_header, read_row
from models.rules.sheet.column import letter
from models.rules.sheet.place import position_of
from models.rules.vehicle import normal_plate
from schema.messages.sheet import FAULTS_EN, FAULTS_ZH

GOOD_ID = "11010519491231002X"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        (GOOD_ID, GOOD_ID),  # rules.md 24
        ("11010519491231002x", GOOD_ID),
        (" 110105 19491231 002X ", GOOD_ID),
        ("１１０１０５１９４９１２３１００２Ｘ", GOOD_ID),
        ("440524188001010014", "440524188001010014"),
        ("110105194912310021", None),  # checksum
        ("11010519491331002X", None),  # month 13
        ("110105194902300024", None),  # 30 February
        ("11010519491231002", None),
        ("11010519491231002XX", None),
        ("01010519491231002X", None),
        ("X1010519491231002X", None),
        ("", None),
    ],
)
def test_id_numbers(text: str, number: str | None) -> None:
    assert normal_id_number(text) == number


def test_the_date_in_an_id_number_is_one_even_when_the_checksum_fits() -> None:
    from models.rules.id_number import CHECKS, WEIGHTS

    for head, passes in (("11010519490230002", False), ("11010517491231002", False), ("11010519490228002", True)):
        number = head + CHECKS[sum(int(d) * w for d, w in zip(head, WEIGHTS, strict=True)) % 11]
        assert (normal_id_number(number) == number) is passes


def test_a_masked_number_shows_its_end_only() -> None:
    assert masked(GOOD_ID) == "**************002X"
    assert born_on(GOOD_ID) == date(1949, 12, 31)


@pytest.mark.parametrize(
    ("text", "plate"),
    [
        ("浙A12345", "浙A12345"),
        ("浙a·123ab", "浙A123AB"),
        (" 京 N 8P8F8 ", "京N8P8F8"),
        ("粤Z1234港", "粤Z1234港"),
        ("粤Z1234澳", "粤Z1234澳"),
        ("京A1234警", "京A1234警"),
        ("苏E1234学", "苏E1234学"),
        ("鲁B1234挂", "鲁B1234挂"),
        ("京AD12345", "京AD12345"),
        ("沪A12345D", "沪A12345D"),
        ("粤BF12345", "粤BF12345"),
        ("浙Ａ１２３４５", "浙A12345"),
        ("京O12345", "京O12345"),  # I and O are only left out after the first two
        ("浙AI2345", None),
        ("浙AO2345", None),
        ("浙A1234O", None),
        ("浙A1234", None),
        ("浙A123456", None),  # six, but no new-energy mark
        ("浙AD123456", None),
        ("A12345", None),
        ("浙112345", None),
        ("浙A1234使", None),
        ("浙A12345挂", None),
        ("", None),
    ],
)
def test_plates(text: str, plate: str | None) -> None:
    assert normal_plate(text) == plate


@pytest.mark.parametrize(
    ("parse", "raw", "value"),
    [
        (cell.text(5), "  a \n b ", "a b"),
        (cell.text(5), 101, "101"),
        (cell.text(5), 101.0, "101"),
        (cell.text(20), "=1+1", "=1+1"),
        (cell.text(20), "'=1+1", "=1+1"),
        (cell.text(20), "'quoted", "'quoted"),
        (cell.text(5), "123456", Code.TEXT_TOO_LONG),
        (cell.text(5), "a\x00b", Code.TEXT_UNREADABLE),
        (cell.text(30), 1.2345678901234567e18, Code.NUMBER_NOT_EXACT),
        (cell.whole(-5, 40), "12", 12),
        (cell.whole(-5, 40), "１２", 12),
        (cell.whole(-5, 40), -2.0, -2),
        (cell.whole(-5, 40), "41", Code.NUMBER_OUT_OF_RANGE),
        (cell.whole(-5, 40), "1.5", Code.NUMBER_OUT_OF_RANGE),
        (cell.whole(-5, 40), "twelve", Code.NUMBER_EXPECTED),
        (cell.whole(-5, 40), float("nan"), Code.NUMBER_EXPECTED),
        (cell.hundredths("0.01", "10000"), "1,089.50", 108_950),
        (cell.hundredths("0.01", "100"), 89.5, 8_950),
        (cell.hundredths("0.01", "100"), 0.1 + 0.2, 30),
        (cell.hundredths("0.01", "100"), "0", Code.NUMBER_OUT_OF_RANGE),
        (cell.hundredths("0.01", "100"), "1.005", Code.NUMBER_OUT_OF_RANGE),
        (cell.hundredths("0.01", "100"), "89.5㎡", Code.NUMBER_EXPECTED),
        (cell.degrees(90), "-30.25", -30.25),
        (cell.degrees(90), 91, Code.NUMBER_OUT_OF_RANGE),
        (cell.day, "2026-11-22", date(2026, 11, 22)),
        (cell.day, "2026/1/2", date(2026, 1, 2)),
        (cell.day, "2026年1月2日", date(2026, 1, 2)),
        (cell.day, "2026.01.02", date(2026, 1, 2)),
        (cell.day, "2026-11-22 00:00:00", date(2026, 11, 22)),
        (cell.day, datetime(2026, 11, 22), date(2026, 11, 22)),  # noqa: DTZ001 - as Excel's cells are
        (cell.day, 46_348, date(2026, 11, 22)),
        (cell.day, 46_348.0, date(2026, 11, 22)),
        (cell.day, 0, Code.DATE_EXPECTED),
        (cell.day, "46348", Code.DATE_EXPECTED),
        (cell.day, "2026-02-30", Code.DATE_EXPECTED),
        (cell.day, "22.11.2026", Code.DATE_EXPECTED),
        (cell.phone, "138 0000-1111", "13800001111"),
        (cell.phone, 13_800_001_111, "13800001111"),
        (cell.phone, 13_800_001_111.0, "13800001111"),
        (cell.phone, "13800001111.0", "13800001111"),
        (cell.phone, "110105194912310021", Code.PHONE_WRONG),  # an ID number in the wrong column
        (cell.phone, "+8613800001111", "+8613800001111"),
        (cell.phone, "(0571) 8888 6666", "057188886666"),
        (cell.phone, "1.38E+10", Code.PHONE_WRONG),
        (cell.phone, "none", Code.PHONE_WRONG),
        (cell.phone, float("inf"), Code.PHONE_WRONG),
        (cell.email, "a.b@example.com", "a.b@example.com"),
        (cell.email, "a.b@example", Code.EMAIL_WRONG),
        (cell.email, "a b@example.com", Code.EMAIL_WRONG),
        (cell.id_number, GOOD_ID, GOOD_ID),
        (cell.id_number, 110105194912310000, Code.NUMBER_NOT_EXACT),
        (cell.id_number, "110105194912310021", Code.ID_NUMBER_WRONG),
        (cell.plate, "浙a12345", "浙A12345"),
        (cell.plate, "x", Code.PLATE_WRONG),
        (cell.time_zone, "Asia/Urumqi", "Asia/Urumqi"),
        (cell.time_zone, "Mars/Olympus", Code.TIME_ZONE_UNKNOWN),
        (cell.time_zone, "../etc/passwd", Code.TIME_ZONE_UNKNOWN),
    ],
)
def test_cells(parse: cell.Parse, raw: Any, value: Any) -> None:
    try:
        found = parse(raw)
    except CellFault as fault:
        found = fault.code
    assert found == value


def header(kind: ImportKind, *names: str) -> Header:
    found = read_header(SHEETS[kind], 1, names)
    assert isinstance(found, Header), found
    return found


def test_headings_in_both_languages_and_any_spelling() -> None:
    for kind, sheet in SHEETS.items():
        english = header(kind, *(column.name.upper().replace("_", " ") for column in sheet.columns))
        chinese = header(kind, *(f"{column.title}（说明）*" for column in sheet.columns))
        assert english.places == chinese.places == tuple(enumerate(sheet.columns))


def test_what_headings_are_refused() -> None:
    found = read_header(SHEETS[ImportKind.DEVICES], 1, ["name", "设备名称", "", "13800001111", "kind"])
    assert isinstance(found, list)
    assert [(fault.column, fault.code) for fault in found] == [
        ("name", Code.COLUMN_TWICE),
        ("D", Code.COLUMN_UNKNOWN),
        ("property", Code.COLUMN_MISSING),
    ]
    assert "13800001111" not in str(found)
    assert [letter(n) for n in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


PEOPLE = header(ImportKind.PEOPLE, *(column.name for column in SHEETS[ImportKind.PEOPLE].columns))
CONSENT = {"id_purpose": "档案", "id_consent_on": "2026-01-01", "id_consent_version": "v1"}


def person(number: int = 2, **changes: Any) -> Row | list[Any]:
    base = {"property": "home", "building": "1", "entrance": "1", "unit": "101", "name": "王伟", "kind": "业主"}
    base |= {"move_in": "2020-01-01", **changes}
    return read_row(PEOPLE, number, [base.get(column.name) for _, column in PEOPLE.places])


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({}, []),
        ({"name": " ", "kind": ""}, [("name", Code.VALUE_MISSING), ("kind", Code.VALUE_MISSING)]),
        ({"move_out": "2019-12-31"}, [("move_out", Code.DATES_REVERSED)]),
        ({"move_out": "2020-01-01"}, []),
        ({"id_number": GOOD_ID}, [(name, Code.CONSENT_MISSING) for name in CONSENT]),
        ({"id_number": GOOD_ID, **CONSENT}, []),
        ({"id_number": GOOD_ID[:-1] + "1", **CONSENT}, [("id_number", Code.ID_NUMBER_WRONG)]),
        ({"kind": "landlord", "phone": "?"}, [("phone", Code.PHONE_WRONG), ("kind", Code.WORD_UNKNOWN)]),
        ({"share": "100.01"}, [("share", Code.NUMBER_OUT_OF_RANGE)]),
    ],
)
def test_rows_of_people(changes: dict[str, Any], faults: list[tuple[str, Code]]) -> None:
    found = person(**changes)
    assert ([] if isinstance(found, Row) else [(fault.column, fault.code) for fault in found]) == faults
    assert GOOD_ID[:-1] not in str(faults)


def test_rows_that_repeat_or_contradict_an_earlier_one() -> None:
    seen = Seen(SHEETS[ImportKind.PEOPLE])

    def faults(number: int, **changes: Any) -> list[tuple[str | None, Code, Any]]:
        row = person(number, **changes)
        assert isinstance(row, Row)
        return [(fault.column, fault.code, fault.params["other"]) for fault in seen.faults(row)]

    card = {"id_number": GOOD_ID, **CONSENT}
    assert faults(2, **card) == []
    assert faults(3, **card) == [(None, Code.ROW_TWICE, 2)]
    assert faults(4, **card, move_in="2021-01-01") == [(None, Code.ROW_TWICE, 2)], "held twice without an end"
    assert faults(5, **card, move_in="2010-01-01", move_out="2015-01-01") == []
    assert faults(6, **card, unit="102", name="王小伟") == [("name", Code.ROWS_DIFFER, 2)]
    assert faults(7, **card, unit="102", phone="13800001111") == []
    assert faults(8, **card, unit="103", phone="13800002222") == [("phone", Code.ROWS_DIFFER, 7)]
    assert faults(9, unit="104", name="王小伟") == []


def test_places_stand_in_the_order_of_their_codes() -> None:
    assert sorted(["10", "2", "A1"], key=position_of) == ["A1", "2", "10"]
    units = [("102", 1), ("1001", 10), ("B1-3", -1), ("101", 1)]
    assert sorted(units, key=lambda one: position_of(*one)) == [("B1-3", -1), ("101", 1), ("102", 1), ("1001", 10)]


def test_every_fault_has_a_text_that_says_something() -> None:
    assert set(FAULTS_ZH) == set(FAULTS_EN) == {code.value for code in Code}
