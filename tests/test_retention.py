"""What devices sent goes after its retention, again changes nothing, and nothing else goes."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from adapters.identity import Identity
from resolvers.jobs.retention import prune_ingested, prune_notifications
from tests.dump import dump, owner
from tests.factories.world import NOW

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime

    from resolvers.ports import House
    from tests.factories.world import World


@pytest.fixture
async def connected(house: House) -> AsyncIterator[House]:
    """The house without the application, so that no job runs but ours."""
    await house.database.connect()
    try:
        yield house
    finally:
        await house.database.close()


AGES = [0, 20, 40, 80, 100, 390, 440, 800]


async def insert(house: House, table: str, at: datetime, **values: Any) -> None:
    """One row of that time."""
    columns = {"created_at": at, **values}
    if table == "device_sequence":
        columns = {"recorded_at": at, **values}
    else:
        columns["id"] = Identity(house.clock).uuid(at)
    marks = ", ".join(f"${n}" for n in range(1, len(columns) + 1))
    await owner(house, f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", *columns.values())


async def fill(house: House, world: World) -> None:
    """A row of each age in each table, of both companies."""
    for tenant in (world.acme, world.rival):
        keys = tenant.keys
        ours = {"organization_id": keys["organization"], "device_id": keys["device"]}
        placed = {**ours, "property_id": keys["home"]}
        for age in AGES:
            at = NOW - timedelta(days=age)
            measured = {"metric": "m", "value": float(age), "occurred_at": at}
            await insert(house, "telemetry", at, **placed, **measured)
            await insert(house, "device_sequence", at, **ours, sequence=age)
            passage = {"direction": "IN", "method": "CARD", "result": "GRANTED", "reason": f"n{age}", "occurred_at": at}
            of_gate = {"organization_id": keys["organization"], "property_id": keys["home"], "gate_id": keys["gate0"]}
            await insert(house, "access_event", at, **of_gate, **passage)
            message = {"transport": "HTTP", "digest": f"d{age}", "payload": "{}", "code": "C", "reason": "r"}
            stamps = {"count": 1, "last_at": at, "updated_at": at, "version": 1}
            await insert(house, "rejected_message", at, **placed, **message, **stamps)


async def left(house: House, sql: str) -> list[Any]:
    """The ages that are left, of both companies."""
    return [row["x"] for row in await owner(house, sql)]


@pytest.mark.parametrize("months", [True, False])
async def test_each_table_by_its_own_days(
    connected: House,
    world: World,
    months: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("resolvers.jobs.retention.BATCH", 3)
    if months:
        for back in (0, 120, 240, 360, 480, 810):
            await connected.database.ahead(NOW - timedelta(days=back))
    await fill(connected, world)
    await prune_ingested(connected)
    # A month of PostgreSQL goes when its last day is past; what has no month of its own goes by the row.
    assert await left(connected, "SELECT value AS x FROM telemetry WHERE metric = 'm' ORDER BY value") == [
        age for age in AGES[:6] for _ in range(2)
    ]
    found = await left(
        connected, "SELECT reason AS x FROM access_event WHERE reason LIKE 'n%' ORDER BY occurred_at DESC"
    )
    assert found == [f"n{age}" for age in AGES[:6] for _ in range(2)]
    assert await left(connected, "SELECT sequence AS x FROM device_sequence ORDER BY sequence") == [0, 0, 20, 20]
    found = await left(
        connected, "SELECT digest AS x FROM rejected_message WHERE digest LIKE 'd%' ORDER BY last_at DESC"
    )
    assert found == [f"d{age}" for age in AGES[:4] for _ in range(2)]
    before = await dump(connected)
    await prune_ingested(connected)
    assert await dump(connected) == before, "again changes nothing"


@pytest.mark.parametrize("backend", [pytest.param("postgres", marks=pytest.mark.postgres)])
class TestMonths:
    async def test_whole_months_are_dropped(self, connected: House, world: World) -> None:
        await connected.database.ahead(NOW - timedelta(days=810))
        await fill(connected, world)
        sql = "SELECT relname AS x FROM pg_class WHERE relispartition AND relname ~ '^telemetry_\\d' AND relkind = 'r'"
        assert "telemetry_2024_09" in await left(connected, sql)
        await prune_ingested(connected)
        oldest = NOW - timedelta(days=connected.settings.limits.telemetry_retention_days)
        assert min(await left(connected, sql)) == f"telemetry_{oldest:%Y_%m}"

    async def test_the_audit_is_kept_and_the_application_cannot_ask(self, connected: House) -> None:
        for parent in ("audit_entry", "telemetry"):
            with pytest.raises(Exception, match="permission denied for function"):
                await connected.database.fetch(
                    f"SELECT * FROM partitions_drop('{parent}', $1)", [Identity(connected.clock).uuid()], UUID(int=0)
                )
        with pytest.raises(Exception, match="kept for ever"):
            await owner(connected, "SELECT * FROM partitions_drop('audit_entry', $1)", Identity(connected.clock).uuid())

    async def test_an_open_end_gives_its_rows_to_the_months(self, connected: House, world: World) -> None:
        """Ids of years ago and to come are taken; a month that is made gets its own."""
        keys = world.acme.keys
        of_gate = {"organization_id": keys["organization"], "property_id": keys["home"], "gate_id": keys["gate0"]}
        passage = {"direction": "IN", "method": "CARD", "result": "GRANTED", **of_gate}
        later = NOW + timedelta(days=400)
        for at, reason in ((NOW - timedelta(days=4000), "old"), (NOW, "now"), (later, "later")):
            await insert(connected, "access_event", at, **passage, reason=reason, occurred_at=at)
        where = (
            "SELECT tableoid::regclass::text AS x FROM access_event WHERE reason IN ('old', 'now', 'later') ORDER BY id"
        )
        assert await left(connected, where) == ["access_event_before", "access_event_2026_11", "access_event_after"]
        await connected.database.ahead(later)
        months = ["access_event_before", "access_event_2026_11", "access_event_2027_12"]
        assert await left(connected, where) == months
        await connected.database.ahead(later)
        await connected.database.ahead(NOW - timedelta(days=40))
        assert await left(connected, where) == months, "older months beside the newer ones"

    async def test_a_list_is_read_month_by_month(self, connected: House, world: World) -> None:
        """Merging them would open each."""
        sql = "SELECT id FROM access_event WHERE gate_id = '{}' AND id > '{}' ORDER BY id LIMIT 20"
        lines = await owner(connected, "EXPLAIN " + sql.format(world.acme.keys["gate0"], UUID(int=0)))
        plan = "\n".join(line["QUERY PLAN"] for line in lines)
        assert "Append" in plan
        assert "Merge Append" not in plan


async def test_old_news_goes_with_the_ways_it_took(connected: House, world: World) -> None:
    keys, stamps = world.acme.keys, {"updated_at": NOW, "version": 1}
    whose = {"organization_id": keys["organization"], "account_id": keys["guard"]}
    for age in (0, 179, 181, 400):
        at = NOW - timedelta(days=age)
        news = {"kind": "ALARM_RAISED", "subject_type": "Alarm", "subject_id": keys["alarm0"], "params": "{}"}
        await insert(connected, "notification", at, **whose, **news, **stamps)
        (row,) = await owner(connected, "SELECT id FROM notification WHERE created_at = $1 AND params = '{}'", at)
        way = {"notification_id": row["id"], "channel": "SMS", "state": "FAILED", "attempts": 1, "due_at": at}
        await insert(connected, "notification_delivery", at, **whose, **way, **stamps)
    before = await dump(connected)
    await prune_notifications(connected)
    after = await dump(connected)
    for table in ("notification", "notification_delivery"):
        assert len(before[table]) - len(after[table]) == 2, table
    assert {table for table in before if before[table] != after[table]} == {"notification", "notification_delivery"}
    await prune_notifications(connected)
    assert await dump(connected) == after
