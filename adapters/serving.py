"""How we want uvicorn; the tests serve with the same."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from adapters.settings import Settings

GRACE_SECONDS = 10
BACKLOG = 16_384  # connections not yet taken; the kernel has its own most (net.core.somaxconn). What is beyond it
# comes again after 1, 3, 7 and 15 seconds: a crowd that is cut off at once would be back after half a minute.


def uvicorn_options(settings: Settings) -> dict[str, Any]:
    """Keyword arguments of `uvicorn.run`."""
    return {
        "loop": "adapters.loop:new_loop",
        "http": "schema.http.transport:Transport",
        "ws": "subscriptions.websocket.transport:Transport",
        "ws_max_size": settings.limits.ws_message_bytes,
        "ws_ping_interval": None,  # the protocol pings by itself, with cursors
        "ws_per_message_deflate": False,
        "backlog": BACKLOG,
        "timeout_graceful_shutdown": GRACE_SECONDS,
        "server_header": False,
        "proxy_headers": False,  # it would believe whoever comes from this machine: schema/http/origin.py knows whom
        "access_log": False,
    }


def hurry() -> None:
    """Until `settle` nothing is collected: of what a start loads nothing is garbage, and looking took a tenth of it."""
    gc.disable()


def settle() -> None:
    """What is there when serving begins stays: the collector looks no more through it, and less often through the rest.

    The schema is some hundred thousand objects; looking through them held every request up for a tenth of a second.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)
    gc.enable()
