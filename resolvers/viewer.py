"""Makes a Viewer of what the database says, and says what a verb requires of one. rights.py keeps them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson

from models.errors import ErrorCode, Refusal
from models.predicate import to_q
from models.rules.permission import ADMINISTRATIVE, Role, known_permissions
from models.scope import permitted
from models.viewer import Grant, Home, Viewer

if TYPE_CHECKING:
    from adapters.database import Database, Row, Transaction
    from models.base import Record
    from models.rules.permission import Permission


async def reload_viewer(
    tx: Transaction, database: Database, viewer: Viewer, now: datetime, *, strict: bool = False
) -> Viewer:
    """The viewer as the transaction sees it: verbs check again. Raises Refusal UNAUTHENTICATED."""
    rows = await tx.call("viewers", [viewer.session_key])
    if rows and viewer.valid_until > now and viewer.made_of == _said(rows[0]):
        return viewer
    fresh = viewer_of(rows, viewer.session_key, database, now, strict=strict)
    if fresh is None:
        raise Refusal(ErrorCode.UNAUTHENTICATED)
    return fresh


async def account_viewer(
    source: Database | Transaction, database: Database, account_id: UUID, now: datetime, *, strict: bool = False
) -> Viewer | None:
    """An account's rights as they are now, for work that outlives its session; None when it is gone or disabled."""
    rows = await source.call("account_viewer", account_id, now + timedelta(seconds=60))
    return viewer_of(rows, "", database, now, strict=strict)


def require(viewer: Viewer, permission: Permission, property_id: UUID | None = None) -> None:
    """Raise Refusal FORBIDDEN unless the viewer holds `permission` there (anywhere when None)."""
    if not viewer.may(permission, property_id):
        raise Refusal(ErrorCode.FORBIDDEN, permission=permission.value)


def require_everywhere(viewer: Viewer, permission: Permission) -> None:
    """Raise Refusal FORBIDDEN unless the viewer holds `permission` in all of the Organization."""
    if permission not in viewer.everywhere:
        raise Refusal(ErrorCode.FORBIDDEN, permission=permission.value)


async def require_about(viewer: Viewer, permission: Permission, row: Record) -> None:
    """As `require`, about a row that lies in no Property, such as a Person: held where models/scope says.

    Runs inside the transaction of a verb.
    """
    allowed = to_q(permitted(type(row), permission, viewer))
    if not await type(row).filter(allowed).filter(id=row.id).exists():
        raise Refusal(ErrorCode.FORBIDDEN, permission=permission.value)


def viewer_of(rows: list[Row], key: str, database: Database, now: datetime, *, strict: bool = False) -> Viewer | None:
    """Build the Viewer from the door's row; None when the session has ended.

    When `strict`, roles that administer the company are asleep in a session that has shown no second factor.
    """
    if not rows:
        return None
    row = rows[0]
    expires_at: datetime = database.value("DatetimeField", row["expires_at"])
    if row["client_until"] is not None:
        expires_at = min(expires_at, database.value("DatetimeField", row["client_until"]))
    if expires_at <= now:
        return None
    grants, grants_until = _grants(orjson.loads(row["grants"] or "[]"), now)
    asleep = strict and row["totp_at"] is None and any(grant.permissions & ADMINISTRATIVE for grant in grants)
    if asleep:
        grants = tuple(grant for grant in grants if not grant.permissions & ADMINISTRATIVE)
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
        rate_per_minute=row["rate_per_minute"],
        grants=grants,
        totp_required=asleep,
        homes=homes,
        made_of=_said(row),
    )


def _said(row: Row) -> tuple[Any, ...]:
    """All that the door said of a session: the same makes the same viewer until `valid_until`."""
    return tuple(row[name] for name in row.keys())  # noqa: SIM118 - SQLite's rows give values


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
            # Even when this one goes on: who else lives there is asked for `today`.
            changes.append(_midnight(today + timedelta(days=1), zone))
    return tuple(sorted(set(held), key=str)), changes


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def _uuid(value: UUID | str) -> UUID:
    return value if isinstance(value, UUID) else UUID(value)
