"""The cashier: takes the money of those who come to the counter."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from adapters.demo.day import Pace
from adapters.simulator.actor import AccountActor

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

CALLER_SECONDS = 60.0  # mean between two who are no actors of ours, at a pace of 1
OWED = """query Owed($property: ID!, $payer: ID) {
  bills(propertyId: $property, filter: {payerId: $payer, status: [OPEN, PARTLY_PAID]}, order: OLDEST, first: 50) {
    nodes { id number openAmount { amount } payer { id name } }
  }
}"""
TAKE = """mutation Take($input: PaymentRecordInput!) {
  paymentRecord(input: $input) { payment { number amount { amount } } userErrors { code message } }
}"""


class Cashier(AccountActor):
    """The demo's account of role CASHIER."""

    async def act(self) -> None:
        """Whoever of our residents stands at the counter comes first; else somebody who owes, in office hours."""
        place, person = await self._next()
        bills = (await self.session.read(OWED, property=place, payer=person))["bills"]["nodes"]
        known = [bill for bill in bills if bill["payer"] is not None]
        if not known:
            return
        payer = person or self.chance.choice(known)["payer"]["id"]
        mine = [bill for bill in known if bill["payer"]["id"] == payer]
        amount = plan_payment(self.chance, [Decimal(bill["openAmount"]["amount"]) for bill in mine])
        wish: dict[str, Any] = {"propertyId": place, "payerId": payer, "amount": {"amount": f"{amount:.2f}"}}
        wish["billIds"] = [bill["id"] for bill in mine]
        payment = (await self.session.act(TAKE, input=wish))["payment"]
        self.say("takes %s of %s: %s", payment["amount"]["amount"], mine[0]["payer"]["name"], payment["number"])

    async def _next(self) -> tuple[str, str | None]:
        with suppress(TimeoutError, asyncio.TimeoutError):
            waiting = asyncio.create_task(self.pause_until_due(CALLER_SECONDS, Pace.OFFICE))
            asked = asyncio.create_task(self.stage.counter.get())
            try:
                await asyncio.wait({waiting, asked}, return_when=asyncio.FIRST_COMPLETED)
                if asked.done():
                    return asked.result()
            finally:
                waiting.cancel()
                asked.cancel()
        return self.place.property_id, None


def plan_payment(chance: random.Random, owed: Sequence[Decimal]) -> Decimal:
    """How much somebody puts on the counter: mostly all that is owed, at times a round part of it."""
    total = sum(owed, Decimal(0))
    if chance.random() < 0.8 or total < 200:
        return total
    return (total * Decimal(chance.choice(("0.3", "0.5", "0.7"))) / 100).to_integral_value() * 100 or total
