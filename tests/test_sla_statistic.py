"""Statistics of service levels: by hand, against every clock counted one by one, and by their plan."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import asyncpg

from models import SlaClock
from models.rules.sla import SlaClockKind, SlaClockState
from resolvers.unit import system_unit
from tests.dump import owner
from tests.factories.tenant import NOW
from tests.flat.plan import Statement, faults

if TYPE_CHECKING:
    from resolvers.ports import House
    from tests.client import Client
    from tests.factories.tenant import Tenant

FIGURES = "count met breached medianMinutes p90Minutes"
ASK = f"""query ($p: ID, $by: SlaGroup!, $from: Date!, $until: Date!) {{
  slaStatistics(propertyId: $p, groupBy: $by, from: $from, until: $until) {{
    property {{ id }} ticketCategory {{ id }} team {{ id }} day month
    response {{ {FIGURES} }} resolution {{ {FIGURES} }} }} }}"""
FIRST, LAST = date(2026, 9, 1), date(2026, 11, 1)
BY = {"CATEGORY": "ticketCategory", "TEAM": "team", "PROPERTY": "property", "DAY": "day", "MONTH": "month"}


async def write(house: House, tenant: Tenant, rows: list[dict[str, Any]]) -> None:
    """Clocks that are over, of the world's first ticket."""
    keys = tenant.keys
    promise = {"target_minutes": 30, "warn_percent": 80, "around_the_clock": True, "shown": False}
    times = dict.fromkeys(("started_at", "due_at", "warn_at", "stopped_at"), NOW)
    async with system_unit(house, keys["organization"]) as unit:
        made = [unit.new(SlaClock, ticket_id=keys["ticket0"], **{**promise, **times, **row}) for row in rows]
        for start in range(0, len(made), 2_000):
            await unit.add_all(made[start : start + 2_000])


def by_chance(tenant: Tenant, place: str, count: int) -> list[dict[str, Any]]:
    """Clocks of every kind of end."""
    chance, keys = random.Random(f"{place}{count}"), tenant.keys
    found = []
    for _ in range(count):
        late = chance.random() < 0.3
        state = SlaClockState.MISSED if late else SlaClockState.MET
        found.append({
            "property_id": keys[place],
            "kind": chance.choice(list(SlaClockKind)),
            "state": SlaClockState.CANCELLED if chance.random() < 0.1 else state,
            "breached_at": NOW if late else None,
            "elapsed_seconds": chance.randrange(0, 90 * 60),
            "day": FIRST + timedelta(days=chance.randrange((LAST - FIRST).days)),
            "ticket_category_id": chance.choice([None, keys["category0"], keys["category1"]]),
            "team_id": chance.choice([None, keys["team"]]),
        })  # fmt: skip
    return found


def counted(tenant: Tenant, rows: list[dict[str, Any]], group: str) -> dict[Any, dict[str, Any]]:
    """The same figures one by one: nearest rank of sorted minutes."""
    columns = {"CATEGORY": "ticket_category_id", "TEAM": "team_id", "PROPERTY": "property_id"}
    ids = {tenant.keys[name]: tenant.id(name) for name in ("category0", "category1", "team", "home")}
    sets: dict[Any, dict[str, list[dict[str, Any]]]] = defaultdict(lambda: {"response": [], "resolution": []})
    for row in rows:
        if row["state"] is not SlaClockState.CANCELLED:
            day = row["day"].isoformat()
            key = ids.get(row[columns[group]]) if group in columns else day if group == "DAY" else day[:7]
            sets[key][row["kind"].value.lower()].append(row)
    return {key: {kind: figures(found) for kind, found in kinds.items()} for key, kinds in sets.items()}


def figures(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Of one kind."""
    minutes = sorted(row["elapsed_seconds"] // 60 for row in rows)
    return {
        "count": len(rows),
        "met": sum(row["state"] is SlaClockState.MET for row in rows),
        "breached": sum(row["breached_at"] is not None for row in rows),
        "medianMinutes": minutes[(len(minutes) + 1) // 2 - 1] if minutes else None,
        "p90Minutes": minutes[-(-len(minutes) * 9 // 10) - 1] if minutes else None,
    }


async def ask(client: Client, by: str, who: str = "manager", **wish: Any) -> dict[Any, Any]:
    """By the group's key."""
    place = {"p": client.world.acme.id("home")}
    given: dict[str, Any] = {"by": by, "from": FIRST.isoformat(), "until": LAST.isoformat(), **place, **wish}
    found = (await client.data(ASK, who, **given))["slaStatistics"]
    keys = [row[BY[by]]["id"] if isinstance(row[BY[by]], dict) else row[BY[by]] for row in found]
    assert len(set(keys)) == len(keys)
    return {key: {kind: row[kind] for kind in ("response", "resolution")} for key, row in zip(keys, found, strict=True)}


async def test_they_are_what_is_counted_one_by_one(client: Client, house: House) -> None:
    acme = client.world.acme
    rows = by_chance(acme, "home", 400)
    await write(house, acme, rows)
    await write(house, acme, by_chance(acme, "away", 50))
    for group in BY:
        assert await ask(client, group) == counted(acme, rows, group), group
    whole = await ask(client, "PROPERTY", "chief", p=None)
    assert set(whole) == {acme.id("home"), acme.id("away")}
    assert set(await ask(client, "PROPERTY", p=None)) == {acme.id("home")}, "where one reads tickets"
    october = [row for row in rows if row["day"].month == 10]
    assert await ask(client, "MONTH", **{"from": "2026-10-01"}) == counted(acme, october, "MONTH")
    for who in ("resident", "tech1", "away_manager", "cashier"):
        assert await ask(client, "DAY", who) == {}, who
    for until in (FIRST.isoformat(), "2030-01-01"):
        wish: dict[str, Any] = {"by": "DAY", "from": FIRST.isoformat(), "until": until, "p": None}
        assert await client.codes(ASK, "manager", **wish) == ["BAD_USER_INPUT"], until


async def test_what_is_not_over_counts_and_has_no_minutes(client: Client, house: House) -> None:
    acme = client.world.acme
    about: dict[str, Any] = {"property_id": acme.keys["home"], "kind": SlaClockKind.RESPONSE, "day": FIRST}
    runs = {"stopped_at": None, "counted_from": NOW, "state": SlaClockState.BREACHED, "breached_at": NOW}
    ended = [{"state": SlaClockState.MET, "elapsed_seconds": 60 * n + 59} for n in range(10)]
    await write(house, acme, [about | runs, *(about | end for end in ended)])
    expected = {"count": 11, "met": 10, "breached": 1, "medianMinutes": 4, "p90Minutes": 8}
    nothing = {"count": 0, "met": 0, "breached": 0, "medianMinutes": None, "p90Minutes": None}
    assert await ask(client, "MONTH") == {"2026-09": {"response": expected, "resolution": nothing}}


async def test_the_statement_reads_its_propertys_days_by_index(client: Client, house: House) -> None:
    acme, kept = client.world.acme, list[Statement]()
    for place, count in (("away", 6_000), ("home", 200)):
        await write(house, acme, by_chance(acme, place, count))
    if not house.settings.on_sqlite:
        admin = await asyncpg.connect(house.settings.database_admin_url)
        await admin.execute("ANALYZE sla_clock")
        await admin.close()
    real = house.database.fetch

    async def fetch(sql: str, args: Any, organization_id: Any) -> Any:
        if "sla_clock t" in sql:
            kept.append(Statement("manager", "slaStatistics", sql, list(args), organization_id))
        return await real(sql, args, organization_id)

    house.database.fetch = fetch  # type: ignore[method-assign]
    for group in BY:
        await ask(client, group)
    assert len(kept) == len(BY)
    if house.settings.on_sqlite:  # which ranks what it found in a sort of its own: some hundred rows
        plans = [await owner(house, f"EXPLAIN QUERY PLAN {one.sql}", *one.args) for one in kept]
        reads = [row["detail"] for plan in plans for row in plan if row["detail"].split()[1] == "t"]
        assert len(reads) == len(BY)
        assert all("COVERING INDEX sla_clock_figure_idx" in read and "day>? AND day<?" in read for read in reads), reads
    else:
        assert [await faults(house, statement, 600) for statement in kept] == [[]] * len(BY)
