"""Poisoned messages: set aside, never lost, never in the way of the others, bounded, for administrators only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest

from adapters.settings import Limits
from tests.dump import audits, dump, owner
from tests.test_ingest import attempt, call, seen, state, statuses

if TYPE_CHECKING:
    from resolvers.ports import House
    from tests.client import Client

LIST = """query ($p: ID!, $f: RejectedMessageFilter, $o: RejectedMessageOrder!) {
    rejectedMessages(propertyId: $p, filter: $f, order: $o, first: 100) { nodes {
        id transport sequence payload code reason count firstAt lastAt dismissedAt version device { id } } } }"""
DISMISS = """mutation ($id: ID!, $v: Int!) { rejectedMessageDismiss(id: $id, input: { expectedVersion: $v }) {
    rejectedMessage { dismissedAt version } userErrors { code field } } }"""


@pytest.fixture
def limits() -> Limits:
    return Limits(ingest_rejected_per_device=4)


async def kept(client: Client, who: str = "admin", order: str = "OLDEST", **chosen: Any) -> list[dict[str, Any]]:
    """The rejected messages of the Property, without the one of the world."""
    data = await client.data(LIST, who, p=client.world.acme.id("home"), f=chosen or None, o=order)
    return [node for node in data["rejectedMessages"]["nodes"] if node["id"] != client.world.acme.id("rejected")]


async def poison(house: House, reason: str) -> None:
    """A database that refuses an attempt with this reason: a fault that our checks cannot foresee."""
    if house.settings.on_sqlite:
        await owner(
            house,
            "CREATE TRIGGER poison BEFORE INSERT ON access_event WHEN new.reason LIKE '" + reason + "%'"
            " BEGIN SELECT RAISE(ABORT, 'poison'); END",
        )
        return
    await owner(
        house,
        "CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " IF new.reason LIKE '" + reason + "%' THEN RAISE EXCEPTION 'poison'; END IF; RETURN new; END $$",
    )
    await owner(house, "CREATE TRIGGER poison BEFORE INSERT ON access_event FOR EACH ROW EXECUTE FUNCTION poison()")


async def test_what_cannot_be_understood_is_set_aside(client: Client) -> None:
    acme = client.world.acme
    answer = await client.ingest(
        {"sequence": 1, "type": "nonsense", "occurredAt": "2026-11-22T10:00:00Z"},
        attempt(acme, 2),
        cast("Any", "not an object"),
        attempt(acme, 4, gateId=acme.id("away_gate")),
    )
    assert [status for _, status in statuses(answer)] == ["REJECTED", "ACCEPTED", "REJECTED", "REJECTED"]
    rows = {row["sequence"]: row for row in await kept(client)}
    assert {name: (row["code"], row["count"]) for name, row in rows.items()} == {
        "1": ("BAD_USER_INPUT", 1),
        None: ("BAD_USER_INPUT", 1),
        "4": ("NOT_FOUND", 1),
    }
    assert rows["1"]["payload"] == '{"sequence":1,"type":"nonsense","occurredAt":"2026-11-22T10:00:00Z"}'
    assert rows["1"]["reason"].startswith("type: one of access, ")
    assert (rows["1"]["transport"], rows["1"]["device"]["id"]) == ("HTTP", acme.id("device"))
    assert rows[None]["payload"] == '"not an object"'
    assert [event["reason"] for event in await seen(client)] == ["n2"]


async def test_the_same_message_again_is_counted(client: Client, house: House) -> None:
    bad = state(client.world.acme, 1, "AJAR")
    await client.ingest(bad, bad)
    await client.ingest(bad)
    (row,) = await kept(client)
    assert (row["count"], row["version"]) == (3, 1)


async def test_a_long_payload_is_cut_and_an_error_does_not_echo_it(client: Client) -> None:
    await client.ingest(attempt(client.world.acme, 1, direction="水" * 5000))
    (row,) = await kept(client)
    assert 4000 < len(row["payload"].encode()) <= 4 * 1024 + 3
    assert len(row["reason"]) <= 200
    answer = await client.ingest(attempt(client.world.acme, 2, method="x" * 5000, type="y" * 5000))
    assert "yyy" not in answer["results"][0]["error"]["message"]


async def test_a_zero_byte_is_kept_readably(client: Client) -> None:
    await client.ingest(attempt(client.world.acme, 1, reason="a\0b"))
    (row,) = await kept(client)
    assert (row["code"], "a\\u0000b" in row["payload"]) == ("BAD_USER_INPUT", True)


async def test_what_the_database_refuses_holds_nobody_up(
    client: Client, house: House, caplog: pytest.LogCaptureFixture
) -> None:
    acme = client.world.acme
    await poison(house, "poison")
    messages = [attempt(acme, n, reason="poison" if n in (3, 11) else f"n{n}") for n in range(16)]
    answer = await client.ingest(*messages, state(acme, 20, "OPEN"))
    refused = {n for n, status in statuses(answer) if status == "REJECTED"}
    assert refused == {3, 11}
    assert {status for n, status in statuses(answer) if n not in refused} == {"ACCEPTED"}
    assert len(await seen(client)) == 14
    rows = {row["sequence"]: row for row in await kept(client)}
    assert {row["code"] for row in rows.values()} == {"INTERNAL_SERVER_ERROR"}
    number = rows["3"]["reason"].removeprefix("error ")
    assert number in caplog.text
    assert number in answer["results"][3]["error"]["message"]
    assert "poison" not in answer["results"][3]["error"]["message"]
    again = await client.ingest(*messages[:4])
    assert [status for _, status in statuses(again)] == ["DUPLICATE"] * 3 + ["REJECTED"]
    assert {row["count"] for row in await kept(client)} == {1, 2}


async def test_a_poisoned_message_is_taken_once_the_database_is_mended(client: Client, house: House) -> None:
    await poison(house, "poison")
    message = attempt(client.world.acme, 1, reason="poison")
    assert statuses(await client.ingest(message)) == [(1, "REJECTED")]
    await owner(house, "DROP TRIGGER poison" + ("" if house.settings.on_sqlite else " ON access_event"))
    assert statuses(await client.ingest(message)) == [(1, "ACCEPTED")], "its sequence was not used up"


async def test_a_broken_device_cannot_fill_the_disk(client: Client, house: House) -> None:
    acme = client.world.acme  # one of its four places is taken by the world's row
    await client.ingest(*(state(acme, n, "AJAR") for n in range(50)))
    await client.ingest(*(state(acme, n, "AJAR") for n in range(50, 90)))
    rows = await owner(
        house, "SELECT digest, count FROM rejected_message WHERE device_id = $1 ORDER BY id", acme.keys["device"]
    )
    assert len(rows) == 5
    assert sum(row["count"] for row in rows) == 91
    assert {row["digest"]: row["count"] for row in rows}["overflow"] == 87
    known = (await kept(client))[0]
    await client.ingest(state(acme, int(known["sequence"]), "AJAR"))
    assert {row["id"]: row["count"] for row in await kept(client)}[known["id"]] == 2, "a known one is still counted"


async def test_dismissing_puts_it_away_once(client: Client, house: House) -> None:
    bad = state(client.world.acme, 1, "AJAR")
    await client.ingest(bad)
    (row,) = await kept(client)
    done = (await client.data(DISMISS, "admin", id=row["id"], v=1))["rejectedMessageDismiss"]
    assert done["userErrors"] == []
    assert (done["rejectedMessage"]["version"], done["rejectedMessage"]["dismissedAt"] is None) == (2, False)
    (entry,) = await audits(house, "rejected_message.dismiss")
    assert entry["account_id"] == client.world.acme.keys["admin"]
    before = await dump(house)
    again = (await client.data(DISMISS, "admin", id=row["id"], v=2))["rejectedMessageDismiss"]
    assert (again["userErrors"], again["rejectedMessage"]["version"]) == ([], 2)
    stale = (await client.data(DISMISS, "admin", id=row["id"], v=1))["rejectedMessageDismiss"]
    assert stale["userErrors"] == [{"code": "CONFLICT", "field": ["input", "expectedVersion"]}]
    assert stale["rejectedMessage"]["version"] == 2
    assert await dump(house) == before
    await client.ingest(bad)
    assert [(one["count"], one["dismissedAt"] is None) for one in await kept(client)] == [(1, False), (1, True)]
    assert len(await kept(client, dismissed=True)) == 1
    assert len(await kept(client, dismissed=False, deviceId=client.world.acme.id("device"))) == 1
    assert len(await kept(client, order="LAST_SEEN")) == 2


@pytest.mark.parametrize("who", ["manager", "control", "tech1", "resident", "chief", "cashier"])
async def test_only_administrators_see_and_dismiss(client: Client, house: House, who: str) -> None:
    await client.ingest(state(client.world.acme, 1, "AJAR"))
    (row,) = await kept(client)
    before = await dump(house)
    assert await kept(client, who) == []
    single = "query ($id: ID!) { rejectedMessage(id: $id) { id } }"
    assert (await client.data(single, who, id=row["id"]))["rejectedMessage"] is None
    assert (await client.data(single, "admin", id=row["id"]))["rejectedMessage"] == {"id": row["id"]}
    denied = (await client.data(DISMISS, who, id=row["id"], v=1))["rejectedMessageDismiss"]
    assert denied["userErrors"] == [{"code": "NOT_FOUND", "field": ["id"]}]
    assert await client.codes(DISMISS, None, id=row["id"], v=1) == ["UNAUTHENTICATED"]
    assert await dump(house) == before


async def test_a_call_that_is_none_is_not_kept(client: Client, house: House) -> None:
    before = await dump(house)
    bodies: list[Any] = [[], {"messages": "x"}, {"messages": [{}] * 101}]
    for body in bodies:
        assert (await call(client, body)).status_code == 400
    assert await dump(house) == before
