"""Delivery in a process whose operators want spans (adapters/trace): one for each event of a batch."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from subscriptions.hub.delivery import Delivery

if TYPE_CHECKING:
    from adapters.trace import Tracer
    from subscriptions.event import Entry
    from subscriptions.hub.delivery import Found
    from subscriptions.hub.member import Bundle, Cell
    from subscriptions.hub.rendering import Renderer
    from subscriptions.hub.stream import Stream
    from subscriptions.status import Counters


class TracedDelivery(Delivery):
    """As any; when it is over it tells how long handing over took, and how many frames of each event left."""

    def __init__(
        self, tracer: Tracer, stream: Stream, renderer: Renderer, counters: Counters, heard: dict[Cell, list[Entry]]
    ) -> None:
        super().__init__(stream, renderer, counters, heard)
        self._tracer = tracer
        self._began = 0
        self._left: dict[int, tuple[Entry, int]] = {}  # by position: the frames that left

    async def run(self) -> None:
        """Deliver, then tell."""
        await super().run()
        for entry, frames in self._left.values():
            self._tracer.was_of_event("deliver", entry, self._began, {"wuye.frames": frames})

    def _finish(self, cell: Cell, found: Found) -> None:
        self._began = self._began or time.time_ns()
        super()._finish(cell, found)

    def _hand(self, cell: Cell, bundle: Bundle) -> None:
        before = self._counters.deliveries
        super()._hand(cell, bundle)
        members = (self._counters.deliveries - before) // len(bundle.entries)
        for entry in bundle.entries:
            self._left[entry.position] = entry, self._left.get(entry.position, (entry, 0))[1] + members
