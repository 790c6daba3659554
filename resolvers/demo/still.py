"""What cameras saw: the newest alarm of each has a still, kept in the storage as any photo is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.demo.still import draw_still
from adapters.storage.photo import clean_photo
from models import File
from resolvers.demo.load import ZONE
from resolvers.file import keep

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from models import Alarm
    from resolvers.demo.equipment import Equipment
    from resolvers.demo.load import Load
    from resolvers.demo.people import Crew


async def write_stills(load: Load, crew: Crew, equipment: Equipment, alarms: Sequence[Alarm]) -> str:
    """One still for each camera that ever saw something."""
    names = {camera.id: camera.name for camera in equipment.cameras}
    newest: dict[UUID, Alarm] = {}
    for alarm in sorted(alarms, key=lambda each: each.first_at):
        if alarm.camera_id is not None:
            newest[alarm.camera_id] = alarm
    guard = crew.account_of(crew.of("", "中控")[0])
    chance = load.chance("stills")
    rows = [await _still(load, guard.id, alarm, draw_still(chance, names[camera], alarm.first_at.astimezone(ZONE)))
            for camera, alarm in newest.items()]  # fmt: skip
    await load.save(rows)
    return f"{len(rows)} stills of cameras"


async def _still(load: Load, account_id: UUID, alarm: Alarm, content: bytes) -> File:
    """A photo of an alarm; the bytes come before the row."""
    limits = load.house.settings.limits
    photo = await clean_photo(content, limits.upload_file_bytes, limits.upload_pixels)
    id_ = load.house.identity.uuid(alarm.first_at)
    columns = await keep(load.house, id_, photo)
    placed = {"account_id": account_id, "property_id": alarm.property_id, "alarm_id": alarm.id}
    row = load.row(File, alarm.first_at, **placed, **columns)
    row.id = id_
    return row
