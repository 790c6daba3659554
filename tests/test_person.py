"""People and occupancies through the public endpoint."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from tests.client import Client
from tests.dump import owner
from tests.paging import check_paging
from tests.test_account import sign_in

if TYPE_CHECKING:
    from resolvers.ports import House


async def test_lists_page_in_every_order(client: Client) -> None:
    acme = client.world.acme
    where = f'propertyId: "{acme.id("home")}"'
    for field, kind in (("people", "person"), ("occupancies", "occupancy")):
        rows = [acme.id(f"resident_{kind}"), acme.id(f"neighbour_{kind}")]
        await check_paging(client, field, "manager", f"{where} order: OLDEST", rows)
        await check_paging(client, field, "manager", f"{where} order: NEWEST", rows[::-1])


async def test_a_person_is_found_by_the_whole_phone_number(client: Client, house: House) -> None:
    acme = client.world.acme
    await owner(house, "UPDATE person SET phone = '13912345678' WHERE id = $1", acme.keys["neighbour_person"])
    for phone, found in (("13912345678", ["acme neighbour"]), ("1391234567", []), ("", [])):
        data = await client.data(
            """query ($home: ID!, $phone: String) {
                people(propertyId: $home, filter: { phone: $phone }) { nodes { name } } }""",
            home=acme.id("home"),
            phone=phone,
        )
        assert [node["name"] for node in data["people"]["nodes"]] == found


async def test_a_person_and_an_occupancy_whole(client: Client) -> None:
    acme = client.world.acme
    data = await client.data(
        """query ($person: ID!, $occupancy: ID!) {
            person(id: $person) { name email version occupancies { nodes { id } } }
            occupancy(id: $occupancy) { kind share moveInOn moveOutOn person { id } unit { id } property { id } } }""",
        person=acme.id("resident_person"),
        occupancy=acme.id("resident_occupancy"),
    )
    assert data["person"] == {
        "name": "acme resident",
        "email": None,
        "version": 1,
        "occupancies": {"nodes": [{"id": acme.id("resident_occupancy")}]},
    }
    assert data["occupancy"] == {
        "kind": "OWNER",
        "share": None,
        "moveInOn": "2020-01-01",
        "moveOutOn": None,
        "person": {"id": acme.id("resident_person")},
        "unit": {"id": acme.id("unit0")},
        "property": {"id": acme.id("home")},
    }


async def leaves(house: House, client: Client, login: str, day: date) -> None:
    await owner(
        house, "UPDATE occupancy SET move_out_on = $1 WHERE id = $2", day, client.world.acme.keys[f"{login}_occupancy"]
    )


async def test_current_is_a_matter_of_the_propertys_day(client: Client, house: House) -> None:
    acme = client.world.acme
    await leaves(house, client, "resident", date(2026, 11, 22))

    async def shown(current: str) -> list[str]:
        data = await client.data(
            f'{{ occupancies(propertyId: "{acme.id("home")}", filter: {{ current: {current} }}) {{ nodes {{ id }} }} }}'
        )
        return [node["id"] for node in data["occupancies"]["nodes"]]

    both = [acme.id("resident_occupancy"), acme.id("neighbour_occupancy")]
    house.clock.move(timedelta(hours=14) - timedelta(microseconds=1))  # type: ignore[attr-defined]  # midnight there
    assert (await shown("true"), await shown("false"), await shown("null")) == (both, [], both)
    house.clock.move(timedelta(microseconds=1))  # type: ignore[attr-defined]
    assert (await shown("true"), await shown("false"), await shown("null")) == (both[1:], both[:1], both)


async def test_a_household_sees_its_own_until_the_last_day(client: Client, house: House) -> None:
    """The neighbour moves in with the resident, from the 25th to the 26th."""
    acme = client.world.acme
    await owner(
        house,
        "UPDATE occupancy SET unit_id = $1, move_in_on = $2, move_out_on = $3 WHERE id = $4",
        acme.keys["unit0"],
        date(2026, 11, 25),
        date(2026, 11, 26),
        acme.keys["neighbour_occupancy"],
    )

    async def seen() -> set[str]:
        # A session of its own: the clock moves by days while rights are kept for a moment of real time.
        token = (await sign_in(client))["token"]
        response = await client.http.post(
            "/graphql",
            json={"query": f'{{ people(propertyId: "{acme.id("home")}") {{ nodes {{ name }} }} }}'},
            headers={"authorization": f"Bearer {token}"},
        )
        return {node["name"] for node in response.json()["data"]["people"]["nodes"]}

    for days, names in ((0, 1), (3, 2), (1, 2), (1, 1)):
        house.clock.move(timedelta(days=days))  # type: ignore[attr-defined]
        assert len(await seen()) == names, house.clock.now()


async def test_a_former_resident_loses_the_home_and_keeps_the_own_name(client: Client, house: House) -> None:
    acme = client.world.acme
    await leaves(house, client, "resident", date(2026, 11, 21))
    data = await client.data(
        """query ($home: ID!, $person: ID!, $ticket: ID!) { viewer { roles properties { id } }
            property(id: $home) { id } person(id: $person) { name } ticket(id: $ticket) { id }
            units(propertyId: $home) { nodes { id } } accessEvents(propertyId: $home) { nodes { id } } }""",
        "resident",
        home=acme.id("home"),
        person=acme.id("resident_person"),
        ticket=acme.id("ticket0"),
    )
    assert data == {
        "viewer": {"roles": [], "properties": []},
        "property": None,
        "person": {"name": "acme resident"},
        "ticket": None,
        "units": {"nodes": []},
        "accessEvents": {"nodes": []},
    }


async def test_the_list_of_people_tells_nothing_about_homes_out_of_sight(client: Client, house: House) -> None:
    """A technician sees the reporter of his order, and may not learn by asking where else she holds a home."""
    acme = client.world.acme
    sql = "UPDATE occupancy SET property_id = $1, person_id = $2 WHERE id = $3"
    await owner(house, sql, acme.keys["home"], acme.keys["resident_person"], acme.keys["away_resident_occupancy"])
    for place in ("home", "away"):
        data = await client.data(f'{{ people(propertyId: "{acme.id(place)}") {{ nodes {{ id }} }} }}', "tech1")
        assert data["people"]["nodes"] == []
