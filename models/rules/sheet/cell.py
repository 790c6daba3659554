"""One cell of a sheet as a value: text, numbers, dates, words, phone numbers. Never says what the cell held."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from enum import Enum
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from models.rules.data_import import ImportFaultCode as Code
from models.rules.id_number import normal_id_number
from models.rules.vehicle import normal_plate

Cell = str | int | float | bool | date | datetime | None
Parse = Callable[[Cell], Any]
E = TypeVar("E", bound=Enum)

EXACT = 10**15  # a spreadsheet keeps 15 digits of a number: beyond it the last ones are lost
_EPOCH = date(1899, 12, 30)  # a spreadsheet counts days from here
_LAST_DAY = 2_958_465  # 9999-12-31
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]0{1,2}:00(?::00(?:\.0+)?)?)?")
_NUMBER = re.compile(r"[+-]?\d{1,15}(?:\.\d{1,10})?")
_ESCAPED = re.compile(r"'[=+\-@\t\r]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_PHONE = re.compile(r"\+?[0-9]{5,15}")  # E.164; an ID number in the wrong column is longer
_EMAIL = re.compile(r"[^@\s,;<>\"]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9-]+)+")


@dataclass
class CellFault(Exception):
    """A cell is not acceptable; `params` fill the message and never hold the cell's content."""

    code: Code
    params: Mapping[str, Any] = field(default_factory=dict)


def plain(cell: Cell) -> str:
    """The cell as one line of text. Raises CellFault for what no text column can keep."""
    if isinstance(cell, datetime | date):
        return cell.isoformat()[:10]
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, int | float):
        if abs(cell) >= EXACT:
            raise CellFault(Code.NUMBER_NOT_EXACT)
        return str(int(cell)) if cell == int(cell) else repr(cell)
    text = cell or ""
    if _ESCAPED.match(text):  # as sheets are written that no spreadsheet may take for a formula
        text = text[1:]
    if _CONTROL.search(text):
        raise CellFault(Code.TEXT_UNREADABLE)
    return " ".join(text.split())


def narrow(cell: Cell) -> str:
    """The text in half-width characters: for numbers, codes of machines and words."""
    return unicodedata.normalize("NFKC", plain(cell)).strip()


def text(most: int) -> Parse:
    """Up to `most` characters."""

    def parse(cell: Cell) -> str:
        found = plain(cell)
        if len(found) > most:
            raise CellFault(Code.TEXT_TOO_LONG, {"max": most})
        return found

    return parse


def _decimal(cell: Cell) -> Decimal:
    if isinstance(cell, float) and not isinstance(cell, bool):
        cell = repr(round(cell, 10))
    shown = narrow(cell).replace(",", "")
    if not _NUMBER.fullmatch(shown):
        raise CellFault(Code.NUMBER_EXPECTED)
    try:
        return Decimal(shown)
    except InvalidOperation:
        raise CellFault(Code.NUMBER_EXPECTED) from None


def whole(low: int, high: int) -> Parse:
    """A whole number from `low` to `high`."""

    def parse(cell: Cell) -> int:
        number = _decimal(cell)
        if number != number.to_integral_value() or not low <= number <= high:
            raise CellFault(Code.NUMBER_OUT_OF_RANGE, {"low": low, "high": high})
        return int(number)

    return parse


def hundredths(low: str, high: str) -> Parse:
    """A number with at most two places, as an integer of 1/100: areas in m², shares in per cent, money in yuan."""

    def parse(cell: Cell) -> int:
        number = _decimal(cell)
        whole_ = number.scaleb(2)
        if whole_ != whole_.to_integral_value() or not Decimal(low) <= number <= Decimal(high):
            raise CellFault(Code.NUMBER_OUT_OF_RANGE, {"low": low, "high": high})
        return int(whole_)

    return parse


def degrees(most: int) -> Parse:
    """An angle from -most to most."""

    def parse(cell: Cell) -> float:
        number = _decimal(cell)
        if abs(number) > most:
            raise CellFault(Code.NUMBER_OUT_OF_RANGE, {"low": -most, "high": most})
        return float(number)

    return parse


def day(cell: Cell) -> date:
    """A date cell, a spreadsheet's day number, or 2026-11-22, 2026/11/22, 2026.11.22, 2026年11月22日."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        if cell != int(cell) or not 1 <= cell <= _LAST_DAY:
            raise CellFault(Code.DATE_EXPECTED)
        return _EPOCH + timedelta(days=int(cell))
    match = _DATE.fullmatch(narrow(cell))
    try:
        return date(*(int(part) for part in match.groups())) if match else _no_date()
    except ValueError:
        raise CellFault(Code.DATE_EXPECTED) from None


def _no_date() -> date:
    raise CellFault(Code.DATE_EXPECTED)


def word(words: Mapping[str, E]) -> Parse:
    """One of the words (as the contract spells it, or in Chinese)."""
    known = {name.upper(): member for name, member in words.items()}
    allowed = ", ".join(words)

    def parse(cell: Cell) -> E:
        found = known.get(narrow(cell).upper().replace(" ", "_"))
        if found is None:
            raise CellFault(Code.WORD_UNKNOWN, {"allowed": allowed})
        return found

    return parse


def phone(cell: Cell) -> str:
    """A phone number without spaces and hyphens; a number cell is one too, one in E notation has lost its digits."""
    number = narrow(cell).removesuffix(".0") if not isinstance(cell, float) or abs(cell) < EXACT else ""
    found = re.sub(r"[\s\-()]", "", number)
    if not _PHONE.fullmatch(found):
        raise CellFault(Code.PHONE_WRONG)
    return found


def email(cell: Cell) -> str:
    """An e-mail address, at most 254 characters."""
    found = plain(cell)
    if len(found) > 254 or not _EMAIL.fullmatch(found):
        raise CellFault(Code.EMAIL_WRONG)
    return found


def id_number(cell: Cell) -> str:
    """A citizen ID number (rules.md 24). A number cell has lost its last digits: the column must be text."""
    if isinstance(cell, int | float):
        raise CellFault(Code.NUMBER_NOT_EXACT)
    found = normal_id_number(plain(cell))
    if found is None:
        raise CellFault(Code.ID_NUMBER_WRONG)
    return found


def plate(cell: Cell) -> str:
    """A number plate (rules.md 23)."""
    found = normal_plate(plain(cell))
    if found is None:
        raise CellFault(Code.PLATE_WRONG)
    return found


def time_zone(cell: Cell) -> str:
    """An IANA name."""
    found = plain(cell)
    try:
        ZoneInfo(found)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise CellFault(Code.TIME_ZONE_UNKNOWN) from None
    return found
