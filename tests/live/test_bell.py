"""The doorbell is not to be trusted: of its rings half are lost and the rest come twice, and each event comes once."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from subscriptions.hub import hub
from tests.live.sse import listen
from tests.live.talk import ACCESS, live_cursor, pass_gate, reasons, until
from tests.live.websocket import talk

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from tests.conftest import Live

SEED = 20261122
CALLS, EACH = 25, 3


async def test_rings_lost_and_doubled(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "LOOK_SECONDS", 1.0)
    chance, ring = random.Random(SEED), live.house.broker.ring
    rings: list[int] = []

    async def unreliable(streams: Iterable[UUID]) -> None:
        wanted = list(streams)
        rings.append(2 * chance.randrange(2) if len(rings) < CALLS else 0)  # the last one is found by looking alone
        for _ in range(rings[-1]):
            await ring(wanted)

    monkeypatch.setattr(live.house.broker, "ring", unreliable)
    tenant, start = live.client.world.acme, await live_cursor(live.client)
    home, token = tenant.id("home"), tenant.token("control")
    async with (
        talk(live.websocket_url, token) as socket,
        listen(live.client.http, ACCESS, token, last_id=start, property=home) as stream,
    ):
        await socket.subscribe("now", ACCESS, property=home)
        await until(live, lambda status: status.members == 2)
        for call in range(CALLS):
            await pass_gate(live.client, *range(call * EACH, call * EACH + EACH))
        expected = list(range(CALLS * EACH))
        assert reasons(await socket.results("now", len(expected))) == expected
        assert reasons(await stream.results(len(expected))) == expected
        await pass_gate(live.client, 999)  # nothing came twice: this is next
        assert reasons(await socket.results("now", 1)) == reasons(await stream.results(1)) == [999]
    assert {*rings} == {0, 2}
    assert live.house.watch.live is not None
    assert live.house.watch.live().gaps > 0, "no ring was missed: the test proves nothing"
