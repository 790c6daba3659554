"""What devices report: deduplicated by (device, sequence), committed per Property at most every 20 ms."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING
from uuid import UUID

from adapters.identity import token_hash
from models import AccessEvent, Gate, Person
from models.errors import ErrorCode, Refusal
from models.rules.permission import Permission, Role
from models.viewer import Grant, Viewer
from resolvers.unit import Unit, system_unit
from resolvers.viewer import require
from subscriptions.gate import recorded

if TYPE_CHECKING:
    from datetime import datetime

    from models.rules.gate import AccessDirection, AccessMethod, AccessResult, GateState
    from resolvers.ports import House

CHUNK = 100


class IngestStatus(str, Enum):
    """What became of a message."""

    ACCEPTED = "ACCEPTED"
    DUPLICATE = "DUPLICATE"
    REJECTED = "REJECTED"


@dataclass(frozen=True)
class AccessMessage:
    """An attempt at a gate, in the device's own time."""

    sequence: int
    gate_id: UUID
    occurred_at: datetime
    direction: AccessDirection
    method: AccessMethod
    result: AccessResult
    reason: str | None = None
    person_id: UUID | None = None


@dataclass(frozen=True)
class GateStateMessage:
    """A gate now stands so."""

    sequence: int
    gate_id: UUID
    occurred_at: datetime
    state: GateState


Message = AccessMessage | GateStateMessage


@dataclass(frozen=True)
class Receipt:
    """The answer to one message."""

    status: IngestStatus
    refusal: Refusal | None = None


@dataclass
class _Parcel:
    """The messages of one call, waiting for the next commit of their Property."""

    device: Viewer
    messages: list[Message]
    done: asyncio.Future[list[Receipt]]

    @property
    def device_key(self) -> UUID:
        """The device's id."""
        assert self.device.device_id is not None  # noqa: S101 - authorise_device gave it
        return self.device.device_id


async def authorise_device(house: House, token: str) -> Viewer | None:
    """The device that a token `<device id in hex>.<secret>` stands for; None when it does not hold."""
    name, _, secret = token.partition(".")
    try:
        device_id = UUID(hex=name)
    except ValueError:
        return None
    rows = await house.database.call("device", device_id, token_hash(secret))
    if not rows:
        return None
    property_id = UUID(str(rows[0]["property_id"]))
    return Viewer(
        organization_id=UUID(str(rows[0]["organization_id"])),
        valid_until=house.clock.now(),
        device_id=device_id,
        grants=(Grant(Role.DEVICE, property_id),),
    )


class Ingest:
    """Gathers the calls of all devices of a Property into one transaction."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._waiting: dict[UUID, list[_Parcel]] = {}
        self._workers: set[asyncio.Task[None]] = set()

    async def accept(self, device: Viewer, messages: list[Message]) -> list[Receipt]:
        """A receipt per message, in order, after the commit that holds them."""
        property_id = next(grant.property_id for grant in device.grants)
        assert property_id is not None  # noqa: S101 - a device belongs to one Property
        require(device, Permission.EVENT_INGEST, property_id)
        parcel = _Parcel(device, messages, asyncio.get_running_loop().create_future())
        if property_id in self._waiting:
            self._waiting[property_id].append(parcel)
        else:
            self._waiting[property_id] = [parcel]
            worker = asyncio.create_task(self._commit_rounds(property_id))
            self._workers.add(worker)
            worker.add_done_callback(self._workers.discard)
        return await parcel.done

    async def gates_of(self, device: Viewer) -> list[tuple[UUID, str]]:
        """The gates that a device drives, and how they should stand."""
        database, organization_id = self._house.database, device.organization_id
        rows = await database.fetch(
            "SELECT id, state FROM gate WHERE organization_id = $1 AND device_id = $2 ORDER BY id",
            [organization_id, device.device_id],
            organization_id,
        )
        return [(database.value("UUIDField", row["id"]), row["state"]) for row in rows]

    async def _commit_rounds(self, property_id: UUID) -> None:
        """Commit what waits, pause, again, until nothing waits."""
        while parcels := self._waiting[property_id]:
            self._waiting[property_id] = []
            try:
                receipts = await self._commit(parcels)
            except Exception as error:  # noqa: BLE001 - every caller gets it and answers for itself
                for parcel in parcels:
                    if not parcel.done.done():
                        parcel.done.set_exception(error)
            else:
                for parcel, answer in zip(parcels, receipts, strict=True):
                    if not parcel.done.done():
                        parcel.done.set_result(answer)
            await asyncio.sleep(self._house.settings.limits.ingest_interval_seconds)
        del self._waiting[property_id]

    async def _commit(self, parcels: list[_Parcel]) -> list[list[Receipt]]:
        organization_id = parcels[0].device.organization_id
        async with system_unit(self._house, organization_id) as unit:
            batch = await _Batch.load(unit, parcels)
            new = await batch.take_sequences()
            receipts = [[batch.receipt(parcel, message, new) for message in parcel.messages] for parcel in parcels]
            await batch.write()
        return receipts


class _Batch:
    """One transaction's worth of messages."""

    def __init__(self, unit: Unit, parcels: list[_Parcel], gates: dict[UUID, Gate], people: set[UUID]) -> None:
        self._unit = unit
        self._parcels = parcels
        self._gates = gates
        self._people = people
        self._attempts: list[AccessEvent] = []
        self._states: dict[UUID, GateState] = {}

    @classmethod
    async def load(cls, unit: Unit, parcels: list[_Parcel]) -> _Batch:
        """Read the gates and people that the messages name."""
        messages = [message for parcel in parcels for message in parcel.messages]
        mine = Gate.filter(organization_id=unit.organization_id).order_by("id")
        # Those that may change are locked, in the order of their ids: nobody's change is lost, nobody waits in a ring.
        told = {m.gate_id for m in messages if isinstance(m, GateStateMessage)}
        passed = {m.gate_id for m in messages} - told
        gates = await mine.filter(id__in=list(told)).select_for_update() if told else []
        gates += await mine.filter(id__in=list(passed)) if passed else []
        named = {m.person_id for m in messages if isinstance(m, AccessMessage) and m.person_id}
        people = (
            await Person.filter(id__in=list(named), organization_id=unit.organization_id).values_list("id")
            if named
            else []
        )
        return cls(unit, parcels, {gate.id: gate for gate in gates}, {row[0] for row in people})

    async def take_sequences(self) -> set[tuple[UUID, int]]:
        """Remember the numbers of all valid messages; those that were not known before."""
        keys = sorted(  # in one order: processes that take the same numbers never wait for each other in a ring
            {
                (parcel.device_key, message.sequence)
                for parcel in self._parcels
                for message in parcel.messages
                if self._fault(parcel, message) is None
            }
        )
        taken: set[tuple[UUID, int]] = set()
        for start in range(0, len(keys), CHUNK):
            values: list[object] = [self._unit.organization_id, self._unit.now]
            marks = []
            for device_id, sequence in keys[start : start + CHUNK]:
                values += [device_id, sequence]
                marks.append(f"($1, ${len(values) - 1}, ${len(values)}, $2)")
            rows = await self._unit.tx.fetch(
                "INSERT INTO device_sequence (organization_id, device_id, sequence, recorded_at)"  # noqa: S608 - only marks are spliced in
                f" VALUES {', '.join(marks)} ON CONFLICT DO NOTHING RETURNING device_id, sequence",
                *values,
            )
            taken |= {(UUID(str(row["device_id"])), row["sequence"]) for row in rows}
        return taken

    def receipt(self, parcel: _Parcel, message: Message, new: set[tuple[UUID, int]]) -> Receipt:
        """Decide one message, and note what it writes."""
        fault = self._fault(parcel, message)
        if fault is not None:
            return Receipt(IngestStatus.REJECTED, fault)
        key = (parcel.device_key, message.sequence)
        if key not in new:
            return Receipt(IngestStatus.DUPLICATE)
        new.discard(key)
        if isinstance(message, GateStateMessage):
            self._states[message.gate_id] = message.state
        else:
            self._attempts.append(self._attempt(message))
        return Receipt(IngestStatus.ACCEPTED)

    async def write(self) -> None:
        """The rows, and an event for each attempt."""
        if self._attempts:
            await AccessEvent.bulk_create(self._attempts)
        for attempt in self._attempts:
            self._unit.announce(recorded(attempt))
        for gate_id, state in self._states.items():
            gate = self._gates[gate_id]
            if gate.state is not state:
                before = await self._unit.change(gate, state=state)
                self._unit.audit("gate.report", before, gate, actor="device")

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

    def _fault(self, parcel: _Parcel, message: Message) -> Refusal | None:
        """Why a message is refused: a device speaks for its own gates only."""
        gate = self._gates.get(message.gate_id)
        if gate is None or gate.device_id != parcel.device.device_id:
            return Refusal(ErrorCode.NOT_FOUND, field="gate_id")
        if isinstance(message, AccessMessage) and message.person_id and message.person_id not in self._people:
            return Refusal(ErrorCode.NOT_FOUND, field="person_id")
        return None
