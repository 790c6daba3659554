"""The order in which a server stops."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schema.http import Surface


@contextmanager
def streams_end_first(surface: Surface) -> Iterator[None]:
    """When uvicorn is told to stop, open streams must end first: it waits for them before it tells us."""

    def stop(number: int, frame: object) -> None:
        surface.health.stopping = True
        surface.streams.close()
        following = previous.get(number)
        if callable(following):
            following(number, frame)

    previous: dict[int, Any] = {}
    if threading.current_thread() is threading.main_thread():  # elsewhere whoever embeds us stops us
        previous = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in previous.items():
            if signal.getsignal(number) is stop:
                signal.signal(number, handler)
