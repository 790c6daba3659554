"""Blocks of the log: read once for all who ask, and again when that failed."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import pytest

from adapters.database import DatabaseUnavailable
from adapters.gather import Gather
from subscriptions import log
from subscriptions.hub.past import Past
from tests.live.crowd import STREAM, Log


async def test_a_block_that_could_not_be_read_is_read_again_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    book = Log(monkeypatch, random.Random(1))
    book.write(3)
    past, away = Past(None), [True]  # type: ignore[arg-type]  # its log is ours

    async def read(*asked: Any) -> list[Any]:
        if away[0]:
            raise DatabaseUnavailable("away")
        return await book.read(*asked)

    monkeypatch.setattr(log, "read", read)
    failed = await asyncio.gather(*(past.block(STREAM, 1, 0, 3) for _ in range(3)), return_exceptions=True)
    assert [type(one) for one in failed] == [DatabaseUnavailable] * 3
    away[0] = False
    found = await asyncio.gather(*(past.block(STREAM, 1, 0, 3) for _ in range(3)))
    assert [[entry.position for entry in one] for one in found] == [[1, 2, 3]] * 3
    assert book.reads == 1
    await past.stop()


async def test_who_waits_when_it_stops_is_told() -> None:
    async def ask(keys: list[int]) -> dict[int, int]:
        await asyncio.get_running_loop().create_future()
        return dict.fromkeys(keys, 1)

    gather = Gather(ask, 1)
    asked = [asyncio.ensure_future(gather(number)) for number in range(3)]
    await asyncio.sleep(0)
    await gather.stop()
    async with asyncio.timeout(5):
        told = await asyncio.gather(*asked, return_exceptions=True)
    assert [type(one) for one in told] == [DatabaseUnavailable] * 3
