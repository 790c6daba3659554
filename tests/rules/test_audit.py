"""The canonical form of the audit's chain, against RFC 8785 and ECMAScript; what of a row is personal."""

from __future__ import annotations

import json
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import models
from models.rules.audit import GUARDED, PERSON_OF, PERSONAL, Personal, marked, people_in, replaced
from models.rules.audit_chain import canonical

NUMBERS = {
    0.0: "0",
    1.0: "1",
    4.5: "4.5",
    -2.25: "-2.25",
    0.002: "0.002",
    1e-6: "0.000001",
    1e-7: "1e-7",
    1.5e-9: "1.5e-9",
    1e20: "100000000000000000000",
    1e21: "1e+21",
    1e23: "1e+23",
    333333333.3333333: "333333333.3333333",
    295147905179352830000.0: "295147905179352830000",
    9007199254740994.0: "9007199254740994",
    5e-324: "5e-324",
    -1.7976931348623157e308: "-1.7976931348623157e+308",
}


@pytest.mark.parametrize(("number", "text"), NUMBERS.items())
def test_numbers_are_written_as_ecmascript_does(number: float, text: str) -> None:
    assert canonical([number]) == f"[{text}]"


@pytest.mark.parametrize("fraction", [[], [0.5]])
def test_text_and_order(fraction: list[float]) -> None:
    value = {"b": "€$\u000f\nA'\"\\/<门😀", "a": [None, True, False, 10**18, *fraction], "": {}}
    half = ",0.5" if fraction else ""
    assert canonical(value) == (
        f'{{"":{{}},"a":[null,true,false,1000000000000000000{half}],"b":"€$\\u000f\\nA\'\\"\\\\/<门😀"}}'
    )


LEAVES = st.none() | st.booleans() | st.integers() | st.floats(-(2**53), 2**53) | st.text()
TREES = st.recursive(LEAVES, lambda part: st.lists(part) | st.dictionaries(st.text(), part), max_leaves=6)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TREES)
def test_it_reads_back_as_the_same_and_is_written_once(value: object) -> None:
    text = canonical(value)
    again = json.loads(text)
    assert again == value
    assert canonical(again) == text


def test_the_table_of_what_is_personal_names_columns_that_exist() -> None:
    for table in (PERSONAL, GUARDED):
        for name, columns in table.items():
            assert set(columns) <= set(getattr(models, name)._meta.fields_db_projection), name
    for name, column in PERSON_OF.items():
        assert column in getattr(models, name)._meta.fields_db_projection, name
    assert set(PERSONAL) <= set(PERSON_OF)


def test_what_is_personal_is_marked_with_whom_it_is_about() -> None:
    person = UUID(int=7)
    row = {"owner_id": person, "plate": "A", "brand": None, "version": 2}
    shown = marked("Vehicle", {"plate": "A", "brand": None, "version": 2}, row)
    assert shown == {"plate": Personal(person, "A"), "brand": None, "version": 2}
    assert marked("Vehicle", {"plate": "A"}, {"owner_id": None}) == {"plate": "A"}
    assert marked("Gate", {"name": "A"}, {}) == {"name": "A"}
    tree = {"x": {"y": shown}}
    assert set(people_in([tree, None])) == {person}
    assert replaced(tree, lambda personal: personal.value * 2)["x"]["y"] == {"plate": "AA", "brand": None, "version": 2}
