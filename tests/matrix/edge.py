"""What a single term of a scope or a single demand holds back: rows that the world of the matrix has no case for.

A household with a former member and a housemate, a bill of each, an author who lost the right to write, what was
removed, who likes what.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from models import Bill, LedgerAccount, Occupancy, Person
from models.rules.permission import Permission
from resolvers.unit import system_unit
from schema.base import encode
from tests.dump import owner, rewrite
from tests.test_verb import hold

if TYPE_CHECKING:
    from uuid import UUID

    from resolvers.ports import House
    from resolvers.unit import Unit
    from tests.client import Client

LIKED = "query ($id: ID!) { forumPost(id: $id) { viewerHasLiked } }"
PERSON = "query ($id: ID!) { person(id: $id) { phone } }"
ROLE = """INSERT INTO role_assignment (id, organization_id, account_id, role, property_id, valid_from, created_at)
 SELECT id, organization_id, id, 'GUARD', $2, created_at, created_at FROM account WHERE id = $1"""


class Edges:
    """The rows, written once; `check` may run again and again."""

    def __init__(self, client: Client, house: House) -> None:
        self._client, self._house = client, house
        self._keys = client.world.acme.keys
        self._hidden: list[tuple[str, str, UUID]] = []  # login, type, key
        self._written: dict[str, str] = {}

    async def write(self) -> None:
        """Once."""
        keys = self._keys
        await self._household()
        self._hidden += [("resident", "AccountIdentity", keys["identity"]), ("manager", "ForumWord", keys["word"])]
        await owner(self._house, "UPDATE account_identity SET removed_at = created_at WHERE id = $1", keys["identity"])
        await owner(self._house, "UPDATE forum_word SET removed_at = created_at WHERE id = $1", keys["word"])
        await rewrite(self._house, ROLE, keys["neighbour"], keys["home"])  # who reads people, and may call none
        await self._forum()

    async def _household(self) -> None:
        keys, past = self._keys, date(2024, 1, 1)
        async with system_unit(self._house, keys["organization"]) as unit:
            housemate = (await unit.add(Person, name="housemate", phone="13611112222", email=None)).id
            await self._lives(unit, housemate, "unit0", None)
            former = await self._lives(unit, keys["neighbour_person"], "unit0", past)
            await self._lives(unit, keys["resident_person"], "unit1", past)
            elsewhere = await self._owes(unit, housemate, "unit2", "E-1")
            before = await self._owes(unit, keys["neighbour_person"], "unit0", "E-2")
        self._hidden += [
            ("resident", "Occupancy", former),
            ("resident", "Bill", elsewhere),
            ("resident", "Bill", before),
        ]

    async def _lives(self, unit: Unit, person: UUID, where: str, until: date | None) -> UUID:
        home = await Occupancy.get(id=self._keys["resident_occupancy"])
        place = {"unit_id": self._keys[where], "property_id": home.property_id, "building_id": home.building_id}
        days = {"move_in_on": date(2020, 1, 1), "move_out_on": until}
        return (await unit.add(Occupancy, **place, **days, person_id=person, kind=home.kind)).id

    async def _owes(self, unit: Unit, person: UUID, where: str, number: str) -> UUID:
        bill = await Bill.get(id=self._keys["bill1"])
        book = await LedgerAccount.get(id=bill.receivable_id)
        opened = await unit.add(LedgerAccount, property_id=bill.property_id, kind=book.kind, balance=0)
        same = {name: getattr(bill, name) for name in type(bill)._meta.fields_db_projection}
        own = {"id": self._house.identity.uuid(), "number": number, "receivable_id": opened.id, "payer_id": person}
        days = {"period_from": date(2019, 1, 1), "period_until": date(2019, 1, 31)}
        return (await unit.add(Bill, **{**same, **own, **days, "unit_id": self._keys[where]})).id

    async def _forum(self) -> None:
        id_ = self._client.world.acme.id
        await hold(self._house, self._client.world.acme, "control", Permission)
        self._written["post"] = await self._do(
            f'forumPostCreate(input: {{ boardId: "{id_("board")}", title: "t", text: "t" }}) {{ forumPost {{ id }} }}',
            "forumPost",
        )
        self._written["reply"] = await self._do(
            f'forumReplyCreate(input: {{ postId: "{id_("post")}", text: "t" }}) {{ forumReply {{ id }} }}', "forumReply"
        )
        for who, verb in (("neighbour", "Like"), ("resident", "Like"), ("resident", "Unlike")):
            await self._client.data(
                f'mutation {{ forumPost{verb}(id: "{id_("post")}") {{ userErrors {{ code }} }} }}', who
            )

    async def _do(self, call: str, shown: str) -> str:
        ((payload),) = (await self._client.data(f"mutation {{ {call} }}", "control")).values()
        found: str = payload[shown]["id"]
        return found

    async def check(self) -> None:
        """AssertionError when something shows, or is done, that must not."""
        data, acme = self._client.data, self._client.world.acme
        for login, type_, key in self._hidden:
            assert await self._node(login, encode(type_, key)) is None, (login, type_)
        assert (await data(LIKED, "resident", id=acme.id("post")))["forumPost"] == {"viewerHasLiked": False}
        shown = (await data(PERSON, "neighbour", id=acme.id("resident_person")))["person"]
        assert shown == {"phone": None}, "a former housemate"
        await self._authors()

    async def _authors(self) -> None:
        """Who wrote it, and lost the right: to read, then only to write."""
        acme = self._client.world.acme
        changes = (
            ("forumPostUpdate", "post", ', input: { expectedVersion: 1, text: "x" }'),
            ("forumReplyDelete", "reply", ""),
        )
        await hold(self._house, acme, "control", set(Permission) - {Permission.FORUM_READ, Permission.FORUM_MODERATE})
        await self._looked()
        assert await self._node("control", self._written["post"]) is None
        await hold(self._house, acme, "control", set(Permission) - {Permission.FORUM_WRITE})
        await self._looked()
        for verb, what, more in changes:
            call = f'mutation {{ {verb}(id: "{self._written[what]}"{more}) {{ userErrors {{ code }} }} }}'
            assert await self._client.codes(call, "control") == ["FORBIDDEN"], verb

    async def _looked(self) -> None:
        await rewrite(self._house, "SELECT 1 AS one")

    async def _node(self, login: str, id_: str) -> Any:
        return (await self._client.data("query ($id: ID!) { node(id: $id) { id } }", login, id=id_))["node"]
