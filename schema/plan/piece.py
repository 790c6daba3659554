"""Pieces of a row's JSON text, and the Python function that is made of them: one for a selection, for a whole list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from schema.base.leaf import Gone, literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    Piece = "Const | Sql | Py | Cond"
    Writer = Callable[[Sequence[Any], Callable[..., bool], Sequence[Any], Sequence[Any]], tuple[list[str], ...]]


@dataclass(frozen=True)
class Const:
    """Text that every row has."""

    text: str


@dataclass(frozen=True)
class Sql:
    """A text that the database writes; null where one is missing that may not be (`strict`)."""

    expression: str
    strict: bool = False


@dataclass(frozen=True)
class Py:
    """A Python expression over the row `r` that gives text."""

    source: str


@dataclass(frozen=True)
class Cond:
    """`pieces` where `test` holds (`sql` says it in SQL), else null, or Gone when null may not be (`strict`)."""

    test: str
    sql: str | None
    pieces: tuple[Any, ...]
    strict: bool = False


def merged(pieces: Iterable[Any], column: Callable[[str], int]) -> Iterator[Any]:
    """What SQL can write next to each other becomes one column of the statement."""
    run: list[Any] = []
    for piece in (_in_sql(piece, column) for piece in pieces):
        if isinstance(piece, Const | Sql):
            run.append(piece)
            continue
        yield from _run(run, column)
        run = []
        yield piece
    yield from _run(run, column)


def _run(run: list[Any], column: Callable[[str], int]) -> Iterator[Any]:
    if not any(isinstance(piece, Sql) for piece in run):
        yield from run
        return
    found = column(_joined(run))
    strict = any(isinstance(piece, Sql) and piece.strict for piece in run)
    yield Py(f"must(r[{found}])" if strict else f"r[{found}]")


def _joined(run: Iterable[Any]) -> str:
    """Neighbouring constants are one literal."""
    texts: list[str] = []
    held = ""
    for piece in run:
        if isinstance(piece, Const):
            held += piece.text
            continue
        if held:
            texts.append(literal(held))
        held = ""
        texts.append(piece.expression)
    return " || ".join([*texts, literal(held)] if held else texts)


def _in_sql(piece: Any, column: Callable[[str], int]) -> Any:
    """A condition whose pieces are all SQL's becomes SQL; another one keeps its own columns."""
    if not isinstance(piece, Cond):
        return piece
    inner = [_in_sql(part, column) for part in piece.pieces]
    if piece.sql is None or not all(isinstance(part, Const | Sql) for part in inner):
        return Cond(piece.test, piece.sql, tuple(merged(inner, column)), piece.strict)
    strict = piece.strict or any(isinstance(part, Sql) and part.strict for part in inner)
    otherwise = "" if piece.strict else " ELSE 'null'"
    return Sql(f"CASE WHEN {piece.sql} THEN {_joined(inner)}{otherwise} END", strict)


def must(value: Any) -> Any:
    """The value, which may not be null. Raises Gone."""
    if value is None:
        raise Gone
    return value


def writer(outputs: Sequence[Sequence[Any]], names: dict[str, Any], lists: int, values: int) -> Writer:
    """The function (rows, may, lists, values) → for each output, the text of each row.

    `names` are what the expressions use besides the row `r`, its number `n`, the texts of its lists `l0` … and what
    resolvers gave for it, `v0` ….
    """
    lines = ["def write(rows, may, lists, values):"]
    if lists:
        lines.append(f"    {', '.join(f'l{n}' for n in range(lists))}, = lists")
    if values:
        lines.append(f"    {', '.join(f'v{n}' for n in range(values))}, = values")
    lines += [f"    out{n} = []" for n in range(len(outputs))]
    lines += ["    for n, r in enumerate(rows):", "        pass"]
    for n, pieces in enumerate(outputs):
        found = _Lines(8)
        text = found.text(pieces)
        lines += [*found.lines, f"        out{n}.append({text})"]
    lines.append(f"    return ({''.join(f'out{n},' for n in range(len(outputs)))})")
    scope = {**names, "NULL": "null", "must": must}
    exec("\n".join(lines), scope)  # noqa: S102 - our own text: constants are repr, names are numbered
    made: Writer = scope["write"]
    return made


class _Lines:
    """Conditions become statements before the one that uses them."""

    def __init__(self, indent: int) -> None:
        self.lines: list[str] = []
        self._indent = indent
        self._names = 0

    def text(self, pieces: Sequence[Any]) -> str:
        """An expression of the whole text."""
        parts = []
        for piece in pieces:
            if isinstance(piece, Const):
                parts.append(repr(piece.text))
            else:
                parts.append("f'{%s}'" % (self._condition(piece) if isinstance(piece, Cond) else piece.source))
        return " ".join(parts) or "''"

    def _condition(self, piece: Cond) -> str:
        self._names += 1
        name = f"c{self._indent}_{self._names}"
        self._add(f"if not ({piece.test}):")
        self._add(f"    {name} = {'must(None)' if piece.strict else 'NULL'}")
        self._add("else:")
        self._indent += 4
        text = self.text(piece.pieces)
        self._add(f"{name} = {text}")
        self._indent -= 4
        return name

    def _add(self, line: str) -> None:
        self.lines.append(" " * self._indent + line)
