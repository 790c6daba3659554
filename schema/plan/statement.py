"""A layout's SQL for one viewer: who may see the joined rows is written once, each request adds its own condition."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from models.predicate import NOTHING, all_of, to_sql
from models.predicate.sql import Params
from models.query import Query
from models.scope import visible
from schema.batch.sql import bounds, order_sql

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from uuid import UUID

    from models.predicate.sql import Dialect
    from models.query import Order
    from models.viewer import Viewer
    from schema.base.field import ToManySpec
    from schema.base.page import Page
    from schema.plan.layout import Layout, Nested
    from schema.plan.listing import Listing

    Statement = tuple[str, list[Any]]
    Choices = tuple[tuple[ToManySpec, Page], ...]  # of the inlined lists of a layout, the deeper ones after their own

NEXT = "\x02"  # between the texts of rows of which the last may only say that more follow; JSON never has it either
GONE = "\x01"  # stands in SQL's texts where one is missing that may not be; JSON never has it


class Statements:
    """SELECT … FROM one table and what is joined to it. Rows are the layout's columns, and after them the extras."""

    def __init__(self, layout: Layout, viewer: Viewer, choices: Choices, dialect: Dialect) -> None:
        self._base = Params(dialect)
        self._layout, self._table = layout, layout.alias
        self._viewer = viewer
        left = iter(choices)
        self._columns = [*layout.columns]
        for inlined in layout.inlined:
            text = self._inline(inlined, left)
            self._columns = [column.replace(inlined.mark, text) for column in self._columns]
        self._from = layout.node.model._meta.db_table
        self._joins = self._joined(layout)
        self.scope = visible(layout.node.model, viewer)
        self._by_ids: dict[bool, tuple[str, list[Any], int]] = {}  # by whether it is one: text, values, the id's place

    def by_ids(self, ids: Sequence[UUID]) -> Statement | None:
        """The visible rows with these ids, in no order, and their ids (but of one text); None when none is seen."""
        if self.scope == NOTHING:
            return None
        alone = len(ids) == 1
        known = self._by_ids.get(alone)
        if known is None:
            params, table = self._base.fork(), self._table
            place = len(params.values)
            among = f"= {params.add(None)}" if alone else params.any_of(())
            condition = f"{table}.id {among} AND {to_sql(self.scope, params, table)}"
            extras = [] if alone and self._layout.whole else [f"{table}.id"]
            sql = f"SELECT {self._list(extras)} FROM {self._from} {table}{self._joins} WHERE {condition}"
            known = self._by_ids[alone] = (sql, params.values, place)
        sql, values, place = known
        values = [*values]
        values[place] = ids[0] if alone else list(ids)
        return sql, values

    def page(self, query: Query, page: Page, listing: Listing) -> Statement:
        """One page and one row more (extras for cursors: the order's column, the id), or one row with all texts."""
        params = self._base.fork()
        if listing.frame is not None:
            return self._texts(self._layout, self._columns, self._joins, query, page, params), params.values
        order = order_sql(query.order, backward=page.backward, table=self._table)
        rows = self._rows(query, page, params, size=page.size + listing.looks_on)
        if listing.of_one_text(page):
            return self._summary(query, page, rows), params.values
        shown = self._list(self._cursor(query.order) if listing.cursors else [])
        if not self._joins:
            return f"SELECT {shown} FROM {rows}", params.values
        inner = f"(SELECT {self._own(query.order)} FROM {rows}) {self._table}"
        return f"SELECT {shown} FROM {inner}{self._joins} ORDER BY {order}", params.values

    def per_parent(self, query: Query, via: str, parents: Sequence[Any], page: Page, listing: Listing) -> Statement:
        """As `page`, of each parent, parents together. The first extra is the parent's id."""
        params, table = self._base.fork(), self._table
        order = order_sql(query.order, backward=page.backward, table=table)
        extras = self._cursor(query.order) if listing.cursors else []
        own, size = self._own(query.order, via), page.size + listing.looks_on
        if params.dialect == "postgres":
            source = f"unnest({params.add(list(parents))}::uuid[]) WITH ORDINALITY p(id, place)"
            rows = f"SELECT {own} FROM {self._rows(query, page, params, f'{table}.{via} = p.id', size=size)}"
            sql = f"SELECT {self._list(['p.id', *extras])} FROM {source} CROSS JOIN LATERAL ({rows}) {table}"
            return f"{sql}{self._joins} ORDER BY p.place, {order}", params.values
        where = [f"{table}.{via} {params.any_of(parents)}", to_sql(query.where, params, table)]
        where += bounds(query, page, params, table)
        number = f"ROW_NUMBER() OVER (PARTITION BY {table}.{via} ORDER BY {order}) AS place"
        rows = f"SELECT {own}, {number} FROM {self._from} {table} WHERE {' AND '.join(where)}"
        sql = f"SELECT {self._list([f'{table}.{via}', *extras])} FROM ({rows}) {table}{self._joins}"
        return f"{sql} WHERE {table}.place <= {size} ORDER BY {table}.{via}, {table}.place", params.values

    def _inline(self, inlined: Nested, left: Any) -> str:
        """The texts of a row's list, as an expression within the row's."""
        layout = inlined.listing.layout
        spec, page = next(left)
        columns = [*layout.columns]
        for deeper in layout.inlined:
            text = self._inline(deeper, left)
            columns = [column.replace(deeper.mark, text) for column in columns]
        scope = all_of(visible(layout.node.model, self._viewer), spec.where)
        query, link = Query(layout.node.model, scope, spec.order), f"{layout.alias}.{spec.via} = {inlined.sql}"
        texts = self._texts(layout, columns, self._joined(layout), query, page, self._base, link)
        return f"coalesce(({texts}), '')"

    def _texts(
        self, layout: Layout, columns: Sequence[str], joins: str, query: Query, page: Page, params: Params, *link: str
    ) -> str:
        """The rows' texts as one, in the order of the answer."""
        text = f"coalesce({columns[0]}, chr({ord(GONE)})) AS text"
        rows = self._rows(query, page, params, *link, size=page.size, layout=layout)
        order = order_sql(query.order, backward=False, table=layout.alias)
        if not joins and not page.backward:
            return f"SELECT string_agg(text, ',') FROM (SELECT {text} FROM {rows}) q"
        own = self._own(query.order, layout=layout)
        inner = f"(SELECT {own} FROM {rows}) {layout.alias}{joins} ORDER BY {order}"
        return f"SELECT string_agg(text, ',') FROM (SELECT {text} FROM {inner}) q"

    def _summary(self, query: Query, page: Page, rows: str) -> str:
        """The rows' texts as one, how many there are, and where the page's first and last lie (key, id)."""
        table, order = self._table, query.order
        text = (
            f"coalesce({self._columns[0]}, chr({ord(GONE)})) AS text, {table}.{order.column} AS key, {table}.id AS id"
        )
        if self._joins:
            by = order_sql(order, backward=False, table=table)
            rows = f"(SELECT {self._own(order)} FROM {rows}) {table}{self._joins} ORDER BY {by}"
        last = f"[least(count(*), {page.size})]"
        key = "id" if order.column == "id" else "key"  # the same aggregate is made once
        return (
            f"SELECT string_agg(text, chr({ord(NEXT)})), count(*), (array_agg({key}))[1], (array_agg(id))[1],"
            f" (array_agg({key})){last}, (array_agg(id)){last} FROM (SELECT {text} FROM {rows}) q"
        )

    def _rows(
        self, query: Query, page: Page, params: Params, *more: str, size: int, layout: Layout | None = None
    ) -> str:
        table = (layout or self._layout).alias
        where = " AND ".join([*more, to_sql(query.where, params, table), *bounds(query, page, params, table)])
        order = order_sql(query.order, backward=page.backward, table=table)
        return f"{query.model._meta.db_table} {table} WHERE {where} ORDER BY {order} LIMIT {size}"

    def _joined(self, layout: Layout) -> str:
        return "".join(
            f" LEFT JOIN {join.node.model._meta.db_table} {join.alias} ON {join.alias}.id = {join.key}"
            f" AND {to_sql(visible(join.node.model, self._viewer), self._base, join.alias)}"
            for join in layout.joins
        )

    def _list(self, extras: Iterable[str]) -> str:
        return ", ".join([*self._columns, *extras]) or "1"

    def _own(self, order: Order, *more: str, layout: Layout | None = None) -> str:
        """The columns that the outer statement names."""
        chosen = layout or self._layout
        return ", ".join(f"{chosen.alias}.{name}" for name in sorted({*chosen.own, order.column, "id", *more}))

    def _cursor(self, order: Order) -> list[str]:
        return [f"{self._table}.{order.column}", f"{self._table}.id"]
