"""graphql-transport-ws to the letter: what each message is answered with, and each close code of limits.md."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from adapters.settings import Limits
from tests.live.talk import ACCESS, ASSIGN, WHO, codes, live_cursor, pass_gate, reasons
from tests.live.websocket import dial, talk

if TYPE_CHECKING:
    from tests.conftest import Live


def subscribe(id_: Any = "1", **payload: Any) -> dict[str, Any]:
    """The message, which may be wrong."""
    return {"type": "subscribe", "id": id_, "payload": payload or {"query": WHO}}


@pytest.fixture
def limits() -> Limits:
    """Short waits; yet a process of a busy machine may stand still for half a second."""
    return Limits(ws_init_seconds=1.5, ws_subscriptions=3, ws_sockets_per_user=2, ws_sockets=4)


async def test_init_without_a_token_is_anonymous(live: Live) -> None:
    payloads: list[dict[str, Any]] = [{}, {"payload": None}, {"payload": {}}, {"payload": {"token": None}}]
    for payload in payloads:
        async with dial(live.websocket_url) as socket:
            await socket.send("connection_init", **payload)
            assert await socket.receive() == {"type": "connection_ack"}
            assert (await socket.answer("q", WHO))["data"] == {"viewer": None}


async def test_init_with_a_token_is_its_account(live: Live) -> None:
    async with talk(live.websocket_url, live.client.world.acme.token("resident")) as socket:
        assert (await socket.answer("q", WHO))["data"] == {"viewer": {"account": {"login": "resident"}}}


async def test_init_with_a_token_that_does_not_hold(live: Live) -> None:
    for token in ("wrong", "", 7, {"a": 1}):
        async with dial(live.websocket_url) as socket:
            await socket.send("connection_init", payload={"token": token})
            assert await socket.closed() == 4401


async def test_init_timeout(live: Live) -> None:
    async with dial(live.websocket_url) as socket:
        assert await socket.closed() == 4408


async def test_locale_of_the_init(live: Live) -> None:
    texts = []
    for locale in ("zh", "en"):
        async with talk(live.websocket_url, None, locale=locale) as socket:
            await socket.subscribe("1", "{ nothing }")
            texts.append((await socket.errors("1"))[0]["message"])
    assert texts[0] != texts[1]
    assert texts[1].isascii()


async def test_ping_is_answered_before_and_after_the_init(live: Live) -> None:
    async with dial(live.websocket_url) as socket:
        await socket.send("ping")
        assert await socket.receive() == {"type": "pong"}
        await socket.send("pong")
        await socket.init()
        await socket.send("ping", payload={"any": "thing"})
        assert await socket.receive() == {"type": "pong"}
        await socket.send("pong")  # unasked: fine
        assert (await socket.answer("q", WHO))["data"] == {"viewer": None}


async def test_before_the_init(live: Live) -> None:
    for first, code in (
        (subscribe(), 4401),
        ({"type": "complete", "id": "1"}, 4401),
        ({"type": "connection_ack"}, 4400),
        ({"type": "subscribe"}, 4400),
    ):
        async with dial(live.websocket_url) as socket:
            await socket.connection.send(json.dumps(first))
            assert await socket.closed() == code


async def test_second_init(live: Live) -> None:
    async with talk(live.websocket_url, None) as socket:
        await socket.send("connection_init")
        assert await socket.closed() == 4429


async def test_an_id_in_use(live: Live) -> None:
    tenant = live.client.world.acme
    async with talk(live.websocket_url, tenant.token("control")) as socket:
        await socket.subscribe("same", ACCESS, property=tenant.id("home"))
        await socket.subscribe("same", ACCESS, property=tenant.id("home"))
        assert await socket.closed() == 4409


async def test_an_id_is_free_again(live: Live) -> None:
    tenant = live.client.world.acme
    async with talk(live.websocket_url, tenant.token("control")) as socket:
        assert "data" in await socket.answer("same", WHO)
        for _ in range(5):
            await socket.subscribe("same", ACCESS, property=tenant.id("home"))
            await socket.send("complete", id="same")
        cursor = await live_cursor(live.client)
        await socket.subscribe("same", ACCESS, property=tenant.id("home"), after=cursor)
        await pass_gate(live.client, 1)
        assert reasons(await socket.results("same", 1)) == [1]


NO_MESSAGES: list[str | bytes] = [
    "",
    "{",
    "nonsense",
    "[]",
    '["connection_init"]',
    "null",
    "7",
    '"ping"',
    "{}",
    '{"type": 7}',
    '{"type": null}',
    '{"type": "nothing"}',
    '{"type": "next", "id": "1"}',
    '{"type": "connection_ack"}',
    '{"type": "ping", "payload": 7}',
    '{"type": "complete"}',
    '{"type": "complete", "id": 7}',
    json.dumps(subscribe(None)),
    json.dumps(subscribe(1)),
    json.dumps(subscribe("")),
    json.dumps(subscribe("x" * 129)),
    '{"type": "subscribe", "id": "1"}',
    '{"type": "subscribe", "id": "1", "payload": null}',
    '{"type": "subscribe", "id": "1", "payload": "{ viewer }"}',
    json.dumps(subscribe(query=None)),
    json.dumps(subscribe(query=7)),
    json.dumps(subscribe(query=WHO, variables=[])),
    json.dumps(subscribe(query=WHO, operationName=7)),
    json.dumps(subscribe(query=WHO, extensions="x")),
    "[" * 50_000,
    b'{"type": "ping"}',
    b"\x00\xff",
]


async def test_what_is_no_message_of_the_protocol(live: Live) -> None:
    for raw in NO_MESSAGES:
        async with talk(live.websocket_url, None) as socket:
            await socket.connection.send(raw)
            assert await socket.closed() == 4400, raw[:40]


async def test_an_init_whose_payload_is_no_object(live: Live) -> None:
    async with dial(live.websocket_url) as socket:
        await socket.send("connection_init", payload=["token"])
        assert await socket.closed() == 4400


async def test_wrong_subprotocol(live: Live) -> None:
    for offered in (["chat", "graphql"], None):
        async with dial(live.websocket_url, subprotocols=offered) as socket:
            assert await socket.closed() == 4406


async def test_the_old_subprotocol_is_told_what_to_use(live: Live) -> None:
    async with dial(live.websocket_url, subprotocols=["graphql-ws"]) as socket:
        assert socket.connection.subprotocol == "graphql-ws"  # a browser drops a socket without the one it asked for
        told = await socket.receive()
        assert told["type"] == "connection_error"
        assert "graphql-transport-ws" in told["payload"]["message"]
        with pytest.raises(ConnectionClosed) as closed:
            await socket.receive()
        assert closed.value.rcvd is not None
        assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (4406, told["payload"]["message"])


async def test_the_subprotocol_is_chosen_among_others(live: Live) -> None:
    async with dial(live.websocket_url, subprotocols=["graphql-ws", "graphql-transport-ws"]) as socket:
        assert socket.connection.subprotocol == "graphql-transport-ws"
        await socket.init()


async def test_the_largest_message_and_one_byte_more(live: Live) -> None:
    async with talk(live.websocket_url, None) as socket:
        message = json.dumps({"type": "ping", "payload": {"x": ""}})
        size = 64 * 1024
        largest = message.replace('""', '"' + "x" * (size - len(message)) + '"')
        assert len(largest) == size
        await socket.connection.send(largest)
        assert await socket.receive() == {"type": "pong"}
        await socket.connection.send(largest + " ")
        assert await socket.closed() == 1009


WRONG_OPERATIONS: list[tuple[str, str]] = [
    ("{ viewer {", "GRAPHQL_PARSE_FAILED"),
    ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
    ("query ($id: ID!) { property(id: $id) { name } }", "BAD_USER_INPUT"),
    (
        "query A { viewer { account { login } } } query B { viewer { account { login } } }",
        "OPERATION_RESOLUTION_FAILURE",
    ),
    ("{" + " ".join(f"a{n}: viewer {{ account {{ login }} }}" for n in range(31)) + "}", "QUERY_LIMIT_EXCEEDED"),
    ("subscription { nothing }", "GRAPHQL_VALIDATION_FAILED"),
    ('subscription { accessEventRecorded(propertyId: "x") { cursor } }', "BAD_USER_INPUT"),
]


async def test_a_wrong_operation_ends_alone(live: Live) -> None:
    tenant = live.client.world.acme
    cursor = await live_cursor(live.client)
    async with talk(live.websocket_url, tenant.token("control")) as socket:
        await socket.subscribe("good", ACCESS, property=tenant.id("home"), after=cursor)
        for number, (document, code) in enumerate(WRONG_OPERATIONS):
            await socket.subscribe("bad", document)
            assert set(codes(await socket.errors("bad"))) == {code}, document
            await pass_gate(live.client, number)
            assert reasons(await socket.results("good", 1)) == [number]


async def test_an_anonymous_subscription_is_refused(live: Live) -> None:
    async with talk(live.websocket_url, None) as socket:
        await socket.subscribe("1", ACCESS, property=live.client.world.acme.id("home"))
        assert codes(await socket.errors("1")) == ["UNAUTHENTICATED"]


async def test_a_mutation_over_the_socket(live: Live) -> None:
    tenant = live.client.world.acme
    async with talk(live.websocket_url, tenant.token("manager")) as socket:
        wish = {"expectedVersion": 1, "staffId": tenant.id("tech2_staff")}
        first = await socket.answer("m", ASSIGN, id=tenant.id("order0"), input=wish)
        assert first["data"]["workOrderAssign"]["workOrder"] == {"id": tenant.id("order0"), "version": 2}
        again = await socket.answer("m", ASSIGN, id=tenant.id("order0"), input=wish)
        assert [error["code"] for error in again["data"]["workOrderAssign"]["userErrors"]] == ["CONFLICT"]


async def test_complete_stops_one_stream(live: Live) -> None:
    tenant = live.client.world.acme
    cursor = await live_cursor(live.client)
    async with talk(live.websocket_url, tenant.token("control")) as socket:
        for id_ in ("stopped", "other"):
            await socket.subscribe(id_, ACCESS, property=tenant.id("home"), after=cursor)
        await pass_gate(live.client, 1)
        heard = [await socket.hear() for _ in range(2)]
        assert {message["id"] for message in heard} == {"stopped", "other"}
        await socket.send("complete", id="stopped")
        await socket.send("complete", id="unknown")
        await socket.answer("barrier", WHO)  # both have been read when this is answered
        await pass_gate(live.client, 2, 3)
        assert reasons(await socket.results("other", 2)) == [2, 3]


async def test_subscriptions_a_socket(live: Live) -> None:
    tenant = live.client.world.acme
    cursor = await live_cursor(live.client)
    async with talk(live.websocket_url, tenant.token("control")) as socket:
        for n in range(4):
            await socket.subscribe(str(n), ACCESS, property=tenant.id("home"), after=cursor)
        assert codes(await socket.errors("3")) == ["SUBSCRIPTION_LIMIT"]
        await pass_gate(live.client, 1)
        assert {(await socket.hear())["id"] for _ in range(3)} == {"0", "1", "2"}
        await socket.send("complete", id="0")
        await socket.subscribe("3", ACCESS, property=tenant.id("home"), after=cursor)
        assert reasons(await socket.results("3", 1)) == [1]


async def test_sockets_of_a_user(live: Live) -> None:
    tenant = live.client.world.acme
    async with talk(live.websocket_url, tenant.token("control")):
        async with talk(live.websocket_url, tenant.token("control")):
            assert "4429" in await introduced(live, tenant.token("control"))
            async with talk(live.websocket_url, tenant.token("manager")):
                pass  # another account has its own
        async with asyncio.timeout(5):  # the server hears of a closed socket a moment later
            while await introduced(live, tenant.token("control")) != "connection_ack":
                pass


async def test_sockets_of_nobody_are_counted_by_address(live: Live) -> None:
    async with talk(live.websocket_url, None), talk(live.websocket_url, None):
        assert "4429" in await introduced(live, None)
        async with talk(live.websocket_url, live.client.world.acme.token("control")):
            pass  # who signs in has his own


async def introduced(live: Live, token: str | None) -> str:
    """The type of the answer to an introduction, or the close code."""
    async with dial(live.websocket_url) as socket:
        await socket.send("connection_init", payload={"token": token})
        try:
            return str((await socket.receive())["type"])
        except ConnectionClosed as closed:
            return str(closed)


async def test_sockets_of_a_process(live: Live) -> None:
    async with dial(live.websocket_url), dial(live.websocket_url), dial(live.websocket_url), dial(live.websocket_url):
        with pytest.raises(InvalidStatus) as refused:
            await dial(live.websocket_url).__aenter__()
        assert refused.value.response.status_code == 503
        assert refused.value.response.headers["retry-after"]


async def test_a_foreign_origin(live: Live) -> None:
    for origin in ("https://evil.example", "null", "http://127.0.0.1:1"):
        with pytest.raises(InvalidStatus) as refused:
            await dial(live.websocket_url, origin=origin).__aenter__()
        assert refused.value.response.status_code == 403


async def test_our_own_origin(live: Live) -> None:
    async with dial(live.websocket_url, origin=f"http://127.0.0.1:{live.port}") as socket:
        await socket.send("connection_init")
        assert (await socket.receive())["type"] == "connection_ack"
