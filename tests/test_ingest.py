"""What devices report: each message once, its own result, nobody else's gates."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

import models
from models.rules.gate import AccessDirection, AccessMethod, AccessResult, GateState
from resolvers.ingest import AccessMessage, GateStateMessage, Incoming, Ingest, authorise_device
from tests.client import passage
from tests.test_http import codes

if TYPE_CHECKING:
    import httpx

    from resolvers.ports import House
    from tests.client import Client
    from tests.factories.world import Tenant

SEEN = """query ($p: ID!, $g: ID) { accessEvents(propertyId: $p, first: 500, filter: { gateId: $g }) {
    nodes { id reason direction method result occurredAt person { id } } } }"""
STATE = "query ($id: ID!) { gate(id: $id) { state version } }"


async def seen(client: Client, gate: str = "gate1") -> list[dict[str, Any]]:
    """The recorded attempts at a gate, oldest first."""
    acme = client.world.acme
    answer = await client.data(SEEN, "manager", p=acme.id("home"), g=acme.id(gate))
    return list(reversed(answer["accessEvents"]["nodes"]))


def statuses(answer: dict[str, Any]) -> list[tuple[Any, str]]:
    """Sequence and status of each result."""
    return [(result["sequence"], result["status"]) for result in answer["results"]]


def attempt(tenant: Tenant, sequence: int, **changes: Any) -> dict[str, Any]:
    """Somebody passes the gate that nobody has passed yet."""
    return passage(tenant, sequence, **{"gateId": tenant.id("gate1"), "reason": f"n{sequence}", **changes})


def state(tenant: Tenant, sequence: int, value: Any, gate: str = "gate1") -> dict[str, Any]:
    """A gate stands so."""
    return {
        "sequence": sequence,
        "type": "gateState",
        "gateId": tenant.id(gate),
        "occurredAt": "2026-11-22T10:00:00+08:00",
        "state": value,
    }


async def call(client: Client, body: Any, token: str | None = None, **headers: str) -> httpx.Response:
    """A call as it is."""
    named = {"authorization": f"Bearer {token or client.world.acme.device_token}"} | headers
    return await client.http.post("/ingest/events", json=body, headers=named)


async def test_messages_are_accepted_and_recorded(client: Client) -> None:
    acme = client.world.acme
    answer = await client.ingest(
        attempt(acme, 1, personId=acme.id("resident_person"), method="FACE"),
        attempt(acme, 2, direction="OUT", result="DENIED", occurredAt="2026-11-22T01:00:00.5Z"),
    )
    assert statuses(answer) == [(1, "ACCEPTED"), (2, "ACCEPTED")]
    first, second = await seen(client)
    assert (first["method"], first["person"]["id"]) == ("FACE", acme.id("resident_person"))
    assert first["occurredAt"] == "2026-11-22T02:00:00.000000Z"
    assert (second["direction"], second["result"], second["person"]) == ("OUT", "DENIED", None)
    assert second["occurredAt"] == "2026-11-22T01:00:00.500000Z"


async def test_a_replayed_call_changes_nothing(client: Client) -> None:
    acme = client.world.acme
    messages = [attempt(acme, n) for n in range(1, 6)] + [state(acme, 6, "OPEN")]
    assert {status for _, status in statuses(await client.ingest(*messages))} == {"ACCEPTED"}
    before = await seen(client), await client.data(STATE, id=acme.id("gate1"))
    replayed = await client.ingest(*messages)
    assert statuses(replayed) == [(n, "DUPLICATE") for n in range(1, 7)]
    mixed = await client.ingest(*messages[:2], attempt(acme, 7))
    assert statuses(mixed) == [(1, "DUPLICATE"), (2, "DUPLICATE"), (7, "ACCEPTED")]
    assert (await seen(client))[:5] == before[0]
    assert [event["reason"] for event in await seen(client)] == ["n1", "n2", "n3", "n4", "n5", "n7"]
    assert await client.data(STATE, id=acme.id("gate1")) == before[1]


async def test_a_sequence_counts_once_in_a_call(client: Client) -> None:
    acme = client.world.acme
    answer = await client.ingest(attempt(acme, 1), attempt(acme, 1, reason="other"), attempt(acme, 2))
    assert statuses(answer) == [(1, "ACCEPTED"), (1, "DUPLICATE"), (2, "ACCEPTED")]
    assert [event["reason"] for event in await seen(client)] == ["n1", "n2"]


async def test_a_rejected_message_does_not_use_up_its_sequence(client: Client) -> None:
    acme = client.world.acme
    answer = await client.ingest(attempt(acme, 1, gateId=acme.id("away_gate")), attempt(acme, 1))
    assert statuses(answer) == [(1, "REJECTED"), (1, "ACCEPTED")]
    assert [event["reason"] for event in await seen(client)] == ["n1"]


async def test_concurrent_calls_have_one_effect(client: Client) -> None:
    acme = client.world.acme
    calls = [[attempt(acme, n) for n in order] for order in ((1, 2, 3), (3, 2, 1), (2, 3, 4), (4, 1, 2))]
    answers = await asyncio.gather(*(client.ingest(*messages) for messages in calls))
    accepted = [sequence for answer in answers for sequence, status in statuses(answer) if status == "ACCEPTED"]
    assert sorted(accepted) == [1, 2, 3, 4]
    assert sorted(event["reason"] for event in await seen(client)) == ["n1", "n2", "n3", "n4"]


async def test_two_processes_have_one_effect(client: Client, house: House) -> None:
    acme = client.world.acme
    device = await authorise_device(house, acme.device_token)
    assert device is not None
    processes = [Ingest(house), Ingest(house)]  # they share nothing but the database
    accepted: list[int] = []
    for start in range(0, 40, 4):
        orders = (range(start, start + 4), range(start + 3, start - 1, -1))
        work = (
            process.accept(device, [Incoming({}, n, message(house, acme, n)) for n in order])
            for process, order in zip(processes, orders, strict=True)
        )
        for order, receipts in zip(orders, await asyncio.gather(*work), strict=True):
            accepted += [n for n, receipt in zip(order, receipts, strict=True) if receipt.status.value == "ACCEPTED"]
    assert sorted(accepted) == list(range(40))
    # Every second message tells a state: their gates are locked in one order too.
    assert len(await seen(client)) == 20


def message(house: House, tenant: Tenant, sequence: int) -> AccessMessage | GateStateMessage:
    """A parsed message: odd ones open or close one of two gates, even ones are attempts."""
    if sequence % 2:
        gate = tenant.keys["gate0" if sequence % 4 == 1 else "gate1"]
        value = GateState.OPEN if sequence % 8 < 4 else GateState.CLOSED
        return GateStateMessage(sequence, gate, house.clock.now(), value)
    return AccessMessage(
        sequence,
        tenant.keys["gate1"],
        house.clock.now(),
        AccessDirection.IN,
        AccessMethod.CARD,
        AccessResult.GRANTED,
    )


async def test_a_call_has_at_most_a_hundred_messages(client: Client) -> None:
    acme = client.world.acme
    messages = [attempt(acme, n) for n in range(101)]
    refused = await call(client, {"messages": messages})
    assert (refused.status_code, codes(refused)) == (400, ["BAD_REQUEST"])
    assert refused.headers["content-type"].startswith("application/json")
    assert await seen(client) == []
    answer = await client.ingest(*messages[:100])
    assert {status for _, status in statuses(answer)} == {"ACCEPTED"}
    assert len(await seen(client)) == 100


async def test_a_call_may_only_ask(client: Client) -> None:
    acme = client.world.acme
    answer = await client.ingest()
    assert answer["results"] == []
    expected = {acme.id("gate0"): "CLOSED", acme.id("gate1"): "CLOSED", acme.id("gate2"): "OFFLINE"}
    assert {gate["id"]: gate["state"] for gate in answer["gates"]} == expected


async def test_an_opened_gate_is_told_and_closed_by_its_device(client: Client) -> None:
    acme = client.world.acme
    opened = await client.data(
        'mutation ($id: ID!) { gateOpen(id: $id, input: { reason: "delivery" }) { gate { state } } }',
        "control",
        id=acme.id("gate1"),
    )
    assert opened["gateOpen"]["gate"] == {"state": "OPEN"}
    assert {"id": acme.id("gate1"), "state": "OPEN"} in (await client.ingest())["gates"]
    answer = await client.ingest(state(acme, 1, "CLOSED"))
    assert {"id": acme.id("gate1"), "state": "CLOSED"} in answer["gates"]
    assert (await client.data(STATE, id=acme.id("gate1")))["gate"] == {"state": "CLOSED", "version": 3}
    again = await client.ingest(state(acme, 2, "CLOSED"))  # as it is: no new version
    assert statuses(again) == [(2, "ACCEPTED")]
    assert (await client.data(STATE, id=acme.id("gate1")))["gate"]["version"] == 3


async def test_the_last_state_of_a_call_stands(client: Client) -> None:
    acme = client.world.acme
    await client.ingest(state(acme, 1, "OPEN"), state(acme, 2, "OFFLINE"), state(acme, 3, "OPEN"))
    assert (await client.data(STATE, id=acme.id("gate1")))["gate"] == {"state": "OPEN", "version": 2}


@pytest.mark.parametrize(
    "token", ["", "x", "x.y", ".", "{device}", "{device}.", "{device}.wrong", "{other}.device-secret", "acme-manager"]
)
async def test_a_wrong_credential_is_refused(client: Client, token: str) -> None:
    acme = client.world.acme
    shown = token.format(device=acme.keys["device"].hex, other=acme.keys["gate0"].hex)
    headers = {"authorization": f"Bearer {shown}"}
    for sent in (headers, {"authorization": acme.device_token}, {}):
        response = await client.http.post("/ingest/events", json={"messages": [attempt(acme, 1)]}, headers=sent)
        assert (response.status_code, codes(response)) == (401, ["UNAUTHENTICATED"])
        assert response.headers["www-authenticate"] == "Bearer"
    assert await seen(client) == []


async def test_a_revoked_credential_is_refused(client: Client, house: House) -> None:
    acme = client.world.acme
    assert (await call(client, {"messages": []})).status_code == 200
    async with house.database.transaction(acme.keys["organization"]):
        await models.DeviceCredential.filter(device_id=acme.keys["device"]).update(revoked_at=house.clock.now())
    response = await call(client, {"messages": [attempt(acme, 1)]})
    assert (response.status_code, codes(response)) == (401, ["UNAUTHENTICATED"])
    assert await seen(client) == []


async def test_a_device_speaks_for_its_own_gates_only(client: Client) -> None:
    acme, rival = client.world.acme, client.world.rival
    foreign = [acme.id("away_gate"), rival.id("gate0"), rival.id("away_gate")]
    missing = acme.id("gate0")[:-4] + "0000"
    answer = await client.ingest(
        *(attempt(acme, n, gateId=gate) for n, gate in enumerate([*foreign, missing])),
        *(state(acme, 10 + n, "OPEN") | {"gateId": gate} for n, gate in enumerate([*foreign, missing])),
        attempt(acme, 20, personId=rival.id("resident_person")),
        attempt(acme, 21),
    )
    *refused, person, own = answer["results"]
    assert {result["error"]["extensions"]["code"] for result in refused} <= {"NOT_FOUND", "BAD_USER_INPUT"}
    for result in [*refused[:3], *refused[4:7]]:
        assert (result["status"], result["error"]["extensions"]) == (
            "REJECTED",
            {"code": "NOT_FOUND", "field": "gateId"},
        )
    assert (person["status"], person["error"]["extensions"]) == ("REJECTED", {"code": "NOT_FOUND", "field": "personId"})
    assert own["status"] == "ACCEPTED"
    assert [event["reason"] for event in await seen(client)] == ["n21"]
    assert (await client.data(STATE, "chief", rival, id=rival.id("gate0")))["gate"] == {"state": "CLOSED", "version": 1}


async def test_a_long_reason_is_cut(client: Client) -> None:
    await client.ingest(attempt(client.world.acme, 1, reason="水" * 500))
    assert (await seen(client))[0]["reason"] == "水" * 200


@pytest.mark.parametrize("body", [[], {}, 1, "x", {"messages": None}, {"messages": {}}, {"messages": "x"}])
async def test_a_body_that_is_no_call_is_refused(client: Client, body: Any) -> None:
    response = await call(client, body)
    assert (response.status_code, codes(response)) == (400, ["BAD_REQUEST"])


async def test_an_oversize_call_is_refused(client: Client) -> None:
    response = await call(client, {"messages": [attempt(client.world.acme, 1, reason="x" * 256 * 1024)]})
    assert (response.status_code, codes(response)) == (413, ["PAYLOAD_TOO_LARGE"])
    assert await seen(client) == []


async def test_other_methods_and_types_are_refused(client: Client) -> None:
    response = await client.http.get("/ingest/events")
    assert (response.status_code, response.headers["allow"], codes(response)) == (405, "POST", ["BAD_REQUEST"])
    for headers in ({"content-type": "text/plain"}, {"content-encoding": "gzip"}):
        refused = await call(client, {"messages": []}, **headers)
        assert (refused.status_code, codes(refused)) == (415, ["BAD_REQUEST"])
