"""Devices over a real broker: credentials, duplicates, restarts on both sides, poison. Nothing is lost."""

from __future__ import annotations

import asyncio
import dataclasses
import socket
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

import aiomqtt
import orjson
import pytest

from adapters.database import DatabaseUnavailable
from adapters.settings import SettingsError, load_settings
from resolvers.ingest import Ingest
from server import application
from tests.conftest import house_of
from tests.factories.world import build
from tests.servers import ServerUnavailableError
from tests.servers.mosquitto import HOUSE, MosquittoServer
from tests.test_ingest import attempt, seen, state
from tests.test_rejected_message import poison

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from pathlib import Path

    from starlette.applications import Starlette

    from adapters.settings import Settings
    from resolvers.ports import House
    from tests.client import Client
    from tests.factories.tenant import Tenant, World

pytestmark = pytest.mark.servers
SECONDS = 15.0


@pytest.fixture
def broker() -> Iterator[MosquittoServer]:
    """A broker of its own: sessions of one test would take the messages of the next."""
    world, _ = build("")
    users = {tenant.keys["device"].hex: "broker-password" for tenant in (world.acme, world.rival)}
    server = MosquittoServer(**users, **{HOUSE: "house-password"})
    try:
        server.start()
    except ServerUnavailableError as missing:
        pytest.skip(str(missing))
    with server:
        yield server


@pytest.fixture
def settings(settings: Settings, broker: MosquittoServer) -> Settings:
    """With a broker."""
    return dataclasses.replace(settings, mqtt_url=broker.url(HOUSE))


@pytest.fixture
async def client(client: Client, app: Starlette) -> Client:
    """Once it listens: what is published before the first subscription ever is nobody's."""
    async with asyncio.timeout(SECONDS):
        await app.state.listener.connected.wait()
    return client


@asynccontextmanager
async def device(broker: MosquittoServer, tenant: Tenant, **other: Any) -> AsyncIterator[aiomqtt.Client]:
    """A gates' device at the broker, listening for answers."""
    name = tenant.keys["device"].hex
    host, port = broker.address
    options: dict[str, Any] = {"username": name, "password": broker.password(name), "identifier": name, **other}
    async with aiomqtt.Client(host, port, protocol=aiomqtt.ProtocolVersion.V5, **options) as client:
        await client.subscribe(f"wuye/{name}/down", qos=1)
        yield client


async def publish(client: aiomqtt.Client, tenant: Tenant, body: Any, **other: Any) -> None:
    """One call."""
    payload = body if isinstance(body, bytes) else orjson.dumps({"token": tenant.device_token} | body)
    await client.publish(other.get("topic") or f"wuye/{tenant.keys['device'].hex}/up", payload, qos=1)


async def answer(client: aiomqtt.Client) -> dict[str, Any]:
    """The next answer."""
    async with asyncio.timeout(SECONDS):
        async for message in client.messages:
            assert isinstance(message.payload, bytes)
            found: dict[str, Any] = orjson.loads(message.payload)
            return found
    raise AssertionError("the connection ended")


async def until(holds: Callable[[], Any]) -> None:
    """Wait for a condition that is asked again and again."""
    async with asyncio.timeout(SECONDS):
        while not await holds():  # noqa: ASYNC110 - the database rings no bell here
            await asyncio.sleep(0.02)


async def ask(client: aiomqtt.Client, tenant: Tenant, body: Any) -> dict[str, Any]:
    """Call and wait."""
    await publish(client, tenant, body)
    return await answer(client)


@asynccontextmanager
async def serving(house: House, *, listens: bool = True) -> AsyncIterator[Starlette]:
    """A further run of the application."""
    asgi = application(house)
    async with asgi.router.lifespan_context(asgi):
        if listens:
            async with asyncio.timeout(SECONDS):
                await asgi.state.listener.connected.wait()
        yield asgi


async def test_calls_are_taken_and_answered(client: Client, broker: MosquittoServer) -> None:
    acme = client.world.acme
    async with device(broker, acme) as gates:
        listed = await ask(gates, acme, {"messages": [attempt(acme, 1), state(acme, 2, "OPEN"), attempt(acme, -1)]})
        assert [(r["sequence"], r["status"]) for r in listed["results"]] == [
            (1, "ACCEPTED"),
            (2, "ACCEPTED"),
            (None, "REJECTED"),
        ]
        assert {"id": acme.id("gate1"), "state": "OPEN"} in listed["gates"]
        single = await ask(gates, acme, attempt(acme, 3))
        assert [(r["sequence"], r["status"]) for r in single["results"]] == [(3, "ACCEPTED")]
        heartbeat = await ask(gates, acme, {})
        assert (heartbeat["results"], len(heartbeat["gates"])) == ([], 3)
    assert [event["reason"] for event in await seen(client)] == ["n1", "n3"]


async def test_a_sequence_counts_once_over_all_transports(client: Client, broker: MosquittoServer) -> None:
    acme = client.world.acme
    await client.ingest(attempt(acme, 1))
    async with device(broker, acme) as gates:
        both = await ask(gates, acme, {"messages": [attempt(acme, 1), attempt(acme, 2)]})
        assert [r["status"] for r in both["results"]] == ["DUPLICATE", "ACCEPTED"]
        again = await ask(gates, acme, {"messages": [attempt(acme, 1), attempt(acme, 2)]})
        assert [r["status"] for r in again["results"]] == ["DUPLICATE", "DUPLICATE"]
    assert [event["reason"] for event in await seen(client)] == ["n1", "n2"]


async def test_the_topic_alone_proves_nothing(client: Client, broker: MosquittoServer, house: House) -> None:
    acme, rival = client.world.acme, client.world.rival
    message = attempt(acme, 1)
    wrong: list[Any] = [
        {"token": None, "messages": [message]},
        {"token": "", "messages": [message]},
        {"token": f"{acme.keys['device'].hex}.wrong", "messages": [message]},
        {"token": rival.device_token, "messages": [message]},
        {"token": 1, "messages": [message]},
        {"token": "x" * 5000, "messages": [message]},
    ]
    async with device(broker, acme) as gates:
        for body in wrong:
            refused = await ask(gates, acme, body)
            assert [error["extensions"]["code"] for error in refused["errors"]] == ["UNAUTHENTICATED"]
        for payload in (b"", b"{", b"[]", b"\xff", b'"x"'):
            refused = await ask(gates, acme, payload)
            assert [error["extensions"]["code"] for error in refused["errors"]] == ["BAD_REQUEST"]
        assert "results" in await ask(gates, acme, {"messages": [attempt(acme, 2)]}), "and the next one is taken"
    assert [event["reason"] for event in await seen(client)] == ["n2"]


async def test_a_revoked_credential_ends_within_a_second(
    client: Client, broker: MosquittoServer, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    import models

    monkeypatch.setattr("schema.ingest.mqtt.FRESH_SECONDS", 0.0)
    acme = client.world.acme
    async with device(broker, acme) as gates:
        assert "results" in await ask(gates, acme, {"messages": []})
        async with house.database.transaction(acme.keys["organization"]):
            await models.DeviceCredential.filter(device_id=acme.keys["device"]).update(revoked_at=house.clock.now())
        assert "errors" in await ask(gates, acme, {"messages": [attempt(acme, 1)]})
    assert await seen(client) == []


async def test_the_broker_lets_a_device_write_on_its_own_topic_only(client: Client, broker: MosquittoServer) -> None:
    if broker.external:
        pytest.skip("the broker of TEST_MQTT_URL takes everybody")
    acme, rival = client.world.acme, client.world.rival
    for password in ("wrong", None):
        with pytest.raises(aiomqtt.MqttError):
            async with device(broker, acme, password=password):
                raise AssertionError("it signed in")
    there = f"wuye/{rival.keys['device'].hex}/up"
    with suppress(aiomqtt.MqttError):  # Mosquitto hangs up on who writes where it may not
        async with device(broker, acme) as gates:
            await publish(gates, rival, {"messages": [attempt(rival, 1)]}, topic=there)
    async with device(broker, acme) as gates:
        assert "results" in await ask(gates, acme, {"messages": [attempt(acme, 1)]})  # published later, taken
    data = await client.data(
        "query ($p: ID!) { accessEvents(propertyId: $p, first: 100) { nodes { reason } } }",
        "chief",
        rival,
        p=rival.id("home"),
    )
    assert "n1" not in [node["reason"] for node in data["accessEvents"]["nodes"]]


async def test_what_is_no_call_is_set_aside(client: Client, broker: MosquittoServer, house: House) -> None:
    from tests.dump import owner

    acme = client.world.acme
    async with device(broker, acme) as gates:
        refused = await ask(gates, acme, {"messages": [{}] * 101})
        assert [error["extensions"]["code"] for error in refused["errors"]] == ["BAD_REQUEST"]
        refused = await ask(gates, acme, {"messages": 7})
        assert [error["extensions"]["code"] for error in refused["errors"]] == ["BAD_REQUEST"]
    rows = await owner(house, "SELECT transport, payload, code FROM rejected_message WHERE transport = 'MQTT'")
    assert {row["code"] for row in rows} == {"BAD_REQUEST"}
    assert '{"messages":7}' in [row["payload"] for row in rows]
    assert not any("device-secret" in row["payload"] for row in rows)


async def test_what_the_database_refuses_holds_nobody_up(client: Client, broker: MosquittoServer, house: House) -> None:
    acme = client.world.acme
    await poison(house, "poison")
    async with device(broker, acme) as gates:
        for n in range(12):
            await publish(gates, acme, {"messages": [attempt(acme, n, reason="poison" if n == 5 else f"n{n}")]})
        results = [(await answer(gates))["results"][0] for _ in range(12)]
    assert {r["sequence"] for r in results if r["status"] == "ACCEPTED"} == set(range(12)) - {5}
    assert [r["status"] for r in results if r["sequence"] == 5] == ["REJECTED"]
    assert len(await seen(client)) == 11


async def test_a_message_waits_for_the_database(
    client: Client, broker: MosquittoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    acme, real, tries = client.world.acme, Ingest._commit, 0

    async def away(self: Ingest, parcels: Any) -> Any:
        nonlocal tries
        tries += 1
        if tries < 3:
            raise DatabaseUnavailable("away")
        return await real(self, parcels)

    monkeypatch.setattr(Ingest, "_commit", away)
    async with device(broker, acme) as gates:
        assert (await ask(gates, acme, attempt(acme, 1)))["results"][0]["status"] == "ACCEPTED"
    assert tries == 3
    assert len(await seen(client)) == 1


async def test_messages_wait_at_the_broker_while_the_server_is_away(
    settings: Settings, world: World, broker: MosquittoServer, house: House
) -> None:
    from tests.dump import owner

    acme = world.acme
    async with serving(house), device(broker, acme) as gates:
        assert "results" in await ask(gates, acme, {"messages": [attempt(acme, 0)]})
    async with device(broker, acme) as gates:
        for n in range(1, 41):
            await publish(gates, acme, {"messages": [attempt(acme, n)]})

    async def complete() -> bool:
        rows = await owner(house, "SELECT count(*) AS n FROM access_event WHERE reason LIKE 'n%'")
        return bool(rows[0]["n"] == 41)

    async with serving(house_of(settings)):
        await until(complete)


async def test_what_was_not_committed_comes_again(
    settings: Settings, world: World, broker: MosquittoServer, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.dump import owner

    acme, reached = world.acme, asyncio.Event()

    async def stuck(*_: Any) -> Any:
        reached.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(Ingest, "_commit", stuck)
    async with serving(house), device(broker, acme) as gates:
        await publish(gates, acme, {"messages": [attempt(acme, 1)]})
        async with asyncio.timeout(SECONDS):
            await reached.wait()
    monkeypatch.undo()

    async def stored() -> bool:
        return bool(await owner(house, "SELECT 1 FROM access_event WHERE reason = 'n1'"))

    assert not await stored()
    async with serving(house_of(settings)):
        await until(stored)


async def test_the_broker_restarts(client: Client, broker: MosquittoServer) -> None:
    if broker.external:
        pytest.skip("the broker of TEST_MQTT_URL is not ours to restart")
    acme = client.world.acme
    async with device(broker, acme) as gates:
        assert "results" in await ask(gates, acme, {"messages": [attempt(acme, 1)]})
    await asyncio.to_thread(broker.stop)
    await asyncio.to_thread(broker.start)
    async with device(broker, acme) as gates:
        await publish(gates, acme, {"messages": [attempt(acme, 2)]})  # taken after we are back

        async def both() -> bool:
            return [event["reason"] for event in await seen(client)] == ["n1", "n2"]

        await until(both)


async def test_a_broker_that_is_away_does_not_hold_up_the_server(
    settings: Settings, world: World, broker: MosquittoServer
) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        away = dataclasses.replace(settings, mqtt_url=f"mqtt://wuye:x@127.0.0.1:{port}")
        async with asyncio.timeout(SECONDS), serving(house_of(away), listens=False) as asgi:
            assert not asgi.state.listener.connected.is_set()


async def test_two_processes_share_the_messages(
    settings: Settings, world: World, broker: MosquittoServer, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is taken once; both sessions have a name of their own, below WORKERS."""
    from adapters.device.mqtt import MqttListener
    from adapters.device.slot import Slot

    taken: dict[int, list[int]] = {0: [], 1: []}
    both = dataclasses.replace(settings, workers=2)

    def listener(n: int) -> MqttListener:
        async def handle(topic: str, payload: bytes) -> None:
            taken[n] += [message["sequence"] for message in orjson.loads(payload)["messages"]]

        return MqttListener(both, ["wuye/+/up"], handle)

    first, second = listener(0), listener(1)
    await first.start()
    await second.start()
    try:
        async with asyncio.timeout(SECONDS):
            await first.connected.wait()
            await second.connected.wait()
            third = Slot(settings.state_path, 2)
            assert not any(third._try(n) for n in range(2)), "no place is left for a third"
            async with device(broker, world.acme) as gates:
                for n in range(20):
                    await publish(gates, world.acme, {"messages": [attempt(world.acme, n)]})

                async def complete() -> bool:
                    return len(taken[0]) + len(taken[1]) >= 20

                await until(complete)
    finally:
        await first.stop()
        await second.stop()
    assert sorted(taken[0] + taken[1]) == list(range(20))
    assert taken[0]
    assert taken[1]


@pytest.mark.parametrize("url", ["http://x", "mqtt://", "x", "mqtt:x"])
def test_a_wrong_address_stops_the_start(url: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="MQTT_URL must be"):
        load_settings({"MQTT_URL": url, "STATE_PATH": str(tmp_path)})


def test_without_the_extra_the_start_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.settings.find_spec", lambda _: None)
    with pytest.raises(SettingsError, match=r"requirements-all\.txt"):
        load_settings({"MQTT_URL": "mqtts://wuye:x@broker", "STATE_PATH": str(tmp_path)})
    assert load_settings({"STATE_PATH": str(tmp_path)}).mqtt_url is None


def test_a_missing_broker_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TEST_MQTT_URL", raising=False)
    monkeypatch.setattr("shutil.which", lambda *_, **__: None)
    with pytest.raises(ServerUnavailableError, match="apt-get install mosquitto"):
        MosquittoServer().start()
