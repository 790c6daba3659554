"""Which devices a viewer lists and hears of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models import Device
from models.errors import ErrorCode, Refusal
from models.predicate import EVERYTHING, Predicate, all_of, any_of, contains, eq
from models.query import Order, Query
from models.scope import audible, visible
from subscriptions.device import DeviceStateChanged
from subscriptions.feed import Cursor, Feed

if TYPE_CHECKING:
    from uuid import UUID

    from models.rules.device import DeviceConnectivity, DeviceKind, DeviceState, DeviceStatus
    from models.viewer import Viewer

MAX_SEARCH = 80


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which devices; None means any. `search` is looked for in name and serial."""

    kind: DeviceKind | None = None
    category: str | None = None
    connection: DeviceConnectivity | None = None
    state: DeviceState | None = None
    status: DeviceStatus | None = None
    search: str | None = None

    def where(self) -> Predicate:
        """The filter. Raises Refusal BAD_USER_INPUT for a search that is too long."""
        text = (self.search or "").strip()
        if len(text) > MAX_SEARCH:
            raise Refusal(ErrorCode.BAD_USER_INPUT, field="search", message="TEXT_LENGTH", low=0, high=MAX_SEARCH)
        words = {name: getattr(self, name) for name in ("kind", "connection", "state", "status")}
        return all_of(
            *(eq(name, word.value) for name, word in words.items() if word is not None),
            EVERYTHING if self.category is None else eq("category", self.category),
            any_of(contains("name", text), contains("serial", text)) if text else EVERYTHING,
        )


def in_property(viewer: Viewer | None, property_id: UUID, order: Order, wanted: Wanted) -> Query:
    """Devices of a Property, retired ones too."""
    return Query(Device, visible(Device, viewer), order).only(eq("property_id", property_id), wanted.where())


def state_changes(viewer: Viewer | None, property_id: UUID, after: str | None) -> Feed:
    """What the devices of a Property report about themselves, and whether we hear from them."""
    if viewer is None:
        raise Refusal(ErrorCode.UNAUTHENTICATED)
    return Feed(
        stream=property_id,
        type=DeviceStateChanged.TYPE,
        where=audible(Device, viewer),
        after=Cursor.decode(after) if after else None,
    )
