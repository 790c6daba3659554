"""The machines of the estates, with their papers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from adapters.demo.generate.chance import Chance
from adapters.demo.generate.machine import MACHINES, MAKES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from adapters.demo.generate.machine import Machines
    from adapters.demo.plan import EstatePlan


@dataclass(frozen=True)
class Machine:
    """A device of the demo. Cost in whole yuan."""

    estate: EstatePlan
    building: str | None
    name: str
    kind: str
    category: str
    brand: str
    model: str
    serial: str
    supplier: str
    location: str
    purchased_on: date
    installed_on: date
    warranty_until: date
    life_months: int
    cost: int


def machines(estate: EstatePlan) -> list[Machine]:
    """All devices of an estate, those that steer gates and record cameras first."""
    chance = Chance(f"devices:{estate.code}")
    return [_machine(estate, group, place, name, chance) for group in MACHINES for place, name in _names(estate, group)]


def _names(estate: EstatePlan, group: Machines) -> Iterator[tuple[str | None, str]]:
    """The building and the name of each machine of a group, here."""
    controllers = {gate.controller: gate.building for gate in estate.gates}
    recorders = {camera.recorder: None for camera in estate.cameras}
    if group.kind in ("GATE_CONTROLLER", "RECORDER"):
        for name, building in (controllers if group.kind == "GATE_CONTROLLER" else recorders).items():
            yield building, name
        return
    for n in range(1, group.counts.get(estate.code, 0) + 1):
        yield None, group.name.format(n=n)
    for block in estate.blocks:
        each = group.each.get((estate.code, block.entrances), 0)
        for entrance in range(1, block.entrances + 1):
            for n in range(1, each + 1):
                yield block.code, f"{block.name} {entrance} 单元 {group.name.format(n=n)}"
        for n in range(1, group.per_building.get(estate.code, 0) + 1):
            yield block.code, f"{block.name} {group.name.format(n=n)}"


def _machine(estate: EstatePlan, group: Machines, building: str | None, name: str, chance: Chance) -> Machine:
    make = chance.choice(MAKES[group.category])
    bought = chance.day(date(2015, 1, 10), date(2024, 12, 20))
    installed = bought + timedelta(days=chance.between(5, 60))
    return Machine(
        estate=estate,
        building=building,
        name=name,
        kind=group.kind,
        category=group.category,
        brand=make.brand,
        model=make.model,
        serial=f"{make.prefix}{bought:%y%m}{chance.below(1_000_000):06d}",
        supplier=make.supplier,
        location=group.location,
        purchased_on=bought,
        installed_on=installed,
        warranty_until=installed.replace(year=installed.year + 2, day=min(installed.day, 28)),
        life_months=group.life_months,
        cost=group.cost * chance.between(90, 115) // 100,
    )
