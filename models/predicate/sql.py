"""Predicate → SQL text with numbered parameters; the text depends on the tree's shape only, so it stays stable."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from models.predicate.tree import Among, And, Contains, Eq, Exists, In, IsNull, Lt, Not, Or, Predicate, Starts

Dialect = Literal["sqlite", "postgres"]


class Params:
    """Collects the values of one statement; `$1` is the first. Both drivers take them in this order."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.values: list[Any] = []
        self._aliases = 0

    def fork(self) -> Params:
        """A statement that begins like this one and goes its own way."""
        forked = Params(self.dialect)
        forked.values, forked._aliases = [*self.values], self._aliases
        return forked

    def add(self, value: Any) -> str:
        """Keep `value` and return its placeholder; a key that stands in several places is sent once."""
        if isinstance(value, UUID):
            for place, known in enumerate(self.values, 1):
                if known is value:
                    return f"${place}"
        self.values.append(value)
        return f"${len(self.values)}"

    def any_of(self, values: Any) -> str:
        """The right side of `column …` that matches one of `values`, as one parameter; keys as in `add`."""
        placeholder = self._known_keys(values) or self.add(list(values))
        if self.dialect == "postgres":
            return f"= ANY({placeholder})"
        return f"IN (SELECT value FROM json_each({placeholder}))"

    def _known_keys(self, values: Any) -> str | None:
        """Where the same keys are, in this order: a viewer's Properties stand in most conditions of a statement."""
        if values and isinstance(values[0], UUID):
            for place, known in enumerate(self.values, 1):
                if isinstance(known, list) and known == values:
                    return f"${place}"
        return None

    def alias(self) -> str:
        """A table alias that is new in this statement."""
        self._aliases += 1
        return f"x{self._aliases}"


def to_sql(predicate: Predicate, params: Params, table: str = "t", *, joinable: bool = True) -> str:
    """SQL condition over alias `table`; values go to `params`. Not `joinable`: it is only a part of the condition."""
    match predicate:
        case Eq(column, value) | Lt(column, value):
            sign = "=" if isinstance(predicate, Eq) else "<"
            return f"{table}.{column} {sign} {params.add(value)}"
        case In(column, values):
            return f"{table}.{column} {params.any_of(sorted(values, key=str))}"
        case Contains(column, text):
            find = "strpos" if params.dialect == "postgres" else "instr"
            return f"{find}(lower({table}.{column}), lower(CAST({params.add(text)} AS TEXT))) > 0"
        case Starts(column, text):
            begin = f"lower(substr({table}.{column}, 1, {len(text)}))"
            return f"{begin} = lower(CAST({params.add(text)} AS TEXT))"
        case IsNull(column):
            return f"{table}.{column} IS NULL"
        case Not(part):
            return f"NOT ({to_sql(part, params, table, joinable=False)})"
        case And() | Or():
            return _join(predicate, params, table, joinable=joinable)
        case Exists():
            return _exists(predicate, params, table, joinable=joinable)
        case Among():
            return _among(predicate, params, table)
    raise TypeError(f"not a predicate: {predicate!r}")


def _exists(predicate: Exists, params: Params, table: str, *, joinable: bool) -> str:
    alias = params.alias()
    condition = to_sql(predicate.where, params, alias)
    source = f"{predicate.model._meta.db_table} {alias}"
    # Below an OR, PostgreSQL may hash the whole inner table to test a page's few rows; OFFSET forbids it.
    alone = "" if joinable or params.dialect == "sqlite" else " OFFSET 0"
    same = f"{alias}.{predicate.inner} = {table}.{predicate.outer}"
    return f"EXISTS (SELECT 1 FROM {source} WHERE {same} AND {condition}{alone})"


def _among(predicate: Among, params: Params, table: str) -> str:
    lists = []
    for model, inner, where in predicate.sources:
        alias = params.alias()
        condition = to_sql(where, params, alias)
        found = f"SELECT {alias}.{inner} FROM {model._meta.db_table} {alias} WHERE {alias}.{inner} IS NOT NULL"
        lists.append(f"{found} AND {condition}")
    own = f"{table}.{predicate.column}"  # IN would leave a null open, EXISTS says no
    return f"({own} IS NOT NULL AND {own} IN ({' UNION ALL '.join(lists)}))"


def _join(predicate: And | Or, params: Params, table: str, *, joinable: bool) -> str:
    every, parts = isinstance(predicate, And), predicate.parts
    if not parts:
        return "TRUE" if every else "FALSE"
    inner = joinable and (every or len(parts) == 1)
    text = (" AND " if every else " OR ").join(to_sql(part, params, table, joinable=inner) for part in parts)
    return f"({text})" if len(parts) > 1 else text
