"""Ready frames: what is written past the protocol is what the protocol would have written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame, Opcode

from adapters.settings import Limits
from subscriptions.websocket.transport import Transport
from subscriptions.websocket.wire import next_message, text_frame
from tests.live.talk import ACCESS, live_cursor, pass_gate, reasons
from tests.live.websocket import talk

if TYPE_CHECKING:
    from tests.conftest import Live


@pytest.fixture
def limits() -> Limits:
    """A user may have many sockets."""
    return Limits(ws_sockets_per_user=50)


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65_535, 65_536, 70_000])
def test_a_frame_has_the_length_that_it_says(size: int) -> None:
    message = b"x" * size
    assert text_frame(message) == Frame(Opcode.TEXT, message).serialize(mask=False)


def test_an_id_is_json() -> None:
    assert next_message('a"b', b'{"data":1}') == b'{"id":"a\\"b","type":"next","payload":{"data":1}}'


@pytest.mark.parametrize("raw", [True, False])
async def test_under_any_server(live: Live, monkeypatch: pytest.MonkeyPatch, raw: bool) -> None:
    """Without our transport each event goes through ASGI's `send`: the client hears the same."""
    pushed = 0
    push = Transport.push

    def counted(self: Transport, frames: bytes) -> bool:
        nonlocal pushed
        pushed += 1
        return push(self, frames)

    monkeypatch.setattr(Transport, "push", counted)
    if not raw:
        monkeypatch.setattr(Transport, "run_asgi", WebSocketsSansIOProtocol.run_asgi)
    tenant, start = live.client.world.acme, await live_cursor(live.client)
    async with (
        talk(live.websocket_url, tenant.token("control")) as first,
        talk(live.websocket_url, tenant.token("manager")) as second,
    ):
        for socket in (first, second):
            for id_ in ("a", "b"):
                await socket.subscribe(id_, ACCESS, property=tenant.id("home"), after=start)
        await pass_gate(live.client, *range(20))
        await pass_gate(live.client, 20)
        for socket in (first, second):
            heard = [await socket.hear() for _ in range(42)]
            for id_ in ("a", "b"):
                assert reasons([one["payload"] for one in heard if one["id"] == id_]) == list(range(21))
    assert (pushed > 0) is raw
