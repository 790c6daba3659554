"""From labour and materials to the lines of a bill, as tables written by hand."""

from __future__ import annotations

import pytest

from models.rules.bill import Line, Rounding, line_amount
from models.rules.charge import hours, labour_line, material_line, whole_fen


@pytest.mark.parametrize(
    ("minutes", "quantity", "fen"),
    [
        (60, 10_000, 8_000),  # an hour at 80.00
        (90, 15_000, 12_000),
        (50, 8_333, 6_666),  # 0.8333 h × 80.00 = 66.664
        (20, 3_333, 2_666),  # a third, half up
        (40, 6_667, 5_334),  # 66.67 % of it
        (1, 167, 134),
        (1_440, 240_000, 192_000),
    ],
)
def test_labour_is_hours_with_four_places(minutes: int, quantity: int, fen: int) -> None:
    assert hours(minutes) == quantity
    line = labour_line(minutes, 800_000)
    assert line_amount(line.quantity, line.unit_price, Rounding.HALF_UP) == fen


def test_a_material_is_what_was_used_or_less() -> None:
    assert material_line("球阀", "个", 3_000, None, 250_000) == Line("球阀（个）", 30_000, 250_000)
    assert material_line("电线", "米", 2_500, 25_000, 1) == Line("电线（米）", 25_000, 1)
    assert material_line("电线", "米", 2_500, 1, 1).quantity == 1
    with pytest.raises(ValueError, match="more"):
        material_line("电线", "米", 2_500, 25_001, 1)
    assert len(material_line("长" * 80, "单位" * 5, 1, None, 1).description) <= 200


@pytest.mark.parametrize(("cost", "fen"), [(0, 0), (49, 0), (50, 1), (149, 1), (150, 2), (82_167, 822)])
def test_what_stock_cost_is_shown_in_whole_fen(cost: int, fen: int) -> None:
    assert whole_fen(cost) == fen
