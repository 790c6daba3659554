"""A resident: raises tickets about the own home and the shared places, at times with photos."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from adapters.simulator.actor import AccountActor
from adapters.simulator.photo import take_photo
from adapters.simulator.wish import plan_wish

if TYPE_CHECKING:
    from adapters.simulator.wish import Wish

WISH_SECONDS = 120.0  # mean between two tickets of one resident
HOMES = "query Homes($property: ID!) { units(propertyId: $property, first: 10) { nodes { id } } }"
CREATE = """mutation Raise($input: TicketCreateInput!) {
  ticketCreate(input: $input) { ticket { number } userErrors { code message } }
}"""


class Resident(AccountActor):
    """One of the demo's accounts of role RESIDENT."""

    async def act(self) -> None:
        """Live in peace for a while, then want something."""
        await self.pause(self.chance.expovariate(1 / WISH_SECONDS))
        wish = plan_wish(self.chance)
        photos = [take_photo(self.chance) for _ in range(wish.photos)]
        about = await self._about(wish)
        about["photoIds"] = [await self.session.upload(photo) for photo in photos]
        ticket = (await self.session.act(CREATE, input=about))["ticket"]
        said = f", {wish.photos} photos" if wish.photos else ""
        self.say("raises %s %s: %s%s", wish.kind.value, ticket["number"], wish.text, said)

    async def _about(self, wish: Wish) -> dict[str, Any]:
        place = self.stage.directory.property_id
        about: dict[str, Any] = {"propertyId": place, "kind": wish.kind.value, "category": wish.category}
        about |= {"text": wish.text, "priority": wish.priority.value}
        if wish.at_home:
            homes = (await self.session.read(HOMES, property=place))["units"]["nodes"]
            about["unitId"] = homes[0]["id"] if homes else None
        if wish.come_in is not None:
            about["appointmentAt"] = (self.stage.clock.now() + timedelta(hours=wish.come_in)).isoformat()
        return about
