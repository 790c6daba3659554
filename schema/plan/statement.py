"""A layout's SQL for one viewer: who may see the joined rows is written once, each request adds its own condition."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from models.predicate import to_sql
from models.predicate.sql import Params
from models.scope import visible
from schema.batch.sql import bounds, order_sql

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from uuid import UUID

    from models.predicate import Predicate
    from models.predicate.sql import Dialect
    from models.query import Order, Query
    from models.viewer import Viewer
    from schema.base.page import Page
    from schema.plan.layout import Layout

    Statement = tuple[str, list[Any]]


class Statements:
    """SELECT … FROM one table and what is joined to it. Rows are the layout's columns, and after them the extras."""

    def __init__(self, layout: Layout, viewer: Viewer, dialect: Dialect) -> None:
        self._base = Params(dialect)
        self._layout = layout
        self._table = layout.node.model._meta.db_table
        self._joins = "".join(
            f" LEFT JOIN {join.node.model._meta.db_table} {join.alias} ON {join.alias}.id = {join.key}"
            f" AND {to_sql(visible(join.node.model, viewer), self._base, join.alias)}"
            for join in layout.joins
        )

    def by_ids(self, where: Predicate, ids: Sequence[UUID]) -> Statement:
        """The rows with these ids, in no order. Extra: the id."""
        params = self._base.fork()
        condition = f"t.id {params.any_of(ids)} AND {to_sql(where, params)}"
        return f"SELECT {self._list(['t.id'])} FROM {self._table} t{self._joins} WHERE {condition}", params.values

    def page(self, query: Query, page: Page, *, cursors: bool) -> Statement:
        """One page and one row more, in the page's direction. Extras with `cursors`: the order's column and the id."""
        params = self._base.fork()
        where = " AND ".join([to_sql(query.where, params), *bounds(query, page, params)])
        order = order_sql(query.order, backward=page.backward)
        rows = f"{self._table} t WHERE {where} ORDER BY {order} LIMIT {page.size + 1}"
        shown = self._list(_cursor(query.order) if cursors else [])
        if not self._joins:
            return f"SELECT {shown} FROM {rows}", params.values
        inner = f"(SELECT {self._own(query.order)} FROM {rows}) t"
        return f"SELECT {shown} FROM {inner}{self._joins} ORDER BY {order}", params.values

    def per_parent(self, query: Query, via: str, parents: Sequence[Any], page: Page, *, cursors: bool) -> Statement:
        """A page and one row more of each parent, parents together. Extras: the parent's id, then as of `page`."""
        params = self._base.fork()
        order = order_sql(query.order, backward=page.backward)
        extras = _cursor(query.order) if cursors else []
        own, size = self._own(query.order, via), page.size + 1
        if params.dialect == "postgres":
            source = f"unnest({params.add(list(parents))}::uuid[]) WITH ORDINALITY p(id, place)"
            where = " AND ".join([f"t.{via} = p.id", to_sql(query.where, params), *bounds(query, page, params)])
            rows = f"SELECT {own} FROM {self._table} t WHERE {where} ORDER BY {order} LIMIT {size}"
            shown = self._list(["p.id", *extras])
            sql = f"SELECT {shown} FROM {source} CROSS JOIN LATERAL ({rows}) t{self._joins} ORDER BY p.place, {order}"
            return sql, params.values
        among = f"t.{via} {params.any_of(parents)}"
        where = " AND ".join([among, to_sql(query.where, params), *bounds(query, page, params)])
        number = f"ROW_NUMBER() OVER (PARTITION BY t.{via} ORDER BY {order}) AS place"
        rows = f"SELECT {own}, {number} FROM {self._table} t WHERE {where}"
        shown = self._list([f"t.{via}", *extras])
        sql = f"SELECT {shown} FROM ({rows}) t{self._joins} WHERE t.place <= {size} ORDER BY t.{via}, t.place"
        return sql, params.values

    def _list(self, extras: Iterable[str]) -> str:
        return ", ".join([*self._layout.columns, *extras]) or "1"

    def _own(self, order: Order, *more: str) -> str:
        """The columns that the outer statement names."""
        return ", ".join(f"t.{name}" for name in sorted({*self._layout.own, order.column, "id", *more}))


def _cursor(order: Order) -> list[str]:
    return [f"t.{order.column}", "t.id"]
