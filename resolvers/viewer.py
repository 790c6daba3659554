"""Loads a Viewer from a token, keeps it for a moment, and says what a verb requires of one."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson

from adapters.identity import token_hash
from models.errors import ErrorCode, Refusal
from models.predicate import to_q
from models.rules.permission import Role, known_permissions
from models.scope import permitted
from models.viewer import Grant, Home, Viewer

if TYPE_CHECKING:
    from adapters.clock import Clock
    from adapters.database import Database, Row, Transaction
    from models.base import Record
    from models.rules.permission import Permission

FRESH_SECONDS = 0.4  # with the 1.5 s between two looks of an open stream: never more than 2 s stale
MOST_KEPT = 20_000


class Viewers:
    """The viewers of this process, by token: rights cost no round trip while they are fresh."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._kept: dict[str, tuple[float, Viewer]] = {}

    async def __call__(self, token: str) -> Viewer | None:
        """The viewer of a session's token; None when it does not hold."""
        key = token_hash(token)
        now = self._clock.now()
        kept = self._kept.get(key)
        looked = time.monotonic()
        if kept is not None and looked - kept[0] < FRESH_SECONDS and now < kept[1].valid_until:
            return kept[1]
        viewer = viewer_of(await self._database.call("viewer", key), key, self._database, now)
        if viewer is None:
            self._kept.pop(key, None)
            return None
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()
        self._kept[key] = (looked, viewer)
        return viewer

    def forget(self, session_key: str) -> None:
        """Drop a session that has just changed."""
        self._kept.pop(session_key, None)


async def reload_viewer(tx: Transaction, database: Database, viewer: Viewer, now: datetime) -> Viewer:
    """The viewer as the transaction sees it: verbs check again. Raises Refusal UNAUTHENTICATED."""
    fresh = viewer_of(await tx.call("viewer", viewer.session_key), viewer.session_key, database, now)
    if fresh is None:
        raise Refusal(ErrorCode.UNAUTHENTICATED)
    return fresh


async def account_viewer(
    source: Database | Transaction, database: Database, account_id: UUID, now: datetime
) -> Viewer | None:
    """An account's rights as they are now, for work that outlives its session; None when it is gone or disabled."""
    return viewer_of(await source.call("account_viewer", account_id, now + timedelta(seconds=60)), "", database, now)


def require(viewer: Viewer, permission: Permission, property_id: UUID | None = None) -> None:
    """Raise Refusal FORBIDDEN unless the viewer holds `permission` there (anywhere when None)."""
    if not viewer.may(permission, property_id):
        raise Refusal(ErrorCode.FORBIDDEN, permission=permission.value)


async def require_about(viewer: Viewer, permission: Permission, row: Record) -> None:
    """As `require`, about a row that lies in no Property, such as a Person: held where models/scope says.

    Runs inside the transaction of a verb.
    """
    allowed = to_q(permitted(type(row), permission, viewer))
    if not await type(row).filter(allowed).filter(id=row.id).exists():
        raise Refusal(ErrorCode.FORBIDDEN, permission=permission.value)


def viewer_of(rows: list[Row], key: str, database: Database, now: datetime) -> Viewer | None:
    """Build the Viewer from the door's row; None when the session has ended."""
    if not rows:
        return None
    row = rows[0]
    expires_at: datetime = database.value("DatetimeField", row["expires_at"])
    if expires_at <= now:
        return None
    grants, grants_until = _grants(orjson.loads(row["grants"] or "[]"), now)
    homes, homes_until = _homes(orjson.loads(row["homes"] or "[]"), now)
    return Viewer(
        organization_id=_uuid(row["organization_id"]),
        valid_until=min([expires_at, *grants_until, *homes_until]),
        session_key=key,
        session_id=_uuid(row["session_id"]) if row["session_id"] else None,
        account_id=_uuid(row["account_id"]),
        person_id=_uuid(row["person_id"]) if row["person_id"] else None,
        staff_id=_uuid(row["staff_id"]) if row["staff_id"] else None,
        api_client_id=_uuid(row["api_client_id"]) if row["api_client_id"] else None,
        scopes=None if row["scopes"] is None else known_permissions(orjson.loads(row["scopes"])),
        grants=grants,
        homes=homes,
    )


def _grants(rows: list[list[Any]], now: datetime) -> tuple[tuple[Grant, ...], list[datetime]]:
    """Assignments that hold now, and the instants at which that changes."""
    held, changes = [], []
    for role, property_id, valid_from, valid_until, custom in rows:
        start, end = datetime.fromisoformat(valid_from), valid_until and datetime.fromisoformat(valid_until)
        if start > now:
            changes.append(start)
        elif end is None or end > now:
            permissions = known_permissions(orjson.loads(custom or "[]"))
            held.append(Grant(Role(role), property_id and UUID(property_id), permissions))
            if end is not None:
                changes.append(end)
    return tuple(sorted(held, key=str)), changes


def _homes(rows: list[list[Any]], now: datetime) -> tuple[tuple[Home, ...], list[datetime]]:
    """Occupancies of today in the Property's zone (the day of moving out included), and when that changes."""
    held, changes = [], []
    for property_id, building_id, unit_id, move_in_on, move_out_on, zone_name in rows:
        zone = ZoneInfo(zone_name)
        today = now.astimezone(zone).date()
        start, end = date.fromisoformat(move_in_on), move_out_on and date.fromisoformat(move_out_on)
        if start > today:
            changes.append(_midnight(start, zone))
        elif end is None or end >= today:
            held.append(Home(UUID(property_id), UUID(building_id), UUID(unit_id), today))
            if end is not None:
                changes.append(_midnight(end + timedelta(days=1), zone))
    return tuple(sorted(set(held), key=str)), changes


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def _uuid(value: UUID | str) -> UUID:
    return value if isinstance(value, UUID) else UUID(value)
