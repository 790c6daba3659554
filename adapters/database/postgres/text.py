"""Values as PostgreSQL's texts, and back: what the reads of the plan name (https://www.postgresql.org/docs/current/datatype.html)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Callable


def encoded(value: Any) -> bytes | None:
    """A parameter; null for None. Raises TypeError for what no predicate holds."""
    if value is None:
        return None
    encode = _ENCODERS.get(type(value))
    if encode is None:
        encode = next((made for kind, made in _ENCODERS.items() if isinstance(value, kind)), None)
        if encode is None:
            raise TypeError(f"{type(value).__name__} is no parameter")
        _ENCODERS[type(value)] = encode  # such as an enum: they are not many
    return encode(value)


def decoder(oid: int) -> Callable[[bytes], Any]:
    """Of a column, by the type's number in pg_type.dat; a text where it is none of these."""
    return _DECODERS.get(oid, bytes.decode)


def _array(values: list[Any]) -> bytes:
    """All quoted: a quoted element is never taken for NULL or for a bracket."""
    return b"{" + b",".join(map(_element, values)) + b"}"


def _element(value: Any) -> bytes:
    if isinstance(value, list | tuple):
        return _array(list(value))
    text = encoded(value)
    return b"NULL" if text is None else b'"' + text.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'


# As the driver writes and reads the last day and the first one.
_ENDS = {date.max: b"infinity", date.min: b"-infinity"}
_DAYS = {text: day for day, text in _ENDS.items()}

_ENCODERS: dict[type, Callable[[Any], bytes]] = {
    UUID: lambda value: b"%032x" % value.int,
    str: str.encode,  # of an enum's member too: it has its value
    bool: lambda value: b"t" if value else b"f",
    int: lambda value: b"%d" % value,
    datetime: lambda value: value.isoformat().encode(),
    date: lambda value: _ENDS.get(value) or value.isoformat().encode(),
    Decimal: lambda value: str(value).encode(),
    float: lambda value: repr(value).encode(),
    bytes: lambda value: b"\\x" + value.hex().encode(),
    list: _array,
    tuple: lambda value: _array(list(value)),
}

_DECODERS: dict[int, Callable[[bytes], Any]] = {
    16: lambda text: text == b"t",
    17: lambda text: bytes.fromhex(text[2:].decode()),
    20: int,
    21: int,
    23: int,
    701: float,
    1082: lambda text: _DAYS.get(text) or date.fromisoformat(text.decode()),
    1184: lambda text: datetime.fromisoformat(text.decode()),
    1700: lambda text: Decimal(text.decode()),
    2950: lambda text: UUID(text.decode()),
}
