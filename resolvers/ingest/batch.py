"""One transaction's worth of messages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from models import AccessEvent, Device, Gate, Person
from models.errors import ErrorCode, Refusal
from models.rules.ingest import IngestStatus, Transport
from resolvers.device import locked, report_state, seen
from resolvers.ingest.alarm import AlarmDesk
from resolvers.ingest.message import (
    AccessMessage,
    AlarmClearedMessage,
    AlarmMessage,
    DeviceStateMessage,
    GateStateMessage,
    Incoming,
    Message,
    Receipt,
    TelemetryMessage,
)
from resolvers.ingest.rejection import set_aside
from resolvers.ingest.telemetry import record_readings
from subscriptions.gate import recorded

if TYPE_CHECKING:
    from models.rules.gate import GateState
    from models.viewer import Viewer
    from resolvers.unit import Unit


@dataclass(frozen=True)
class Entry:
    """A message, who sent it, and how."""

    device: Viewer
    property_id: UUID
    transport: Transport
    incoming: Incoming

    @property
    def device_id(self) -> UUID:
        """The device's id."""
        assert self.device.device_id is not None  # noqa: S101 - authorise_device gave it
        return self.device.device_id

    @property
    def key(self) -> tuple[UUID, int]:
        """What it is known by."""
        assert self.incoming.message is not None  # noqa: S101 - asked of understood messages only
        return self.device_id, self.incoming.message.sequence


class Batch:
    """Decides each message, in order, and writes what follows with few statements."""

    def __init__(self, unit: Unit, entries: list[Entry], alive: set[UUID]) -> None:
        """`alive`: devices that we hear from, whose last sign of life was written long enough ago."""
        self._unit = unit
        self._entries = entries
        self._alive = alive
        self._devices: dict[UUID, Device] = {}
        self._alarms = AlarmDesk(unit)
        self._conditions: list[tuple[Entry, DeviceStateMessage]] = []
        self._gates: dict[UUID, Gate] = {}
        self._people: set[UUID] = set()
        self._attempts: list[AccessEvent] = []
        self._states: dict[UUID, GateState] = {}
        self._readings: list[tuple[Entry, TelemetryMessage]] = []
        self._refused: list[tuple[Entry, Refusal]] = []

    async def run(self) -> list[Receipt]:
        """A receipt per message, in order; valid once the transaction has committed."""
        await self._load()
        faults = [self._fault(entry) for entry in self._entries]
        new = await self._take_sequences(
            {entry.key for entry, fault in zip(self._entries, faults, strict=True) if fault is None}
        )
        receipts = [self._receipt(entry, fault, new) for entry, fault in zip(self._entries, faults, strict=True)]
        await self._write()
        return receipts

    async def _load(self) -> None:
        """Read what the messages name. Devices, then gates, are locked: in one order everywhere."""
        messages = [entry.incoming.message for entry in self._entries]
        told_of = {e.device_id for e in self._entries if isinstance(e.incoming.message, DeviceStateMessage)}
        if told_of or self._alive:
            self._devices = await locked(self._unit, told_of | self._alive)
            await seen(self._unit, self._alive)
        await self._alarms.load(self._entries)
        mine = Gate.filter(organization_id=self._unit.organization_id).order_by("id")
        # Those that may change are locked, in the order of their ids: nobody's change is lost, nobody waits in a ring.
        told = {m.gate_id for m in messages if isinstance(m, GateStateMessage)}
        passed = {m.gate_id for m in messages if isinstance(m, AccessMessage)} - told
        gates = await mine.filter(id__in=list(told)).select_for_update() if told else []
        gates += await mine.filter(id__in=list(passed)) if passed else []
        self._gates = {gate.id: gate for gate in gates}
        named = {m.person_id for m in messages if isinstance(m, AccessMessage) and m.person_id}
        if named:
            people = Person.filter(id__in=list(named), organization_id=self._unit.organization_id)
            self._people = {row[0] for row in await people.values_list("id")}

    async def _take_sequences(self, keys: set[tuple[UUID, int]]) -> set[tuple[UUID, int]]:
        """Remember the numbers of all valid messages; those that were not known before."""
        if not keys:
            return set()
        stamp = (self._unit.organization_id, self._unit.now)
        rows = await self._unit.tx.insert(
            "device_sequence",
            {"device_id": "uuid", "sequence": "bigint", "organization_id": "uuid", "recorded_at": "timestamptz"},
            [(*key, *stamp) for key in sorted(keys)],  # in one order: processes never wait for each other in a ring
            "ON CONFLICT DO NOTHING RETURNING device_id, sequence",
        )
        return {(UUID(str(row["device_id"])), row["sequence"]) for row in rows}

    def _receipt(self, entry: Entry, fault: Refusal | None, new: set[tuple[UUID, int]]) -> Receipt:
        """Decide one message, and note what it writes."""
        if fault is not None:
            self._refused.append((entry, fault))
            return Receipt(IngestStatus.REJECTED, fault)
        if entry.key not in new:
            return Receipt(IngestStatus.DUPLICATE)
        new.discard(entry.key)
        match entry.incoming.message:
            case GateStateMessage() as message:
                self._states[message.gate_id] = message.state
            case AccessMessage() as message:
                self._attempts.append(self._attempt(message))
            case TelemetryMessage() as message:
                self._readings.append((entry, message))
            case DeviceStateMessage() as message:
                self._conditions.append((entry, message))
            case AlarmMessage() | AlarmClearedMessage() as message:
                self._alarms.note(entry.device_id, message)
        return Receipt(IngestStatus.ACCEPTED)

    async def _write(self) -> None:
        """The rows, and the events; rows that others lock too come first, in one order everywhere."""
        for gate_id in sorted(self._states):
            gate, state = self._gates[gate_id], self._states[gate_id]
            if gate.state is not state:
                before = await self._unit.change(gate, state=state)
                self._unit.audit("gate.report", before, gate, actor="device")
        for entry, message in sorted(self._conditions, key=lambda told: told[0].device_id):
            await report_state(self._unit, self._devices[entry.device_id], message.state, at=message.occurred_at)
        await self._alarms.write()
        await self._unit.add_all(self._attempts)
        for attempt in self._attempts:
            self._unit.announce(recorded(attempt))
        await record_readings(self._unit, self._readings)
        await set_aside(self._unit, self._refused)

    def _attempt(self, message: AccessMessage) -> AccessEvent:
        return AccessEvent(
            id=self._unit.house.identity.uuid(),
            organization_id=self._unit.organization_id,
            created_at=self._unit.now,
            property_id=self._gates[message.gate_id].property_id,
            gate_id=message.gate_id,
            person_id=message.person_id,
            direction=message.direction,
            method=message.method,
            result=message.result,
            reason=message.reason,
            occurred_at=message.occurred_at,
        )

    def _fault(self, entry: Entry) -> Refusal | None:
        """Why a message is refused: a device speaks for itself, its own gates and its own cameras only."""
        message: Message | None = entry.incoming.message
        if message is None:
            return entry.incoming.fault or Refusal(
                ErrorCode.BAD_USER_INPUT, field="messages", detail="messages: no message"
            )
        if isinstance(message, AccessMessage | GateStateMessage):
            gate = self._gates.get(message.gate_id)
            if gate is None or gate.device_id != entry.device_id:
                return Refusal(ErrorCode.NOT_FOUND, field="gate_id")
        if isinstance(message, AlarmMessage | AlarmClearedMessage):
            return self._alarms.fault(entry.device_id, message)
        if isinstance(message, DeviceStateMessage) and entry.device_id not in self._devices:
            return Refusal(ErrorCode.NOT_FOUND, field="device")
        if isinstance(message, AccessMessage) and message.person_id and message.person_id not in self._people:
            return Refusal(ErrorCode.NOT_FOUND, field="person_id")
        return None
