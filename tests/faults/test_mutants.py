"""Whatever wall is taken away, the matrix of rights turns red: scopes, `require()` calls and field permissions."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.matrix import crawl, mutant
from tests.matrix.fill import fill
from tests.matrix.look import check_rows, check_verbs
from tests.visible import furnish

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from resolvers.ports import House
    from tests.client import Client

FULL = os.environ.get("FAULTS") == "full"
# The scope already shows these rows to nobody else: taken away, the demand changes no answer.
TWICE = {
    "require resolvers/account_identity.py",
    "require resolvers/forum/like.py",
    "require resolvers/rejected_message.py",
}
SCOPES, FIELDS = list(mutant.scopes()), list(mutant.fields())
DEMANDS = [one for one in mutant.demands() if one.name.partition(":")[0] not in TWICE]


def test_there_are_enough_of_them() -> None:
    assert len(SCOPES) + len(DEMANDS) + len(FIELDS) >= 100


@pytest.fixture
def backend() -> str:
    """Rights are the same on both databases; the second wall would hide nothing of this."""
    return "sqlite"


@pytest.fixture
async def furnished(client: Client, house: House) -> Client:
    """The world with files and steps."""
    for seed, tenant in enumerate((client.world.acme, client.world.rival)):
        await furnish(house, tenant, 100 + seed)
    return client


async def survivors(mutants: list[mutant.Mutant], check: Callable[[], Awaitable[None]]) -> list[str]:
    """Those that the check does not notice."""
    await check()
    alive = []
    for one in mutants:
        with pytest.MonkeyPatch.context() as patch:
            one.remove(patch)
            try:
                await check()
            except AssertionError:
                continue
            alive.append(one.name)
    await check()
    return alive


def some(mutants: list[mutant.Mutant], every: int) -> list[mutant.Mutant]:
    return mutants if FULL else mutants[::every]


async def test_each_term_of_a_scope_counts(furnished: Client) -> None:
    acme = furnished.world.acme
    assert await survivors(some(SCOPES, 80), lambda: check_rows(furnished, acme)) == []


async def test_each_demand_counts(furnished: Client, house: House) -> None:
    assert await survivors(some(DEMANDS, 30), lambda: check_verbs(furnished, house)) == []


async def test_each_permission_of_a_field_counts(furnished: Client, house: House) -> None:
    acme = furnished.world.acme
    await fill(house, acme)

    async def check() -> None:
        crawl.check(await crawl.crawl(furnished, acme), acme)

    assert await survivors(some(FIELDS, 8), check) == []
