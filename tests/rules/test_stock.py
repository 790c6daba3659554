"""Stock as rules: what a quantity is worth, which lots it comes from, when it is low, how an item is found."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.initials import initials
from models.rules.stock import (
    TAKES_MATERIAL,
    StockLevelChange,
    average,
    crossing,
    drawn,
    fits,
    is_low,
    search_text,
    search_words,
    share,
    worth,
    written,
)
from models.rules.work_order import WorkOrderStatus

DOCUMENT = Path(__file__).parents[2] / "docs" / "stock.md"
_ROW = re.compile(r"^\| (.+?) \| (-?[\d.]+) \| (-?[\d.]+) \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \|$", re.MULTILINE)


@given(st.integers(0, 10**13), st.lists(st.integers(1, 10**6), min_size=1, max_size=12))
def test_shares_of_all_parts_are_the_whole(value: int, parts: list[int]) -> None:
    left, whole = value, sum(parts)
    for part in parts:
        taken = share(left, whole, part)
        assert 0 <= taken <= left
        assert abs(Fraction(left * part, whole) - taken) <= Fraction(1, 2)
        left, whole = left - taken, whole - part
    assert left == 0, "a remainder was lost"


def test_there_is_no_share_of_what_is_not_there() -> None:
    for part in (0, -1, 4):
        with pytest.raises(ValueError, match="no part"):
            share(100, 3, part)


@given(st.integers(1, 10**9), st.integers(0, 10**10))
def test_values_are_rounded_half_up(quantity: int, cost: int) -> None:
    exact = Decimal(quantity) * Decimal(cost) / 1_000
    assert worth(quantity, cost) == int(exact.quantize(Decimal(1), ROUND_HALF_UP))


def test_what_comes_first_in_the_order_is_taken_first() -> None:
    lots = [("a", 3), ("b", 0), ("c", 5)]
    assert drawn(lots, 2) == [("a", 2)]
    assert drawn(lots, 3) == [("a", 3)]
    assert drawn(lots, 8) == [("a", 3), ("c", 5)]
    with pytest.raises(ValueError, match="lack 1"):
        drawn(lots, 9)


@pytest.mark.parametrize(
    ("quantity", "level", "low"), [(5, None, False), (0, None, False), (6, 5, False), (5, 5, True), (0, 0, True)]
)
def test_low_is_at_the_level_or_below(quantity: int, level: int | None, low: bool) -> None:
    assert is_low(quantity, level) is low


def test_a_crossing_is_told_once() -> None:
    assert crossing(was_low=False, low=True) is StockLevelChange.LOW
    assert crossing(was_low=True, low=False) is StockLevelChange.RECOVERED
    assert crossing(was_low=True, low=True) is None
    assert crossing(was_low=False, low=False) is None


def test_half_a_tube_is_a_mistake() -> None:
    assert [fits(1_500, places) for places in range(4)] == [False, True, True, True]
    assert [fits(1_005, places) for places in range(4)] == [False, False, False, True]
    assert [written(quantity) for quantity in (0, 500, 1_000, 12_345, 100_000)] == ["0", "0.5", "1", "12.345", "100"]


def test_orders_take_material_while_somebody_has_them_in_hand() -> None:
    closed = {"CREATED", "DONE", "VERIFIED", "CLOSED", "REJECTED", "CANCELLED"}
    assert {status.value for status in WorkOrderStatus} - {status.value for status in TAKES_MATERIAL} == closed


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        *(
            ("断路器", "dlq"),
            ("水龙头 DN15", "sltdn15"),
            ("LED灯管", "leddg"),
            ("球阀", "qf"),
            ("啊", "a"),
            ("座", "z"),
        ),
        *(("", ""), ("！·", ""), ("锂电池", "dc"), ("𠮷", ""), ("é", "")),
    ],
)
def test_initials(text: str, letters: str) -> None:
    assert initials(text) == letters


@pytest.mark.parametrize("search", ["灯管", "led", "LED 灯", "dg", "DG-T8", "t8 照明灯", "690123", "riguang", ""])
def test_an_item_is_found_by_any_of_its_words(search: str) -> None:
    text = search_text(code="DG-T8", name="LED灯管 T8", barcode="6901234567892", keywords="日光灯 riguang 照明灯")
    assert all(word in text for word in search_words(search))


def test_an_item_is_not_found_by_other_words() -> None:
    text = search_text(code="DG-T8", name="LED灯管 T8", barcode=None, keywords=None)
    assert not all(word in text for word in search_words("灯管 t5"))


def _yuan(text: str) -> int:
    return int(Decimal(text).scaleb(4))


def test_the_worked_example_of_the_document_is_right() -> None:
    rows = [match.groups() for match in _ROW.finditer(DOCUMENT.read_text())]
    assert len(rows) >= 6
    quantity = value = 0
    for what, moved, moved_value, balance, worth_then, cost in rows:
        step = int(Decimal(moved).scaleb(3))
        if step > 0:
            price = _yuan(re.findall(r"[\d.]+", what)[-1])
            change = worth(step, price)
        else:
            change = -share(value, quantity, -step)
        cost_then = average(value + change, quantity + step) if quantity + step else average(value, quantity)
        quantity, value = quantity + step, value + change
        told = (_yuan(moved_value), int(Decimal(balance).scaleb(3)), _yuan(worth_then), _yuan(cost))
        assert (change, quantity, value, cost_then) == told, what
    assert (quantity, value) == (0, 0)
