"""Two companies that look alike: whatever one of them sees of the other is a leak.

Each has two properties (`home` with places, people, gates and an order; `away` where only the district manager works),
and an account for every role. Sessions are there already: the token is `<slug>-<login>`.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import models
from adapters.clock import HeldClock
from adapters.identity import Identity, token_hash
from models.rules.account import SignInMethod
from models.rules.person import OccupancyKind
from models.rules.place import BillingAreaBasis, PropertyKind, UnitStatus, UnitUse
from models.rules.ticket import Priority, TicketKind, TicketStatus
from models.rules.work_order import WorkOrderStatus
from tests.factories import (
    api_client,
    audit,
    billing,
    crew,
    device,
    dispatch,
    gate,
    identity,
    ingest,
    notification,
    personal,
    sheet,
    staff,
    stock,
)
from tests.factories.export import add_exports
from tests.factories.forum import build_forum
from tests.factories.tenant import NOW, SECRET, Tenant, World

if TYPE_CHECKING:
    from collections.abc import Callable

PASSWORD = "correct horse battery staple"
SLUGS = ("acme", "rival")
# One file of further rows per group of domains, each a function of the Builder.
DOMAINS: list[Callable[[Builder], None]] = [
    device.furnish,
    build_forum,
    billing.furnish,
    ingest.furnish,
    add_exports,
    notification.furnish,
    sheet.furnish,
    staff.furnish,
    stock.furnish,
    dispatch.furnish,
    api_client.furnish,
    identity.furnish,
    personal.furnish,
    audit.furnish,
]
__all__ = ["NOW", "PASSWORD", "SECRET", "SLUGS", "Builder", "Tenant", "World", "build"]


class Builder:
    """Makes the rows of one tenant; the same rows each time."""

    def __init__(self, slug: str, identity: Identity, password_hash: str) -> None:
        self.tenant = Tenant(slug)
        self.rows: list[Any] = []
        self._identity = identity
        self._hash = password_hash
        self._build()

    def add(self, key: str, model: Any, /, **values: Any) -> UUID:
        stamps: dict[str, Any] = {"created_at": NOW}
        if "version" in model._meta.fields_map:
            stamps |= {"updated_at": NOW, "version": 1}
        if model is not models.Organization:
            stamps["organization_id"] = self.tenant.keys["organization"]
        row = model(id=self._identity.uuid(), **stamps, **values)
        self.rows.append(row)
        self.tenant.keys[key] = row.id
        self.tenant.types[key] = model.__name__
        id_: UUID = row.id
        return id_

    def _build(self) -> None:
        slug = self.tenant.slug
        self.add("organization", models.Organization, slug=slug, name=f"{slug} 物业")
        for name, kind in (("home", PropertyKind.RESIDENTIAL), ("away", PropertyKind.OFFICE)):
            self._property(name, kind)
        crew.furnish(self)
        gate.furnish(self)
        self._work()
        for furnish in DOMAINS:
            furnish(self)

    def _property(self, name: str, kind: PropertyKind) -> None:
        home = self.add(
            name,
            models.Property,
            code=name,
            name=f"{self.tenant.slug} {name}",
            kind=kind,
            address="文三路 1 号",
            latitude=30.25,
            longitude=120.15,
            land_area=1_000_000,
            building_area=2_000_050,
            time_zone="Asia/Shanghai",
        )
        mark = "" if name == "home" else "away_"
        building = self.add(
            f"{mark}building",
            models.Building,
            property_id=home,
            code="1",
            name="1 号楼",
            floors_above=6,
            floors_below=1,
            position=1,
        )
        entrance = self.add(
            f"{mark}entrance",
            models.Entrance,
            property_id=home,
            building_id=building,
            code="1",
            name="1 单元",
            position=1,
        )
        for n in range(4):
            self._unit(f"{mark}unit{n}", home, building, entrance, n)
        for n, login in enumerate(("resident", "neighbour") if name == "home" else ("away_resident",)):
            self._resident(login, home, building, self.tenant.keys[f"{mark}unit{n}"])

    def _unit(self, name: str, home: UUID, building: UUID, entrance: UUID, n: int) -> None:
        self.add(
            name,
            models.Unit,
            property_id=home,
            building_id=building,
            entrance_id=entrance,
            number=f"{n + 1}01",
            floor=n + 1,
            layout="三室两厅",
            built_up_area=12_050,
            inner_area=9_800 if n else None,
            billing_area_basis=BillingAreaBasis.INNER,
            orientation=None,
            use=UnitUse.DWELLING,
            status=UnitStatus.OCCUPIED,
            position=n,
        )

    def _resident(self, login: str, home: UUID, building: UUID, unit: UUID) -> None:
        number = len(self.rows)
        person = self.add(
            f"{login}_person",
            models.Person,
            name=f"{self.tenant.slug} {login}",
            phone=f"1380000{number:04d}",
            email=None,
        )
        self.add(
            f"{login}_occupancy",
            models.Occupancy,
            property_id=home,
            building_id=building,
            unit_id=unit,
            person_id=person,
            kind=OccupancyKind.OWNER,
            share=None,
            move_in_on=date(2020, 1, 1),
            move_out_on=None,
        )
        self.account(login, person_id=person)

    def account(self, login: str, **who: UUID) -> UUID:
        account = self.add(
            login,
            models.Account,
            login=login,
            password_hash=self._hash,
            locale="zh",
            disabled_at=None,
            **{"person_id": None, "staff_id": None, **who},
        )
        session = self.add(
            f"{login}_session",
            models.Session,
            account_id=account,
            method=SignInMethod.PASSWORD,
            expires_at=NOW + timedelta(days=30),
        )
        self.add(
            f"{login}_token",
            models.AccessToken,
            session_id=session,
            token_hash=token_hash(self.tenant.token(login)),
            expires_at=NOW + timedelta(days=30),
        )
        return account

    def _work(self) -> None:
        keys = self.tenant.keys
        self._categories()
        for n in range(2):
            ticket = self.add(
                f"ticket{n}",
                models.Ticket,
                property_id=keys["home"],
                building_id=keys["building"],
                unit_id=keys["unit0"],
                reporter_id=keys["resident_person"],
                ticket_category_id=keys["category1"] if n else None,
                number=f"261122-T{n}",
                kind=TicketKind.REPAIR,
                category="水管",
                text=f"{self.tenant.slug} 漏水 {n}",
                status=TicketStatus.OPEN,
                priority=Priority.NORMAL,
                appointment_at=None,
            )
            self.add(
                f"order{n}",
                models.WorkOrder,
                property_id=keys["home"],
                building_id=keys["building"],
                unit_id=keys["unit0"],
                ticket_id=ticket,
                reporter_id=keys["resident_person"],
                assignee_id=keys["tech1_staff"] if n else None,
                number=f"261122-T{n}",
                summary="漏水",
                status=WorkOrderStatus.ASSIGNED if n else WorkOrderStatus.CREATED,
                priority=Priority.NORMAL,
                result=None,
                assigned_at=NOW if n else None,
                accepted_at=None,
                started_at=None,
                completed_at=None,
            )

    def _categories(self) -> None:
        """One of the first level, one below it, one of the other Property."""
        keys = self.tenant.keys
        rules: dict[str, Any] = {"before_photo": False, "after_photo": False, "keywords": [], "checklist": []}
        for n, (name, place, above) in enumerate(
            (("category0", "home", None), ("category1", "home", "category0"), ("away_category", "away", None))
        ):
            self.add(
                name,
                models.TicketCategory,
                property_id=keys[place],
                parent_id=keys[above] if above else None,
                name=f"{self.tenant.slug} 类别 {n}",
                position=n,
                **rules,
            )


def build(password_hash: str) -> tuple[World, list[Builder]]:
    """The world and the rows to write; keys are the same each time."""
    identity = Identity(HeldClock(NOW), seed=7)
    builders = [Builder(slug, identity, password_hash) for slug in SLUGS]
    return World(*(builder.tenant for builder in builders)), builders
