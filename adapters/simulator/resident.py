"""A resident: raises tickets and sees to them, writes in the forum, likes what others write, pays the own bills."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from adapters.demo.day import Pace
from adapters.simulator.actor import AccountActor
from adapters.simulator.own_ticket import OwnTickets
from adapters.simulator.phone import BILLS, Call, Phone
from adapters.simulator.photo import take_photo
from adapters.simulator.trouble import Refused
from adapters.simulator.wish import plan_deed, plan_post, plan_reply, plan_wish

if TYPE_CHECKING:
    from adapters.simulator.actor import Stage
    from adapters.simulator.wish import Wish

DEED_SECONDS = 45.0  # mean between two deeds of one resident at a pace of 1
MOST_POSTS = 20  # the newest ones are read
HOMES = "query Homes($property: ID!) { units(propertyId: $property, first: 10) { nodes { id } } }"
CREATE = """mutation Raise($input: TicketCreateInput!) {
  ticketCreate(input: $input) { ticket { number } userErrors { code message } }
}"""
BOARDS = """query Boards($property: ID!) {
  forumBoards(propertyId: $property, first: 50) { nodes { id name viewerCanPost } }
}"""
POSTS = """query Posts($property: ID!) {
  forumPosts(propertyId: $property, order: LAST_REPLIED, first: 20) { nodes { id title } }
}"""
POST = """mutation Post($input: ForumPostCreateInput!) {
  forumPostCreate(input: $input) { forumPost { title } userErrors { code message } }
}"""
REPLY = """mutation Reply($input: ForumReplyCreateInput!) {
  forumReplyCreate(input: $input) { forumReply { text } userErrors { code message } }
}"""
LIKE = """mutation Like($id: ID!) {
  forumPostLike(id: $id) { forumPost { likeCount } userErrors { code message } }
}"""
ME = "query Me { viewer { person { id } } }"


class Resident(AccountActor):
    """One of the demo's accounts of role RESIDENT."""

    def __init__(self, stage: Stage, account: dict[str, str]) -> None:
        super().__init__(stage, account)
        self._call = Call(BILLS)
        self.phone = Phone(self.session, [self._call])
        self.tickets = OwnTickets(stage, self.name, self.session, self.place.property_id)

    async def run(self) -> None:
        """Live with the phone in the pocket: it rings when a bill or an own ticket changes."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.phone.listen())
            group.create_task(self.tickets.phone.listen())
            group.create_task(self.tickets.run())
            group.create_task(self._hear())
            group.create_task(super().run())

    async def act(self) -> None:
        """Live in peace for a while, then do something."""
        await self.pause_until_due(DEED_SECONDS, Pace.TALK)
        deed = plan_deed(self.chance)
        await {
            "ticket": self._raise,
            "post": self._post,
            "reply": self._reply,
            "like": self._like,
            "pay": self._pay,
        }[deed]()

    async def _hear(self) -> None:
        while True:
            await self.phone.rang.wait()
            self.phone.rang.clear()
            for event in self._call.heard:
                self.say("hears that the bill %s is %s", (event["bill"] or {}).get("number"), event["change"])
            self._call.heard = []

    async def _raise(self) -> None:
        wish = plan_wish(self.chance)
        photos = [take_photo(self.chance) for _ in range(wish.photos)]
        about = await self._about(wish)
        about["photoIds"] = [await self.session.upload(photo) for photo in photos]
        try:
            ticket = (await self.session.act(CREATE, input=about))["ticket"]
        except Refused as refused:
            if not refused.codes & {"TICKET_DUPLICATE", "TICKET_FLOOD"}:
                raise
            self.say("is told that %s is under way already", wish.category)
            return
        said = f", {wish.photos} photos" if wish.photos else ""
        self.say("raises %s %s: %s%s", wish.kind.value, ticket["number"], wish.text, said)

    async def _post(self) -> None:
        data = await self.session.read(BOARDS, property=self.place.property_id)
        boards = {board["name"]: board["id"] for board in data["forumBoards"]["nodes"] if board["viewerCanPost"]}
        board, title, text = plan_post(self.chance, sorted(boards))
        await self.session.act(POST, input={"boardId": boards[board], "title": title, "text": text})
        self.say("writes on %s: %s", board, title)

    async def _reply(self) -> None:
        post = await self._somebodys()
        if post is not None:
            text = plan_reply(self.chance, post["title"])
            await self.session.act(REPLY, input={"postId": post["id"], "text": text})
            self.say("answers %s: %s", post["title"], text)

    async def _like(self) -> None:
        post = await self._somebodys()
        if post is not None:
            await self.session.act(LIKE, id=post["id"])
            self.say("likes %s", post["title"])

    async def _pay(self) -> None:
        person = (await self.session.read(ME))["viewer"]["person"]
        if person is not None and not self.stage.counter.full():
            self.stage.counter.put_nowait((self.place.property_id, person["id"]))
            self.say("goes to the counter")

    async def _somebodys(self) -> dict[str, Any] | None:
        posts = (await self.session.read(POSTS, property=self.place.property_id))["forumPosts"]["nodes"]
        return self.chance.choice(posts[:MOST_POSTS]) if posts else None

    async def _about(self, wish: Wish) -> dict[str, Any]:
        place = self.place.property_id
        about: dict[str, Any] = {"propertyId": place, "kind": wish.kind.value, "category": wish.category}
        about |= {"text": wish.text, "priority": wish.priority.value}
        if wish.at_home:
            homes = (await self.session.read(HOMES, property=place))["units"]["nodes"]
            about["unitId"] = homes[0]["id"] if homes else None
        if wish.come_in is not None:
            about["appointmentAt"] = (self.stage.clock.now() + timedelta(hours=wish.come_in)).isoformat()
        return about
