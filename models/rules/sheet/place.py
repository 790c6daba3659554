"""Sheets of properties, and of places: one row per Unit, its building and entrance are made on the way."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from models.rules.data_import import ImportFaultCode as Code
from models.rules.place import BillingAreaBasis
from models.rules.sheet.cell import degrees, hundredths, text, time_zone, whole, word
from models.rules.sheet.column import Agreement, Column, Sheet, Values, key_of
from models.rules.sheet.word import AREA_BASES, ORIENTATIONS, PROPERTY_KINDS, UNIT_STATUSES, UNIT_USES

LARGEST_UNIT = "1000000"  # m²
LARGEST_ESTATE = "1000000000"
HIGHEST, LOWEST = 250, 20
_DIGITS = re.compile(r"\d{1,6}")

PROPERTY = Column("property", "项目编号", text(20), required=True, also=("property_code", "小区编号"))
BUILDING = Column("building", "楼栋", text(20), required=True, also=("building_code", "楼栋编号"))
ENTRANCE = Column("entrance", "单元", text(20), required=True, also=("entrance_code", "单元编号"))
UNIT = Column("unit", "房号", text(20), required=True, also=("unit_number", "房间号"))

PROPERTIES = Sheet(
    columns=(
        Column("code", "项目编号", text(20), required=True),
        Column("name", "项目名称", text(120), required=True),
        Column("kind", "类型", word(PROPERTY_KINDS), required=True),
        Column("address", "地址", text(300), required=True),
        Column("latitude", "纬度", degrees(90)),
        Column("longitude", "经度", degrees(180)),
        Column("land_area", "占地面积", hundredths("0.01", LARGEST_ESTATE)),
        Column("building_area", "建筑面积", hundredths("0.01", LARGEST_ESTATE)),
        Column("time_zone", "时区", time_zone),
    ),
    keys=key_of("code"),
)


def _unit_check(values: Values) -> Iterator[tuple[str, Code, Mapping[str, Any]]]:
    inner, built_up = values.get("inner_area"), values["built_up_area"]
    if inner is not None and inner > built_up:
        yield "inner_area", Code.NUMBER_OUT_OF_RANGE, {"low": "0.01", "high": f"{built_up / 100:.2f}"}
    if values["floor"] > values.get("floors_above", HIGHEST):
        yield "floor", Code.NUMBER_OUT_OF_RANGE, {"low": -LOWEST, "high": values["floors_above"]}
    if -values["floor"] > values.get("floors_below", LOWEST):
        yield "floor", Code.NUMBER_OUT_OF_RANGE, {"low": -values["floors_below"], "high": HIGHEST}
    if values.get("billing_area_basis") is BillingAreaBasis.INNER and inner is None:
        yield "inner_area", Code.NEEDS_COLUMN, {"because": "billing_area_basis"}


PLACES = Sheet(
    columns=(
        PROPERTY,
        BUILDING,
        Column("building_name", "楼栋名称", text(120)),
        Column("floors_above", "地上层数", whole(0, HIGHEST)),
        Column("floors_below", "地下层数", whole(0, LOWEST)),
        ENTRANCE,
        Column("entrance_name", "单元名称", text(120)),
        UNIT,
        Column("floor", "楼层", whole(-LOWEST, HIGHEST), required=True),
        Column("layout", "户型", text(40)),
        Column("built_up_area", "建筑面积", hundredths("0.01", LARGEST_UNIT), required=True),
        Column("inner_area", "套内面积", hundredths("0.01", LARGEST_UNIT)),
        Column("billing_area_basis", "计费面积", word(AREA_BASES)),
        Column("orientation", "朝向", word(ORIENTATIONS)),
        Column("use", "用途", word(UNIT_USES)),
        Column("status", "状态", word(UNIT_STATUSES)),
    ),
    keys=key_of("property", "building", "entrance", "unit"),
    check=_unit_check,
    agreements=(
        Agreement(("property", "building"), "building_name"),
        Agreement(("property", "building", "entrance"), "entrance_name"),
    ),
)


def position_of(code: str, floor: int = 0) -> int:
    """Where a place stands among its siblings: by floor, then by the number in its code."""
    match = _DIGITS.search(code)
    return floor * 10_000 + (int(match[0]) % 10_000 if match else 0)
