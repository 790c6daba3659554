"""Rows for many viewers at once: read by their Organization alone, with all that the viewers' scopes look at.

Whoever gets something made of them has to be asked by `models.predicate.holds` whether its scope finds them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from strawberry.dataloader import DataLoader

from models.predicate import Look, Params, Predicate, all_of, is_in, look_for, to_sql
from models.scope import visible, wall
from schema.base.node import NODES
from schema.batch.reader import Reader
from schema.batch.row import Row
from schema.batch.sql import converters

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Sequence
    from uuid import UUID

    from adapters.database import Database
    from models.base import Model
    from models.rules.permission import Permission

    Values = dict[str, Any]


@dataclass(frozen=True)
class _Part:
    """One table of the statement: how its columns are named there, and where its row stands in the row it is beside."""

    alias: str
    name: str
    convert: tuple[tuple[str, Callable[[Any], Any]], ...]
    beside: tuple[_Part, ...]

    def values(self, record: Any) -> Values:
        """The row, from what the statement found."""
        found: Values = {column: convert(record[f"{self.alias}_{column}"]) for column, convert in self.convert}
        for part in self.beside:
            found[part.name] = None if record[f"{part.alias}_id"] is None else part.values(record)
        return found

    def columns(self) -> list[str]:
        """What is selected."""
        own = [f"{self.alias}.{column} AS {self.alias}_{column}" for column, _ in self.convert]
        return [*own, *(text for part in self.beside for text in part.columns())]


async def read_wide(
    database: Database, organization_id: UUID, target: str, ids: Iterable[UUID], look: Look
) -> dict[UUID, Values | Exception]:
    """Rows of the node type by id, as far as they are of the Organization, with what `look` names besides.

    A row that cannot be read is the reason why.
    """
    node, joins = NODES[target], list[str]()
    whole = Look(tuple(sorted({"id", *node.columns, *look.columns})), look.beside)
    part = _part(database, node.model, whole, joins)
    params = Params(database.dialect)
    condition = to_sql(all_of(wall(node.model, organization_id), is_in("id", ids)), params, part.alias)
    source = f"{node.model._meta.db_table} {part.alias}{''.join(joins)}"
    sql = f"SELECT {', '.join(part.columns())} FROM {source} WHERE {condition}"
    rows = await database.fetch(sql, params.values, organization_id)
    beyond = {"organization_id": organization_id} if "organization_id" not in whole.columns else {}
    found: dict[UUID, Values | Exception] = {}
    for record in rows:
        id_ = database.value("UUIDField", record[f"{part.alias}_id"])
        try:
            found[id_] = {**beyond, **part.values(record)}
        except Exception as error:  # noqa: BLE001 - told to those who want this one
            found[id_] = error
    return found


def scope_look(target: str, scope: Predicate) -> Look | None:
    """What is to be read beyond the node's own columns for rows to say whether `scope` finds them; None: they never do.

    Scopes of one shape look alike, and most look at nothing else.
    """
    look = look_for(scope)
    if look is None:
        return None
    beyond = {*look.columns} - {*NODES[target].columns, "organization_id"}
    return look if look.beside or beyond else Look()


def _part(database: Database, model: type[Model], look: Look, joins: list[str], name: str = "") -> _Part:
    alias = f"w{len(joins)}"
    beside = []
    for one in look.beside:
        inside = Look(tuple(sorted({"id", *one.look.columns})), one.look.beside)
        inner = f"w{len(joins) + 1}"
        joins.append(f" LEFT JOIN {one.model._meta.db_table} {inner} ON {inner}.id = {alias}.{one.outer}")
        beside.append(_part(database, one.model, inside, joins, one.name))
    return _Part(alias, name, tuple(converters(database, model, look.columns)), tuple(beside))


class Witness(Reader):
    """The reads of one event for all who share it: what it points at is read for all of them, and noted in `others`.

    A type whose rows do not say who sees them is read by the viewer's scope, which all who share have in common.
    """

    def __init__(self, reader: Reader, batch: dict[Any, Any]) -> None:
        """`reader` is that of the same document's other events in the batch."""
        super().__init__(reader.house, reader.viewer, reader.locale)
        self.others: list[tuple[str, Values]] = []
        self._shared = reader
        self._batch = batch

    async def one(self, target: str, key: UUID) -> Row | None:
        """The node, whoever may see it."""
        look = scope_look(target, visible(NODES[target].model, self.viewer))
        if look is None:
            row = await self._shared.one(target, key)
            return None if row is None else Row(row.node, row.values, self)
        values = await self.subject(target, key, look)
        if values is None:
            return None
        self.others.append((target, values))
        return Row(NODES[target], values, self)

    def has(self, model: type[Model], via: str, parent: UUID) -> Any:
        """As those of the other events."""
        return self._shared.has(model, via, parent)

    def permits(self, model: type[Model], permission: Permission, id_: UUID) -> Any:
        """As those of the other events."""
        return self._shared.permits(model, permission, id_)

    def subject(self, target: str, key: UUID, look: Look) -> Awaitable[Values | None]:
        """A row, read in one statement for all documents of the batch."""
        place = ("wide", target, self.signed_in.organization_id, look)
        loader: DataLoader[UUID, Values | None] | None = self._batch.get(place)
        if loader is None:

            async def load(ids: Sequence[UUID]) -> list[Values | Exception | None]:
                found = await read_wide(self.house.database, self.signed_in.organization_id, target, ids, look)
                return [found.get(id_) for id_ in ids]

            loader = self._batch[place] = DataLoader(load, max_batch_size=500)
        return loader.load(key)
