"""Stills of cameras that do not exist: a scene by the camera's name, lit by the hour, drawn by chance."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, TypeAlias

from PIL import Image, ImageDraw, ImageFilter, ImageFont

from adapters.demo.day import quiet

if TYPE_CHECKING:
    import random
    from datetime import datetime

Colour: TypeAlias = tuple[int, int, int]
SIZE = (640, 360)
GRAIN = (320, 180)  # of a sensor at night, in pixels of its own
_INSIDE = ("大堂", "电梯", "走廊", "大厅")
_BELOW = ("地库", "车库", "坡道", "泵房")
_DAY = {"inside": ((198, 190, 176), (128, 116, 102)), "below": ((92, 96, 98), (58, 60, 62))}
_OPEN_DAY, _OPEN_NIGHT = ((166, 190, 214), (112, 122, 104)), ((28, 34, 44), (52, 56, 58))


def draw_still(chance: random.Random, camera: str, at: datetime) -> bytes:
    """A JPEG of 640 × 360 pixels; `at` in the estate's zone is written into its corner, as cameras do."""
    night = quiet(at.hour + at.minute / 60)
    kind = _kind(camera)
    far, floor = _DAY.get(kind, _OPEN_NIGHT if night else _OPEN_DAY)
    image = Image.new("RGB", SIZE, far)
    draw = ImageDraw.Draw(image)
    vanish = (chance.randint(260, 380), chance.randint(110, 150))
    if kind == "outside":
        _street(draw, chance, vanish, floor, night=night)
    else:
        _hall(draw, chance, vanish, far, floor)
    for _ in range(chance.choice((0, 0, 1, 1, 2, 3) if not night else (0, 0, 0, 1))):
        _person(draw, chance, vanish)
    image = image.filter(ImageFilter.GaussianBlur(1.2))
    if night:
        grain = Image.frombytes("L", GRAIN, chance.randbytes(GRAIN[0] * GRAIN[1])).resize(SIZE).convert("RGB")
        image = Image.blend(image, grain, 0.06)
    _stamp(ImageDraw.Draw(image), at)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()


def _kind(camera: str) -> str:
    for words, kind in ((_INSIDE, "inside"), (_BELOW, "below")):
        if any(word in camera for word in words):
            return kind
    return "outside"


def _shade(colour: Colour, by: float) -> Colour:
    red, green, blue = (max(0, min(255, round(part * by))) for part in colour)
    return red, green, blue


def _hall(
    draw: ImageDraw.ImageDraw, chance: random.Random, vanish: tuple[int, int], far: Colour, floor: Colour
) -> None:
    """A corridor in perspective: floor, walls, lamps, doors."""
    x, y = vanish
    wide, high = SIZE
    left, right, top, bottom = x - 70, x + 70, y - 45, y + 50
    draw.polygon([(0, high), (wide, high), (right, bottom), (left, bottom)], fill=floor)
    draw.polygon([(0, 0), (left, top), (left, bottom), (0, high)], fill=_shade(far, 0.82))
    draw.polygon([(wide, 0), (right, top), (right, bottom), (wide, high)], fill=_shade(far, 0.74))
    draw.polygon([(0, 0), (wide, 0), (right, top), (left, top)], fill=_shade(far, 1.08))
    for n in range(1, 5):  # lamps come nearer
        near = n / 4
        half, line = 20 + 110 * near, top - (top + 20) * near
        draw.ellipse((x - half, line - 3 * n, x + half, line + 4 * n), fill=_shade(far, 1.45))
    for side in (-1, 1):
        for n in range(chance.randint(1, 3)):
            near = 0.25 + 0.28 * n
            edge = (left if side < 0 else right) + side * 250 * near
            tall = 50 + 190 * near
            foot = bottom + (high - bottom) * near
            shape = [(edge, foot - tall), (edge + side * 46 * near, foot - tall * 1.1), (edge + side * 46 * near, foot)]
            draw.polygon([*shape, (edge, foot - 12 * near)], fill=_shade(far, 0.5))


def _street(
    draw: ImageDraw.ImageDraw, chance: random.Random, vanish: tuple[int, int], ground: Colour, *, night: bool
) -> None:
    """A way between trees and a fence, with a lamp and perhaps a car."""
    x, y = vanish
    wide, high = SIZE
    draw.rectangle((0, y, wide, high), fill=_shade(ground, 0.8))
    draw.polygon([(x - 18, y), (x + 18, y), (wide * 0.86, high), (wide * 0.06, high)], fill=_shade(ground, 1.25))
    leaf: Colour = (34, 44, 38) if night else (74, 104, 70)
    for _ in range(9):
        at, grown = chance.randrange(wide), chance.randint(24, 70)
        if abs(at - x) > 90:
            draw.ellipse(
                (at - grown, y - grown * 1.1, at + grown, y + grown * 0.5), fill=_shade(leaf, chance.uniform(0.8, 1.2))
            )
    for n in range(12):  # a fence towards the vanishing point
        near = (n / 11) ** 2
        post, tall = x + 24 + (wide - x) * near, 16 + 120 * near
        foot = y + 6 + 150 * near
        draw.line((post, foot - tall, post, foot), fill=_shade(ground, 0.45), width=1 + round(3 * near))
    lamp = chance.randint(60, 200)
    draw.line((lamp, 60, lamp, 290), fill=_shade(ground, 0.4), width=5)
    if night:
        for grown, light in ((120, 0.9), (70, 1.3), (26, 2.6)):
            draw.ellipse(
                (lamp - grown, 290 - grown * 0.3, lamp + grown, 290 + grown * 0.3), fill=_shade((70, 66, 52), light)
            )
    draw.ellipse((lamp - 11, 50, lamp + 11, 68), fill=(255, 240, 200) if night else (210, 214, 216))
    if chance.random() < 0.5:
        _car(draw, chance, (chance.randint(300, 460), chance.randint(250, 300)))


def _car(draw: ImageDraw.ImageDraw, chance: random.Random, at: tuple[int, int]) -> None:
    x, y = at
    paint = chance.choice(((190, 194, 198), (40, 44, 52), (130, 38, 40), (46, 70, 110)))
    draw.rounded_rectangle((x, y - 34, x + 150, y + 8), 12, fill=paint)
    draw.polygon([(x + 24, y - 32), (x + 44, y - 62), (x + 108, y - 62), (x + 130, y - 32)], fill=_shade(paint, 0.7))
    for wheel in (x + 32, x + 118):
        draw.ellipse((wheel - 15, y - 6, wheel + 15, y + 24), fill=(22, 22, 24))


def _person(draw: ImageDraw.ImageDraw, chance: random.Random, vanish: tuple[int, int]) -> None:
    near = chance.uniform(0.25, 0.85)
    x = vanish[0] + chance.randint(-220, 220) * near
    foot, tall = vanish[1] + 50 + 170 * near, 50 + 130 * near
    coat = chance.choice(((48, 56, 74), (94, 62, 50), (60, 78, 66), (120, 116, 108)))
    draw.ellipse((x - tall * 0.24, foot - 4, x + tall * 0.24, foot + 6), fill=(40, 40, 42))
    for side in (-1, 1):
        draw.line(
            (x, foot - tall * 0.45, x + side * tall * 0.09, foot), fill=_shade(coat, 0.6), width=round(tall * 0.1)
        )
    draw.rounded_rectangle(
        (x - tall * 0.14, foot - tall * 0.86, x + tall * 0.14, foot - tall * 0.4), tall * 0.1, fill=coat
    )
    draw.ellipse((x - tall * 0.085, foot - tall * 1.04, x + tall * 0.085, foot - tall * 0.86), fill=(196, 160, 132))


def _stamp(draw: ImageDraw.ImageDraw, at: datetime) -> None:
    text, font = f"{at:%Y-%m-%d %H:%M:%S}", ImageFont.load_default(20)
    draw.text((44, 12), text, fill="white", font=font, stroke_width=2, stroke_fill=(20, 20, 20))
