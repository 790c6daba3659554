"""The batching executor: runs query descriptions as flat SQL, and gathers references and lists of one tick."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from strawberry.dataloader import DataLoader

from models.errors import ErrorCode, Refusal
from models.predicate import Params, is_in
from models.query import Query
from models.scope import permitted, visible
from resolvers.person_key import known_keys
from schema.base.connection import Connection, Edge, PageInfo
from schema.base.node import NODES, NodeType
from schema.base.page import Page, encode_position
from schema.base.scalar import Cursor as Place
from schema.batch.row import Row
from schema.batch.sql import converters, page_sql, per_parent_sql, select_sql
from subscriptions.feed import Cursor
from subscriptions.log import Head

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Sequence
    from uuid import UUID

    from adapters.value_key import ValueKey
    from models.base import Model
    from models.rules.permission import Permission
    from models.viewer import Viewer
    from resolvers.ports import House
    from schema.base.field import ToManySpec


class Reader:
    """The reads of one operation (or of one live event) by one viewer."""

    def __init__(self, house: House, viewer: Viewer | None, locale: str = "zh") -> None:
        self.house = house
        self.locale = locale
        self.statements: list[str] = []  # what was sent, for who asks how a request was read
        self._database = house.database
        self.viewer = viewer
        self._heads: dict[UUID, Head] | None = None
        self._loaders: dict[tuple[Any, ...], DataLoader[UUID, Any]] = {}  # by what is asked for
        self._keys: DataLoader[UUID, ValueKey | None] | None = None

    @property
    def signed_in(self) -> Viewer:
        """The viewer; a row is never read without one."""
        if self.viewer is None:
            raise Refusal(ErrorCode.UNAUTHENTICATED)
        return self.viewer

    def may(self, permission: Permission, property_id: UUID | None) -> bool:
        """Whether the viewer holds `permission` there."""
        return self.viewer is not None and self.viewer.may(permission, property_id)

    def forget(self) -> None:
        """Read anew from here on: a verb is about to change what was read."""
        self._loaders.clear()

    async def prepare_cursors(self) -> None:
        """Read the heads of the Organization's, its Properties' and the own stream; before any other statement."""
        if self.viewer is None:
            return
        organization_id = self.viewer.organization_id
        rows = await self.fetch(
            "SELECT id, position, pruned, epoch FROM event_stream WHERE organization_id = $1 AND id IN"
            " (SELECT id FROM property WHERE organization_id = $1 UNION ALL SELECT $1 UNION ALL SELECT $2)",
            [organization_id, self.viewer.account_id or organization_id],
        )
        self._heads = {
            self._database.value("UUIDField", row["id"]): Head(row["position"], row["pruned"], row["epoch"])
            for row in rows
        }

    async def fetch(self, sql: str, values: Sequence[Any]) -> Sequence[Any]:
        """Rows, as the viewer's Organization."""
        self.statements.append(sql)
        return await self._database.fetch(sql, values, self.signed_in.organization_id)

    async def written(self, sql: str, values: Sequence[Any]) -> Sequence[Sequence[Any]]:
        """Rows whose first column goes into the answer as it is."""
        self.statements.append(sql)
        return await self._database.written(sql, values, self.signed_in.organization_id)

    def live_cursor(self, stream: UUID) -> str:
        """Where `stream` stood before this operation read anything."""
        if self._heads is None:
            raise RuntimeError("prepare_cursors has not run: the document was not seen to select liveCursor")
        head = self._heads.get(stream, Head())
        return Cursor(stream, head.epoch, head.position).encode()

    def position(self, stream: UUID) -> int | None:
        """The position of `live_cursor`; None when the operation does not select it."""
        return None if self._heads is None else self._heads.get(stream, Head()).position

    def one(self, target: str, key: UUID) -> Any:
        """The visible node of type `target` with that key, or null; batched."""
        return self._loader(("one", target), lambda keys: self._load_ones(NODES[target], keys)).load(key)

    def many(self, spec: ToManySpec, page: Page, parent: UUID) -> Any:
        """The list of one parent, batched with the same list of the others."""
        return self._loader(("many", spec, page), lambda parents: self._load_manys(spec, page, parents)).load(parent)

    def has(self, model: type[Model], via: str, parent: UUID) -> Any:
        """Whether a visible row of `model` has `parent` in `via`; batched."""
        return self._loader(("has", model, via), lambda parents: self._load_has(model, via, parents)).load(parent)

    def permits(self, model: type[Model], permission: Permission, id_: UUID) -> Any:
        """Whether the viewer holds `permission` about the row `id_` of `model`, which is in no Property; batched."""
        load = self._loader(("permits", model, permission), lambda ids: self._load_permits(model, permission, ids))
        return load.load(id_)

    def _loader(self, key: tuple[Any, ...], load: Callable[[Any], Awaitable[Any]]) -> DataLoader[UUID, Any]:
        """What is asked for alike goes together."""
        loader = self._loaders.get(key)
        if loader is None:
            loader = self._loaders[key] = DataLoader(load, max_batch_size=1_000)
        return loader

    async def keys(self, people: Collection[UUID]) -> dict[UUID, ValueKey | None]:
        """The keys of these people's sealed values (None: destroyed, or never made); batched."""
        if self._keys is None:
            self._keys = DataLoader(self._load_keys, max_batch_size=1_000)
        return dict(zip(people, await self._keys.load_many(people), strict=True))

    async def page(self, query: Query, node: NodeType, page: Page) -> Connection[Any]:
        """A page of a root list."""
        params = Params(self._database.dialect)
        sql = page_sql(query, node.columns, page, params)
        rows = await self._fetch(node, sql, params)
        return _connection(query, rows, page)

    async def _load_ones(self, node: NodeType, keys: Sequence[UUID]) -> list[Row | None]:
        params = Params(self._database.dialect)
        query = Query(node.model, visible(node.model, self.viewer)).only(is_in("id", keys))
        rows = await self._fetch(node, select_sql(query, node.columns, params), params)
        found = {row.values["id"]: row for row in rows}
        return [found.get(key) for key in keys]

    async def _load_keys(self, people: Sequence[UUID]) -> list[ValueKey | None]:
        found = await known_keys(self.house, self.signed_in.organization_id, people)
        return [found.get(person_id) for person_id in people]

    async def _load_manys(self, spec: ToManySpec, page: Page, parents: Sequence[UUID]) -> list[Any]:
        node = NODES[spec.target]
        params = Params(self._database.dialect)
        query = Query(node.model, visible(node.model, self.viewer), spec.order)
        query = query.only(is_in(spec.via, parents), spec.where)
        columns = tuple(sorted({*node.columns, spec.via, spec.order.column}))
        rows = await self._fetch(node, per_parent_sql(query, spec.via, columns, page, params), params, columns)
        by_parent: dict[UUID, list[Row]] = {parent: [] for parent in parents}
        for row in rows:
            by_parent[row.values[spec.via]].append(row)
        if spec.connection:
            return [_connection(query, by_parent[parent], page) for parent in parents]
        return [by_parent[parent][: page.size] for parent in parents]

    async def _load_has(self, model: type[Model], via: str, parents: Sequence[UUID]) -> list[bool]:
        params = Params(self._database.dialect)
        query = Query(model, visible(model, self.viewer)).only(is_in(via, parents))
        sql = select_sql(query, (via,), params)
        records = await self.fetch(sql, params.values)
        found = {self._database.value("UUIDField", record[via]) for record in records}
        return [parent in found for parent in parents]

    async def _load_permits(self, model: type[Model], permission: Permission, ids: Sequence[UUID]) -> list[bool]:
        params = Params(self._database.dialect)
        query = Query(model, permitted(model, permission, self.viewer)).only(is_in("id", ids))
        sql = select_sql(query, ("id",), params)
        records = await self.fetch(sql, params.values)
        found = {self._database.value("UUIDField", record["id"]) for record in records}
        return [id_ in found for id_ in ids]

    async def _fetch(
        self, node: NodeType, sql: str, params: Params, columns: tuple[str, ...] | None = None
    ) -> list[Row]:
        if self.viewer is None:
            return []
        records = await self.fetch(sql, params.values)
        plan = converters(self._database, node.model, columns or node.columns)
        return [Row(node, {name: convert(record[name]) for name, convert in plan}, self) for record in records]


def _connection(query: Query, rows: list[Row], page: Page) -> Connection[Any]:
    """Rows came in the direction of the page, with one more than asked when there are more."""
    more = len(rows) > page.size
    rows = rows[: page.size]
    if page.backward:
        rows.reverse()
    edges = [
        Edge(cursor=Place(encode_position(query.order, row.values[query.order.column], row.values["id"])), node=row)
        for row in rows
    ]
    return Connection(
        edges=edges,
        nodes=rows,
        page_info=PageInfo(
            has_next_page=page.before is not None if page.backward else more,
            has_previous_page=more if page.backward else page.after is not None,
            start_cursor=edges[0].cursor if edges else None,
            end_cursor=edges[-1].cursor if edges else None,
        ),
    )
