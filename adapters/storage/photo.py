"""Checks a photo by decoding it and encodes it anew: no foreign bytes, no GPS, no surprise formats."""

from __future__ import annotations

import asyncio
import hashlib
import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from PIL import Image, ImageOps

from models.errors import ErrorCode, Refusal
from models.rules.file import THUMBNAIL_SIDE

Image.MAX_IMAGE_PIXELS = None  # we check the size ourselves, before decoding
FORMATS = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
_ALIASES = {"MPO": "JPEG"}  # phones write JPEGs with a second picture behind the first
_decoders = ThreadPoolExecutor(max_workers=2, thread_name_prefix="photo")  # decoding is memory-hungry: two at a time


@dataclass(frozen=True)
class Photo:
    """A clean photo and its thumbnail (WebP). Width and height in pixels, of the photo."""

    content: bytes
    media_type: str
    width: int
    height: int
    thumbnail: bytes

    @property
    def sha256(self) -> str:
        """Of the clean bytes, in hex."""
        return hashlib.sha256(self.content).hexdigest()


async def clean_photo(content: bytes, max_bytes: int, max_pixels: int) -> Photo:
    """Decode, turn upright, drop all metadata, encode again. Raises Refusal FILE_TOO_LARGE, FILE_TYPE_NOT_ALLOWED."""
    if len(content) > max_bytes:
        raise Refusal(ErrorCode.FILE_TOO_LARGE, field="file", max=max_bytes, actual=len(content))
    return await asyncio.get_running_loop().run_in_executor(_decoders, _clean, content, max_pixels)


def _clean(content: bytes, max_pixels: int) -> Photo:
    try:
        bare, kind = _decode(content, max_pixels)
        out = io.BytesIO()
        bare.save(out, kind, quality=85)
        width, height = bare.size
        small = _thumbnail(bare)
    except Refusal:
        raise
    except Exception as error:  # decoders meet broken bytes with exceptions of every kind
        raise Refusal(ErrorCode.FILE_TYPE_NOT_ALLOWED, field="file", allowed=", ".join(FORMATS)) from error
    return Photo(out.getvalue(), FORMATS[kind], width, height, small)


def _thumbnail(bare: Image.Image) -> bytes:
    """Shrunk in place to 320 pixels at most; a smaller photo keeps its size."""
    bare.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    bare.save(out, "WEBP", quality=80)
    return out.getvalue()


def _decode(content: bytes, max_pixels: int) -> tuple[Image.Image, str]:
    """The bare pixels, upright, and the format to keep them in."""
    with Image.open(io.BytesIO(content), formats=list(FORMATS)) as image:
        found = image.format or ""
        pixels = image.width * image.height
        if pixels > max_pixels:
            raise Refusal(
                ErrorCode.FILE_TOO_LARGE, field="file", message="FILE_TOO_MANY_PIXELS", max=max_pixels, actual=pixels
            )
        upright = ImageOps.exif_transpose(image)
        kind = _ALIASES.get(found, found)
        bare = upright.convert("RGBA" if kind != "JPEG" and upright.has_transparency_data else "RGB")
        bare.info.clear()
        return bare, kind
