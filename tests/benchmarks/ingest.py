"""Messages a second that are kept, over HTTP and MQTT, on both databases: `python -m tests.benchmarks.ingest`.

Each run starts the real server, sends for a fixed time as fast as answers come back, and then counts the rows: every
accepted message must be there once. Half of the messages are passages (each an event of the log), half are readings.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiomqtt
import httpx
import orjson

import models
from adapters.identity import token_hash
from adapters.settings import Settings
from models.rules.device import DeviceKind
from models.rules.gate import GateKind, GateState
from schema.base import encode
from tests.conftest import ROLE, ROLE_PASSWORD, fill, house_of
from tests.dump import owner
from tests.servers.mosquitto import HOUSE, MosquittoServer
from tests.servers.postgres import PostgresServer
from tests.servers.product import Product
from tests.servers.redis import RedisServer

DEVICES = 8  # in one Property: the hardest case, all share its commits
CALL = 50
WINDOW = 2  # calls of a device under way at once
SECRET = "bench"


@dataclass
class Sender:
    """One device."""

    name: str
    gate: str
    sequence: int = 0
    accepted: int = 0
    waits: list[float] = field(default_factory=list)

    @property
    def token(self) -> str:
        """Its credential."""
        return f"{self.name}.{SECRET}"

    def call(self) -> dict[str, Any]:
        """The next messages."""
        messages: list[dict[str, Any]] = []
        for _ in range(CALL):
            self.sequence += 1
            common = {"sequence": self.sequence, "occurredAt": "2026-11-22T10:00:00+08:00"}
            if self.sequence % 2:
                passage = {"direction": "IN", "method": "CARD", "result": "GRANTED"}
                messages.append({**common, "type": "access", "gateId": self.gate, **passage})
            else:
                messages.append({**common, "type": "telemetry", "metric": "power", "value": 1.5, "unit": "kW"})
        return {"messages": messages}

    def count(self, answer: dict[str, Any], began: float) -> None:
        """Note an answer."""
        self.waits.append(time.perf_counter() - began)
        statuses = [result["status"] for result in answer["results"]]
        assert statuses == ["ACCEPTED"] * CALL, statuses
        self.accepted += CALL


async def prepare(settings: Settings) -> list[Sender]:
    """The world, and devices with a gate each."""
    world = await fill(settings)
    house = house_of(settings)
    acme, now = world.acme.keys, house.clock.now()
    await house.database.connect()
    stamps: dict[str, Any] = {"organization_id": acme["organization"], "created_at": now}
    placed: dict[str, Any] = {**stamps, "updated_at": now, "property_id": acme["home"]}
    senders = []
    async with house.database.transaction(acme["organization"]):
        for n in range(DEVICES):
            device, gate, credential = (house.identity.uuid() for _ in range(3))
            await models.Device.create(id=device, name=f"bench {n}", kind=DeviceKind.GATE_CONTROLLER, **placed)
            await models.DeviceCredential.create(
                id=credential,
                device_id=device,
                property_id=acme["home"],
                secret_hash=token_hash(SECRET),
                **stamps,
            )
            await models.Gate.create(
                id=gate, device_id=device, name=f"bench {n}", kind=GateKind.DOOR, state=GateState.CLOSED, **placed
            )
            senders.append(Sender(device.hex, encode("Gate", gate)))
    await house.database.close()
    return senders


async def over_http(url: str, sender: Sender, until: float) -> None:
    """Call after call."""
    async with httpx.AsyncClient(base_url=url, timeout=30, trust_env=False) as client:
        while time.perf_counter() < until:
            began = time.perf_counter()
            response = await client.post(
                "/ingest/events",
                content=orjson.dumps(sender.call()),
                headers={"authorization": f"Bearer {sender.token}", "content-type": "application/json"},
            )
            assert response.status_code == 200, response.text
            sender.count(response.json(), began)


async def over_mqtt(broker: MosquittoServer, sender: Sender, until: float) -> None:
    """WINDOW calls under way; the answers come back in their order."""
    host, port = broker.address
    sent: asyncio.Queue[float] = asyncio.Queue(WINDOW)
    signed = {"username": sender.name, "password": broker.password(sender.name), "identifier": sender.name}
    async with aiomqtt.Client(host, port, protocol=aiomqtt.ProtocolVersion.V5, **signed) as client:  # type: ignore[arg-type]
        await client.subscribe(f"wuye/{sender.name}/down", qos=1)

        async def publish() -> None:
            while time.perf_counter() < until:
                await sent.put(time.perf_counter())
                payload = orjson.dumps({"token": sender.token, **sender.call()})
                await client.publish(f"wuye/{sender.name}/up", payload, qos=1)

        publishing = asyncio.create_task(publish())
        async with asyncio.timeout(until - time.perf_counter() + 30):
            async for message in client.messages:
                assert isinstance(message.payload, bytes)
                sender.count(orjson.loads(message.payload), sent.get_nowait())
                if publishing.done() and sent.empty():
                    break
        await publishing


async def verify(settings: Settings, senders: list[Sender]) -> None:
    """Every accepted message is one row, and every passage one event."""
    house = house_of(settings)
    accepted = sum(sender.accepted for sender in senders)
    for table, where, expected in (
        ("telemetry", "metric = 'power'", accepted // 2),
        ("access_event", "method = 'CARD'", accepted // 2),
        ("event", "type = 'access_event.recorded'", accepted // 2),
        ("device_sequence", "sequence > 0", accepted),
    ):
        found = (await owner(house, f"SELECT count(*) AS n FROM {table} WHERE {where}"))[0]["n"]
        assert found == expected, f"{table}: {found} rows, {expected} expected"


async def measure(settings: Settings, product: Product, senders: list[Sender], mqtt: Any, seconds: float) -> str:
    """One line of figures."""
    began = time.perf_counter()
    until = began + seconds
    if mqtt is not None:
        await asyncio.gather(*(over_mqtt(mqtt, sender, until) for sender in senders))
    else:
        await asyncio.gather(*(over_http(product.url, s, until) for s in senders for _ in range(1)))
    took = time.perf_counter() - began
    await verify(settings, senders)
    accepted = sum(sender.accepted for sender in senders)
    waits = sorted(wait for sender in senders for wait in sender.waits)
    p50, p99 = (waits[int(len(waits) * share)] * 1000 for share in (0.5, 0.99))
    return (
        f"{accepted} kept in {took:.1f} s | {accepted / took:,.0f} messages/s | call p50 {p50:.0f} ms, p99 {p99:.0f} ms"
    )


def run(database: str, transport: str, seconds: float) -> str:
    """Start everything, measure, stop everything."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="wuye-bench-")))
        environment = {"DATABASE_URL": f"sqlite://{folder / 'wuye.db'}", "LOG_LEVEL": "warning"}
        settings = Settings(database_url=environment["DATABASE_URL"], state_path=folder)
        if database == "postgres":
            postgres = stack.enter_context(PostgresServer(durable=True))
            redis = stack.enter_context(RedisServer())
            name = postgres.create_database()
            settings = Settings(
                database_url=postgres.url(name, ROLE, ROLE_PASSWORD),
                database_admin_url=postgres.url(name),
                state_path=folder,
            )
            environment |= {"DATABASE_URL": settings.database_url, "BROKER_URL": redis.url}
        senders = asyncio.run(prepare(settings))
        broker = None
        if transport == "mqtt":
            users = {sender.name: "password" for sender in senders}
            broker = stack.enter_context(MosquittoServer(**users, **{HOUSE: "password"}))
            environment["MQTT_URL"] = broker.url(HOUSE)
        product = stack.enter_context(Product(folder, **environment))
        time.sleep(1 if broker else 0)  # until the listener has subscribed
        return asyncio.run(measure(settings, product, senders, broker, seconds))


def main() -> None:
    """All four, a line each."""
    parser = argparse.ArgumentParser("tests.benchmarks.ingest")
    parser.add_argument("--seconds", type=float, default=30.0, help="of each of the four runs (default 30)")
    seconds = parser.parse_args().seconds
    print(f"ingestion: {DEVICES} devices of one property, {CALL} messages a call, {seconds:.0f} s each")
    for database in ("sqlite", "postgres"):
        for transport in ("http", "mqtt"):
            print(f"{database:8} {transport:4} | {run(database, transport, seconds)}", flush=True)


if __name__ == "__main__":
    main()
