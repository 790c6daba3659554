"""Promise 2: a key has one effect, over two processes and over kill -9 at any instant; a retry gets the same bytes.

Cashiers take cash without a receipt number: nothing but the key tells a retry from a second payment.
"""

from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.conftest import house_of
from tests.dump import owner
from tests.faults import FULL

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from tests.faults.conftest import Deployment

pytestmark = [pytest.mark.faults, pytest.mark.servers, pytest.mark.timeout(3_600 if FULL else 120)]

COPIES = 50
CASHIERS = 8
KILLS = 40 if FULL else 1
BETWEEN = 12  # payments that are acknowledged between two kills
SEED = 20261122
RETRY_SECONDS = 0.05 if FULL else 0.2
PAY = """mutation ($input: PaymentRecordInput!) {
  paymentRecord(input: $input) { payment { id number amount { amount } } userErrors { code } }
}"""

PAYMENTS = "SELECT id FROM payment"


class Cashiers:
    """`answered` are the first answers by key, byte for byte."""

    def __init__(self, deployment: Deployment, http: httpx.AsyncClient) -> None:
        self._http = http
        self._deployment = deployment
        self._token = deployment.token("cashier")
        self._news = asyncio.Event()
        self.answered: dict[str, bytes] = {}
        self.begun: set[str] = set()
        self.repeats = self.replays = 0
        self.stopped = False

    async def pay(self, key: str) -> bytes | None:
        """The answer; None when there is none, or not yet."""
        acme = self._deployment.world.acme
        wish: dict[str, Any] = {
            "propertyId": acme.id("home"),
            "payerId": acme.id("resident_person"),
            "amount": {"amount": "0.01"},
            "billIds": [],
            "restToPrepayment": True,
        }
        self.begun.add(key)
        headers = {"authorization": f"Bearer {self._token}", "idempotency-key": key}
        body = {"query": PAY, "variables": {"input": wish}}
        try:
            answer = await self._http.post("/graphql", json=body, headers=headers)
        except httpx.TransportError:
            return None
        if any(code in answer.text for code in ("IDEMPOTENCY_IN_PROGRESS", "SERVICE_UNAVAILABLE", "TIMEOUT")):
            return None
        assert '"userErrors":[]' in answer.text, answer.text
        self.replays += "idempotency-replayed" in answer.headers
        return answer.content

    async def surely(self, key: str) -> bytes:
        """Ask until it is answered."""
        while (answer := await self.pay(key)) is None:
            self.repeats += 1
            await asyncio.sleep(RETRY_SECONDS)
        return answer

    async def work(self, number: int) -> None:
        """One cashier, payment after payment."""
        turn = 0
        while not self.stopped:
            turn += 1
            self.answered[f"{number}-{turn}"] = await self.surely(f"{number}-{turn}")
            self._news.set()

    async def more(self, count: int) -> None:
        """Wait until so many further payments are acknowledged."""
        goal = len(self.answered) + count
        while len(self.answered) < goal:
            self._news.clear()
            await self._news.wait()


@pytest.fixture
async def http(deployment: Deployment) -> AsyncIterator[httpx.AsyncClient]:
    """One for all: making one costs more than a payment."""
    async with httpx.AsyncClient(base_url=deployment.product.url, trust_env=False, timeout=15) as http:
        yield http


@pytest.mark.promise(2)
async def test_one_effect_over_processes_and_kills(
    deployment: Deployment, http: httpx.AsyncClient, reached: Callable[..., None]
) -> None:
    house = house_of(deployment.settings)
    before = len(await owner(house, PAYMENTS))
    cashiers, chance = Cashiers(deployment, http), random.Random(SEED)
    answers = await asyncio.gather(*(cashiers.surely("copies") for _ in range(COPIES)))
    assert len(set(answers)) == 1
    assert cashiers.replays >= COPIES - 1, "all but one were told the first one's answer"
    workers = [asyncio.create_task(cashiers.work(number)) for number in range(CASHIERS)]
    for _ in range(KILLS):
        await cashiers.more(BETWEEN)
        await asyncio.sleep(chance.random() * 0.05)
        await asyncio.to_thread(deployment.product.kill)
        await asyncio.to_thread(deployment.product.start)
    await cashiers.more(BETWEEN)
    cashiers.stopped = True
    await asyncio.gather(*workers)
    print(f"seed {SEED}: {len(cashiers.begun)} keys, {KILLS} kills, {cashiers.repeats} calls said again")
    assert cashiers.repeats, "no kill met a call: the test proves nothing"
    assert len(cashiers.begun) == len(cashiers.answered) + 1
    assert len(await owner(house, PAYMENTS)) - before == len(cashiers.begun), "each key has one payment"
    kept = await owner(house, "SELECT id FROM idempotency_key WHERE answer IS NOT NULL")
    assert len(kept) == len(cashiers.begun)
    for key in chance.sample(sorted(cashiers.answered), min(20, len(cashiers.answered))):
        assert await cashiers.pay(key) == cashiers.answered[key]
    reached(
        f"{COPIES} copies at once: one effect; {KILLS} kills, {cashiers.repeats} keys said again: 0 doubled",
        count=len(cashiers.begun),
    )
