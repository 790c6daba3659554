"""The database port under cancellation: nothing is lost, nobody waits for ever."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from adapters.database import DatabaseUnavailable

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from resolvers.ports import House
    from tests.factories.world import World

ROUNDS = 60


async def test_cancelled_transactions_give_everything_back(app: Starlette, house: House, world: World) -> None:
    """More cancelled transactions than the pool has connections, at every stage of their life; then one that works."""
    organization = world.acme.keys["organization"]

    async def write() -> None:
        async with house.database.transaction(organization) as tx:
            await tx.fetch("SELECT 1")

    for round_ in range(ROUNDS):
        task = asyncio.create_task(write())
        for _ in range(round_ % 12):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait({task})
    async with asyncio.timeout(5):
        await asyncio.gather(*(write() for _ in range(12)))


async def test_cancelled_reads_give_their_connection_back(app: Starlette, house: House, world: World) -> None:
    organization = world.acme.keys["organization"]
    for round_ in range(ROUNDS):
        task = asyncio.create_task(house.database.fetch("SELECT id FROM property", [], organization))
        for _ in range(round_ % 8):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait({task})
    async with asyncio.timeout(5):
        rows = await asyncio.gather(
            *(house.database.fetch("SELECT id FROM property", [], organization) for _ in range(12))
        )
    assert all(len(found) >= 2 for found in rows)


async def test_wrong_sql_is_a_bug_and_not_an_outage(app: Starlette, house: House, world: World) -> None:
    with pytest.raises(Exception, match="nowhere") as caught:
        await house.database.fetch("SELECT id FROM nowhere", [], world.acme.keys["organization"])
    assert not isinstance(caught.value, DatabaseUnavailable)
