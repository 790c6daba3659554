"""Query descriptions → SQL text. Only selected columns, one statement, stable text for the same shape."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from models.errors import ErrorCode, Refusal
from models.predicate import to_sql
from schema.base.page import Page, decode_position

if TYPE_CHECKING:
    from collections.abc import Callable

    from adapters.database import Database
    from models.base import Model
    from models.predicate import Params
    from models.query import Order, Query


def select_sql(query: Query, columns: tuple[str, ...], params: Params) -> str:
    """All rows, in no particular order."""
    return f"SELECT {_list(columns)} FROM {_table(query)} WHERE {to_sql(query.where, params)}"


def page_sql(query: Query, columns: tuple[str, ...], page: Page, params: Params) -> str:
    """One page and one row more, in the page's direction."""
    selected = columns if query.order.column in columns else (*columns, query.order.column)
    where = " AND ".join([to_sql(query.where, params), *bounds(query, page, params)])
    order = order_sql(query.order, backward=page.backward)
    return f"SELECT {_list(selected)} FROM {_table(query)} WHERE {where} ORDER BY {order} LIMIT {params.add(page.size + 1)}"  # noqa: E501


def per_parent_sql(query: Query, via: str, columns: tuple[str, ...], page: Page, params: Params) -> str:
    """One page and one row more for each value of `via`."""
    where = " AND ".join([to_sql(query.where, params), *bounds(query, page, params)])
    order = order_sql(query.order, backward=page.backward)
    inner = (
        f"SELECT {_list(columns)}, ROW_NUMBER() OVER (PARTITION BY t.{via} ORDER BY {order}) AS place_in_list"
        f" FROM {_table(query)} WHERE {where}"
    )
    names = ", ".join(columns)
    return (
        f"SELECT {names} FROM ({inner}) q WHERE place_in_list <= {params.add(page.size + 1)}"
        f" ORDER BY {via}, place_in_list"
    )


def converters(
    database: Database, model: type[Model], columns: tuple[str, ...]
) -> list[tuple[str, Callable[[Any], Any]]]:
    """How each column's raw value becomes Python's."""
    kinds = {name: type(model._meta.fields_map[name]).__name__ for name in columns}
    return [(name, lambda raw, kind=kind: database.value(kind, raw)) for name, kind in kinds.items()]  # type: ignore[misc]


def _table(query: Query) -> str:
    return f"{query.model._meta.db_table} t"


def _list(columns: tuple[str, ...]) -> str:
    return ", ".join(f"t.{column}" for column in columns)


def order_sql(order: Order, *, backward: bool, table: str = "t") -> str:
    """What follows ORDER BY; `backward` is the other way round."""
    word = "DESC" if order.descending is not backward else "ASC"
    return f"{table}.id {word}" if order.column == "id" else f"{table}.{order.column} {word}, {table}.id {word}"


def bounds(query: Query, page: Page, params: Params, table: str = "t") -> list[str]:
    """Keyset conditions: a row comparison, so that the order's index serves."""
    found = []
    for name, text, sign in (("after", page.after, ">"), ("before", page.before, "<")):
        if text is None:
            continue
        shown, id_ = decode_position(query.order, text, name)
        compare = sign if not query.order.descending else {">": "<", "<": ">"}[sign]
        if query.order.column == "id":
            found.append(f"{table}.id {compare} {params.add(id_)}")
            continue
        key = _parse(query.model, query.order.column, shown, name)
        found.append(f"({table}.{query.order.column}, {table}.id) {compare} ({params.add(key)}, {params.add(id_)})")
    return found


def _parse(model: type[Model], column: str, shown: Any, argument: str) -> Any:
    """The value in a cursor as its column's type."""
    kind = type(model._meta.fields_map[column]).__name__
    try:
        match kind:
            case "DatetimeField":
                return datetime.fromisoformat(shown).astimezone(UTC)  # ours always have an offset
            case "DateField":
                return date.fromisoformat(shown)
            case "IntField" | "BigIntField" | "IntEnumFieldInstance":
                return int(shown)
        return str(shown)
    except (TypeError, ValueError, OverflowError):
        raise Refusal(ErrorCode.BAD_USER_INPUT, field=argument, message="BAD_CURSOR") from None
