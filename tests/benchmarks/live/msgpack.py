"""MessagePack, as far as mqemitter-redis needs it to be published to: objects, texts, whole numbers, null."""

from __future__ import annotations

import struct
from typing import Any


def encode(value: Any) -> bytes:
    """One value. Raises TypeError for what it does not know."""
    match value:
        case None:
            return b"\xc0"
        case bool():
            return b"\xc3" if value else b"\xc2"
        case int():
            return b"\xd3" + struct.pack(">q", value)
        case str():
            text = value.encode()
            return b"\xda" + struct.pack(">H", len(text)) + text
        case dict():
            parts = [encode(part) for pair in value.items() for part in pair]
            return b"\xde" + struct.pack(">H", len(value)) + b"".join(parts)
    raise TypeError(f"no MessagePack for {type(value).__name__}")
