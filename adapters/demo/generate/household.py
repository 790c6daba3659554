"""Who lives and works in the estates: households, companies and shops, with those who have left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from adapters.demo.generate import name as invent
from adapters.demo.generate.chance import Chance
from adapters.demo.plan import REFERENCE
from adapters.demo.words import COMPANIES, SHOPS
from models.rules.person import OccupancyKind
from models.rules.place import PropertyKind, UnitStatus

if TYPE_CHECKING:
    from adapters.demo.generate.place import Home
    from adapters.demo.plan import EstatePlan

OPENED = date(2015, 6, 1)
LETTINGS = date(2022, 1, 1)  # no running letting is older
SECOND_HOME = 0.03  # of the owners buy one more home
KNOWN_BY_NUMBER = 0.93  # of the adults have given their ID number


@dataclass(frozen=True)
class Resident:
    """Somebody, as the people's table names them."""

    name: str
    phone: str | None
    email: str | None
    id_number: str | None


@dataclass(frozen=True)
class Stay:
    """A Person holds a Unit; `share` in per cent."""

    home: Home
    who: Resident
    kind: OccupancyKind
    since: date
    until: date | None = None
    share: int | None = None


class Registry:
    """Invents people, each with numbers of their own."""

    def __init__(self) -> None:
        self.chance = Chance("people")
        self._phones = 0
        self._numbers: set[str] = set()

    def adult(self, *, family: str | None = None, woman: bool | None = None, of: str = "") -> Resident:
        """Somebody of age; `of` names the company or shop whose contact they are."""
        woman = self.chance.holds(0.5) if woman is None else woman
        full = invent.name(self.chance, woman=woman, family=family)
        self._phones += 1
        known = self.chance.holds(KNOWN_BY_NUMBER)
        number = self._number(self.chance.day(date(1950, 1, 1), date(2002, 12, 31)), woman=woman) if known else None
        mail = f"u{self._phones:04d}@example.com" if self.chance.holds(0.35) else None
        return Resident(f"{full}（{of}）" if of else full, invent.phone(self._phones), mail, number)

    def child(self, family: str) -> Resident:
        """Somebody who goes to school or not yet: known by the ID number alone."""
        woman = self.chance.holds(0.5)
        born = self.chance.day(date(2008, 1, 1), date(2024, 12, 31))
        full = invent.name(self.chance, woman=woman, family=family)
        return Resident(full, None, None, self._number(born, woman=woman))

    def _number(self, born: date, *, woman: bool) -> str:
        while (found := invent.id_number(self.chance, born, woman=woman)) in self._numbers:
            pass
        self._numbers.add(found)
        return found


def settle(estate: EstatePlan, homes: list[Home], registry: Registry) -> tuple[list[Stay], dict[Home, UnitStatus]]:
    """Everybody of an estate, and how its Units stand."""
    builder = _Settlement(estate, registry)
    move_in = builder.live if estate.kind is PropertyKind.RESIDENTIAL else builder.let
    statuses = {home: move_in(home) for home in homes}
    return builder.stays, statuses


class _Settlement:
    def __init__(self, estate: EstatePlan, registry: Registry) -> None:
        self.stays: list[Stay] = []
        self._estate = estate
        self._registry = registry
        self._chance = registry.chance
        self._owners: list[Resident] = []
        self._firms = [f"{word}{kind}" for kind in COMPANIES[1] for word in COMPANIES[0]]
        self._shops = [f"{word}{kind}" for kind in SHOPS[1] for word in SHOPS[0]]
        self._tenant: Resident | None = None

    def live(self, home: Home) -> UnitStatus:
        """A home: nobody, its owner's household, or a letting."""
        chance = self._chance
        if chance.holds(self._estate.vacant_share):
            if chance.holds(0.3):
                self._former(home, OccupancyKind.OWNER, OPENED, date(2024, 6, 30))
            return UnitStatus.VACANT
        rented = chance.holds(self._estate.rent_share)
        since = chance.day(OPENED, date(2021, 12, 31) if rented else date(2025, 5, 31))
        if since > date(2018, 1, 1) and chance.holds(0.12):
            self._former(home, OccupancyKind.OWNER, OPENED, since - timedelta(days=1))
        owner = self._owner()
        couple = chance.holds(0.35)
        self._stay(home, owner, OccupancyKind.OWNER, since, share=50 if couple else None)
        if couple:
            self._stay(home, self._registry.adult(), OccupancyKind.CO_OWNER, since, share=50)
        if not rented:
            self._family(home, owner, since, partner=not couple)
            return UnitStatus.RENOVATING if chance.holds(0.02) else UnitStatus.OCCUPIED
        begun = chance.day(LETTINGS, REFERENCE)
        if chance.holds(0.3):
            self._former(home, OccupancyKind.TENANT, since, begun - timedelta(days=7))
        tenant = self._registry.adult()
        self._stay(home, tenant, OccupancyKind.TENANT, begun)
        if chance.holds(0.4):
            self._stay(home, self._registry.adult(), OccupancyKind.FAMILY, begun)
        return UnitStatus.RENTED

    def let(self, home: Home) -> UnitStatus:
        """An office or a shop: an investor's, used by a company or shopkeeper, known by their contact."""
        chance = self._chance
        if chance.holds(self._estate.vacant_share):
            self._tenant = None
            if chance.holds(0.5):
                self._former(home, OccupancyKind.TENANT, LETTINGS, date(2025, 3, 31))
            return UnitStatus.VACANT
        owner = self._investor()
        self._stay(home, owner, OccupancyKind.OWNER, chance.day(OPENED, date(2019, 12, 31)))
        if not chance.holds(self._estate.rent_share):
            self._tenant = None
            return UnitStatus.OCCUPIED
        begun = chance.day(LETTINGS, REFERENCE)
        if chance.holds(0.25):
            self._former(home, OccupancyKind.TENANT, OPENED + timedelta(days=2000), begun - timedelta(days=15))
        next_door = self._estate.kind is PropertyKind.OFFICE and self._tenant is not None and chance.holds(0.35)
        if not next_door:
            self._tenant = self._registry.adult(of=self._firm())
        assert self._tenant is not None  # noqa: S101 - made just now, or next door's
        self._stay(home, self._tenant, OccupancyKind.TENANT, begun)
        return UnitStatus.RENTED

    def _stay(self, home: Home, who: Resident, kind: OccupancyKind, since: date, *, share: int | None = None) -> None:
        self.stays.append(Stay(home, who, kind, since, None, share))

    def _former(self, home: Home, kind: OccupancyKind, first: date, until: date) -> None:
        since = self._chance.day(first, until - timedelta(days=30)) if until - first > timedelta(days=60) else first
        of = self._firm() if kind is OccupancyKind.TENANT and self._estate.kind is not PropertyKind.RESIDENTIAL else ""
        self.stays.append(Stay(home, self._registry.adult(of=of), kind, since, max(until, since)))

    def _owner(self) -> Resident:
        if self._owners and self._chance.holds(SECOND_HOME):
            return self._chance.choice(self._owners)
        owner = self._registry.adult()
        self._owners.append(owner)
        return owner

    def _investor(self) -> Resident:
        """Offices and shops belong to fewer people than there are."""
        if len(self._owners) >= 8 and self._chance.holds(0.7):
            return self._chance.choice(self._owners)
        owner = self._registry.adult()
        self._owners.append(owner)
        return owner

    def _family(self, home: Home, owner: Resident, since: date, *, partner: bool) -> None:
        chance = self._chance
        if partner and chance.holds(0.55):
            self._stay(home, self._registry.adult(), OccupancyKind.FAMILY, since)
        for _ in range(chance.weighted({0: 45, 1: 42, 2: 13})):
            child = self._registry.child(invent.family_of(owner.name))
            self._stay(home, child, OccupancyKind.FAMILY, since)
        if chance.holds(0.1):
            self._stay(home, self._registry.adult(), OccupancyKind.FAMILY, since)

    def _firm(self) -> str:
        """A company or shop that is not in the estate yet."""
        names = self._firms if self._estate.kind is PropertyKind.OFFICE else self._shops
        return names.pop(self._chance.below(len(names)))
