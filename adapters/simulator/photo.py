"""Photos that need no camera: small pictures made by chance, never the same twice in a day."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

if TYPE_CHECKING:
    import random

SIZE = (320, 240)


@dataclass(frozen=True)
class Photo:
    """A file to upload."""

    name: str
    media_type: str
    content: bytes


def take_photo(chance: random.Random) -> Photo:
    """A wall with a stain on it, as JPEG or PNG."""
    wall, stain = _colour(chance, 150, 250), _colour(chance, 20, 120)
    image = Image.new("RGB", SIZE, wall)
    draw = ImageDraw.Draw(image)
    for _ in range(chance.randint(3, 8)):
        x, y, r = chance.randrange(SIZE[0]), chance.randrange(SIZE[1]), chance.randrange(8, 60)
        draw.ellipse((x - r, y - r, x + r, y + r), fill=stain)
    draw.line((0, chance.randrange(SIZE[1]), SIZE[0], chance.randrange(SIZE[1])), fill=stain, width=4)
    kind = chance.choice(("JPEG", "PNG"))
    buffer = io.BytesIO()
    image.save(buffer, kind)
    return Photo(f"photo.{kind.lower()}", f"image/{kind.lower()}", buffer.getvalue())


def _colour(chance: random.Random, low: int, high: int) -> tuple[int, int, int]:
    return chance.randint(low, high), chance.randint(low, high), chance.randint(low, high)
