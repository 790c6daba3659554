"""Promises 1 and 5: cashiers take money while the server is killed -9; what was acknowledged is there, nothing twice.

Each payment has the number of its paper receipt. A cashier whose call was cut off says it again: the Property takes
each number once, so the answer is the payment or that it is there already.
"""

from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.faults import FULL
from tests.money import CHECK

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from tests.faults.conftest import Deployment

pytestmark = [pytest.mark.faults, pytest.mark.servers, pytest.mark.timeout(3_600 if FULL else 120)]

CASHIERS = 8
KILLS = 200 if FULL else 1
BETWEEN = 12  # payments that are acknowledged between two kills
SEED = 20261122
RETRY_SECONDS = 0.05 if FULL else 0.2
BILLED = 100_000_00
ISSUE = "mutation ($input: BillCreateInput!) { billCreate(input: $input) { bill { id } userErrors { code } } }"
PAY = """mutation ($input: PaymentRecordInput!) {
  paymentRecord(input: $input) { payment { receiptNumber amount { amount } } userErrors { code } }
}"""
PAYMENTS = """query ($id: ID!, $after: Cursor) { payments(propertyId: $id, order: OLDEST, first: 500, after: $after) {
  nodes { receiptNumber amount { amount } } pageInfo { hasNextPage endCursor } } }"""
BILL = "query ($id: ID!) { bill(id: $id) { openAmount { amount } } }"


class Cashiers:
    """They pay `bill` bit by bit. `acknowledged` are the receipts that were answered, with their amounts in fen."""

    def __init__(self, deployment: Deployment, http: httpx.AsyncClient) -> None:
        self._http = http
        self._deployment = deployment
        self._token = deployment.token("cashier")
        self._manager = deployment.token("manager")
        self._news = asyncio.Event()
        self.acknowledged: dict[str, int] = {}
        self.begun: dict[str, int] = {}
        self.repeats = 0
        self.found_there = 0
        self.bill = ""
        self.stopped = False

    async def ask(self, query: str, token: str | None = None, **variables: Any) -> dict[str, Any]:
        """One question that must be answered."""
        headers = {"authorization": f"Bearer {token or self._token}"}
        answer = await self._http.post("/graphql", json={"query": query, "variables": variables}, headers=headers)
        data: dict[str, Any] = answer.json()
        assert "errors" not in data, data
        found: dict[str, Any] = data["data"]
        return found

    async def issue(self) -> None:
        """The bill that they pay."""
        acme = self._deployment.world.acme
        wish = {
            "unitId": acme.id("unit0"),
            "chargeItemId": acme.id("charge_item"),
            "payerId": acme.id("resident_person"),
            "periodFrom": "2026-12-01",
            "periodUntil": "2026-12-31",
            "dueOn": "2026-12-10",
            "lines": [{"description": "x", "quantity": "1", "unitPrice": str(BILLED // 100)}],
        }
        self.bill = (await self.ask(ISSUE, self._manager, input=wish))["billCreate"]["bill"]["id"]

    async def work(self, number: int) -> None:
        """One cashier: receipt after receipt, each until it is answered."""
        turn = 0
        while not self.stopped:
            turn += 1
            receipt, amount = f"{number}-{turn}", number * 100 + turn % 100 + 1
            self.begun[receipt] = amount
            while not await self.paid(receipt, amount):
                self.repeats += 1
                await asyncio.sleep(RETRY_SECONDS)
            self.acknowledged[receipt] = amount
            self._news.set()

    async def paid(self, receipt: str, amount: int) -> bool:
        """Whether the server says that it has this payment."""
        acme = self._deployment.world.acme
        wish = {
            "propertyId": acme.id("home"),
            "payerId": acme.id("resident_person"),
            "amount": {"amount": f"{amount // 100}.{amount % 100:02}"},
            "billIds": [self.bill],
            "receiptNumber": receipt,
        }
        headers = {"authorization": f"Bearer {self._token}"}
        try:
            body = {"query": PAY, "variables": {"input": wish}}
            answer = await self._http.post("/graphql", json=body, headers=headers)
        except httpx.TransportError:
            return False
        if answer.status_code == 503 or "SERVICE_UNAVAILABLE" in answer.text:
            return False
        result = answer.json()["data"]["paymentRecord"]
        codes = [error["code"] for error in result["userErrors"]]
        assert codes in ([], ["PAYMENT_ALREADY_RECORDED"]), answer.text
        self.found_there += bool(codes)
        assert result["payment"]["receiptNumber"] == receipt
        return True

    async def more(self, count: int) -> None:
        """Wait until so many further payments are acknowledged."""
        goal = len(self.acknowledged) + count
        while len(self.acknowledged) < goal:
            self._news.clear()
            await self._news.wait()

    async def recorded(self) -> list[tuple[str, int]]:
        """Receipt and amount in fen of every payment that has come through the till."""
        found: list[tuple[str, int]] = []
        after, more = None, True
        while more:
            page = (await self.ask(PAYMENTS, id=self._deployment.world.acme.id("home"), after=after))["payments"]
            found += [(node["receiptNumber"], int(node["amount"]["amount"].replace(".", ""))) for node in page["nodes"]]
            after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
        return [(receipt, amount) for receipt, amount in found if receipt != "acme 1"]  # the world's own

    async def agree(self) -> int:
        """What was acknowledged is there once, and the books balance; how many payments there are."""
        recorded = await self.recorded()
        assert len(recorded) == len(dict(recorded)), "a receipt is booked twice"
        assert dict(recorded) == self.acknowledged == self.begun, "an acknowledged payment is lost"
        bill = (await self.ask(BILL, id=self.bill))["bill"]
        owed = BILLED - sum(self.acknowledged.values())
        assert bill["openAmount"]["amount"] == f"{owed // 100}.{owed % 100:02}"
        check = (await self.ask(CHECK, id=self._deployment.world.acme.id("home")))["ledgerCheck"]
        assert check["balanced"], check
        assert check["debits"] == check["credits"]
        return len(recorded)


@pytest.fixture
async def cashiers(deployment: Deployment) -> AsyncIterator[Cashiers]:
    """They share one client: making one costs more than a payment."""
    async with httpx.AsyncClient(base_url=deployment.product.url, trust_env=False, timeout=15) as http:
        yield Cashiers(deployment, http)


async def run(deployment: Deployment, cashiers: Cashiers) -> None:
    """Take money and kill, at the same time."""
    print(f"seed {SEED}")
    chance = random.Random(SEED)
    await cashiers.issue()
    async with asyncio.TaskGroup() as group:
        for number in range(1, CASHIERS + 1):
            group.create_task(cashiers.work(number))
        for _ in range(KILLS):
            await cashiers.more(BETWEEN)
            await asyncio.sleep(chance.random() * 0.05)  # anywhere in a commit
            await asyncio.to_thread(deployment.product.kill)
            await asyncio.to_thread(deployment.product.start)
        await cashiers.more(BETWEEN)
        cashiers.stopped = True


@pytest.mark.promise(1)
async def test_what_is_acknowledged_is_there_once_and_the_books_balance(
    deployment: Deployment, cashiers: Cashiers, reached: Callable[..., None]
) -> None:
    await run(deployment, cashiers)
    paid = await cashiers.agree()
    assert cashiers.repeats > 0, "no kill met a cashier: the harness is blunt"
    print(f"{paid} payments, {KILLS} kills, {cashiers.repeats} repeats, {cashiers.found_there} found there")
    reached(
        f"{KILLS} kills, {paid} payments, {cashiers.repeats} said again: 0 lost, 0 doubled, debits = credits",
        count=KILLS,
    )
