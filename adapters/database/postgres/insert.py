"""The texts of inserts: made once for each shape."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_TEXTS = 2_000
_texts: dict[tuple[object, ...], str] = {}


def insert_few(table: str, columns: Mapping[str, str], rows: int, tail: str) -> str:
    """`rows` rows of `columns` (type by name): a parameter each value, row by row."""
    shape = (rows, tail, table, *columns)
    text = _texts.get(shape)
    if text is None:
        numbers = count(1)
        places = (", ".join(f"${next(numbers)}::{kind}" for kind in columns.values()) for _ in range(rows))
        values = ", ".join(f"({row})" for row in places)
        text = f"INSERT INTO {table} AS t ({', '.join(columns)}) VALUES {values} {tail}"
        if len(_texts) >= MOST_TEXTS:
            _texts.clear()
        _texts[shape] = text
    return text


def insert_many(table: str, columns: Mapping[str, str], tail: str) -> str:
    """Any number of rows: a parameter each column, an array."""
    arrays = ", ".join(f"${n}::{kind}[]" for n, kind in enumerate(columns.values(), 1))
    return f"INSERT INTO {table} AS t ({', '.join(columns)}) SELECT * FROM unnest({arrays}) {tail}"
