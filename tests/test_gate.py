"""Gates and attempts through the public endpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.client import Client
from tests.dump import audits, dump, owner, row
from tests.paging import check_paging

if TYPE_CHECKING:
    from resolvers.ports import House

OPEN = """mutation ($id: ID!, $input: GateOpenInput!) { gateOpen(id: $id, input: $input) {
    gate { id state version } accessEvent { id direction method result reason gate { id } person { id } occurredAt }
    userErrors { code message field } } }"""


async def open_gate(client: Client, who: str | None = "control", gate: str = "gate0", **changes: Any) -> dict[str, Any]:
    wanted = {"reason": "救护车", **changes}
    return await client.post(OPEN, who, id=client.world.acme.id(gate), input=wanted)


async def test_lists_page_in_every_order(client: Client) -> None:
    acme = client.world.acme
    where = f'propertyId: "{acme.id("home")}"'
    for field, rows in (("gates", ["gate0", "gate1", "gate2"]), ("accessEvents", ["access0", "access1"])):
        expected = [acme.id(name) for name in rows]
        await check_paging(client, field, "control", f"{where} order: OLDEST", expected)
        await check_paging(client, field, "control", f"{where} order: NEWEST", expected[::-1])


async def test_filters(client: Client) -> None:
    acme = client.world.acme
    cases = {
        ("gates", "state: OFFLINE"): ["gate2"],
        ("gates", "state: CLOSED"): ["gate0", "gate1"],
        ("accessEvents", f'gateId: "{acme.id("gate0")}"'): ["access1", "access0"],
        ("accessEvents", f'gateId: "{acme.id("gate1")}"'): [],
        ("accessEvents", f'personId: "{acme.id("resident_person")}"'): ["access0"],
        ("accessEvents", "result: DENIED"): ["access1"],
        ("accessEvents", f'result: DENIED, personId: "{acme.id("resident_person")}"'): [],
    }
    for (field, chosen), names in cases.items():
        data = await client.data(
            f'{{ {field}(propertyId: "{acme.id("home")}", filter: {{ {chosen} }}) {{ nodes {{ id }} }} }}'
        )
        assert [node["id"] for node in data[field]["nodes"]] == [acme.id(name) for name in names], (field, chosen)


async def test_opening_leaves_its_traces(client: Client, house: House) -> None:
    acme = client.world.acme
    answer = (await open_gate(client, reason="  救护车  "))["data"]["gateOpen"]
    assert answer["userErrors"] == []
    assert answer["gate"] == {"id": acme.id("gate0"), "state": "OPEN", "version": 2}
    attempt = answer["accessEvent"]
    assert attempt.pop("id")
    assert attempt == {
        "direction": "IN",
        "method": "REMOTE",
        "result": "GRANTED",
        "reason": "救护车",
        "gate": {"id": acme.id("gate0")},
        "person": None,
        "occurredAt": "2026-11-22T02:00:00.000000Z",
    }
    (audit,) = await audits(house, "gate.open")
    assert (audit["account_id"], audit["subject_id"]) == (acme.keys["control"], acme.keys["gate0"])
    assert (audit["before"]["state"], audit["after"]["state"]) == ("CLOSED", "OPEN")
    assert (audit["before"]["version"], audit["after"]["version"]) == (1, 2)
    (event,) = await owner(house, "SELECT * FROM event")
    assert (event["type"], event["position"]) == ("access_event.recorded", 1)


async def test_the_expected_version_is_the_viewers_choice(client: Client, house: House) -> None:
    before = await dump(house)
    answer = (await open_gate(client, expectedVersion=2))["data"]["gateOpen"]
    assert [error["code"] for error in answer["userErrors"]] == ["CONFLICT"]
    assert answer["userErrors"][0]["field"] == ["input", "expectedVersion"]
    assert answer["gate"] == {"id": client.world.acme.id("gate0"), "state": "CLOSED", "version": 1}
    assert await dump(house) == before
    assert (await open_gate(client, expectedVersion=1))["data"]["gateOpen"]["userErrors"] == []
    assert (await open_gate(client))["data"]["gateOpen"]["gate"]["version"] == 3


async def test_an_offline_gate_stays_shut(client: Client, house: House) -> None:
    before = await dump(house)
    answer = (await open_gate(client, gate="gate2"))["data"]["gateOpen"]
    assert [(error["code"], error["field"]) for error in answer["userErrors"]] == [("GATE_OFFLINE", ["id"])]
    assert answer["gate"]["state"] == "OFFLINE"
    assert await dump(house) == before


async def test_who_may_not_opens_nothing_and_learns_nothing(client: Client, house: House) -> None:
    before = await dump(house)
    for reason in ("x", ""):
        for who, gate, code in (
            ("resident", "gate0", "FORBIDDEN"),
            ("neighbour", "gate2", "FORBIDDEN"),
            ("tech1", "gate0", "FORBIDDEN"),
            (None, "gate0", "UNAUTHENTICATED"),
        ):
            answer = await open_gate(client, who, gate, reason=reason, expectedVersion=9)
            assert [error["extensions"]["code"] for error in answer["errors"]] == [code], who
        for who, gate in (("manager", "away_gate"), ("away_manager", "gate0"), ("away_resident", "gate0")):
            errors = (await open_gate(client, who, gate, reason=reason))["data"]["gateOpen"]["userErrors"]
            assert [(error["code"], error["field"]) for error in errors] == [("NOT_FOUND", ["id"])], who
    assert await dump(house) == before


async def test_a_reason_is_needed(client: Client, house: House) -> None:
    before = await dump(house)
    for reason in ("", "  ", "x" * 201):
        (error,) = (await open_gate(client, reason=reason))["data"]["gateOpen"]["userErrors"]
        assert (error["code"], error["field"]) == ("BAD_USER_INPUT", ["input", "reason"])
    assert await dump(house) == before
    assert (await open_gate(client, reason="x" * 200))["data"]["gateOpen"]["userErrors"] == []


async def test_what_the_gate_reports_is_what_the_control_room_sees(client: Client, house: House) -> None:
    keys = client.world.acme.keys
    await owner(house, "UPDATE gate SET state = 'OFFLINE' WHERE id = $1", keys["gate1"])
    data = await client.data(
        "query ($id: ID!) { gate(id: $id) { state } }", "control", id=client.world.acme.id("gate1")
    )
    assert data["gate"] == {"state": "OFFLINE"}
    assert (await row(house, "gate", keys["gate1"]))["version"] == 1
