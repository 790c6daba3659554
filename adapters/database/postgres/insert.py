"""The texts of inserts: made once for each shape."""

from __future__ import annotations

from functools import lru_cache
from itertools import count

MOST_TEXTS = 2_000

Kinds = tuple[tuple[str, str], ...]


@lru_cache(MOST_TEXTS)
def insert_few(table: str, columns: Kinds, rows: int, tail: str) -> str:
    """`rows` rows of `columns` (name and type): a parameter each value, row by row."""
    numbers = count(1)
    places = (", ".join(f"${next(numbers)}::{kind}" for _, kind in columns) for _ in range(rows))
    values = ", ".join(f"({row})" for row in places)
    return f"INSERT INTO {table} AS t ({_names(columns)}) VALUES {values} {tail}"


@lru_cache(MOST_TEXTS)
def insert_many(table: str, columns: Kinds, tail: str) -> str:
    """Any number of rows: a parameter each column, an array."""
    arrays = ", ".join(f"${n}::{kind}[]" for n, (_, kind) in enumerate(columns, 1))
    return f"INSERT INTO {table} AS t ({_names(columns)}) SELECT * FROM unnest({arrays}) {tail}"


def _names(columns: Kinds) -> str:
    return ", ".join(name for name, _ in columns)
