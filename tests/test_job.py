"""Scheduled work: one effect with any number of runners, back-off, lapsing claims, and what the jobs do."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from resolvers import jobs
from resolvers.jobs import CLAIM, JobKind, JobRunner
from resolvers.jobs.event import prune_events
from tests.dump import owner
from tests.factories.world import NOW, World

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from typing import Any

    from resolvers.ports import House

EVERY = timedelta(minutes=5)


@pytest.fixture
async def connected(house: House) -> AsyncIterator[House]:
    """The house without the application, so that no other runner works."""
    await house.database.connect()
    try:
        yield house
    finally:
        await house.database.close()


def only(monkeypatch: pytest.MonkeyPatch, run: Callable[[House], Awaitable[None]]) -> None:
    """The registry with one job."""
    monkeypatch.setattr(jobs, "REGISTRY", {"test": JobKind("test", EVERY, run)})


async def job(house: House) -> dict[str, Any]:
    """The job's row, instants as Python's."""
    (found,) = await owner(house, "SELECT * FROM job WHERE kind = 'test'")
    for name in ("run_at", "locked_until"):
        found[name] = house.database.value("DatetimeField", found[name])
    return found


async def test_one_effect_with_many_runners(connected: House, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[int] = []

    async def run(_: House) -> None:
        ran.append(1)
        await asyncio.sleep(0)

    only(monkeypatch, run)
    runners = [JobRunner(connected) for _ in range(8)]
    await asyncio.gather(*(runner.register() for runner in runners))
    done = await asyncio.gather(*(runner.run_one() for runner in runners))
    assert (ran, sorted(done)) == ([1], [False] * 7 + [True])
    found = await job(connected)
    assert (found["run_at"], found["locked_until"], found["attempts"]) == (NOW + EVERY, None, 0)
    assert not await runners[0].run_one(), "not due again before its time"
    connected.clock.move(EVERY)  # type: ignore[attr-defined]
    await asyncio.gather(*(runner.run_one() for runner in runners))
    assert ran == [1, 1]


async def test_a_failure_backs_off_twice_as_long_each_time(
    connected: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def run(_: House) -> None:
        raise RuntimeError("broken " + "x" * 300)

    only(monkeypatch, run)
    runner = JobRunner(connected)
    await runner.register()
    waits = []
    for attempt in range(1, 13):
        assert await runner.run_one()
        found = await job(connected)
        wait = found["run_at"] - connected.clock.now()
        waits.append(wait)
        assert (found["attempts"], found["locked_until"]) == (attempt, None)
        assert found["last_error"].startswith("broken ")
        assert len(found["last_error"]) == 200
        assert not await runner.run_one()
        connected.clock.move(wait)  # type: ignore[attr-defined]
    assert waits[:3] == [timedelta(seconds=10), timedelta(seconds=20), timedelta(seconds=40)]
    assert waits[-1] == timedelta(hours=1)
    assert waits == sorted(waits)
    assert "broken" in caplog.text

    async def mended(_: House) -> None:
        """Nothing fails now."""

    only(monkeypatch, mended)
    assert await runner.run_one()
    found = await job(connected)
    assert (found["attempts"], found["last_error"]) == (0, None)


async def test_a_dead_runners_claim_lapses(connected: House, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[int] = []

    async def run(_: House) -> None:
        ran.append(1)

    only(monkeypatch, run)
    dead, alive = JobRunner(connected), JobRunner(connected)
    await dead.register()
    assert await dead._claim() is not None
    connected.clock.move(CLAIM)  # type: ignore[attr-defined]
    assert not await alive.run_one(), "it holds until its last instant"
    connected.clock.move(timedelta(microseconds=1))  # type: ignore[attr-defined]
    assert await alive.run_one()
    assert ran == [1]


async def test_a_slow_runner_does_not_release_the_claim_of_another(
    connected: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    started, may_end = asyncio.Event(), asyncio.Event()

    async def run(_: House) -> None:
        started.set()
        await may_end.wait()

    only(monkeypatch, run)
    slow, other, third = JobRunner(connected), JobRunner(connected), JobRunner(connected)
    await slow.register()
    task = asyncio.create_task(slow.run_one())
    await started.wait()
    connected.clock.move(CLAIM + timedelta(seconds=1))  # type: ignore[attr-defined]
    claim = await other._claim()
    assert claim is not None
    may_end.set()
    assert await task
    assert (await job(connected))["locked_until"] is not None, "the other runner still works"
    connected.clock.move(timedelta(seconds=1))  # type: ignore[attr-defined]
    assert await third._claim() is None


async def test_a_clock_that_is_set_stops_no_work_and_silences_no_device(
    connected: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[str] = []

    def kind(name: str) -> JobKind:
        async def run(_: House) -> None:
            ran.append(name)

        return JobKind(name, EVERY, run)

    monkeypatch.setattr(jobs, "REGISTRY", {name: kind(name) for name in ("test", "device.watch")})
    await owner(connected, "DELETE FROM job")
    runner = JobRunner(connected)
    await runner.look()
    assert sorted(ran) == ["device.watch", "test"]
    connected.clock.move(timedelta(minutes=-10))  # type: ignore[attr-defined]
    await runner.look()
    assert sorted(ran) == ["device.watch", "device.watch", "test", "test"], "it does not wait for what was the future"
    await runner.look()
    assert len(ran) == 4
    connected.clock.move(2 * EVERY)  # type: ignore[attr-defined]
    await runner.look()
    assert ran[4:] == ["test"], "every device seems silent: it may report first"
    for _ in range(11):  # as time goes
        connected.clock.move(timedelta(seconds=29))  # type: ignore[attr-defined]
        await runner.look()
    assert sorted(ran[5:]) == ["device.watch", "test"]


async def test_the_registry_is_registered_once(connected: House) -> None:
    await asyncio.gather(*(JobRunner(connected).register() for _ in range(4)))
    kinds = [row["kind"] for row in await owner(connected, "SELECT kind FROM job ORDER BY kind")]
    assert kinds == sorted(jobs.REGISTRY)
    while await JobRunner(connected).run_one():
        pass
    failed = await owner(connected, "SELECT kind, last_error FROM job WHERE last_error IS NOT NULL")
    assert failed == []


async def test_old_events_are_pruned_and_marked(
    connected: House, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("resolvers.jobs.event.BATCH", 3)
    keep = timedelta(hours=connected.settings.limits.event_retention_hours)
    ages = [keep * 2, keep * 2, keep + timedelta(seconds=1), keep + timedelta(microseconds=1), keep, timedelta(0)]
    for tenant in (world.acme, world.rival):
        events = [
            {
                "type": "t",
                "version": 1,
                "subject_id": str(tenant.keys["home"]),
                "occurred_at": (NOW - age).isoformat(" "),
                "audience": {},
                "data": {},
            }
            for age in ages
        ]
        async with connected.database.transaction(tenant.keys["organization"]) as tx:
            await connected.database.append_events(tx, tenant.keys["home"], tenant.keys["organization"], events)
    await prune_events(connected)
    for tenant in (world.acme, world.rival):
        left = await owner(
            connected, "SELECT position FROM event WHERE stream_id = $1 ORDER BY position", tenant.keys["home"]
        )
        assert [row["position"] for row in left] == [5, 6]
        (stream,) = await owner(
            connected, "SELECT position, pruned FROM event_stream WHERE id = $1", tenant.keys["home"]
        )
        assert (stream["position"], stream["pruned"]) == (6, 4)
    await prune_events(connected)
    assert len(await owner(connected, "SELECT 1 FROM event")) == 4, "again changes nothing"
