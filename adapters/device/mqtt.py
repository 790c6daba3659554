"""MQTT 5 (aiomqtt): takes what devices publish, and tells the broker so only after it is kept.

QoS 1, a session that outlives us and a stable client id: what is published while we are away waits at the broker. A
message is acknowledged after `handle` returned, so a crash means that it comes again. Several processes share one
subscription: each message goes to one of them (docs/mqtt.md says what that asks of the broker).
"""

from __future__ import annotations

import asyncio
import logging
import random
import ssl
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from adapters.device.slot import Slot
from adapters.task import end

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    import aiomqtt

    from adapters.settings import Settings

logger = logging.getLogger("wuye.mqtt")
GROUP = "wuye"
KEEP_SESSION_SECONDS = 7 * 86_400  # as long as the broker keeps messages for a process that is away
IN_FLIGHT = 200  # messages that the broker hands out before we acknowledge
KEEPALIVE_SECONDS = 20
LEAST_WAIT, MOST_WAIT = 0.2, 30.0


@dataclass(frozen=True)
class Reply:
    """What to publish, at least once."""

    topic: str
    payload: bytes


class MqttListener:
    """One connection of this process; reconnects for ever."""

    def __init__(
        self,
        settings: Settings,
        filters: Iterable[str],
        handle: Callable[[str, bytes], Awaitable[Reply | None]],
        alone: Iterable[str] = (),
    ) -> None:
        """`filters`: what the processes share; `alone`: what the first of them takes, in order.

        `handle` raises when the message cannot be kept now: it is tried again.
        """
        assert settings.mqtt_url is not None  # noqa: S101 - server.py makes none without it
        self._settings = settings
        self._address = urlsplit(settings.mqtt_url)
        self._filters = tuple(filters)
        self._alone = tuple(alone)
        self._handle = handle
        self._slot = Slot(settings.state_path, settings.workers)
        self._task: asyncio.Task[None] | None = None
        self._work: set[asyncio.Task[None]] = set()
        self.connected = asyncio.Event()

    async def start(self) -> None:
        """Begin; a broker that is away does not hold up the server."""
        self._task = asyncio.create_task(self._forever())

    async def stop(self) -> None:
        """Disconnect. What is not acknowledged comes again after the next start."""
        await end([self._task])
        self._slot.free()

    async def _forever(self) -> None:
        import aiomqtt

        number = await self._slot.take()
        wait = LEAST_WAIT
        while True:
            try:
                async with self._client(number) as client:
                    await self._subscribe(client, number)
                    wait = LEAST_WAIT
                    await self._listen(client)
            except aiomqtt.MqttError as error:
                logger.warning("MQTT broker %s: %s; trying again", self._address.hostname, error)
            except Exception:
                logger.exception("the MQTT listener stumbled, going on")
            finally:
                self.connected.clear()
            await asyncio.sleep(wait * random.uniform(0.5, 1))  # noqa: S311 - not everybody at the same instant
            wait = min(wait * 2, MOST_WAIT)

    def _client(self, number: int) -> aiomqtt.Client:
        """A client with the id of our slot: the broker knows the session again."""
        import aiomqtt
        from paho.mqtt.packettypes import PacketTypes
        from paho.mqtt.properties import Properties

        secure = self._address.scheme == "mqtts"
        lasting: Any = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]  # paho has no types here
        lasting.SessionExpiryInterval = KEEP_SESSION_SECONDS
        lasting.ReceiveMaximum = IN_FLIGHT
        client = aiomqtt.Client(
            self._address.hostname or "",
            self._address.port or (8883 if secure else 1883),
            username=unquote(self._address.username) if self._address.username else None,
            password=unquote(self._address.password) if self._address.password else None,
            identifier=f"{self._settings.mqtt_client_id}-{number}",
            protocol=aiomqtt.ProtocolVersion.V5,
            clean_start=False,
            keepalive=KEEPALIVE_SECONDS,
            properties=lasting,
            tls_context=ssl.create_default_context(cafile=self._settings.mqtt_ca_file) if secure else None,
            logger=logger,
        )
        client.pending_calls_threshold = IN_FLIGHT
        # aiomqtt has no door to it yet (empicano/aiomqtt#345); before connecting: a session delivers at once.
        client._client.manual_ack_set(True)  # noqa: SLF001
        return client

    async def _subscribe(self, client: aiomqtt.Client, number: int) -> None:
        several = self._settings.workers > 1
        for topic in self._filters:
            shared = f"$share/{GROUP}/{topic}"
            # A process that is alone needs no share, and Mosquitto 2.0 forgets shares when it restarts itself.
            await client.unsubscribe(topic if several else shared)  # of a run with another number of processes
            await _wanted(client, shared if several else topic)
        for topic in self._alone if number == 0 else ():
            await _wanted(client, topic)
        self.connected.set()

    async def _listen(self, client: aiomqtt.Client) -> None:
        try:
            async for message in client.messages:
                task = asyncio.create_task(self._serve(client, message))
                self._work.add(task)
                task.add_done_callback(self._work.discard)
        finally:
            for task in list(self._work):
                task.cancel()
            await asyncio.gather(*self._work, return_exceptions=True)

    async def _serve(self, client: aiomqtt.Client, message: aiomqtt.Message) -> None:
        """Keep it, acknowledge it, answer. The broker holds back more than IN_FLIGHT of these."""
        from aiomqtt import MqttError

        wait = LEAST_WAIT
        while True:
            try:
                reply = await self._handle(str(message.topic), message.payload)
                break
            except Exception as error:  # noqa: BLE001 - the message is with the broker: later
                logger.warning("a message of %s waits: %s", str(message.topic)[:100], error)
                await asyncio.sleep(wait)
                wait = min(wait * 2, MOST_WAIT)
        client._client.ack(message.mid, message.qos)  # noqa: SLF001 - as above
        if reply is not None:
            with suppress(MqttError):  # an answer is lost: the device sends again and hears DUPLICATE
                await client.publish(reply.topic, reply.payload, qos=1)


async def _wanted(client: aiomqtt.Client, topic: str) -> None:
    from aiomqtt import MqttError

    codes: Any = await client.subscribe(topic, qos=1)
    if any(code.is_failure for code in codes):
        raise MqttError(f"the broker refuses the subscription to {topic}: give our user the right to read it")
