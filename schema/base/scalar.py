"""Scalars with one exact spelling each, on every path that writes them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, NewType

import strawberry
from strawberry.file_uploads import Upload
from strawberry.types.scalar import ScalarDefinition

Cursor = NewType("Cursor", str)
Decimal2 = NewType("Decimal2", Decimal)
Decimal3 = NewType("Decimal3", Decimal)
Decimal4 = NewType("Decimal4", Decimal)

_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,6})?([Zz]|[+-]\d\d:\d\d)")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def write_instant(value: datetime) -> str:
    """UTC with microseconds and Z: 2026-11-22T02:44:24.000000Z."""
    return value.astimezone(UTC).isoformat(timespec="microseconds")[:26] + "Z"


def read_instant(value: object) -> datetime:
    """RFC 3339 with an offset; a local time without one is refused."""
    if not isinstance(value, str) or not _INSTANT.fullmatch(value):
        raise ValueError("DateTime must be RFC 3339 with an offset, such as 2026-11-22T10:00:00+08:00")
    return datetime.fromisoformat(value.upper()).astimezone(UTC)


def read_day(value: object) -> date:
    """An ISO 8601 calendar date."""
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise ValueError("Date must be YYYY-MM-DD")
    return date.fromisoformat(value)


def _read_text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("Cursor must be a string that this server gave out")
    return value


def _read_upload(value: object) -> Any:
    if not hasattr(value, "read"):
        raise ValueError("Upload must be a file part of a multipart request")
    return value


def _read_decimal(value: object) -> Decimal:
    if not isinstance(value, str) or not re.fullmatch(r"-?\d{1,12}(\.\d{1,2})?", value):
        raise ValueError('Decimal must be a string with at most two places, such as "89.50"')
    return Decimal(value)


def _read_quantity(value: object) -> Decimal:
    if not isinstance(value, str) or not re.fullmatch(r"-?\d{1,9}(\.\d{1,3})?", value):
        raise ValueError('Quantity must be a string with at most three places, such as "2.5"')
    return Decimal(value)


def _read_fine_decimal(value: object) -> Decimal:
    if not isinstance(value, str) or not re.fullmatch(r"-?\d{1,9}(\.\d{1,4})?", value):
        raise ValueError('FineDecimal must be a string with at most four places, such as "2.8500"')
    return Decimal(value)


SCALARS: dict[object, ScalarDefinition] = {
    datetime: strawberry.scalar(
        name="DateTime",
        description="An instant: RFC 3339, UTC, microseconds, such as 2026-11-22T02:44:24.000000Z.",
        serialize=write_instant,
        parse_value=read_instant,
    ),
    date: strawberry.scalar(
        name="Date",
        description="A calendar day in the Property's time zone: YYYY-MM-DD.",
        serialize=date.isoformat,
        parse_value=read_day,
    ),
    Cursor: strawberry.scalar(
        name="Cursor",
        description="An opaque place in a list or a live stream: give it back to go on from there.",
        serialize=str,
        parse_value=_read_text,
    ),
    Upload: strawberry.scalar(
        name="Upload", description="A file, as a part of a multipart request.", parse_value=_read_upload
    ),
    Decimal2: strawberry.scalar(
        name="Decimal",
        description='A decimal number with two places, as a string such as "89.50".',
        serialize=str,
        parse_value=_read_decimal,
    ),
    Decimal3: strawberry.scalar(
        name="Quantity",
        description='How much of something, in its unit of measure, with three places, as a string such as "2.500".',
        serialize=str,
        parse_value=_read_quantity,
    ),
    Decimal4: strawberry.scalar(
        name="FineDecimal",
        description='A decimal number with four places, as a string such as "2.8500": quantities and unit prices.',
        serialize=str,
        parse_value=_read_fine_decimal,
    ),
}
