"""What every part of the loading shares: the day, chance by seed, and rows of the past written in bulk."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from adapters.clock import HeldClock
from adapters.demo.team import CONSENT_TEXTS, EDITION
from adapters.identity import Identity
from models import Building, ConsentText, Device, Occupancy, Organization, Property
from models import Unit as PlaceUnit
from models.base import fresh
from models.rules.consent import ConsentKind
from resolvers.unit import system_unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.base import Record
    from resolvers.ports import House

    R = TypeVar("R", bound=Record)

ZONE = ZoneInfo("Asia/Shanghai")
YEAR = 366  # days of history, the day of loading included
ROWS = 5_000  # of one statement


@dataclass
class Load:
    """One loading. `house` has a clock that this holds, and keys by seed: the same seed and instant, the same rows."""

    house: House
    clock: HeldClock
    now: datetime
    organization_id: UUID
    seed: int
    properties: dict[str, Property] = field(default_factory=dict)
    buildings: dict[tuple[UUID, str], Building] = field(default_factory=dict)
    units: dict[UUID, PlaceUnit] = field(default_factory=dict)
    stays: list[Occupancy] = field(default_factory=list)
    devices: dict[tuple[UUID, str], Device] = field(default_factory=dict)

    @classmethod
    def begin(cls, house: House, seed: int) -> Load:
        """Everything begins a year ago: the company took the estates over then."""
        now = house.clock.now()
        begun = datetime.combine(now.astimezone(ZONE).date() - timedelta(days=YEAR), time(8), ZONE).astimezone(UTC)
        clock = HeldClock(begun)
        identity = Identity(clock, seed)
        held = replace(house, clock=clock, identity=identity)
        return cls(held, clock, now, identity.uuid(), seed)

    @property
    def today(self) -> date:
        """The day of loading, in the estates."""
        return self.now.astimezone(ZONE).date()

    @property
    def begun(self) -> date:
        """The first day of the history."""
        return self.today - timedelta(days=YEAR)

    def chance(self, name: str) -> random.Random:
        """A stream of chance of its own."""
        return random.Random(f"{self.seed}:{name}")  # noqa: S311 - demo data

    def at(self, day: date, seconds: float) -> datetime:
        """So many seconds after midnight of a day in the estates."""
        return (datetime.combine(day, time(), ZONE) + timedelta(seconds=seconds)).astimezone(UTC)

    def row(self, model: type[R], at: datetime, /, **values: Any) -> R:
        """A row of an instant of the past, keyed by it."""
        stamps: dict[str, Any] = {"created_at": at}
        if "version" in model._meta.fields_map:
            stamps |= {"updated_at": at, "version": 1}
        id_ = self.house.identity.uuid(at)
        return fresh(model, id=id_, organization_id=self.organization_id, **{**stamps, **values})

    async def save(self, *tables: Sequence[Record]) -> None:
        """Write rows, parents first, in one transaction. Rows of a table go oldest first: their keys ascend."""
        async with system_unit(self.house, self.organization_id) as unit:
            for rows in tables:
                ordered = sorted(rows, key=lambda row: row.id)
                for start in range(0, len(ordered), ROWS):
                    await unit.add_all(ordered[start : start + ROWS])

    async def found(self, slug: str, name: str) -> None:
        """The company itself, and what it asks its residents to agree to."""
        at = self.clock.now()
        async with system_unit(self.house, self.organization_id):
            company = Organization(id=self.organization_id, slug=slug, name=name, created_at=at, updated_at=at)
            await company.save(force_create=True)
            for kind, body in CONSENT_TEXTS.items():
                text = {"kind": ConsentKind(kind), "edition": EDITION, "body": body, "effective_from": at}
                await self.row(ConsentText, at, **text).save(force_create=True)

    async def look_up(self) -> None:
        """Read what the sheets have brought."""
        async with system_unit(self.house, self.organization_id):
            mine = {"organization_id": self.organization_id}
            self.properties = {row.code: row for row in await Property.filter(**mine).order_by("id")}
            self.buildings = {(row.property_id, row.code): row for row in await Building.filter(**mine).order_by("id")}
            self.units = {row.id: row for row in await PlaceUnit.filter(**mine).order_by("id")}
            self.stays = await Occupancy.filter(**mine).order_by("id")
            self.devices = {(row.property_id, row.name): row for row in await Device.filter(**mine).order_by("id")}
