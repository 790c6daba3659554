"""Words of vehicles and the rule of number plates (features.md row 41, rules.md 23)."""

import re
import unicodedata
from enum import Enum

MAX_WORD = 40  # brand and colour
_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_ANY = "[A-HJ-NP-Z0-9]"  # no I and no O after the first two
_ENERGY = "[A-HJK]"  # marks a new-energy plate: first of the six for a small car, last for a large one
_PLATE = re.compile(
    rf"[{_PROVINCES}][A-Z](?:{_ANY}{{5}}|{_ANY}{{4}}[警学港澳挂]|{_ENERGY}{_ANY}[0-9]{{4}}|[0-9]{{5}}{_ENERGY})"
)
_BETWEEN = re.compile(r"[\s·•・.\-]")


class VehicleKind(str, Enum):
    """As what a Vehicle is known at the gate."""

    OWNER = "OWNER"
    MONTHLY = "MONTHLY"
    VISITOR = "VISITOR"
    TEMPORARY = "TEMPORARY"
    BLACKLISTED = "BLACKLISTED"


def normal_plate(text: str) -> str | None:
    """The plate in its one spelling (upper case, no dot, no spaces); None when it is none."""
    plate = _BETWEEN.sub("", unicodedata.normalize("NFKC", text)).upper()
    return plate if _PLATE.fullmatch(plate) else None
