"""The inbox of an Account: what is in it, what is new, and what was read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models import Notification
from models.errors import ErrorCode, Refusal
from models.predicate import EVERYTHING, Params, all_of, is_in, is_null, to_sql
from models.query import Order, Query
from models.scope import visible
from resolvers.unit import unit_of_work
from subscriptions.feed import Cursor, Feed
from subscriptions.notification import NotificationReceived

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from models.predicate import Predicate
    from models.viewer import Viewer
    from resolvers.ports import House
    from resolvers.unit import Unit

MOST_READ = 100  # by their ids
MOST_AT_ONCE = 1_000  # of "all": whoever has more says it again
MOST_COUNTED = 1_000


def notifications(viewer: Viewer | None, order: Order, *, unread_only: bool = False) -> Query:
    """The viewer's own."""
    only = is_null("read_at") if unread_only else EVERYTHING
    return Query(Notification, visible(Notification, viewer), order).only(only)


def arrivals(viewer: Viewer | None, after: str | None) -> Feed:
    """Everything new in the viewer's inbox, on the stream of the viewer's Account."""
    if viewer is None or viewer.account_id is None:
        raise Refusal(ErrorCode.UNAUTHENTICATED)
    return Feed(
        stream=viewer.account_id,
        type=NotificationReceived.TYPE,
        where=visible(Notification, viewer),
        after=Cursor.decode(after) if after else None,
    )


async def count_unread(viewer: Viewer | None, house: House) -> int | None:
    """How many are unread, at most MOST_COUNTED; None for who has no inbox."""
    if viewer is None or viewer.account_id is None:
        return None
    params = Params(house.database.dialect)
    sql = _counted(all_of(visible(Notification, viewer), is_null("read_at")), params)
    rows = await house.database.fetch(sql, params.values, viewer.organization_id)
    return int(rows[0]["unread"])


async def read_some(viewer: Viewer | None, house: House, ids: Sequence[UUID]) -> int:
    """These are read from now on; again changes nothing. How many are unread then. Raises Refusal NOT_FOUND."""
    wanted = set(ids)
    if not 1 <= len(wanted) <= MOST_READ:
        raise Refusal(ErrorCode.BAD_USER_INPUT, field="ids", message="TOO_MANY_ITEMS", max=MOST_READ)
    async with unit_of_work(house, viewer) as unit:
        params = Params(house.database.dialect)
        mine = to_sql(all_of(visible(Notification, unit.viewer), is_in("id", wanted)), params)
        if len(await unit.tx.fetch(f"SELECT t.id FROM notification t WHERE {mine}", *params.values)) < len(wanted):  # noqa: S608 - our own words
            raise Refusal(ErrorCode.NOT_FOUND, field="ids")
        await _mark(unit, is_in("id", wanted), "notification.read", MOST_READ)
        return await _left(unit)


async def read_all(viewer: Viewer | None, house: House) -> int:
    """All that is there is read, the oldest MOST_AT_ONCE first; how many are unread then."""
    async with unit_of_work(house, viewer) as unit:
        if unit.signed_in.account_id is None:
            raise Refusal(ErrorCode.UNAUTHENTICATED)
        await _mark(unit, EVERYTHING, "notification.readAll", MOST_AT_ONCE)
        return await _left(unit)


async def _mark(unit: Unit, which: Predicate, verb: str, most: int) -> None:
    """One statement, in the order of ids, so that two of them never wait in a ring."""
    params = Params(unit.house.database.dialect)
    now = params.add(unit.now)
    unread = to_sql(all_of(visible(Notification, unit.viewer), is_null("read_at"), which), params)
    lock = " FOR UPDATE" if params.dialect == "postgres" else ""
    rows = await unit.tx.fetch(
        f"UPDATE notification SET read_at = {now}, updated_at = {now}, version = version + 1 WHERE id IN"  # noqa: S608 - our own words
        f" (SELECT t.id FROM notification t WHERE {unread} ORDER BY t.id LIMIT {most}{lock}) RETURNING id",
        *params.values,
    )
    if rows:
        first = unit.house.database.value("UUIDField", rows[0]["id"])
        unit.audit_values(verb, await unit.see(Notification, first, "ids"), None, {"count": len(rows)})


async def _left(unit: Unit) -> int:
    params = Params(unit.house.database.dialect)
    sql = _counted(all_of(visible(Notification, unit.viewer), is_null("read_at")), params)
    return int((await unit.tx.fetch(sql, *params.values))[0]["unread"])


def _counted(where: Predicate, params: Params) -> str:
    return (
        "SELECT COUNT(*) AS unread FROM (SELECT 1 FROM notification t"  # noqa: S608 - our own words
        f" WHERE {to_sql(where, params)} LIMIT {MOST_COUNTED}) AS u"
    )
