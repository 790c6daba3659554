"""Together: what a crowd asks is one question, what one asks is asked at once, and nobody gets an older answer."""

from __future__ import annotations

import asyncio

import pytest

from adapters import gather
from adapters.gather import CROWD, Gather


async def test_a_crowd_asks_together(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[int]] = []

    async def ask(keys: list[int]) -> dict[int, int]:
        asked.append(keys)
        await asyncio.sleep(0.005)
        return {key: 2 * key for key in keys if key != 7}

    together = Gather(ask, most=1_000, crowd_seconds=0.2)

    async def come(number: int) -> None:
        await asyncio.sleep(number % 50 * 0.001)  # one by one
        assert await together(number % 10) == (None if number % 10 == 7 else number % 10 * 2)

    await asyncio.gather(*(come(number) for number in range(500)))
    assert len(asked) <= CROWD + 3, "a few before it is seen that they are many"


async def test_who_asks_one_thing_after_the_other_waits_for_nobody() -> None:
    async def ask(keys: list[int]) -> dict[int, int]:
        return {key: 2 * key for key in keys}

    together = Gather(ask, most=1_000, crowd_seconds=1_000)  # the test's time would be up
    assert [await together(key) for key in range(4 * CROWD)] == [2 * key for key in range(4 * CROWD)]


async def test_a_crowd_that_waits_for_its_answers_is_complete() -> None:
    asked: list[int] = []

    async def ask(keys: list[int]) -> dict[int, int]:
        asked.append(len(keys))
        return dict.fromkeys(keys, 1)

    together = Gather(ask, most=1_000, crowd_seconds=1_000)  # the test's time would be up
    numbers = iter(range(10 * CROWD))

    async def come() -> None:
        for number in numbers:
            await together(number)

    await asyncio.gather(*(come() for _ in range(2 * CROWD)))
    assert sum(asked) == 10 * CROWD
    assert len(asked) <= 7, "all who may come, each time"


async def test_an_answer_is_never_older_than_its_question() -> None:
    state, began, go = 1, asyncio.Event(), asyncio.Event()

    async def ask(keys: list[str]) -> dict[str, int]:
        found = dict.fromkeys(keys, state)
        began.set()
        await go.wait()
        return found

    together = Gather(ask, most=10, crowd_seconds=0)
    first = asyncio.create_task(together("x"))
    await began.wait()
    state = 2
    second = asyncio.create_task(together("x"))
    await asyncio.sleep(0)
    go.set()
    assert (await first, await second) == (1, 2)


async def test_a_failure_is_told_to_each_who_asked_and_to_nobody_else() -> None:
    broken = True

    async def ask(keys: list[int]) -> dict[int, int]:
        if broken:
            raise ValueError("away")
        return dict.fromkeys(keys, 1)

    together = Gather(ask, most=2, crowd_seconds=0)
    told = await asyncio.gather(*(together(key) for key in range(5)), return_exceptions=True)
    assert [type(one) for one in told] == [ValueError] * 5
    broken = False
    assert await asyncio.gather(*(together(key) for key in range(5))) == [1] * 5
    assert gather.CROWD_SECONDS <= 1.5, "a moment"
    await together.stop()
