"""Messages to PostgreSQL and from it (https://www.postgresql.org/docs/current/protocol-message-formats.html).

Values and columns are texts. `name` of a statement ends in a zero byte.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

SYNC = b"S\0\0\0\x04"
TERMINATE = b"X\0\0\0\x04"
EXECUTE = b"E\0\0\0\x09\0\0\0\0\0"  # the unnamed portal, all its rows
_NULL = b"\xff\xff\xff\xff"


def message(kind: bytes, body: bytes) -> bytes:
    """Kind, length, body."""
    return kind + (len(body) + 4).to_bytes(4) + body


def parse(name: bytes, sql: str) -> bytes:
    """Prepare a statement; the server finds its parameters' types."""
    return message(b"P", name + sql.encode() + b"\0\0\0")


def describe(name: bytes) -> bytes:
    """Ask for the columns of a statement."""
    return message(b"D", b"S" + name)


def close(name: bytes) -> bytes:
    """Forget a statement."""
    return message(b"C", b"S" + name)


def bind(name: bytes, values: Sequence[bytes | None]) -> bytes:
    """Give a statement its values, to the unnamed portal."""
    parts = [b"\0", name, b"\0\0", len(values).to_bytes(2)]
    parts += [_NULL if text is None else len(text).to_bytes(4) + text for text in values]
    parts.append(b"\0\0")
    return message(b"B", b"".join(parts))


def error_fields(body: bytes) -> dict[str, str]:
    """ErrorResponse: a letter and a text, each ended by a zero."""
    return {part[:1].decode(): part[1:].decode(errors="replace") for part in body.split(b"\0") if part}
