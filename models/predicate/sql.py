"""Predicate → SQL text with numbered parameters; the text depends on the tree's shape only, so it stays stable."""

from __future__ import annotations

from typing import Any, Literal

from models.predicate.tree import And, Contains, Eq, Exists, In, IsNull, Lt, Not, Or, Predicate, Starts

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
        """Keep `value` and return its placeholder."""
        self.values.append(value)
        return f"${len(self.values)}"

    def any_of(self, values: Any) -> str:
        """The right side of `column …` that matches one of `values`, as one parameter."""
        placeholder = self.add(list(values))
        if self.dialect == "postgres":
            return f"= ANY({placeholder})"
        return f"IN (SELECT value FROM json_each({placeholder}))"

    def alias(self) -> str:
        """A table alias that is new in this statement."""
        self._aliases += 1
        return f"x{self._aliases}"


def to_sql(predicate: Predicate, params: Params, table: str = "t") -> str:
    """SQL condition over alias `table`; values go to `params`."""
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
            return f"NOT ({to_sql(part, params, table)})"
        case And(parts):
            return _join(" AND ", parts, params, table) or "TRUE"
        case Or(parts):
            return _join(" OR ", parts, params, table) or "FALSE"
        case Exists(model, inner, outer, where):
            alias = params.alias()
            condition = to_sql(where, params, alias)
            source = f"{model._meta.db_table} {alias}"
            return f"EXISTS (SELECT 1 FROM {source} WHERE {alias}.{inner} = {table}.{outer} AND {condition})"
    raise TypeError(f"not a predicate: {predicate!r}")


def _join(word: str, parts: tuple[Predicate, ...], params: Params, table: str) -> str:
    text = word.join(to_sql(part, params, table) for part in parts)
    return f"({text})" if len(parts) > 1 else text
