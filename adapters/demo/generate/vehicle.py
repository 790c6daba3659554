"""The cars of those who live or work there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.demo.generate import name as invent
from adapters.demo.generate.chance import Chance
from adapters.demo.words import CARS, COLOURS
from models.rules.person import OccupancyKind
from models.rules.place import PropertyKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from adapters.demo.generate.household import Stay

HOMES_WITH_A_CAR = 0.55
ELECTRIC_SHARE = 0.4


def cars(stays: list[Stay]) -> Iterator[tuple[Stay, str, str, str]]:
    """Whose car, its plate, brand and colour; no plate twice."""
    chance, known = Chance("vehicles"), set[str]()
    for stay in stays:
        lives_there = stay.until is None and stay.kind in (OccupancyKind.OWNER, OccupancyKind.TENANT)
        share = HOMES_WITH_A_CAR if stay.home.estate.kind is PropertyKind.RESIDENTIAL else HOMES_WITH_A_CAR / 2
        if not lives_there or not chance.holds(share):
            continue
        brand, electric_only = chance.choice(CARS)
        electric = electric_only or chance.holds(ELECTRIC_SHARE / 2)
        while (plate := invent.plate(chance, electric=electric)) in known:
            pass
        known.add(plate)
        yield stay, plate, brand, chance.choice(COLOURS)
