"""Files in the contract: photos."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import strawberry
from strawberry.file_uploads import Upload

import models
from models.rules.file import FileKind
from resolvers import file as usecase
from schema.base import Info, Node, Payload, column, node, verb
from schema.base.field import Spec, declare


class LinkSpec(Spec):
    """A signed address of the file."""

    def resolve(self, name: str, row: object, arguments: object) -> str:
        """Made anew with each answer."""
        return usecase.link(row.reader.house, row.values["id"])  # type: ignore[attr-defined]


@node(models.File, "A photo, checked by decoding and encoded anew by us: no foreign bytes, no GPS; or a sheet.")
class File(Node):
    """A photo or a sheet."""

    url: str = declare(LinkSpec(), "A path that serves the bytes for ten minutes to whoever holds it.")
    media_type: str = column("image/jpeg, image/png or image/webp; of a sheet text/csv or Excel's.")
    size_bytes: int = column("Size in bytes, at most 10 MiB when uploaded.")
    kind: FileKind = column("A photo or a sheet.")
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

    @verb("Upload a photo (multipart request; JPEG, PNG or WebP, at most 10 MiB and 40 megapixels).")
    async def file_upload(self, info: Info, file: Upload) -> FileUploadPayload | None:
        """Keep a photo."""
        part: Any = file
        await part.seek(0)  # one part may stand in two places
        kept = await usecase.upload(info.context.viewer, info.context.house, await part.read())
        return FileUploadPayload(file=await info.context.show("File", kept.id))
