"""Ways out under workers that die and providers that fail: nothing is handed over twice, nothing is forgotten."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from adapters.database import DatabaseUnavailable
from adapters.limit import Limits
from models import Notification, NotificationDelivery, PushDevice
from models.rules.notification import DeliveryState, NotificationChannel, NotificationKind, PushPlatform
from models.rules.notification.way import LONGEST_WAIT
from resolvers.jobs import notification as job
from resolvers.jobs.notification import DeliveryRunner
from resolvers.unit import system_unit
from tests.conftest import house_of
from tests.dump import owner
from tests.faults import FULL

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from adapters.settings import Settings
    from resolvers.ports import House
    from tests.factories.world import World
    from tests.providers import Others

COUNT, WORKERS, SEED = (1_000 if FULL else 60), 8, 20261122
DIES, FAILS = 0.3, 0.2  # of the tries
pytestmark = pytest.mark.timeout(900 if FULL else 60)
WAYS = (NotificationChannel.PUSH, NotificationChannel.SMS)


@pytest.fixture
def limits() -> Limits:
    return replace(Limits(), deliveries_per_hour=10 * COUNT)


@pytest.fixture
async def house(settings: Settings, others: Others) -> AsyncIterator[House]:
    """Led to the providers' simulators, without the product."""
    house = house_of(others.settings(settings))
    others.sms.per_minute = False
    await house.database.connect()
    try:
        yield house
    finally:
        await house.outside.close()
        await house.database.close()


async def write(house: House, world: World, others: Others) -> None:
    """So many pieces of news of the guard's, each by push or by message; their place tells them apart."""
    keys = world.acme.keys
    others.push.known.add("phone-of-the-guard")
    async with system_unit(house, keys["organization"]) as unit:
        account = {"account_id": keys["guard"]}
        await unit.add(PushDevice, platform=PushPlatform.ANDROID, token="phone-of-the-guard", **account)
        about = {"kind": NotificationKind.ALARM_RAISED, "subject_type": "Alarm", "subject_id": keys["alarm0"]}
        news = [
            unit.new(Notification, params={"place": f"n{n}", "severity": 5, "type": "FIRE"}, **about, **account)
            for n in range(COUNT)
        ]
        ways = [
            unit.new(
                NotificationDelivery,
                notification_id=one.id,
                channel=WAYS[n % len(WAYS)],
                state=DeliveryState.WAITING,
                due_at=unit.now,
                **account,
            )
            for n, one in enumerate(news)
        ]
        await unit.add_all(news)
        await unit.add_all(ways)


async def work(house: House, others: Others, chance: random.Random) -> None:
    """Rounds of eight workers at once, an hour apart, until nothing waits: all that waits is due again."""
    left, waiting = "SELECT COUNT(*) AS n FROM notification_delivery WHERE state = 'WAITING'", COUNT

    async def one() -> None:
        found = True
        while found:
            with suppress(DatabaseUnavailable):  # dead: another begins in its place
                found = await DeliveryRunner(house).run_one()

    for _ in range(40):
        others.push.broken.clear()  # of many tries some fail; of the last few none, for eight of them would be too many
        others.push.broken.extend([(503, 1000)] * int(waiting * FAILS))
        others.sms.down = chance.random() < FAILS
        await asyncio.gather(*(one() for _ in range(WORKERS)))
        house.clock.move(LONGEST_WAIT)  # type: ignore[attr-defined]  # a HeldClock
        others.clock[0] += LONGEST_WAIT
        waiting = (await owner(house, left))[0]["n"]
        if not waiting:
            return


async def test_nothing_is_handed_over_twice(
    house: House, world: World, others: Others, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance, end = random.Random(SEED), job._end
    print("SEED", SEED)

    async def dies(*told: Any) -> None:
        if chance.random() < DIES:
            raise DatabaseUnavailable("this worker is dead")
        await end(*told)

    monkeypatch.setattr(job, "_end", dies)
    await write(house, world, others)
    await work(house, others, chance)
    rows = await owner(house, "SELECT channel, state, error FROM notification_delivery")
    ends = Counter((row["channel"], row["state"], row["error"]) for row in rows)
    print(dict(ends))
    messages = [params["place"] for _, _, params in others.sms.sent]
    pushes = [body["notification"]["ios"]["extras"]["notificationId"] for body in others.push.pushed]
    assert len(set(messages)) == len(messages), "no message twice"
    assert len(set(pushes)) == len(pushes) == ends["PUSH", "SENT", None] == COUNT / 2, "each note once"
    unknown = ends["SMS", "FAILED", "OUTCOME_UNKNOWN"]
    assert ends["SMS", "SENT", None] + unknown == COUNT / 2, ends
    assert ends["SMS", "SENT", None] <= len(messages), "none is SENT that did not go"
    assert unknown > 0, "some worker died at the wrong moment"
    assert others.push.calls > COUNT / 2, "some push was sent again"
