"""Files in the contract: photos."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import strawberry
from strawberry.file_uploads import Upload

import models
from models.rules.file import FileKind, FileVariant, PhotoMoment
from models.rules.permission import Permission
from resolvers import file as usecase
from schema.base import Info, Node, Payload, column, node, verb
from schema.base.field import Spec, declare


@dataclass(frozen=True)
class LinkSpec(Spec):
    """A signed address of one variant of the file; null when the file has none."""

    variant: FileVariant

    def needs(self, name: str) -> set[str]:
        """Whether there is a thumbnail."""
        return {"thumbnail_key"}

    def resolve(self, name: str, row: Any, arguments: object) -> str | None:
        """Made anew with each answer."""
        if self.variant is FileVariant.THUMBNAIL and row.values["thumbnail_key"] is None:
            return None
        return usecase.link(row.reader.house, row.values["id"], self.variant)


@node(models.File, "A photo, checked by decoding and encoded anew by us: no foreign bytes, no GPS; or a sheet.")
class File(Node):
    """A photo or a sheet."""

    url: str = declare(
        LinkSpec(FileVariant.ORIGINAL), "A path that serves the bytes for ten minutes to whoever holds it."
    )
    thumbnail_url: str | None = declare(
        LinkSpec(FileVariant.THUMBNAIL),
        "缩略图: a path that serves a small WebP of the photo, at most 320 pixels wide and high, for ten minutes;"
        " null for a sheet.",
    )
    media_type: str = column("image/jpeg, image/png or image/webp; of a sheet text/csv or Excel's.")
    size_bytes: int = column("Size in bytes, at most 10 MiB when uploaded.")
    kind: FileKind = column("A photo or a sheet.")
    moment: PhotoMoment | None = column("Of a photo of a WorkOrder: before or after the work.")
    name: str | None = column("Of a sheet, as it was uploaded or made.")
    width: int | None = column("Pixels; of a photo.")
    height: int | None = column("Pixels; of a photo.")
    created_at: datetime = column("When it was uploaded.")


@strawberry.type(description="Answer to fileUpload.")
class FileUploadPayload(Payload):
    """The kept file."""

    file: File | None = strawberry.field(default=None, description="The kept file; attach it to something by its id.")


@strawberry.type
class FileMutation:
    """Verbs of files."""

    @verb(
        "Upload a photo (multipart request; JPEG, PNG or WebP, at most 10 MiB and 40 megapixels; up to 9 parts and"
        " 50 MiB a request). Attach it within 24 hours: a photo that belongs to nothing is removed then, and at most"
        " 100 of an account may, nor may it upload more than 500 MiB in 24 hours.",
        scopes=frozenset({Permission.TICKET_CREATE, Permission.ALARM_HANDLE}),
    )
    async def file_upload(self, info: Info, file: Upload) -> FileUploadPayload | None:
        """Keep a photo."""
        part: Any = file
        await part.seek(0)  # one part may stand in two places
        kept = await usecase.upload(info.context.viewer, info.context.house, await part.read())
        return FileUploadPayload(file=await info.context.show("File", kept.id))
