"""Gates and access in the contract."""

from __future__ import annotations

from datetime import datetime

import strawberry

import models
from models.query import Query as Rows
from models.rules.gate import (
    AccessDirection,
    AccessMethod,
    AccessResult,
    GateKind,
    GateState,
)
from models.rules.permission import Permission
from resolvers import gate as usecase
from schema.base import (
    Cursor,
    Event,
    Info,
    ListOrder,
    Node,
    Payload,
    column,
    decode,
    event,
    happened,
    live,
    many,
    node,
    one,
    subject,
    text,
    to_one,
    values,
    verb,
)
from schema.device import Device
from schema.person import Person
from schema.place import Building, Property
from subscriptions import AccessEventRecorded as Recorded


@node(models.Gate, "门禁: a door, turnstile or lift gate.")
class Gate(Node):
    """A door, turnstile or lift gate."""

    property: Property = to_one("The estate.")
    building: Building | None = to_one("The building it leads into.")
    device: Device | None = to_one("The controller that drives it.")
    name: str = column("Unique in the Property.")
    kind: GateKind = column("What it is.")
    state: GateState = column("How it stands, or was told to stand.")
    updated_at: datetime = column("When its state last changed.")
    version: int = column("Grows by one with each change.")


@node(models.AccessEvent, "出入事件: an attempt to pass a gate, granted or denied.")
class AccessEvent(Node):
    """An attempt to pass a gate."""

    property: Property = to_one("The estate.")
    gate: Gate | None = to_one("The gate.")
    person: Person | None = to_one("Who it was, when the gate knew.")
    direction: AccessDirection = column("Which way.")
    method: AccessMethod = column("How they asked.")
    result: AccessResult = column("Whether the gate opened.")
    reason: str | None = column("Why it was denied, or why staff opened it.")
    occurred_at: datetime = column("The device's time.")
    recorded_at: datetime = column("Our time.", source="created_at")


@event(Recorded, "An attempt at a gate was recorded, granted or denied.")
class AccessEventRecorded(Event):
    """An attempt at a gate was recorded."""

    access_event: AccessEvent | None = subject("The attempt; null when out of sight.", "AccessEvent")
    result: AccessResult = happened("Whether the gate opened.", "result")


@strawberry.input(description="Which gates.")
class GateFilter:
    """Which gates."""

    state: GateState | None = text("Only those that stand so.", optional=True)


@strawberry.input(description="Which attempts.")
class AccessEventFilter:
    """Which attempts."""

    gate_id: strawberry.ID | None = text("Only at this gate.", optional=True)
    person_id: strawberry.ID | None = text("Only of this Person.", optional=True)
    result: AccessResult | None = text("Only with this result.", optional=True)


@strawberry.input(description="Why the gate is opened.")
class GateOpenInput:
    """Why the gate is opened."""

    reason: str = text("For the record; 1 to 200 characters.")
    expected_version: int | None = text("The version the viewer saw; a newer one is a CONFLICT.", optional=True)


@strawberry.type(description="Answer to gateOpen.")
class GateOpenPayload(Payload):
    """The gate, told to open."""

    gate: Gate | None = strawberry.field(default=None, description="The gate, told to open.")
    access_event: AccessEvent | None = strawberry.field(default=None, description="The recorded passage.")


@strawberry.type
class GateQuery:
    """Reads of gates."""

    @many("Gates of a Property.", Gate, page=500)
    def gates(
        self,
        info: Info,
        property_id: strawberry.ID,
        filter: GateFilter | None = None,
        order: ListOrder = ListOrder.OLDEST,
    ) -> Rows:
        """Gates of a Property."""
        place = decode("Property", property_id, "property_id")
        return usecase.in_property(info.context.viewer, place, order.order, filter.state if filter else None)

    @many("Attempts at the gates of a Property; a resident sees the own ones.", AccessEvent, page=500)
    def access_events(
        self,
        info: Info,
        property_id: strawberry.ID,
        filter: AccessEventFilter | None = None,
        order: ListOrder = ListOrder.NEWEST,
    ) -> Rows:
        """Attempts at the gates of a Property."""
        wanted = filter or AccessEventFilter()
        return usecase.access_events(
            info.context.viewer,
            decode("Property", property_id, "property_id"),
            order.order,
            decode("Gate", wanted.gate_id, "gate_id") if wanted.gate_id else None,
            decode("Person", wanted.person_id, "person_id") if wanted.person_id else None,
            wanted.result,
        )

    gate: Gate | None = one("A Gate.", "Gate")
    access_event: AccessEvent | None = one("An attempt at a gate.", "AccessEvent")


@strawberry.type
class GateMutation:
    """Verbs of gates."""

    @verb(
        "Open a gate from afar: its device learns it with its next call; the passage is recorded.",
        shows="Gate",
        permission=Permission.GATE_OPEN,
    )
    async def gate_open(self, info: Info, id: strawberry.ID, input: GateOpenInput) -> GateOpenPayload | None:
        """Open."""
        context = info.context
        opened, attempt = await usecase.open_gate(context.viewer, context.house, decode("Gate", id), **values(input))
        return GateOpenPayload(
            gate=await context.show("Gate", opened.id), access_event=await context.show("AccessEvent", attempt.id)
        )


@strawberry.type
class GateSubscription:
    """Access live."""

    @live("Every attempt at the gates of a Property that the viewer may see, denied ones too.", AccessEventRecorded)
    def access_event_recorded(
        self, info: Info, property_id: strawberry.ID, gate_id: strawberry.ID | None = None, after: Cursor | None = None
    ) -> object:
        """Access live."""
        chosen = decode("Gate", gate_id, "gate_id") if gate_id else None
        return usecase.recordings(info.context.viewer, decode("Property", property_id, "property_id"), chosen, after)
