"""Staff through the public endpoint."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tests.client import Client
from tests.dump import owner
from tests.factories.crew import CREW
from tests.paging import check_paging

if TYPE_CHECKING:
    from resolvers.ports import House

HOME = {"manager", "control", "tech1", "tech2", "cashier", "guard", "cleaner", "desk", "buyer", "auditor", "custom"}
LOGINS = [login for login, _, _ in CREW]


async def test_lists_page_in_every_order(client: Client) -> None:
    acme = client.world.acme
    rows = [acme.id(f"{login}_staff") for login in LOGINS]
    await check_paging(client, "staff", "tech1", "order: OLDEST", rows)
    await check_paging(client, "staff", "tech1", "order: NEWEST", rows[::-1])
    accounts = [acme.id(login) for login in ("resident", "neighbour", "away_resident", *LOGINS, "program")]
    await check_paging(client, "accounts", "chief", "order: OLDEST", accounts)
    await check_paging(client, "accounts", "chief", "order: NEWEST", accounts[::-1])


async def test_filters(client: Client) -> None:
    acme, rival = client.world.acme, client.world.rival
    cases = {
        "role: TECHNICIAN": {"tech1", "tech2"},
        "role: RESIDENT": set[str](),
        f'propertyId: "{acme.id("home")}"': HOME | {"chief", "admin"},
        f'propertyId: "{acme.id("away")}"': {"away_manager", "chief", "admin"},
        f'propertyId: "{acme.id("away")}", role: MANAGER': {"away_manager", "chief"},
        f'propertyId: "{acme.id("away")}", role: TECHNICIAN': set[str](),
        f'propertyId: "{rival.id("home")}", role: TECHNICIAN': set[str](),
    }
    for chosen, logins in cases.items():
        data = await client.data(f"{{ staff(filter: {{ {chosen} }}) {{ nodes {{ id }} }} }}")
        assert {node["id"] for node in data["staff"]["nodes"]} == {acme.id(f"{login}_staff") for login in logins}, (
            chosen
        )


async def test_a_resident_sees_who_comes_but_not_the_number(client: Client, house: House) -> None:
    acme = client.world.acme
    query = "query ($id: ID!) { staffMember(id: $id) { number name title phone email employedFrom employedUntil } }"
    shown = {
        "number": "A2",
        "name": "acme tech1",
        "title": "TECHNICIAN",
        "employedFrom": "2020-01-01",
        "employedUntil": None,
    }
    for who in ("manager", "control", "tech2", "chief", "away_manager"):
        data = await client.data(query, who, id=acme.id("tech1_staff"))
        assert data["staffMember"] == {**shown, "phone": "13900000002", "email": "tech1@example.com"}
    data = await client.data(query, "resident", id=acme.id("tech1_staff"))
    assert data["staffMember"] == {**shown, "phone": None, "email": None}
    await owner(house, "UPDATE work_order SET assignee_id = NULL WHERE id = $1", acme.keys["order1"])
    assert (await client.data(query, "resident", id=acme.id("tech1_staff")))["staffMember"] is None


async def test_a_role_counts_while_it_is_held(client: Client, house: House) -> None:
    acme, now = client.world.acme, house.clock.now()
    query = "{ staff(filter: { role: TECHNICIAN }) { nodes { id } } }"
    for column, at, held in (
        ("valid_until", now, False),
        ("valid_until", now + timedelta(seconds=1), True),
        ("valid_from", now + timedelta(seconds=1), False),
        ("valid_from", now, True),
    ):
        await owner(house, f"UPDATE role_assignment SET {column} = $2 WHERE id = $1", acme.keys["tech1_role"], at)
        data = await client.data(query)
        expected = {acme.id("tech2_staff")} | ({acme.id("tech1_staff")} if held else set())
        assert {node["id"] for node in data["staff"]["nodes"]} == expected, (column, at)
