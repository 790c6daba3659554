"""Gates: which ones a viewer lists, who passed, and opening one from afar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models import AccessEvent, Gate
from models.errors import ErrorCode, Refusal
from models.predicate import EVERYTHING, all_of, eq
from models.query import Order, Query
from models.rules.gate import AccessDirection, AccessMethod, AccessResult, GateState
from models.rules.permission import Permission
from models.scope import visible
from resolvers.unit import check_version, unit_of_work
from resolvers.viewer import require
from subscriptions.feed import Cursor, Feed
from subscriptions.gate import AccessEventRecorded, recorded

if TYPE_CHECKING:
    from uuid import UUID

    from models.viewer import Viewer
    from resolvers.ports import House

MAX_REASON = 200


def in_property(viewer: Viewer | None, property_id: UUID, order: Order, state: GateState | None = None) -> Query:
    """Gates of a Property."""
    return Query(Gate, visible(Gate, viewer), order).only(
        eq("property_id", property_id), EVERYTHING if state is None else eq("state", state.value)
    )


def access_events(
    viewer: Viewer | None,
    property_id: UUID,
    order: Order,
    gate_id: UUID | None = None,
    person_id: UUID | None = None,
    result: AccessResult | None = None,
) -> Query:
    """Attempts at the gates of a Property."""
    return Query(AccessEvent, visible(AccessEvent, viewer), order).only(
        eq("property_id", property_id),
        EVERYTHING if gate_id is None else eq("gate_id", gate_id),
        EVERYTHING if person_id is None else eq("person_id", person_id),
        EVERYTHING if result is None else eq("result", result.value),
    )


def recordings(viewer: Viewer | None, property_id: UUID, gate_id: UUID | None, after: str | None) -> Feed:
    """Every attempt at the gates of a Property (or at one of them) that the viewer may see."""
    if viewer is None:
        raise Refusal(ErrorCode.UNAUTHENTICATED)
    chosen = EVERYTHING if gate_id is None else eq("gate_id", gate_id)
    return Feed(
        stream=property_id,
        type=AccessEventRecorded.TYPE,
        where=all_of(visible(AccessEvent, viewer), chosen),
        after=Cursor.decode(after) if after else None,
    )


async def open_gate(
    viewer: Viewer | None, house: House, id_: UUID, reason: str, expected_version: int | None = None
) -> tuple[Gate, AccessEvent]:
    """Tell a gate to open: its device learns it with its next call to /ingest/events; the passage is recorded."""
    async with unit_of_work(house, viewer) as unit:
        gate = await unit.find(Gate, id_, "id")
        if unit.viewer is not None:
            require(unit.viewer, Permission.GATE_OPEN, gate.property_id)
        if not 1 <= len(reason.strip()) <= MAX_REASON:
            raise Refusal(ErrorCode.BAD_USER_INPUT, field="reason", message="TEXT_LENGTH", low=1, high=MAX_REASON)
        check_version(gate, expected_version)
        if gate.state is GateState.OFFLINE:
            raise Refusal(ErrorCode.GATE_OFFLINE, field="id", current=gate.id)
        before = await unit.change(gate, state=GateState.OPEN)
        attempt = await unit.add(
            AccessEvent,
            property_id=gate.property_id,
            gate_id=gate.id,
            direction=AccessDirection.IN,
            method=AccessMethod.REMOTE,
            result=AccessResult.GRANTED,
            reason=reason.strip(),
            occurred_at=unit.now,
        )
        unit.audit("gate.open", before, gate)
        unit.announce(recorded(attempt))
    return gate, attempt
