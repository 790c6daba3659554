"""What the demo property is made of. Names are invented; the same seed makes the same estate."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from adapters.demo.history import History
from adapters.demo.words import FAMILY, GIVEN, LAYOUTS, STAFF
from adapters.identity import token_hash
from models import (
    AccessEvent,
    Account,
    Building,
    Device,
    DeviceCredential,
    Entrance,
    Gate,
    Occupancy,
    Organization,
    Person,
    Property,
    RoleAssignment,
    Staff,
    Ticket,
    Unit,
    WorkOrder,
)
from models.rules.device import DeviceKind
from models.rules.gate import GateKind, GateState
from models.rules.permission import Role
from models.rules.person import OccupancyKind
from models.rules.place import BillingAreaBasis, Orientation, PropertyKind, UnitStatus, UnitUse

if TYPE_CHECKING:
    from datetime import datetime

    from adapters.identity import Identity
    from models.base import Record

    R = TypeVar("R", bound=Record)

SEED = 20261122
RESIDENT_ACCOUNTS = 6
PARENTS_FIRST: tuple[type[Any], ...] = (
    Property,
    Building,
    Entrance,
    Unit,
    Person,
    Occupancy,
    Staff,
    Account,
    RoleAssignment,
    Device,
    DeviceCredential,
    Gate,
    Ticket,
    WorkOrder,
    AccessEvent,
)


class DemoEstate:
    """A residential estate of 288 homes and a small office tower, with their people, staff, gates and a past week."""

    def __init__(self, identity: Identity, now: datetime, password_hash: str) -> None:
        self._identity = identity
        self.now = now
        self._hash = password_hash
        self.random = random.Random(SEED)  # noqa: S311 - demo data
        self._rows: dict[type[Any], list[Any]] = {}
        self._tokens: list[dict[str, Any]] = []
        self._accounts: list[dict[str, str]] = []
        self.organization = Organization(
            id=identity.uuid(), slug="demo", name="安居物业", created_at=now, updated_at=now, version=1
        )
        self.garden = self._property(
            "YGHY", "阳光花园", PropertyKind.RESIDENTIAL, "杭州市西湖区文三路 188 号", 30.2741, 120.1551
        )
        self.tower = self._property(
            "BJZX", "滨江中心", PropertyKind.OFFICE, "杭州市滨江区江南大道 588 号", 30.2084, 120.2116
        )
        self._build(self.garden, buildings=6, entrances=2, floors=12, per_floor=2)
        self._build(self.tower, buildings=1, entrances=1, floors=20, per_floor=2)
        self._people()
        self._staff()
        self._gates()
        History(self).write()

    async def save(self) -> None:
        """Write everything, parents first, inside the caller's transaction."""
        await self.organization.save(force_create=True)
        for model in PARENTS_FIRST:
            await model.bulk_create(self._rows[model], batch_size=200)

    def handover(self, password: str) -> dict[str, Any]:
        """What the simulator and the page may know."""
        accounts = [{**account, "password": password} for account in self._accounts]
        return {"organization": self.organization.slug, "accounts": accounts, "devices": self._tokens}

    def add(self, model: type[R], at: datetime | None = None, **values: Any) -> R:
        """A row, stamped; with `at`, a row of that instant."""
        stamps: dict[str, Any] = {"created_at": at or self.now}
        if "version" in model._meta.fields_map:
            stamps |= {"updated_at": at or self.now, "version": 1}
        row = model(id=self._identity.uuid(at), organization_id=self.organization.id, **{**stamps, **values})
        self._rows.setdefault(model, []).append(row)
        return row

    def rows(self, model: type[R]) -> list[R]:
        """What there is so far."""
        return self._rows.get(model, [])

    def _property(self, code: str, name: str, kind: PropertyKind, address: str, lat: float, lon: float) -> Property:
        return self.add(
            Property,
            code=code,
            name=name,
            kind=kind,
            address=address,
            latitude=lat,
            longitude=lon,
            land_area=4_200_000,
            building_area=9_860_000,
            time_zone="Asia/Shanghai",
        )

    def _build(self, place: Property, *, buildings: int, entrances: int, floors: int, per_floor: int) -> None:
        for b in range(1, buildings + 1):
            building = self.add(
                Building,
                property_id=place.id,
                code=f"{b}",
                name=f"{b} 号楼",
                floors_above=floors,
                floors_below=1,
                position=b,
            )
            for e in range(1, entrances + 1):
                entrance = self.add(
                    Entrance, property_id=place.id, building_id=building.id, code=f"{e}", name=f"{e} 单元", position=e
                )
                for floor in range(1, floors + 1):
                    for n in range(1, per_floor + 1):
                        self._unit(place, building, entrance, floor, n)

    def _unit(self, place: Property, building: Building, entrance: Entrance, floor: int, n: int) -> None:
        layout, built_up, inner = self.random.choice(LAYOUTS)
        home = place.kind is PropertyKind.RESIDENTIAL
        self.add(
            Unit,
            property_id=place.id,
            building_id=building.id,
            entrance_id=entrance.id,
            number=f"{floor}{n:02d}",
            floor=floor,
            layout=layout if home else "",
            built_up_area=built_up,
            inner_area=inner,
            billing_area_basis=BillingAreaBasis.BUILT_UP,
            orientation=self.random.choice(list(Orientation)),
            use=UnitUse.DWELLING if home else UnitUse.OFFICE,
            status=UnitStatus.VACANT,
            position=floor * 100 + n,
        )

    def person(self) -> Person:
        """Somebody."""
        name = self.random.choice(FAMILY) + self.random.choice(GIVEN)
        return self.add(Person, name=name, phone=f"13{self.random.randrange(10**9):09d}", email=None)

    def _people(self) -> None:
        for unit in self.rows(Unit):
            if self.random.random() < 0.15:
                continue
            rented = self.random.random() < 0.2
            unit.status = UnitStatus.RENTED if rented else UnitStatus.OCCUPIED
            kinds = [OccupancyKind.OWNER] + ([OccupancyKind.TENANT] if rented else [])
            kinds += [OccupancyKind.FAMILY] * self.random.randrange(3)
            for kind in kinds:
                since = date(2015, 1, 1) + timedelta(days=self.random.randrange(4000))
                self.add(
                    Occupancy,
                    property_id=unit.property_id,
                    building_id=unit.building_id,
                    unit_id=unit.id,
                    person_id=self.person().id,
                    kind=kind,
                    share=None,
                    move_in_on=since,
                    move_out_on=None,
                )
        owners = [o for o in self.rows(Occupancy) if o.property_id == self.garden.id and o.kind is OccupancyKind.OWNER]
        people = {person.id: person for person in self.rows(Person)}
        for n, occupancy in enumerate(self.random.sample(owners, RESIDENT_ACCOUNTS), 1):
            self._account(f"resident{n}", people[occupancy.person_id].name, Role.RESIDENT, person=occupancy.person_id)

    def _staff(self) -> None:
        for n, (name, login, role) in enumerate(STAFF, 1):
            title, _, real = name.partition(" ")
            staff = self.add(
                Staff,
                number=f"A{n:03d}",
                name=real,
                title=title,
                phone=f"1580000{n:04d}",
                email=None,
                employed_from=date(2020, 1, n),
                employed_until=None,
            )
            account = self._account(login, name, role, staff=staff.id)
            self.add(
                RoleAssignment,
                account_id=account.id,
                role=role,
                property_id=self.garden.id,
                valid_from=self.now - timedelta(days=365),
                valid_until=None,
            )

    def _account(self, login: str, name: str, role: Role, *, person: Any = None, staff: Any = None) -> Account:
        self._accounts.append(
            {"organization": self.organization.slug, "login": login, "name": name, "role": role.value}
        )
        return self.add(
            Account,
            login=login,
            password_hash=self._hash,
            person_id=person,
            staff_id=staff,
            locale="zh",
            disabled_at=None,
        )

    def _gates(self) -> None:
        outer = [
            ("东门 人行", GateKind.TURNSTILE),
            ("东门 车行", GateKind.LIFT_GATE),
            ("西门 人行", GateKind.TURNSTILE),
        ]
        self._controller("东西门控制器", [(name, kind, None) for name, kind in outer])
        for building in [b for b in self.rows(Building) if b.property_id == self.garden.id]:
            doors = [(f"{building.name} {e} 单元门", GateKind.DOOR, building.id) for e in (1, 2)]
            self._controller(f"{building.name} 控制器", doors)

    def _controller(self, name: str, gates: list[tuple[str, GateKind, Any]]) -> None:
        device = self.add(Device, property_id=self.garden.id, name=name, kind=DeviceKind.GATE_CONTROLLER)
        secret = self._identity.token()
        self.add(DeviceCredential, device_id=device.id, secret_hash=token_hash(secret), revoked_at=None)
        for gate_name, kind, building_id in gates:
            self.add(
                Gate,
                property_id=self.garden.id,
                building_id=building_id,
                device_id=device.id,
                name=gate_name,
                kind=kind,
                state=GateState.CLOSED,
            )
        self._tokens.append({"name": name, "token": f"{device.id.hex}.{secret}"})
