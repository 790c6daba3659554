"""Idiomatic Strawberry: Tortoise models, a DataLoader for each relation, the ASGI view of the library.

Parser and validation caches are on, as its documentation recommends. The models are the house's own.
"""

from __future__ import annotations

import os
from collections import defaultdict
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import strawberry
from starlette.applications import Starlette
from starlette.routing import Route
from strawberry.asgi import GraphQL
from strawberry.dataloader import DataLoader
from strawberry.extensions import ParserCache, ValidationCache
from tortoise import Tortoise
from tortoise.transactions import in_transaction

import models
from models.rules.ticket import Priority, TicketKind, TicketStatus
from models.rules.work_order import WorkOrderStatus

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

Info = strawberry.Info[dict[str, Any], None]


@strawberry.type
class Named:
    """A row that is only named."""

    id: strawberry.ID
    name: str


@strawberry.type
class Property(Named):
    """An estate."""


@strawberry.type
class Person(Named):
    """A person."""


@strawberry.type
class Occupancy:
    """Who holds a unit."""

    kind: str

    @strawberry.field
    async def person(self, info: Info) -> Person | None:
        """Through its loader."""
        return await info.context["people"].load(self.person_id)  # type: ignore[attr-defined,no-any-return]


@strawberry.type
class BillLine:
    """A line."""

    description: str
    amount: int


@strawberry.type
class Bill:
    """A bill."""

    id: strawberry.ID
    number: str
    period_from: date
    due_on: date
    status: str
    amount: int

    @strawberry.field
    async def lines(self, info: Info) -> list[BillLine]:
        """Through its loader."""
        return await info.context["lines"].load(self.id)  # type: ignore[no-any-return]


@strawberry.type
class Unit:
    """A home."""

    id: strawberry.ID
    number: str
    floor: int
    status: str

    @strawberry.field
    async def occupancies(self, info: Info) -> list[Occupancy]:
        """Through its loader."""
        return await info.context["occupancies"].load(self.id)  # type: ignore[no-any-return]

    @strawberry.field
    async def bills(self, info: Info, last: int) -> list[Bill]:
        """Through its loader: all of each unit, of which the last are shown."""
        return (await info.context["bills"].load(self.id))[-last:]  # type: ignore[no-any-return]


@strawberry.type
class Ticket:
    """A ticket."""

    id: strawberry.ID
    number: str
    kind: str
    category: str
    text: str
    status: str
    priority: str
    appointment_at: datetime | None
    created_at: datetime
    updated_at: datetime

    @strawberry.field
    async def property(self, info: Info) -> Property:
        """Through its loader."""
        return await info.context["properties"].load(self.property_id)  # type: ignore[attr-defined,no-any-return]

    @strawberry.field
    async def unit(self, info: Info) -> Unit | None:
        """Through its loader."""
        return self.unit_id and await info.context["units"].load(self.unit_id)  # type: ignore[attr-defined,no-any-return]

    @strawberry.field
    async def reporter(self, info: Info) -> Person | None:
        """Through its loader."""
        return self.reporter_id and await info.context["people"].load(self.reporter_id)  # type: ignore[attr-defined,no-any-return]


@strawberry.type
class AccessEvent:
    """A passage."""

    id: strawberry.ID
    direction: str
    method: str
    result: str
    reason: str | None
    occurred_at: datetime


@strawberry.type
class Query:
    """Reads."""

    @strawberry.field
    async def ticket(self, id: strawberry.ID) -> Ticket | None:
        """One."""
        return await models.Ticket.get_or_none(id=id)  # type: ignore[return-value]

    @strawberry.field
    async def tickets(self, property_id: strawberry.ID, first: int) -> list[Ticket]:
        """Newest first."""
        return await models.Ticket.filter(property_id=property_id).order_by("-id").limit(first)  # type: ignore[return-value]

    @strawberry.field
    async def units(self, property_id: strawberry.ID, first: int) -> list[Unit]:
        """Oldest first."""
        return await models.Unit.filter(property_id=property_id).order_by("id").limit(first)  # type: ignore[return-value]

    @strawberry.field
    async def access_events(self, gate_id: strawberry.ID, after: strawberry.ID, first: int) -> list[AccessEvent]:
        """After one."""
        return await models.AccessEvent.filter(gate_id=gate_id, id__gt=after).order_by("id").limit(first)  # type: ignore[return-value]


@strawberry.type
class Mutation:
    """Writes."""

    @strawberry.mutation
    async def ticket_create(
        self, property_id: strawberry.ID, unit_id: strawberry.ID, category: str, text: str
    ) -> Ticket:
        """A ticket and its work order."""
        now = datetime.now(UTC)
        stamps: dict[str, Any] = {"created_at": now, "updated_at": now, "version": 1}
        async with in_transaction():
            home = await models.Unit.get(id=unit_id, property_id=property_id)
            placed = {
                "organization_id": home.organization_id,
                "property_id": home.property_id,
                "building_id": home.building_id,
                "unit_id": home.id,
                "number": f"S{uuid4().hex[:16]}",
                "priority": Priority.NORMAL,
                **stamps,
            }
            raised = await models.Ticket.create(
                id=uuid4(), kind=TicketKind.REPAIR, category=category, text=text, status=TicketStatus.OPEN, **placed
            )
            await models.WorkOrder.create(
                id=uuid4(), ticket_id=raised.id, summary=category, status=WorkOrderStatus.CREATED, **placed
            )
        return raised  # type: ignore[return-value]


def ones(model: Any) -> Callable[[list[UUID]], Any]:
    """Rows by key."""

    async def load(keys: list[UUID]) -> list[Any]:
        found = {row.id: row for row in await model.filter(id__in=keys)}
        return [found.get(key) for key in keys]

    return load


def lists(model: Any, via: str) -> Callable[[list[UUID]], Any]:
    """Rows by a foreign key, oldest first."""

    async def load(keys: list[UUID]) -> list[Any]:
        found = defaultdict(list)
        for row in await model.filter(**{f"{via}__in": keys}).order_by("id"):
            found[getattr(row, via)].append(row)
        return [found[key] for key in keys]

    return load


class View(GraphQL[dict[str, Any], None]):
    """The library's, with loaders for each request."""

    async def get_context(self, request: Any, response: Any) -> dict[str, Any]:
        """A set of loaders."""
        return {
            "properties": DataLoader(ones(models.Property)),
            "units": DataLoader(ones(models.Unit)),
            "people": DataLoader(ones(models.Person)),
            "occupancies": DataLoader(lists(models.Occupancy, "unit_id")),
            "bills": DataLoader(lists(models.Bill, "unit_id")),
            "lines": DataLoader(lists(models.BillLine, "bill_id")),
        }


@asynccontextmanager
async def connected(_app: Starlette) -> AsyncIterator[None]:
    """One pool."""
    parts, pool = urlsplit(os.environ["DATABASE_URL"]), int(os.environ["POOL"])
    credentials = {
        "host": parts.hostname,
        "port": parts.port,
        "user": parts.username,
        "password": parts.password,
        "database": parts.path.strip("/"),
        "minsize": pool,
        "maxsize": pool,
    }
    config = {
        "connections": {"default": {"engine": "tortoise.backends.asyncpg", "credentials": credentials}},
        "apps": {"models": {"models": ["models"], "default_connection": "default"}},
        "use_tz": True,
    }
    await Tortoise.init(config=config, _enable_global_fallback=True)
    yield
    await Tortoise.close_connections()


schema = strawberry.Schema(Query, Mutation, extensions=[ParserCache, ValidationCache])
view = View(schema, graphql_ide=None)
app = Starlette(routes=[Route("/graphql", view)], lifespan=connected)
