"""One run of a plan: statements are sent, rows become text from the leaves up."""

from __future__ import annotations

import asyncio
import inspect
from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from graphql import GraphQLError, GraphQLList, GraphQLNonNull, is_leaf_type, located_error
from graphql.execution.values import get_argument_values
from strawberry.dataloader import DataLoader

from adapters.database import DatabaseUnavailable
from adapters.storage import StorageUnavailable
from models.errors import ErrorCode, Refusal
from models.predicate import NOTHING, Params
from models.query import Query
from models.scope import visible
from schema.base.leaf import Gone, in_bytes, in_text, plain
from schema.base.node import NODES, decode, split
from schema.base.page import PAGING, Page
from schema.base.selection import Chosen
from schema.batch.row import Row
from schema.batch.sql import bounds
from schema.plan.plan import Many, One, Unplanned
from schema.plan.statement import GONE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from uuid import UUID

    from models.viewer import Viewer
    from schema.base.coerce import Values
    from schema.base.context import Context
    from schema.base.field import ToManySpec
    from schema.plan.layout import Layout, Loose, Nested, Partial
    from schema.plan.plan import Other, Plan
    from schema.plan.statement import Statements

BAD_USER_INPUT = ErrorCode.BAD_USER_INPUT  # what a GraphQLError of arguments is told as
SAID = (Refusal, GraphQLError, DatabaseUnavailable, StorageUnavailable)  # by an answer; all else is a bug


@dataclass
class Run:
    """The reads of one query by one viewer."""

    plan: Plan
    context: Context
    values: Values

    def __post_init__(self) -> None:
        self.reader = self.context.reader
        self._nodes: dict[tuple[int, str], DataLoader[UUID, str | None]] = {}

    @property
    def viewer(self) -> Viewer | None:
        """Who reads: the reader's, whom a verb that signs in replaces."""
        return self.reader.viewer

    async def data(self) -> tuple[bytes, list[GraphQLError]]:
        """`data` as JSON, and the errors of root fields. Raises Unplanned, Gone."""
        roots = self.plan.roots
        found: list[bytes | GraphQLError] = []
        if self.plan.verbs or len(roots) == 1:
            for root in roots:
                self._nodes.clear()  # a verb may change what was read for the one before
                found.append(await self._tried(root))
        else:
            found = await asyncio.gather(*map(self._tried, roots))
        errors = [part for part in found if not isinstance(part, bytes)]
        texts = []
        for root, part in zip(roots, found, strict=True):
            if isinstance(part, bytes):
                texts.append(part)
            elif root.chosen.strict:  # type: ignore[union-attr]  # a text does not fail
                if len(errors) > 1:  # which of them are told is graphql-core's to say: it stops the other fields
                    raise Unplanned("several root fields fail, and one may not be null")
                return b"null", errors
            else:
                texts.append(f'"{root.chosen.key}":null'.encode())  # type: ignore[union-attr]
        text = b"{%b}" % b",".join(texts)
        if GONE.encode() in text:
            raise Gone
        return text, errors

    async def _tried(self, root: Many | One | Other | str) -> bytes | GraphQLError:
        """A root field with its key, or why it has none. Raises Unplanned, Gone, and what is a bug."""
        if isinstance(root, str):
            return root.encode()
        write: Any = self._many if isinstance(root, Many) else self._one if isinstance(root, One) else self._other
        try:
            text = await write(root)
        except SAID as error:
            return located_error(error, list(root.chosen.nodes), [root.chosen.key])
        return b'"%b":%b' % (root.chosen.key.encode(), in_bytes(text))

    async def _many(self, root: Many) -> str | bytes:
        arguments = root.arguments.of(self.values)
        page = Page.of({name: arguments.pop(name, None) for name in PAGING}, root.most)
        query = root.describe(None, self._info(root.chosen), **arguments)
        query = await query if inspect.isawaitable(query) else query
        listing = root.listing
        rows: Sequence[Any] = ()
        read = self.reader.written if listing.of_one_text(page) else self.reader.fetch
        if self.viewer is not None and query.where != NOTHING:
            rows = await read(*self._statements(listing.layout).page(query, page, listing))
        else:
            self._check(query, page)
        if listing.frame is not None:
            return listing.framed(rows[0][0] if rows else None)
        if rows and listing.of_one_text(page):
            return listing.summary(query.order, page, rows[0])
        return listing.text(query.order, page, rows, await self._written(listing.layout, rows))

    async def _one(self, root: One) -> str | bytes:
        id_ = root.arguments.of(self.values)["id"]
        key = decode(root.target, id_)
        text = (await self._by_ids(root.chosen, root.target or split(id_)[0], [key])).get(key)
        if text is None and root.chosen.strict:
            raise Gone
        return text or "null"

    async def _other(self, root: Other) -> str:
        chosen = root.chosen
        try:
            value = await _awaited(chosen.field.resolve(None, self._info(chosen), **self._given(chosen)))  # type: ignore[union-attr, misc]
        except Exception as error:
            self.context.done[chosen.key] = error
            raise
        self.context.done[chosen.key] = value
        return await self._complete(chosen, chosen.shown, value)

    def _info(self, chosen: Chosen) -> Any:
        """What resolvers ask of graphql-core's info."""
        name, path = chosen.nodes[0].name.value, SimpleNamespace(key=chosen.key)
        return SimpleNamespace(context=self.context, field_name=name, path=path)

    async def _by_ids(self, chosen: Chosen, target: str, ids: Sequence[UUID]) -> dict[UUID, str | bytes]:
        """The visible ones among nodes of one type."""
        node = NODES[target]
        layout = self.plan.node_layout(chosen, node)
        if self.viewer is None or (statement := self._statements(layout).by_ids(ids)) is None:
            return {}
        if layout.whole and len(ids) == 1:
            return {id_: _must(row[0]) for id_, row in zip(ids, await self.reader.written(*statement), strict=False)}
        rows = await self.reader.fetch(*statement)
        texts = (await self._written(layout, rows))[0]
        value = self.plan.database.value
        return {value("UUIDField", row[-1]): text for row, text in zip(rows, texts, strict=True)}

    def _statements(self, layout: Layout) -> Statements:
        """Raises Unplanned."""
        choices = tuple(map(self._wanted, layout.inside))
        try:
            return self.plan.statements(layout, self.reader.signed_in, choices)
        except Refusal as refusal:
            raise Unplanned(f"the cursor of a nested list: {refusal.code.value}") from None

    def _wanted(self, nested: Nested) -> tuple[ToManySpec, Page]:
        """Which rows of a nested list, and which page. Raises Unplanned."""
        try:
            return nested.spec.wanted(nested.arguments.of(self.values))
        except (Refusal, GraphQLError) as error:
            raise Unplanned(f"the arguments of a nested list: {getattr(error, 'code', BAD_USER_INPUT).value}") from None

    def _check(self, query: Query, page: Page) -> None:
        """A cursor of another list is refused even where nothing is to be read. Raises Refusal."""
        bounds(query, page, Params(self.plan.database.dialect))

    async def _written(self, layout: Layout, rows: Sequence[Any]) -> tuple[list[str], ...]:
        """What each output of the layout writes of each row."""
        lists: Sequence[Any] = ()
        loose: Sequence[Any] = ()
        if rows and layout.lists:
            lists = await _all([self._list(nested, rows) for nested in layout.lists])
        if rows and layout.loose:
            loose = await self._loose(layout, rows)
        if not rows:
            lists, loose = [()] * len(layout.lists), [()] * len(layout.loose)
        return layout.write(rows, self.reader.may, lists, loose)

    async def _list(self, nested: Nested, rows: Sequence[Any]) -> dict[Any, str]:
        """The list of each parent, by the parent's id as the database gives it."""
        spec, page = self._wanted(nested)
        listing, node = nested.listing, nested.listing.node
        parents = list(dict.fromkeys(row[nested.column] for row in rows if row[nested.column] is not None))
        query = Query(node.model, visible(node.model, self.viewer), spec.order).only(spec.where)
        found: Sequence[Any] = ()
        if parents:
            try:
                self._check(query, page)
            except Refusal as refusal:
                raise Unplanned(f"the cursor of a nested list: {refusal.code.value}") from None
        if parents and query.where != NOTHING:
            statements = self._statements(listing.layout)
            found = await self.reader.fetch(*statements.per_parent(query, spec.via, parents, page, listing))
        outputs = await self._written(listing.layout, found)
        none = listing.text(spec.order, page, (), [[] for _ in outputs])
        texts = dict.fromkeys(parents, none)
        for parent, start, end in _runs(found, len(listing.layout.columns)):
            part = [output[start:end] for output in outputs]
            texts[parent] = listing.text(spec.order, page, found[start:end], part)
        return texts

    async def _loose(self, layout: Layout, rows: Sequence[Any]) -> list[list[str | None]]:
        """What the declarations say, of each row; batched by the reader."""
        made = {id(part): [self._row(part, row) for row in rows] for part in layout.partials}
        return await _all([self._values(loose, made[id(loose.partial)]) for loose in layout.loose])

    def _row(self, partial: Partial, row: Any) -> Row | None:
        if row[partial.id] is None:
            return None
        value, columns = self.plan.database.value, partial.columns.items()
        return Row(partial.node, {name: value(kind, row[at]) for name, (at, kind) in columns}, self.reader)

    async def _values(self, loose: Loose, rows: list[Row | None]) -> list[str | None]:
        chosen, declared = loose.chosen, loose.chosen.declared
        name, spec = declared.python_name, declared.spec
        try:
            arguments = loose.arguments.of(self.values)
            found = [None if row is None else spec.resolve(name, row, arguments) for row in rows]
            if any(inspect.isawaitable(value) for value in found):
                found = list(await asyncio.gather(*map(_awaited, found)))
        except (Refusal, GraphQLError) as error:
            raise Unplanned(f"{chosen.key}: {getattr(error, 'code', BAD_USER_INPUT).value}") from None
        if is_leaf_type(chosen.named):
            return [None if row is None else plain(chosen.shown, value) for row, value in zip(rows, found, strict=True)]
        shown = [
            _awaited(None) if row is None else self._complete(chosen, chosen.shown, value)
            for row, value in zip(rows, found, strict=True)
        ]
        return list(await asyncio.gather(*shown))

    async def _complete(self, chosen: Chosen, shown: Any, value: Any) -> str:
        """What a resolver gave, as its type shows it."""
        if isinstance(shown, GraphQLNonNull):
            if value is None:
                raise Gone
            return str(_must(await self._complete(chosen, shown.of_type, value)))
        if value is None or is_leaf_type(shown):
            return plain(shown, value)
        if isinstance(shown, GraphQLList):
            return f"[{','.join(await _all([self._complete(chosen, shown.of_type, item) for item in value]))}]"
        if isinstance(value, Row):
            return await self._node(chosen, value.node.name).load(value.values["id"]) or "null"
        members = [self._member(member, shown, value) for member in self.plan.fields(chosen, shown)]
        return f"{{{','.join(await _all(members))}}}"

    async def _member(self, member: Chosen, type_: Any, value: Any) -> str:
        if member.field is None:
            return f'"{member.key}":"{type_.name}"'
        given = self._given(member) if member.field.args else {}
        try:
            found = await _awaited(member.field.resolve(value, self._info(member), **given))  # type: ignore[misc]
        except (Refusal, GraphQLError) as error:
            raise Unplanned(f"{member.key}: {getattr(error, 'code', BAD_USER_INPUT).value}") from None
        return f'"{member.key}":{await self._complete(member, member.shown, found)}'

    def _node(self, chosen: Chosen, target: str) -> DataLoader[UUID, str | None]:
        key = (id(chosen.nodes[0]), target)
        loader = self._nodes.get(key)
        if loader is None:

            async def load(ids: Sequence[UUID]) -> list[str | None]:
                found = await self._by_ids(chosen, target, ids)
                return [in_text(found.get(id_)) for id_ in ids]

            loader = self._nodes[key] = DataLoader(load, max_batch_size=1_000)
        return loader

    def _given(self, chosen: Chosen) -> dict[str, Any]:
        """Arguments as graphql-core gives them; Strawberry converts them itself."""
        return get_argument_values(chosen.field, chosen.nodes[0], self.values)  # type: ignore[arg-type]


async def _all(work: Sequence[Any]) -> list[Any]:
    return [await work[0]] if len(work) == 1 else list(await asyncio.gather(*work))


async def _awaited(value: Any) -> Any:
    return await value if inspect.isawaitable(value) else value


def _must(text: Any) -> Any:
    """Raises Gone for a null."""
    if text in (None, "null"):
        raise Gone
    return text


def _runs(rows: Sequence[Any], at: int) -> Iterator[tuple[Any, int, int]]:
    """Rows of one parent lie together: each parent, where its rows begin and where they end."""
    start = 0
    for n in range(1, len(rows) + 1):
        if n == len(rows) or rows[n][at] != rows[start][at]:
            yield rows[start][at], start, n
            start = n
