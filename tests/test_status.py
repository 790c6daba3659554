"""liveStatus: numbers of the live core for who runs the company, and for nobody else."""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from resolvers.jobs import REGISTRY
from subscriptions.status import Counters, Status
from tests.dump import owner
from tests.factories.world import NOW
from tests.live.talk import ACCESS, live_cursor, pass_gate
from tests.live.websocket import talk

if TYPE_CHECKING:
    from resolvers.ports import House
    from tests.client import Client
    from tests.conftest import Live


def camel(name: str) -> str:
    """As the contract writes it."""
    first, *rest = name.split("_")
    return first + "".join(part.title() for part in rest)


QUERY = f"{{ liveStatus {{ {' '.join(camel(one.name) for one in fields(Status))} }} }}"


async def shown(client: Client, who: str | None) -> dict[str, Any] | None:
    """What they see."""
    found: dict[str, Any] | None = (await client.data(QUERY, who))["liveStatus"]
    return found


async def test_who_runs_the_company_sees_it_and_nobody_else(live: Live) -> None:
    tenant = live.client.world.acme
    for who in (None, "resident", "tech1", "manager", "chief", "auditor", "control", "cashier"):
        assert await shown(live.client, who) is None, who
    async with talk(live.websocket_url, tenant.token("control")) as socket:
        cursor = await live_cursor(live.client)
        await socket.subscribe("1", ACCESS, property=tenant.id("home"), after=cursor)
        await pass_gate(live.client, 1)
        await socket.results("1", 1)  # it has joined
        before = await shown(live.client, "admin")
        assert before is not None
        assert (before["sockets"], before["members"], before["streams"]) == (1, 1, 1)
        await pass_gate(live.client, 2, 3)
        await socket.results("1", 2)
        after = await shown(live.client, "admin")
        assert after is not None
        assert after["deliveries"] - before["deliveries"] == after["ringEntries"] - before["ringEntries"] == 2
        assert after["groups"] == 1


async def test_large_figures(client: Client, house: House) -> None:
    told = Counters(bytes_queued=2**40, deliveries=2**45, executions=2**33).snapshot()
    house.watch.live = lambda: told
    assert await shown(client, "admin") == {camel(name): value for name, value in asdict(told).items()}


JOBS = "{ jobs { name runAt running lastDoneAt failures } }"


async def test_who_runs_the_company_sees_how_scheduled_work_stands(client: Client, house: House) -> None:
    for who in (None, "resident", "manager", "chief", "auditor"):
        assert (await client.data(JOBS, who))["jobs"] == [], who
    await owner(house, "UPDATE job SET attempts = 3, last_error = 'rival' WHERE kind = 'sla.watch'")
    later = NOW + timedelta(minutes=1)
    await owner(house, "UPDATE job SET attempts = 1, locked_until = $1 WHERE kind = 'ticket.close'", later)
    shown = {job.pop("name"): job for job in (await client.data(JOBS, "admin"))["jobs"]}
    assert list(shown) == sorted(REGISTRY), "every kind, by name"
    assert {"sla.watch", "ticket.close", "ticket.remind", "dispatch.give", "alarm.escalate"} <= set(shown)
    at = "2026-11-22T02:00:00.000000Z"
    assert shown["sla.watch"] == {
        "runAt": "2026-11-22T02:00:10.000000Z", "running": False, "lastDoneAt": at, "failures": 3,
    }  # fmt: skip
    assert (shown["ticket.close"]["running"], shown["ticket.close"]["failures"]) == (True, 0)
