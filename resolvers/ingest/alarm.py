"""Alarms that devices raise and clear, for themselves and their cameras."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from models import Camera, Device
from models.errors import ErrorCode, Refusal
from resolvers.alarm import clear_alarm, raise_alarm
from resolvers.ingest.message import AlarmClearedMessage, AlarmMessage

if TYPE_CHECKING:
    from models.rules.alarm import AlarmType
    from resolvers.ingest.batch import Entry
    from resolvers.unit import Unit

CLEARED = "设备报告已解除"
Told = AlarmMessage | AlarmClearedMessage


class AlarmDesk:
    """The alarms of one batch."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit
        self._cameras: dict[tuple[UUID, str], Camera] = {}
        self._devices: dict[UUID, Device] = {}
        self._noted: dict[tuple[UUID, AlarmType], list[Told]] = {}
        self._sources: dict[UUID, Camera | Device] = {}

    async def load(self, entries: list[Entry]) -> None:
        """Read the devices and cameras that alarms are about."""
        told = [(e.device_id, e.incoming.message) for e in entries if isinstance(e.incoming.message, Told)]
        named = {(device_id, message.camera_key) for device_id, message in told if message.camera_key is not None}
        if named:
            cameras = Camera.filter(
                organization_id=self._unit.organization_id,
                archived_at=None,
                device_id__in=list({device_id for device_id, _ in named}),
                source_key__in=list({key for _, key in named}),
            )
            self._cameras = {(camera.device_id, camera.source_key or ""): camera for camera in await cameras}
        own = {device_id for device_id, message in told if message.camera_key is None}
        if own:
            devices = Device.filter(organization_id=self._unit.organization_id, id__in=list(own))
            self._devices = {device.id: device for device in await devices}

    def fault(self, device_id: UUID, message: Told) -> Refusal | None:
        """A camera that this device does not have."""
        return Refusal(ErrorCode.NOT_FOUND, field="camera_key") if self._source(device_id, message) is None else None

    def note(self, device_id: UUID, message: Told) -> None:
        """Remember an accepted message."""
        source = self._source(device_id, message)
        assert source is not None  # noqa: S101 - `fault` said so
        self._sources[source.id] = source
        self._noted.setdefault((source.id, message.type), []).append(message)

    async def write(self) -> None:
        """Each (source, type) in the order of its messages; these in one order: nobody waits in a ring."""
        for key in sorted(self._noted, key=lambda key: (key[0], key[1].value)):
            await self._tell(self._sources[key[0]], self._noted[key])

    async def _tell(self, source: Camera | Device, messages: list[Told]) -> None:
        """Raises in a row are one statement: the worst speaks, all are counted."""
        row: list[AlarmMessage] = []
        for message in messages:
            if isinstance(message, AlarmMessage):
                row.append(message)
                continue
            await self._raise(source, row)
            row = []
            await clear_alarm(self._unit, source, message.type, CLEARED)
        await self._raise(source, row)

    async def _raise(self, source: Camera | Device, row: list[AlarmMessage]) -> None:
        if not row:
            return
        worst = max(row, key=lambda message: message.severity)  # the first of the worst
        when = max(message.occurred_at for message in row)
        await raise_alarm(self._unit, source, worst.type, worst.severity, worst.summary, at=when, count=len(row))

    def _source(self, device_id: UUID, message: Told) -> Camera | Device | None:
        if message.camera_key is None:
            return self._devices.get(device_id)
        return self._cameras.get((device_id, message.camera_key))
