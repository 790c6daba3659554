"""Citizen ID numbers by GB 11643 (rules.md 24): the checksum, the date in it, and the form that may be shown."""

import re
import unicodedata
from datetime import date

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "10X98765432"
SHOWN = 4
_FORM = re.compile(r"[1-9]\d{16}[\dX]")


def normal_id_number(text: str) -> str | None:
    """The number in its one spelling (half-width, X upper case); None when it is none.

    The checksum is over the first 17 digits; digits 7 to 14 must be a date, and not before 1850.
    """
    number = unicodedata.normalize("NFKC", text).replace(" ", "").upper()
    if not _FORM.fullmatch(number) or not number.isascii():
        return None
    total = sum(int(digit) * weight for digit, weight in zip(number, WEIGHTS, strict=False))
    if CHECKS[total % 11] != number[17]:
        return None
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None
    return number if born.year >= 1850 else None


def born_on(number: str) -> date:
    """The date of birth in a number that `normal_id_number` gave."""
    return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))


def masked(number: str) -> str:
    """All but the last four characters hidden: neither the region nor the date of birth is shown."""
    return "*" * (len(number) - SHOWN) + number[-SHOWN:]
