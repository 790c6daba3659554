"""Files: upload a photo, attach it to what it shows, serve it to whoever may see that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from adapters.storage.photo import clean_photo
from models import Account, File
from models.errors import ErrorCode, Refusal
from models.file import is_attached, loose_sql
from models.rules.file import THUMBNAIL_TYPE, FileKind, FileVariant
from models.rules.ticket import MAX_PHOTOS
from resolvers.unit import Unit, unit_of_work

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from adapters.database import Row
    from adapters.storage.photo import Photo
    from models.viewer import Viewer
    from resolvers.ports import House

LINK_SECONDS = 600
STORE_SECONDS = 60  # what a redirect to the store's own address is good for
DAY = timedelta(days=1)


async def upload(viewer: Viewer | None, house: House, content: bytes) -> File:
    """Keep a photo: decoded, stripped and encoded anew before the transaction, under a name of our own.

    The bytes come before the row: a row without bytes never is; bytes without a row `file.sweep` removes.
    """
    if viewer is None:
        raise Refusal(ErrorCode.UNAUTHENTICATED)
    limits = house.settings.limits

    async def read(sql: str, *args: Any) -> list[Row]:
        return await house.database.fetch(sql, args, viewer.organization_id)

    await _check_quota(read, house, viewer.account_id)  # before the work; again below, where it is exact
    photo = await clean_photo(content, limits.upload_file_bytes, limits.upload_pixels)
    id_ = house.identity.uuid()
    columns = await keep(house, id_, photo)
    async with unit_of_work(house, viewer) as unit:
        await Account.filter(id=viewer.account_id).select_for_update().get()  # uploads of an account count in turn
        await _check_quota(unit.tx.fetch, house, viewer.account_id)
        file = await unit.add(File, id=id_, account_id=viewer.account_id, **columns)
        unit.audit("file.upload", None, file)
    return file


async def keep(house: House, id_: UUID, photo: Photo) -> dict[str, Any]:
    """Put the bytes of a photo into the storage; what its row is to say of them."""
    key, thumbnail_key = storage_key(id_), storage_key(id_, FileVariant.THUMBNAIL)
    await house.storage.put(key, photo.content, media_type=photo.media_type)
    await house.storage.put(thumbnail_key, photo.thumbnail, media_type=THUMBNAIL_TYPE)
    return {
        "media_type": photo.media_type,
        "size_bytes": len(photo.content),
        "width": photo.width,
        "height": photo.height,
        "sha256": photo.sha256,
        "storage_key": key,
        "thumbnail_key": thumbnail_key,
    }


def storage_key(id_: UUID, variant: FileVariant = FileVariant.ORIGINAL) -> str:
    """Where the bytes of a file lie: its id, so that the sweep knows its age and its row."""
    key = f"{id_.hex[-2:]}/{id_.hex}"
    return key if variant is FileVariant.ORIGINAL else f"{key}.{variant.value}"


async def _check_quota(fetch: Callable[..., Awaitable[list[Row]]], house: House, account_id: UUID | None) -> None:
    """What the account uploaded within a day. Raises Refusal UPLOAD_LIMIT."""
    limits = house.settings.limits
    rows = await fetch(
        "SELECT COALESCE(SUM(f.size_bytes), 0) AS size,"  # noqa: S608 - names of our own tables
        f" COALESCE(SUM(CASE WHEN {loose_sql()} THEN 1 ELSE 0 END), 0) AS loose"
        " FROM file f WHERE f.account_id = $1 AND f.kind = $2 AND f.created_at > $3",
        account_id,
        FileKind.PHOTO.value,
        house.clock.now() - DAY,
    )
    loose, size = int(rows[0]["loose"]), int(rows[0]["size"])
    if loose >= limits.upload_loose_files:
        raise Refusal(ErrorCode.UPLOAD_LIMIT, field="file", max=limits.upload_loose_files, actual=loose)
    if size >= limits.upload_day_bytes:
        raise Refusal(
            ErrorCode.UPLOAD_LIMIT,
            field="file",
            message="UPLOAD_DAY_LIMIT",
            max=limits.upload_day_bytes,
            actual=size,
        )


async def attach_photos(unit: Unit, photo_ids: Sequence[UUID], **owner: Any) -> None:
    """Give the viewer's own, unattached files to what they show. Raises Refusal."""
    if len(photo_ids) > MAX_PHOTOS:
        raise Refusal(ErrorCode.BAD_USER_INPUT, field="photo_ids", message="TOO_MANY_PHOTOS", max=MAX_PHOTOS)
    for photo_id in sorted(set(photo_ids)):  # locked in one order: two verbs never wait for each other
        file = await unit.find(File, photo_id, "photo_ids")
        if unit.viewer is None or file.account_id != unit.viewer.account_id:
            raise Refusal(ErrorCode.NOT_FOUND, field="photo_ids")
        if file.kind is not FileKind.PHOTO:
            raise Refusal(ErrorCode.FILE_TYPE_NOT_ALLOWED, field="photo_ids", message="NOT_A_PHOTO")
        if is_attached(file):
            raise Refusal(ErrorCode.FILE_ALREADY_ATTACHED, field="photo_ids")
        before = file.clone(pk=file.id)
        file.update_from_dict(owner)
        await file.save(update_fields=list(owner))
        unit.audit("file.attach", before, file)


@dataclass(frozen=True)
class Served:
    """What answers a link: the bytes, or an address of the store to go to. With `name` it is saved, not shown."""

    media_type: str
    name: str | None
    content: bytes = b""
    address: str | None = None


def link(house: House, file_id: UUID, variant: FileVariant = FileVariant.ORIGINAL) -> str:
    """A path that serves one variant of the file to whoever holds it, for ten minutes."""
    until = int(house.clock.now().timestamp()) + LINK_SECONDS
    until -= until % 60  # the same address for a minute: browsers cache it
    path = f"/files/{file_id}" if variant is FileVariant.ORIGINAL else f"/files/{file_id}/{variant.value}"
    return f"{path}?until={until}&signature={house.signer.sign(_signed(file_id, variant, until))}"


def link_holds(house: House, file_id: str, variant: FileVariant, until: str, signature: str) -> bool:
    """Whether a path of `link` was made by us for this variant and is still valid."""
    number = until.isascii() and until.isdigit() and len(until) < 12
    fresh = number and int(until) >= house.clock.now().timestamp()
    return fresh and house.signer.holds(_signed(file_id, variant, until), signature)


def _signed(file_id: UUID | str, variant: FileVariant, until: int | str) -> str:
    return f"{file_id}.{variant.value}.{until}"


async def stored(house: House, file_id: str, variant: FileVariant) -> Served | None:
    """What serves a file whose link holds; None when there is nothing (any more)."""
    rows = await house.database.call("file", UUID(file_id))
    if not rows:
        return None
    row = rows[0]
    original = variant is FileVariant.ORIGINAL
    key, media_type = (row["storage_key"], row["media_type"]) if original else (row["thumbnail_key"], THUMBNAIL_TYPE)
    if key is None:
        return None
    name = (row["name"] or "sheet") if row["kind"] == FileKind.SHEET.value else None
    address = await house.storage.address(key, STORE_SECONDS)
    if address is not None:
        return Served(media_type, name, address=address)
    try:
        return Served(media_type, name, content=await house.storage.get(key))
    except KeyError:
        return None
