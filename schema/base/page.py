"""Pages: the four arguments of a connection, checked, and the keyset cursor."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

import orjson

from models.errors import ErrorCode, Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from models.query import Order

DEFAULT = 20
PAGING = ("first", "after", "last", "before")  # the arguments of a connection


@dataclass(frozen=True, slots=True)
class Page:
    """`first` from the start or `last` from the end (never both), within `after` and `before`."""

    first: int | None = None
    last: int | None = None
    after: str | None = None
    before: str | None = None

    @classmethod
    def of(cls, arguments: Mapping[str, Any], most: int) -> Page:
        """Check the arguments. Raises Refusal BAD_USER_INPUT."""
        first, last = arguments.get("first"), arguments.get("last")
        if first is not None and last is not None:
            raise Refusal(ErrorCode.BAD_USER_INPUT, field="last", message="FIRST_AND_LAST")
        for name, size in (("first", first), ("last", last)):
            if size is not None and not 0 <= size <= most:
                raise Refusal(ErrorCode.BAD_USER_INPUT, field=name, message="PAGE_SIZE", max=most, actual=size)
        if first is None and last is None:
            first = min(DEFAULT, most)
        return cls(first, last, arguments.get("after"), arguments.get("before"))

    @property
    def size(self) -> int:
        """How many rows."""
        if self.last is not None:
            return self.last
        return DEFAULT if self.first is None else self.first

    @property
    def backward(self) -> bool:
        """Whether the page is counted from the end."""
        return self.last is not None


def encode_position(order: Order, key: Any, id_: UUID) -> str:
    """A cursor: the order column, its value and the id of a row."""
    shown = None if order.column == "id" else key if isinstance(key, str | int) else key.isoformat()
    raw = orjson.dumps([order.column, shown, id_.hex])
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def decode_position(order: Order, text: str, field: str) -> tuple[Any, UUID]:
    """The value (as JSON kept it) and id in a cursor of the same order. Raises Refusal BAD_USER_INPUT."""
    try:
        raw = orjson.loads(base64.urlsafe_b64decode(text[:400] + "=" * (-len(text[:400]) % 4)))
        column, shown, key = raw
        id_ = UUID(hex=key)
    except (binascii.Error, ValueError, TypeError, AttributeError):
        column = None
    if column != order.column:
        raise Refusal(ErrorCode.BAD_USER_INPUT, field=field, message="BAD_CURSOR")
    return shown, id_
