"""Checks a photo by decoding it and encodes it anew: no foreign bytes, no GPS, no surprise formats."""

from __future__ import annotations

import asyncio
import hashlib
import io
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

from models.errors import ErrorCode, Refusal

Image.MAX_IMAGE_PIXELS = None  # we check the size ourselves, before decoding
FORMATS = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
_gate = asyncio.Semaphore(2)  # decoding is memory-hungry: two at a time


@dataclass(frozen=True)
class Photo:
    """A clean photo. Width and height in pixels."""

    content: bytes
    media_type: str
    width: int
    height: int

    @property
    def sha256(self) -> str:
        """Of the clean bytes, in hex."""
        return hashlib.sha256(self.content).hexdigest()


async def clean_photo(content: bytes, max_bytes: int, max_pixels: int) -> Photo:
    """Decode, turn upright, drop all metadata, encode again. Raises Refusal FILE_TOO_LARGE, FILE_TYPE_NOT_ALLOWED."""
    if len(content) > max_bytes:
        raise Refusal(ErrorCode.FILE_TOO_LARGE, field="file", max=max_bytes, actual=len(content))
    async with _gate:
        return await asyncio.to_thread(_clean, content, max_pixels)


def _clean(content: bytes, max_pixels: int) -> Photo:
    try:
        with Image.open(io.BytesIO(content), formats=list(FORMATS)) as image:
            kind = image.format or ""
            if image.width * image.height > max_pixels:
                raise Refusal(
                    ErrorCode.FILE_TOO_LARGE,
                    field="file",
                    message="FILE_TOO_MANY_PIXELS",
                    max=max_pixels,
                    actual=image.width * image.height,
                )
            upright = ImageOps.exif_transpose(image)
            bare = upright.convert("RGB" if kind == "JPEG" else "RGBA" if "A" in upright.getbands() else "RGB")
            bare.info.clear()
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError) as error:
        raise Refusal(ErrorCode.FILE_TYPE_NOT_ALLOWED, field="file", allowed=", ".join(FORMATS)) from error
    out = io.BytesIO()
    bare.save(out, kind, quality=85)
    return Photo(out.getvalue(), FORMATS[kind], bare.width, bare.height)
