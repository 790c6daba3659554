"""Multiplies the rows of the world, in every table, behind the product's back.

Half of the copies stay with a parent that gathers rows as years go by (a cash account, a gate, a board, a technician),
one in 300 with one that does not (a person, a home, a ticket); the others have a copy as parent. Where a unique
key forbids that, each copy has a parent of its own. One in four has ended, been archived, acknowledged and so on.
"""

from __future__ import annotations

import asyncio
import re
import sqlite3
from datetime import date, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg
import orjson
from tortoise import Model

import models
from adapters.database.sqlite import adapt
from models.base import Record
from tests.factories.tenant import NOW
from tests.manifest import MANIFEST

if TYPE_CHECKING:
    from collections.abc import Mapping

    from resolvers.ports import House

    Rows = list[Mapping[str, Any]]

# What a copy would break: rows that may be there once, and what a plan does not read.
LEFT_OUT = {
    *("AuditWaiting", "DispatchRule", "DispatchCall", "AccessToken", "RefreshToken", "PersonKey", "ForumToken"),
    "BusinessCalendar",
}
# Of these a company has hundreds, of the others thousands.
MODEST = {
    *(
        "AlarmEscalation",
        "ApiClient",
        "ApiClientSecret",
        "Building",
        "Camera",
        "ChargeItem",
        "ConsentText",
        "CustomRole",
    ),
    *("DataExport", "DataImport", "Device", "DeviceCredential", "Entrance", "ForumBoard", "ForumWord", "Gate"),
    *("IdentityProvider", "LatestReading", "Property", "Shift", "Skill", "Staff", "StaffSkill", "Team", "TeamMember"),
    *("Holiday", "SlaTarget"),
    *("NotificationPreference", "PushDevice", "StockBalance", "StockItem", "Warehouse"),
}
GATHERING = {
    *(("LedgerAccount", "Entry"), ("ForumBoard", "ForumPost"), ("ForumPost", "ForumReply"), ("Gate", "AccessEvent")),
    *(("Device", "Alarm"), ("Device", "RejectedMessage"), ("DataImport", "ImportFault")),
    *(("Warehouse", "StockMovement"), ("Warehouse", "StockBatch"), ("Warehouse", "Stocktake")),
    *(
        ("Account", "AuditEntry"),
        ("Account", "Session"),
        ("Account", "Notification"),
        ("Staff", "WorkOrder"),
        ("Building", "Unit"),
    ),
}
SKEWED = {("LedgerAccount", "Entry"), ("Staff", "WorkOrder")}  # the other half has a parent each
FEW_PARENTS = 10  # have the other half of the others
_ENDS = {"archived_at", "acknowledged_at", "cleared_at", "dismissed_at", "move_out_on", "revoked_at", "resolved_at"}
_ENDS |= {"valid_until"}
_UNIQUE = re.compile(r"CREATE UNIQUE INDEX \w+ ON \w+ \(([^)]*)\)")
MOST_MODEST = 300
_STAMPS = {"created_at", "updated_at", "last_at", "active_at", "occurred_at", "raised_at", "recorded_at"}


def tables() -> list[type[Model]]:
    """The models whose rows are multiplied."""
    every = [kind for kind in vars(models).values() if isinstance(kind, type) and issubclass(kind, Record)]
    return [model for model in every if model.__name__ not in LEFT_OUT]


@cache  # asked by each child, on each database
def key(model: type[Model], n: int) -> UUID:
    """The id of the n-th copy: half an hour older than the one before."""
    milliseconds = int((NOW - timedelta(minutes=30 * n)).timestamp() * 1000)
    kind = sum(model.__name__.encode()) & 0xFFF
    return UUID(int=milliseconds << 80 | 7 << 76 | kind << 64 | 2 << 62 | n)


def _copy(model: type[Model], row: Mapping[str, Any], n: int, unique: set[str]) -> dict[str, Any]:
    """The n-th row, like `row`."""
    values = dict(row) | {"id": key(model, n)}
    for name in model._meta.fk_fields:
        column, target = f"{name}_id", model._meta.fields_map[name].model_name.rpartition(".")[2]  # type: ignore[attr-defined]
        if target in {"Organization", "Property"} or values[column] is None or target in LEFT_OUT:
            continue
        if column in unique or n % (2 if (target, model.__name__) in GATHERING else 300):
            far = n % FEW_PARENTS if (target, model.__name__) in GATHERING - SKEWED else n
            values[column] = _parent(target, far, alone=column in unique and model._meta.fields_map[name].null)
    for column in unique & values.keys() - {"organization_id", "property_id", "id", "kind"}:
        values[column] = _apart(model, column, values[column], n)
    if model is models.ShiftAssignment:  # nobody works twice at once: each on a day of its own
        start, text = NOW - timedelta(days=n + 2), isinstance(values["starts_at"], str)
        end = start + timedelta(hours=8)
        values |= {"starts_at": start.isoformat(" "), "ends_at": end.isoformat(" "), "day": start.date().isoformat()}
        if not text:
            values |= {"starts_at": start, "ends_at": end, "day": start.date()}
    if model is models.Attendance:
        values |= _stay(values, n)
    if model is models.Holiday:  # nor is a day twice
        day = (NOW - timedelta(days=n + 2)).date()
        values["day"] = day if isinstance(row["day"], date) else day.isoformat()
    return _aged(values, n)


def _stay(values: Mapping[str, Any], n: int) -> dict[str, Any]:
    """A working day on a day of its own; of each person one goes on."""
    start = NOW - timedelta(days=n // MOST_MODEST + 1)
    found: dict[str, Any] = {"day": start.date(), "checked_in_at": start, "checked_out_at": start + timedelta(hours=8)}
    if isinstance(values["checked_in_at"], str):
        found = {name: value.isoformat(*(" ",) if name != "day" else ()) for name, value in found.items()}
    if n < MOST_MODEST:
        return found | {"status": "OPEN", "checked_out_at": None, "minutes": None}
    return found | {"status": "CLOSED", "minutes": 480}


def _apart(model: type[Model], column: str, value: Any, n: int) -> Any:
    """A value of a unique key like `value`, and another for each `n`."""
    if isinstance(value, int):
        return value + 100 * (n + 1)
    is_enum = "Enum" in type(model._meta.fields_map[column]).__name__
    return f"{value}-{n}" if isinstance(value, str) and not column.endswith("_id") and not is_enum else value


def _aged(values: dict[str, Any], n: int) -> dict[str, Any]:
    """Its instants half an hour older for each `n`; one in four has come to its end."""
    shift = timedelta(minutes=30 * n)
    for column in _STAMPS & values.keys():
        value = values[column]
        if value is not None:
            values[column] = value - shift if isinstance(value, datetime) else (NOW - shift).isoformat(" ")
    if isinstance(values.get("due_on"), date):
        values["due_on"] += timedelta(n % 400)
    if n % 4 == 1:
        values |= {column: values["created_at"] for column in _ENDS & values.keys() if values[column] is None}
    if values.get("kind") in {"CASH", "INCOME"}:  # of which a Property has a few
        values |= {"kind": "RECEIVABLE", "charge_item_id": None, "balance": abs(values["balance"])}
    return values


def _parent(target: str, n: int, *, alone: bool) -> UUID | None:
    """The n-th copy of `target`, of which there may be fewer; then none for a child that must be the only one."""
    if target in MODEST and n >= MOST_MODEST:
        return None if alone else key(getattr(models, target), n % MOST_MODEST)
    return key(getattr(models, target), n)


def _unique_columns() -> dict[str, set[str]]:
    manifest = orjson.loads(MANIFEST.read_bytes())["sqlite"]
    found: dict[str, set[str]] = {}
    for table, about in manifest.items():
        lists = [match[1] for index in about["indexes"] if (match := _UNIQUE.match(index))]
        found[table] = {name.strip() for columns in lists for name in columns.split(",")}
    return found


def _copies(model: type[Model], rows: Rows, count: int, unique: set[str]) -> list[tuple[Any, ...]]:
    many = min(count, MOST_MODEST) if model.__name__ in MODEST else count
    return [tuple(_copy(model, rows[n % len(rows)], n, unique).values()) for n in range(many)] if rows else []


async def multiply(house: House, organization_id: UUID, count: int) -> None:
    """`count` rows more in each table of the Organization; then the statistics that a server would have."""
    if house.settings.on_sqlite:
        await asyncio.to_thread(_multiply_sqlite, house, organization_id, count)
        return
    admin = await asyncpg.connect(house.settings.database_admin_url)
    try:
        await admin.execute("SET session_replication_role = replica")  # no triggers, no foreign keys
        unique = _unique_columns()
        for model in tables():
            table = model._meta.db_table
            rows = await admin.fetch(f"SELECT * FROM {table} WHERE organization_id = $1 LIMIT 6", organization_id)
            copies = _copies(model, rows, count, unique[table])
            if copies:
                await admin.copy_records_to_table(table, records=copies, columns=list(rows[0].keys()))
        await admin.execute("ANALYZE")
    finally:
        await admin.close()


def _multiply_sqlite(house: House, organization_id: UUID, count: int) -> None:
    file = sqlite3.connect(house.settings.sqlite_path, isolation_level=None, timeout=10)
    file.row_factory = sqlite3.Row
    unique = _unique_columns()
    file.execute("BEGIN IMMEDIATE")
    for model in tables():
        table = model._meta.db_table
        rows = file.execute(f"SELECT * FROM {table} WHERE organization_id = ? LIMIT 6", [str(organization_id)])
        found = [dict(row) for row in rows]
        marks = ", ".join("?" for _ in found[0]) if found else ""
        copies = _copies(model, found, count, unique[table])  # type: ignore[arg-type]
        if copies:
            kept = ([adapt(value) for value in copy] for copy in copies)
            file.executemany(f"INSERT INTO {table} ({', '.join(found[0])}) VALUES ({marks})", kept)
    file.execute("COMMIT")
    file.close()
