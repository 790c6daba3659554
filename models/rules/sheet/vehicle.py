"""The sheet of vehicles: one row per plate in a Property."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from models.rules.data_import import ImportFaultCode as Code
from models.rules.sheet.cell import phone, plate, text, word
from models.rules.sheet.column import Column, Sheet, Values, key_of
from models.rules.sheet.place import BUILDING, ENTRANCE, PROPERTY, UNIT
from models.rules.sheet.word import VEHICLE_KINDS
from models.rules.vehicle import MAX_WORD

_PLACE = ("building", "entrance", "unit")


def _check(values: Values) -> Iterator[tuple[str, Code, Mapping[str, Any]]]:
    given = [name for name in _PLACE if name in values]
    if given and len(given) < len(_PLACE):
        for name in _PLACE:
            if name not in values:
                yield name, Code.NEEDS_COLUMN, {"because": given[0]}
    if "owner_phone" in values and "owner_name" not in values:
        yield "owner_name", Code.NEEDS_COLUMN, {"because": "owner_phone"}


VEHICLES = Sheet(
    columns=(
        PROPERTY,
        Column("plate", "车牌", plate, required=True, also=("车牌号",)),
        Column("kind", "类型", word(VEHICLE_KINDS), required=True, also=("车辆类型",)),
        replace(BUILDING, required=False),
        replace(ENTRANCE, required=False),
        replace(UNIT, required=False),
        Column("owner_name", "车主姓名", text(80), also=("车主",)),
        Column("owner_phone", "车主电话", phone),
        Column("brand", "品牌", text(MAX_WORD)),
        Column("colour", "颜色", text(MAX_WORD), also=("color", "车身颜色")),
    ),
    keys=key_of("property", "plate"),
    check=_check,
)
