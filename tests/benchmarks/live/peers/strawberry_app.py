"""Idiomatic Strawberry: its ASGI view, a subscription that is an async generator over broadcaster's Redis backend.

Parser and validation caches are on, as its documentation recommends. redis is an older one than the product's: with
today's, broadcaster's own backend delivers nothing to the first subscriber of a channel.
"""

from __future__ import annotations

import json
import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

import strawberry
from broadcaster import Broadcast
from starlette.applications import Starlette
from starlette.routing import Route, WebSocketRoute
from strawberry.asgi import GraphQL
from strawberry.extensions import ParserCache, ValidationCache

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

broadcast = Broadcast(os.environ["REDIS_URL"])


@strawberry.type
class Unit:
    """A home."""

    id: strawberry.ID
    number: str
    floor: int


@strawberry.type
class WorkOrder:
    """A work order."""

    id: strawberry.ID
    number: str
    summary: str
    status: str
    priority: str
    updated_at: datetime
    unit: Unit | None


@strawberry.type
class WorkOrderChanged:
    """An event."""

    cursor: str
    occurred_at: datetime
    change: str
    to_status: str
    version: int
    work_order: WorkOrder | None


def event(text: str) -> WorkOrderChanged:
    """From what was published."""
    payload = json.loads(text)
    order = payload.pop("workOrder")
    unit = Unit(**order.pop("unit"))
    moved = WorkOrder(updated_at=datetime.fromisoformat(order.pop("updatedAt")), unit=unit, **order)
    return WorkOrderChanged(
        occurred_at=datetime.fromisoformat(payload.pop("occurredAt")),
        to_status=payload.pop("toStatus"),
        work_order=moved,
        **payload,
    )


@strawberry.type
class Query:
    """There must be one."""

    ready: bool = True


@strawberry.type
class Subscription:
    """Live."""

    @strawberry.subscription
    async def work_order_changed(self, property_id: strawberry.ID) -> AsyncGenerator[WorkOrderChanged, None]:
        """Every step of the work orders of a topic."""
        async with broadcast.subscribe(f"workOrderChanged:{property_id}") as subscriber:
            async for message in subscriber:  # type: ignore[union-attr]  # broadcaster types an end that never comes
                yield event(message.message)  # type: ignore[union-attr]


@asynccontextmanager
async def lifespan(_: Any) -> AsyncIterator[None]:
    """Connect the broadcaster."""
    await broadcast.connect()
    yield
    await broadcast.disconnect()


schema = strawberry.Schema(Query, subscription=Subscription, extensions=[ParserCache, ValidationCache])
view: Any = GraphQL(schema, graphql_ide=None)
app = Starlette(routes=[Route("/graphql", view), WebSocketRoute("/graphql", view)], lifespan=lifespan)
