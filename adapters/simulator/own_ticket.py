"""A resident's own tickets: answers when staff ask, and rates what was done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adapters.simulator.actor import Actor
from adapters.simulator.phone import Call, Phone
from adapters.simulator.trouble import Refused

if TYPE_CHECKING:
    import random

    from adapters.simulator.actor import Stage
    from adapters.simulator.session import Session

ANSWER_SECONDS = 25.0
RATE_SECONDS = 20.0
ANSWER_SHARE = 0.8  # the others leave it to staff to go on
RATE_SHARE = 0.7
STARS = {5: 60, 4: 22, 3: 9, 2: 5, 1: 4}
PRAISE = ("师傅很及时，谢谢。", "服务态度好。", "问题解决了。", None)
BLAME = ("等了很久。", "还有点小问题。", "希望下次快一点。", None)
ANSWERS = ("下午三点以后在家。", "同意，请尽快处理。", "照片稍后发到群里。", "现在就在家，可以上门。")
HEARS = """subscription Tickets($property: ID!, $after: Cursor) {
  ticketChanged(propertyId: $property, after: $after) {
    cursor change ticket { id number awaitingSince stars viewerCanComment viewerCanRate }
  }
}"""
COMMENT = """mutation Comment($id: ID!, $input: TicketCommentInput!) {
  ticketComment(id: $id, input: $input) { ticket { id } userErrors { code message } }
}"""
RATE = """mutation Rate($id: ID!, $input: TicketRateInput!) {
  ticketRate(id: $id, input: $input) { ticket { stars } userErrors { code message } }
}"""


class OwnTickets(Actor):
    """Acts when the phone rings about a ticket of one's own."""

    def __init__(self, stage: Stage, name: str, session: Session, property_id: str) -> None:
        super().__init__(stage, f"{name} (tickets)")
        self._session = session
        self._call = Call(HEARS, {"property": property_id})
        self.phone = Phone(session, [self._call])

    async def act(self) -> None:
        """Wait for news, and do what it asks for."""
        await self.phone.rang.wait()
        self.phone.rang.clear()
        heard, self._call.heard = self._call.heard, []
        for event in heard:
            ticket = event["ticket"]
            if ticket is None:
                continue
            if event["change"] == "AWAITED" and self.chance.random() < ANSWER_SHARE:
                await self._answer(ticket)
            elif event["change"] == "RESOLVED" and ticket["stars"] is None and self.chance.random() < RATE_SHARE:
                await self._rate(ticket)

    async def _answer(self, ticket: dict[str, Any]) -> None:
        await self.pause_about(ANSWER_SECONDS)
        text = self.chance.choice(ANSWERS)
        if await self._did(COMMENT, ticket, text=text):
            self.say("answers about %s: %s", ticket["number"], text)

    async def _rate(self, ticket: dict[str, Any]) -> None:
        await self.pause_about(RATE_SECONDS)
        stars, text = plan_rating(self.chance)
        if await self._did(RATE, ticket, stars=stars, text=text):
            self.say("gives %s %d stars", ticket["number"], stars)

    async def _did(self, document: str, ticket: dict[str, Any], **wish: Any) -> bool:
        try:
            await self._session.act(document, id=ticket["id"], input=wish)
        except Refused as refused:
            if "TRANSITION_NOT_ALLOWED" not in refused.codes:  # it went on meanwhile
                raise
            return False
        return True


def plan_rating(chance: random.Random) -> tuple[int, str | None]:
    """Stars, mostly many, and what is said with them."""
    stars = chance.choices(list(STARS), list(STARS.values()))[0]
    return stars, chance.choice(PRAISE if stars > 3 else BLAME)
