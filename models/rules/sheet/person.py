"""The sheet of people: one row per Person and Unit that the Person holds or held."""

from collections.abc import Iterator, Mapping
from typing import Any

from models.rules.data_import import ImportFaultCode as Code
from models.rules.sheet.cell import day, email, hundredths, id_number, phone, text, word
from models.rules.sheet.column import Agreement, Column, Sheet, Values
from models.rules.sheet.place import BUILDING, ENTRANCE, PROPERTY, UNIT
from models.rules.sheet.word import OCCUPANCY_KINDS

CONSENT = ("id_purpose", "id_consent_on", "id_consent_version")


def _check(values: Values) -> Iterator[tuple[str, Code, Mapping[str, Any]]]:
    if "move_out" in values and values["move_out"] < values["move_in"]:
        yield "move_out", Code.DATES_REVERSED, {"other": "move_in"}
    if "id_number" in values:  # rules.md 25: never without a purpose and a consent
        for name in CONSENT:
            if name not in values:
                yield name, Code.CONSENT_MISSING, {}


def _keys(values: Values) -> list[tuple[Any, ...]]:
    """A Person holds a Unit in one way once from a day on, and only once without an end."""
    person = (values["id_number"],) if "id_number" in values else (values["name"], values.get("phone"))
    held = (*(values[name] for name in ("property", "building", "entrance", "unit")), *person, values["kind"])
    return [(*held, values["move_in"]), *([] if "move_out" in values else [held])]


PEOPLE = Sheet(
    columns=(
        PROPERTY,
        BUILDING,
        ENTRANCE,
        UNIT,
        Column("name", "姓名", text(80), required=True),
        Column("phone", "电话", phone, also=("手机", "手机号", "联系电话")),
        Column("email", "邮箱", email, also=("e-mail", "电子邮箱")),
        Column("id_number", "身份证号", id_number, also=("身份证",)),
        Column("id_purpose", "证件用途", text(120)),
        Column("id_consent_on", "同意日期", day),
        Column("id_consent_version", "同意书版本", text(20)),
        Column("kind", "身份", word(OCCUPANCY_KINDS), required=True, also=("住户类型",)),
        Column("share", "产权比例", hundredths("0.01", "100"), also=("share_percent",)),
        Column("move_in", "入住日期", day, required=True, also=("move_in_on",)),
        Column("move_out", "迁出日期", day, also=("move_out_on",)),
    ),
    keys=_keys,
    check=_check,
    agreements=(
        Agreement(("id_number",), "name"),
        Agreement(("id_number",), "phone"),
        Agreement(("id_number",), "email"),
        Agreement(("phone", "name"), "email"),
    ),
)
