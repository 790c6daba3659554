"""Layouts: what one statement fetches for a selection on a node type, and the function that writes its rows as JSON.

A layout knows no viewer and no request: it is made once of a document. References are joined as long as there are few
of them, lists are fetched by a statement of their own for all rows at once, and what only Python can say (`Loose`) is
asked of the declaration itself, with a row of just the columns that it needs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from schema.base.convert import Parts
from schema.base.field import ColumnSpec, HouseField, IdSpec, PartSpec, ThroughSpec, ToManySpec, ToOneSpec
from schema.base.leaf import KEY, leaf
from schema.base.node import NODES, NodeType, beginning
from schema.plan.listing import Listing
from schema.plan.piece import Cond, Const, Py, Sql, merged, writer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from schema.base.coerce import Arguments
    from schema.base.leaf import KEY, Leaf
    from schema.base.selection import Chosen
    from schema.plan.piece import Writer
    from schema.plan.plan import Plan

MOST_JOINS = 8  # beyond, PostgreSQL plans for longer than it reads: what is left is fetched by its ids


@dataclass(frozen=True)
class Join:
    """The row that a foreign key points at, under the scope of its own table."""

    alias: str
    node: NodeType
    key: str  # SQL of the foreign key


@dataclass(frozen=True)
class Nested:
    """A list of each row: which rows, and how they are written."""

    spec: ToManySpec
    arguments: Arguments
    listing: Listing
    column: int = -1  # the id of the row that has it, when it has a statement of its own
    sql: str = ""  # that id, when the database writes the list within the row's text, at `mark`
    mark: str = ""


@dataclass
class Partial:
    """The columns of one row that its resolvers read: by name, where they are and of which kind."""

    node: NodeType
    id: int  # the column of its id, null where there is no such row
    columns: dict[str, tuple[int, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Loose:
    """A field whose declaration is asked for each row."""

    chosen: Chosen
    partial: Partial
    arguments: Arguments


class Layout:
    """Of one node type, with one output for each selection that is written of the same rows."""

    def __init__(self, plan: Plan, node: NodeType, outputs: Sequence[Iterable[Chosen]]) -> None:
        self.node = node
        self.columns: list[str] = []
        self.own: dict[str, None] = {}  # columns of the table that the statement names
        self.joins: list[Join] = []
        self.lists: list[Nested] = []
        self.loose: list[Loose] = []
        self.inlined: list[Nested] = []
        self.alias = plan.alias("t")
        self._plan = plan
        self._partials: dict[str, Partial] = {}  # by alias
        self._names: dict[str, Any] = {}
        made = [tuple(self._object(fields, node, self.alias, node.name)) for fields in outputs]
        if plan.in_sql:
            made = [tuple(merged(pieces, self.column)) for pieces in made]
        self.write: Writer = writer(made, self._names, len(self.lists), len(self.loose))
        self.whole = _whole(made) and len(self.columns) == 1  # the database writes all of each row
        self.partials = list(self._partials.values())
        self.inside: list[Nested] = [deep for one in self.inlined for deep in (one, *one.listing.layout.inside)]

    def column(self, sql: str) -> int:
        """Where an expression comes in the statement's rows."""
        if sql not in self.columns:
            self.columns.append(sql)
        return self.columns.index(sql)

    def of(self, alias: str, name: str) -> str:
        """SQL of a column of a table."""
        if alias == self.alias:
            self.own[name] = None
        return f"{alias}.{name}"

    def _at(self, alias: str, name: str) -> str:
        return f"r[{self.column(self.of(alias, name))}]"

    def _name(self, value: Any) -> str:
        """A name for `value` in the writer."""
        name = f"k{len(self._names)}"
        self._names[name] = value
        return name

    def _object(self, fields: Iterable[Chosen], node: NodeType, alias: str, typename: str) -> Iterator[Any]:
        yield Const("{")
        for n, chosen in enumerate(fields):
            yield Const(f'{"," if n else ""}"{chosen.key}":')
            if chosen.field is None:
                yield Const(f'"{typename}"')
            else:
                yield from self._field(chosen, node, alias)
        yield Const("}")

    def _field(self, chosen: Chosen, node: NodeType, alias: str) -> Iterable[Any]:
        declared = chosen.declared
        if not isinstance(declared, HouseField):
            raise TypeError(f"{node.name}.{chosen.key} is not declared with the house's words")
        name, spec = declared.python_name, declared.spec
        match spec:
            case IdSpec():
                mark, *key = self._leaf(KEY, alias, "id", null=False, strict=False)
                return [mark, Const(beginning(node.name)), *key]
            case ColumnSpec():
                pieces = self._column(chosen, spec.source or name, spec.convert, node, alias)
                return self._held(spec.permission, node, alias, pieces)
            case ToOneSpec() if len(self.joins) < MOST_JOINS:
                pieces = self._to_one(chosen, spec.source or name, node, alias)
                return self._held(spec.permission, node, alias, pieces)
            case ThroughSpec() if len(self.joins) < MOST_JOINS:
                join = self._join(spec.relation, node, alias)
                inner = self._column(chosen, spec.source, spec.convert, join.node, join.alias)
                return self._where(f"{join.alias}.id", tuple(inner), strict=chosen.strict)
            case PartSpec():
                return self._object(self._plan.fields(chosen, chosen.named), node, alias, chosen.named.name)
            case ToManySpec():
                return self._list(chosen, spec, alias)
        return self._loosely(chosen, spec.needs(name), node, alias)

    def _column(self, chosen: Chosen, source: str, convert: Any, node: NodeType, alias: str) -> Iterable[Any]:
        declared = node.model._meta.fields_map[source]
        null = bool(declared.null)
        if not isinstance(convert, Parts):
            shown = leaf(self._plan.database, declared, chosen.shown, convert)
            return self._leaf(shown, alias, source, null=null, strict=chosen.strict)
        pieces: list[Any] = [Const("{")]
        for n, part in enumerate(self._plan.fields(chosen, chosen.named)):
            pieces.append(Const(f'{"," if n else ""}"{part.key}":'))
            if part.field is None:
                pieces.append(Const(f'"{chosen.named.name}"'))
                continue
            made = leaf(self._plan.database, declared, part.shown, convert.parts[part.declared.python_name])
            pieces += self._leaf(made, alias, source, null=False, strict=True)
        pieces.append(Const("}"))
        return self._where(self.of(alias, source), tuple(pieces), strict=chosen.strict) if null else pieces

    def _leaf(self, shown: Leaf, alias: str, source: str, *, null: bool, strict: bool) -> list[Any]:
        """`null`: the column may hold one; `strict`: the contract does not."""
        mark = Const(shown.mark)
        if self._plan.in_sql and shown.sql is not None:
            sql = shown.sql(self.of(alias, source))
            if not null or strict:
                return [mark, Sql(sql, strict=null), mark]
            text = f"'{shown.mark}' || {sql} || '{shown.mark}'" if shown.mark else sql
            return [Sql(f"coalesce({text}, 'null')")]
        at, write = self._at(alias, source), self._name(shown.write)
        if not null or strict:
            return [mark, Py(f"{write}(must({at}))" if null else f"{write}({at})"), mark]
        return [Cond(f"{at} is not None", None, (mark, Py(f"{write}({at})"), mark))]

    def _held(self, permission: Any, node: NodeType, alias: str, pieces: Iterable[Any]) -> Iterable[Any]:
        """Null for who does not hold `permission` in the row's Property."""
        if permission is None:
            return pieces
        here = "None"
        if "property_id" in node.model._meta.fields_db_projection:
            here = f"{self._name(partial(self._plan.database.value, 'UUIDField'))}({self._at(alias, 'property_id')})"
        return [Cond(f"may({self._name(permission)}, {here})", None, tuple(pieces))]

    def _to_one(self, chosen: Chosen, relation: str, node: NodeType, alias: str) -> Iterable[Any]:
        join = self._join(relation, node, alias)
        fields = self._plan.fields(chosen, self._plan.type(join.node))
        pieces = tuple(self._object(fields, join.node, join.alias, join.node.name))
        return self._where(f"{join.alias}.id", pieces, strict=chosen.strict)

    def _join(self, relation: str, node: NodeType, alias: str) -> Join:
        target = node.model._meta.fields_map[relation].model_name.rpartition(".")[2]  # type: ignore[attr-defined]
        join = Join(self._plan.alias("j"), NODES[target], self.of(alias, f"{relation}_id"))
        self.joins.append(join)
        return join

    def _where(self, column: str, pieces: tuple[Any, ...], *, strict: bool) -> list[Any]:
        """`pieces` where the column is not null. Python looks only if it writes a part of them."""
        test = "False" if self._by_database(pieces) else f"r[{self.column(column)}] is not None"
        return [Cond(test, f"{column} IS NOT NULL", pieces, strict)]

    def _by_database(self, pieces: Iterable[Any]) -> bool:
        return self._plan.in_sql and all(
            isinstance(piece, Const | Sql)
            or (isinstance(piece, Cond) and piece.sql is not None and self._by_database(piece.pieces))
            for piece in pieces
        )

    def _list(self, chosen: Chosen, spec: ToManySpec, alias: str) -> list[Any]:
        listing = Listing(self._plan, chosen, NODES[spec.target], connection=spec.connection)
        if listing.frame is not None:
            mark, id_ = f"\0{len(self.inlined)}\0", self.of(alias, "id")
            self.inlined.append(Nested(spec, self._plan.arguments(chosen), listing, sql=id_, mark=mark))
            return [Const(listing.frame[0]), Sql(mark), Const(listing.frame[1])]
        parent = self.column(self.of(alias, "id"))
        self.lists.append(Nested(spec, self._plan.arguments(chosen), listing, parent))
        return [Py(f"l{len(self.lists) - 1}[r[{parent}]]")]

    def _loosely(self, chosen: Chosen, needs: set[str], node: NodeType, alias: str) -> list[Any]:
        partial = self._partials.setdefault(alias, Partial(node, self.column(self.of(alias, "id"))))
        fields_map, known = node.model._meta.fields_map, node.model._meta.fields_db_projection
        for name in sorted({*needs, "id", "property_id"} & set(known)):
            partial.columns[name] = (self.column(self.of(alias, name)), type(fields_map[name]).__name__)
        self.loose.append(Loose(chosen, partial, self._plan.arguments(chosen)))
        return [Py(f"v{len(self.loose) - 1}[n]")]


def _whole(outputs: Sequence[Sequence[Any]]) -> bool:
    return len(outputs) == 1 and len(outputs[0]) == 1 and isinstance(outputs[0][0], Py)
