"""Gathers the calls of all devices of a Property into one transaction at most every 20 ms."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from adapters.database import DatabaseUnavailable
from adapters.log import note_error
from models.errors import ErrorCode, Refusal
from models.rules.ingest import IngestStatus, Transport
from models.rules.permission import Permission
from resolvers.ingest.batch import Batch, Entry
from resolvers.ingest.message import Incoming, Receipt
from resolvers.ingest.rejection import set_aside
from resolvers.unit import system_unit
from resolvers.viewer import require

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from models.viewer import Viewer
    from resolvers.ports import House

logger = logging.getLogger("wuye.ingest")


@dataclass
class _Parcel:
    """The messages of one call, waiting for the next commit of their Property."""

    device: Viewer
    entries: list[Entry]
    done: asyncio.Future[list[Receipt]]


class Ingest:
    """Takes the calls of devices, over every transport."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._waiting: dict[UUID, list[_Parcel]] = {}
        self._workers: set[asyncio.Task[None]] = set()
        self._noted: dict[UUID, datetime] = {}

    async def accept(
        self, device: Viewer, messages: Sequence[Incoming], transport: Transport = Transport.HTTP
    ) -> list[Receipt]:
        """A receipt per message, in order, after the commit that holds them. Raises DatabaseUnavailable."""
        property_id = next(grant.property_id for grant in device.grants)
        assert property_id is not None  # noqa: S101 - a device belongs to one Property
        require(device, Permission.EVENT_INGEST, property_id)
        if not messages and not self._due(device):
            return []
        entries = [Entry(device, property_id, transport, message) for message in messages]
        parcel = _Parcel(device, entries, asyncio.get_running_loop().create_future())
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
                receipts = iter(await self._commit(parcels))
            except Exception as error:  # noqa: BLE001 - every caller gets it and answers for itself
                for parcel in parcels:
                    if not parcel.done.done():
                        parcel.done.set_exception(error)
            else:
                for parcel in parcels:
                    answer = [next(receipts) for _ in parcel.entries]
                    if not parcel.done.done():
                        parcel.done.set_result(answer)
            await asyncio.sleep(self._house.settings.limits.ingest_interval_seconds)
        del self._waiting[property_id]

    async def _commit(self, parcels: list[_Parcel]) -> list[Receipt]:
        """The receipts of all messages, in order, and a sign of life of each device."""
        due = {parcel.device.device_id for parcel in parcels if self._due(parcel.device)}
        alive = {device_id for device_id in due if device_id is not None}
        entries = [entry for parcel in parcels for entry in parcel.entries]
        receipts = await self._take(parcels[0].device.organization_id, entries, alive)
        for receipt in receipts:
            self._house.watch.metrics.ingested.add(receipt.status.value.lower())
        now = self._house.clock.now()
        self._noted |= dict.fromkeys(alive, now)
        return receipts

    async def _take(self, organization_id: UUID, entries: list[Entry], alive: set[UUID]) -> list[Receipt]:
        """All in one transaction. What the database refuses is found by halves, set aside, and holds nobody up."""
        try:
            async with system_unit(self._house, organization_id) as unit:
                return await Batch(unit, entries, alive).run()
        except (DatabaseUnavailable, Refusal):  # not the message's fault
            raise
        except Exception as error:
            if not entries:
                raise
            if len(entries) == 1:
                return [await self._poisoned(entries[0], error)]
            middle = len(entries) // 2
            first = await self._take(organization_id, entries[:middle], alive)
            return first + await self._take(organization_id, entries[middle:], alive)

    async def _poisoned(self, entry: Entry, error: Exception) -> Receipt:
        """A message that passes our checks and fails in the database: the log and the error share a number."""
        error_id = uuid4().hex[:12]
        text = "message of device %s set aside, error %s"
        logger.error(text, entry.device_id, error_id, exc_info=error, extra=note_error(error_id))
        refusal = Refusal(ErrorCode.INTERNAL_SERVER_ERROR, error_id=error_id, detail=f"error {error_id}")
        async with system_unit(self._house, entry.device.organization_id) as unit:
            await set_aside(unit, [(entry, refusal)])
        return Receipt(IngestStatus.REJECTED, refusal)

    def _due(self, device: Viewer) -> bool:
        """Whether the device's sign of life is to be written: at most every few seconds, not per message."""
        assert device.device_id is not None  # noqa: S101 - authorise_device gave it
        noted = self._noted.get(device.device_id)
        every = self._house.settings.limits.device_seen_seconds
        return noted is None or abs((self._house.clock.now() - noted).total_seconds()) >= every
