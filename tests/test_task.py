"""Work in the background ends when it is told to, also when a library loses the word."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from adapters import task as tasks
from adapters.task import end
from server import application

if TYPE_CHECKING:
    from resolvers.ports import House


async def test_a_lost_cancellation_is_said_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "AGAIN_SECONDS", 0.01)
    lost = 0

    async def deaf() -> None:
        nonlocal lost
        while True:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                lost += 1
                if lost == 3:
                    raise

    working = asyncio.create_task(deaf())
    await asyncio.sleep(0)
    async with asyncio.timeout(10):
        await end([working, None])
    assert (working.cancelled(), lost) == (True, 3)


async def test_what_has_ended_or_fails_is_passed_over() -> None:
    async def fails() -> None:
        raise ValueError("theirs")

    working = asyncio.create_task(fails())
    await asyncio.sleep(0)
    await end([working])
    await end([])
    assert isinstance(working.exception(), ValueError)


async def test_whoever_waits_for_the_end_can_be_cancelled() -> None:
    async def slow() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0.05)

    working = asyncio.create_task(slow())
    await asyncio.sleep(0)
    waiting = asyncio.create_task(end([working]))
    await asyncio.sleep(0.01)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await end([working])


async def test_everything_stops_when_the_server_fails(house: House) -> None:
    before = asyncio.all_tasks()

    async def serve() -> None:
        asgi = application(house)
        async with asgi.router.lifespan_context(asgi):
            assert asyncio.all_tasks() > before
            raise ValueError("out of order")

    with pytest.raises(ValueError, match="out of order"):
        await serve()
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == before
