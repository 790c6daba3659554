"""The estates' places: buildings, entrances, Units with their layouts and areas."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.demo.generate.chance import Chance
from adapters.demo.words import LAYOUTS
from models.rules.place import Orientation, UnitUse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from adapters.demo.plan import BlockPlan, EstatePlan

_ORIENTATIONS = {
    Orientation.SOUTH: 45,
    Orientation.NORTH_SOUTH: 30,
    Orientation.SOUTH_EAST: 12,
    Orientation.EAST: 6,
    Orientation.WEST: 4,
    Orientation.NORTH: 3,
}


@dataclass(frozen=True)
class Home:
    """A Unit of the demo and where it is. Areas in 1/100 m²."""

    estate: EstatePlan
    block: BlockPlan
    entrance: int
    floor: int
    number: str
    layout: str
    built_up_area: int
    inner_area: int
    orientation: Orientation


def homes(estate: EstatePlan) -> list[Home]:
    """All Units of an estate, building by building, from the ground up."""
    chance = Chance(f"places:{estate.code}")
    return [home for block in estate.blocks for home in _block(estate, block, chance)]


def _block(estate: EstatePlan, block: BlockPlan, chance: Chance) -> Iterator[Home]:
    """Units above each other are alike."""
    for entrance in range(1, block.entrances + 1):
        shapes = [(*chance.choice(LAYOUTS[block.use]), chance.weighted(_ORIENTATIONS)) for _ in range(block.per_floor)]
        for floor in range(1, block.floors + 1):
            for n, (layout, built_up, inner, orientation) in enumerate(shapes, 1):
                number = f"{floor}{n:02d}" if block.use is not UnitUse.SHOP else f"{block.code}{floor}{n:02d}"
                yield Home(estate, block, entrance, floor, number, layout, built_up, inner, orientation)
