"""What an account hears between two cursors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from subscriptions.feed import Cursor
from tests.live.websocket import talk

if TYPE_CHECKING:
    from tests.conftest import Live
    from tests.factories.tenant import Tenant


def reached(cursor: str | None, last: str) -> bool:
    """Whether a follower is as far as `last`, or farther: jobs write events too."""
    return cursor is not None and Cursor.decode(cursor).position >= Cursor.decode(last).position


async def hears(
    live: Live, who: str, query: str, cursor: str, last: str, tenant: Tenant | None = None, **variables: Any
) -> list[dict[str, Any]]:
    """All that `who` hears after `cursor`, up to `last`: read until a ping says that the follower is there."""
    tenant = tenant or live.client.world.acme
    async with talk(live.websocket_url, tenant.token(who)) as socket:
        wanted = {"property": live.client.world.acme.id("home"), **variables}
        await socket.subscribe("1", query, after=cursor, **wanted)
        found: list[dict[str, Any]] = []
        while True:
            message = await socket.receive()
            if message["type"] == "ping":
                await socket.send("pong")
                if reached(message["payload"]["cursors"].get("1"), last):
                    return found
            else:
                assert message["type"] == "next", message
                found.append(message["payload"])
