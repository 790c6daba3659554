"""Promise 25, one after the other: two processes behind nginx are restarted in turn while people and screens go on.

Each socket is told 1012 and each stream over SSE ends whole; they come back to the other process by cursor. What was
receipted is in the log once.
"""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.faults import FULL
from tests.faults.bustle import Bustle
from tests.faults.conftest import LONG, MANY, Deployment
from tests.faults.subscriber import SocketSubscriber
from tests.servers import ServerUnavailableError
from tests.servers.nginx import NginxServer
from tests.servers.process import HOST
from tests.servers.product import Product

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from adapters.settings import Settings
    from tests.factories.tenant import World

pytestmark = [
    pytest.mark.faults,
    pytest.mark.servers,
    pytest.mark.postgres,
    pytest.mark.timeout(900 if FULL else 90),
]

ROUNDS = 10 if FULL else 1
STOP_SECONDS = 10.0
ASKED_SECONDS = 10.0


@pytest.fixture
def backend() -> str:
    """Two processes need the larger backend."""
    return "postgres"


@dataclass(frozen=True)
class Pair:
    """Two processes behind nginx. `deployment` dials nginx; its own product is the first."""

    deployment: Deployment
    products: tuple[Product, Product]


@pytest.fixture
def pair(settings: Settings, world: World, tmp_path: Path) -> Iterator[Pair]:
    """Started; both share the database and the broker."""
    options = {
        "DATABASE_URL": settings.database_url,
        "BROKER_URL": settings.broker_url,
        "TRUSTED_PROXIES": f"{HOST}/32",
        **LONG,
        **MANY,
    }
    folders = [tmp_path / name for name in ("first", "second")]
    for folder in folders:
        folder.mkdir()
    first, second = (Product(folder, **options) for folder in folders)
    nginx = NginxServer((first.port, second.port), **{"fail_timeout=2s": "fail_timeout=1s"})
    try:
        nginx.start()
    except ServerUnavailableError as missing:
        pytest.skip(str(missing))
    with nginx, ExitStack() as stack:
        for product in (first, second):
            product.launch()
            stack.callback(product.__exit__)
        for product in (first, second):
            product.wait_ready()
        yield Pair(Deployment(first, world, settings, None, nginx), (first, second))


def is_asked(product: Product) -> bool:
    """Whether somebody is connected to it."""
    here, established = f":{product.port:04X}", "01"
    lines = (line.split() for line in Path("/proc/net/tcp").read_text().splitlines())
    return any(line[1].endswith(here) and line[3] == established for line in lines)


async def restart_in_turn(pair: Pair, storm: Bustle) -> None:
    """One process goes and comes back, then the other; the work goes on all the time."""
    for product in pair.products * ROUNDS:
        await storm.calm(0.0)
        status = await asyncio.to_thread(product.terminate, 3 * STOP_SECONDS)
        assert status == 0, product.output()[-3_000:]
        await storm.calm(0.0)  # the other has them all
        await asyncio.to_thread(product.start)
        async with asyncio.timeout(ASKED_SECONDS):
            while not is_asked(product):  # noqa: ASYNC110 - nginx leaves out who refused it, and tells nobody
                await asyncio.sleep(0.02)
    await storm.calm(0.0)


@pytest.mark.promise(25)
async def test_one_after_the_other(pair: Pair, reached: Callable[..., None]) -> None:
    storm = await asyncio.to_thread(Bustle, pair.deployment)
    logged = await storm.blow(lambda: restart_in_turn(pair, storm))  # each subscriber heard each event once, in order
    for one in storm.subscribers:
        farewell = "1012" if isinstance(one, SocketSubscriber) else "whole"
        assert set(one.ends) == {farewell}, one.ends
    ends = [len(one.ends) for one in storm.subscribers]
    assert sorted(ends) == [2 * ROUNDS - 1] * 2 + [2 * ROUNDS] * 2, "two were at each, and went to the other"
    for product in pair.products:
        assert "Traceback" not in product.output(), product.output()[-3_000:]
    told = storm.told
    reached(
        f"{2 * ROUNDS} restarts in turn: {sum(ends)} connections ended with 1012 or whole, {len(logged)} receipted"
        f" writes logged once and heard once by {len(ends)} subscribers, {len(told.refused)} of"
        f" {told.answered + len(told.refused)} calls to be said again",
        count=2 * ROUNDS,
    )
