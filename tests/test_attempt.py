"""Attempts: how often one may fail to prove who one is, counted in the database."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from models.errors import ErrorCode, Refusal
from models.origin import Origin
from models.rules.attempt import AttemptKind
from resolvers.attempt import attempt
from resolvers.origin import coming_from
from tests.dump import owner

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from resolvers.ports import House

KIND = AttemptKind.SMS_CODE


class Tried:
    """Tries something and notes what came of it."""

    def __init__(self, house: House, subject: str = "who", address: str | None = "203.0.113.7") -> None:
        self.house, self.subject, self.address = house, subject, address
        self.checked = 0

    async def __call__(self, *, right: bool = False, pause: float = 0.0) -> int:
        """0 when it was checked, otherwise the seconds to wait."""
        with coming_from(Origin(self.address)):
            try:
                async with attempt(self.house, KIND, self.subject) as place:
                    self.checked += 1
                    await asyncio.sleep(pause)
                    if right:
                        place.passed()
            except Refusal as refusal:
                wait: int = refusal.params["retry_after"]
                return wait if refusal.code is ErrorCode.RATE_LIMITED else -1
        return 0


async def test_of_fifty_at_once_five_are_checked(app: Starlette, house: House) -> None:
    tried = Tried(house)
    answers = await asyncio.gather(*(tried(pause=0.02) for _ in range(50)))
    assert (tried.checked, answers.count(0), answers.count(900)) == (5, 5, 45)
    assert await tried() == 900
    for kept in await owner(house, "SELECT * FROM attempt"):
        assert not {"who", "203.0.113.7"} & {str(value) for value in kept.values()}, "keyed hashes only"


async def test_an_office_behind_one_address_signs_in_at_nine(app: Starlette, house: House) -> None:
    people = [Tried(house, f"person {n}") for n in range(60)]
    assert sum(await asyncio.gather(*(person(right=True, pause=0.01) for person in people))) == 0


async def test_who_fails_waits_and_who_passes_is_forgiven_at_that_address(app: Starlette, house: House) -> None:
    me, elsewhere = Tried(house), Tried(house, address="2001:db8::1")
    for _ in range(4):
        await me()
    assert await me(right=True) == 0
    assert [await me() for _ in range(6)] == [0] * 5 + [900], "four failures were forgiven"
    assert await elsewhere() == 900, "the account is locked wherever one comes from"
    others = [Tried(house, f"other {n}") for n in range(12)]
    assert [await other() for other in others] == [0] * 11 + [900], "20 of the address: 4 + 5 + 11"
    assert await Tried(house, "other 12", "2001:db8::2")() == 0
    house.clock.move(timedelta(minutes=15))  # type: ignore[attr-defined]
    assert (await me(), await elsewhere()) == (0, 0)


async def test_what_breaks_counts_and_what_is_void_does_not(app: Starlette, house: House) -> None:
    async def broken() -> None:
        async with attempt(house, KIND, "who", most=2):
            raise RuntimeError

    for _ in range(3):
        async with attempt(house, KIND, "who", most=2) as place:
            place.void()
    for _ in range(2):
        with pytest.raises(RuntimeError):
            await broken()
    with pytest.raises(Refusal):
        await broken()
