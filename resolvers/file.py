"""Files: upload a photo, attach it to what it shows, serve it to whoever may see that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from adapters.storage.photo import clean_photo
from models import File
from models.errors import ErrorCode, Refusal
from models.file import OWNERS
from models.rules.ticket import MAX_PHOTOS
from resolvers.unit import Unit, unit_of_work

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.viewer import Viewer
    from resolvers.ports import House

LINK_SECONDS = 600


async def upload(viewer: Viewer | None, house: House, content: bytes) -> File:
    """Keep a photo: decoded, stripped and encoded anew before the transaction, under a name of our own."""
    if viewer is None:
        raise Refusal(ErrorCode.UNAUTHENTICATED)
    limits = house.settings.limits
    photo = await clean_photo(content, limits.upload_file_bytes, limits.upload_pixels)
    id_ = house.identity.uuid()
    key = f"{id_.hex[-2:]}/{id_.hex}"
    await house.storage.put(key, photo.content)
    async with unit_of_work(house, viewer) as unit:
        file = await unit.add(
            File,
            id=id_,
            account_id=viewer.account_id,
            media_type=photo.media_type,
            size_bytes=len(photo.content),
            width=photo.width,
            height=photo.height,
            sha256=photo.sha256,
            storage_key=key,
        )
        unit.audit("file.upload", None, file)
    return file


async def attach_photos(unit: Unit, photo_ids: Sequence[UUID], **owner: Any) -> None:
    """Give the viewer's own, unattached files to what they show. Raises Refusal."""
    if len(photo_ids) > MAX_PHOTOS:
        raise Refusal(ErrorCode.BAD_USER_INPUT, field="photo_ids", message="TOO_MANY_PHOTOS", max=MAX_PHOTOS)
    for photo_id in sorted(set(photo_ids)):  # locked in one order: two verbs never wait for each other
        file = await unit.find(File, photo_id, "photo_ids")
        if unit.viewer is None or file.account_id != unit.viewer.account_id:
            raise Refusal(ErrorCode.NOT_FOUND, field="photo_ids")
        if any(getattr(file, column) is not None for column in OWNERS):
            raise Refusal(ErrorCode.FILE_ALREADY_ATTACHED, field="photo_ids")
        before = file.clone(pk=file.id)
        file.update_from_dict(owner)
        await file.save(update_fields=list(owner))
        unit.audit("file.attach", before, file)


def link(house: House, file_id: UUID) -> str:
    """A path that serves the file to whoever holds it, for ten minutes."""
    until = int(house.clock.now().timestamp()) + LINK_SECONDS
    until -= until % 60  # the same address for a minute: browsers cache it
    return f"/files/{file_id}?until={until}&signature={house.signer.sign(f'{file_id}.{until}')}"


def link_holds(house: House, file_id: str, until: str, signature: str) -> bool:
    """Whether a path of `link` was made by us and is still valid."""
    number = until.isascii() and until.isdigit() and len(until) < 12
    fresh = number and int(until) >= house.clock.now().timestamp()
    return fresh and house.signer.holds(f"{file_id}.{until}", signature)


async def stored(house: House, file_id: str) -> tuple[bytes, str] | None:
    """Bytes and media type of a file whose link holds; None when there is none."""
    rows = await house.database.call("file", UUID(file_id))
    if not rows:
        return None
    try:
        return await house.storage.get(rows[0]["storage_key"]), rows[0]["media_type"]
    except KeyError:
        return None
