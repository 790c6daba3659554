"""The database of the benchmark, its accounts, and what is heard: the same event for everybody."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg

from adapters.database.migrate import migrate
from adapters.settings import Settings
from models.rules.work_order import WorkOrderStatus
from schema.base import encode
from subscriptions.feed import Cursor
from subscriptions.forum import ForumReplyPosted
from subscriptions.work_order import WorkOrderChange, WorkOrderChanged
from tests.benchmarks.cluster import check_keys
from tests.benchmarks.live.generator import Subscriber
from tests.conftest import ROLE, ROLE_PASSWORD
from tests.factories.world import NOW

if TYPE_CHECKING:
    from subscriptions.event import DomainEvent
    from tests.benchmarks.cluster import Cluster

DATABASE = "wuye_live"
ROWS = Path(__file__).with_name("world.sql")
STAMP = datetime(2024, 10, 1, tzinfo=UTC)
SIGNATURES = 100
ORDERS_HEARD = 100
"""Events of the shared scenes are about so many orders, in turn."""

ORDERS = (
    "subscription($property:ID!){workOrderChanged(propertyId:$property){cursor occurredAt change toStatus n:version"
    " workOrder{id number summary status priority updatedAt unit{id number floor}}}}"
)
REPLIES = (
    "subscription($post:ID!,$after:Cursor){forumReplyPosted(postId:$post,after:$after){cursor occurredAt"
    " forumReply{id n:text status official"
    " likeCount createdAt updatedAt post{id title}}}}"
)


def place(kind: int, n: int) -> UUID:
    """The key of a row of world.sql."""
    return UUID(f"01924560-6c00-7{kind:03x}-8000-{n:012x}")


ORGANIZATION, HOME, BUILDING, POST = place(1, 1), place(2, 1), place(3, 1), place(16, 1)


@dataclass(frozen=True)
class Scale:
    """How many accounts of each kind."""

    residents: int
    controllers: int
    districts: int

    def covering(self, scene: Scene) -> Scale:
        """As many as `scene` needs, too."""
        needed = replace(self, **{scene.who: max(getattr(self, scene.who), scene.sockets)})
        return replace(needed, residents=max(needed.residents, ORDERS_HEARD), controllers=max(needed.controllers, 1))


@dataclass(frozen=True)
class Scene:
    """Who listens to what.

    one: staff of one estate with the same rights, who hear everything. groups: the same, with a hundred permission
    signatures. own: residents who each hear of their own orders; event n is resident n's, in turn. forum: residents,
    each with rights of their own, who hear the same replies.
    """

    name: str
    sockets: int

    @property
    def who(self) -> str:
        """The accounts, as Scale names them."""
        return {"one": "controllers", "groups": "districts"}.get(self.name, "residents")

    @property
    def step(self) -> int:
        """Each socket hears every so-manieth event."""
        return self.sockets if self.name == "own" else 1

    @property
    def heard_by(self) -> int:
        """How many sockets hear an event."""
        return self.sockets // self.step

    def order(self, number: int) -> int:
        """Which order event `number` is about."""
        return 1 + (number - 1) % (self.sockets if self.name == "own" else ORDERS_HEARD)

    def topic(self, number: int) -> str:
        """What peers publish event `number` to: residents have topics of their own, which favours the peers."""
        return str(place(6, self.order(number)) if self.name == "own" else HOME)

    def subscribers(self) -> list[Subscriber]:
        """Of the product: each signed in with an account of its own."""
        login = {"controllers": "control", "districts": "district", "residents": "resident"}[self.who]
        query, wish = ORDERS, {"property": encode("Property", HOME)}
        if self.name == "forum":
            query, wish = REPLIES, {"post": encode("ForumPost", POST)}
        return [Subscriber({"token": f"live-{login}{n}"}, query, wish) for n in range(1, self.sockets + 1)]

    def strangers(self) -> list[Subscriber]:
        """Of everybody else: nobody is signed in."""
        return [Subscriber({}, ORDERS, {"property": self.topic(n)}) for n in range(1, self.sockets + 1)]

    def event(self, number: int) -> DomainEvent:
        """Event `number`, as a verb announces it."""
        if self.name == "forum":
            return ForumReplyPosted(
                stream=HOME,
                subject_id=place(17, number),
                occurred_at=STAMP,
                heard_by={
                    "organization_id": frozenset({ORGANIZATION}),
                    "property_id": frozenset({HOME}),
                    "post_id": frozenset({POST}),
                },
            )
        n = self.order(number)
        keys = {"organization_id": ORGANIZATION, "property_id": HOME, "building_id": BUILDING}
        keys |= {"unit_id": place(5, n), "reporter_id": place(6, n)}
        return WorkOrderChanged(
            stream=HOME,
            subject_id=place(8, n),
            occurred_at=STAMP,
            heard_by={column: frozenset({key}) for column, key in keys.items()},
            change=WorkOrderChange.CREATED,
            from_status=None,
            to_status=WorkOrderStatus.CREATED,
            subject_version=number,
        )

    def payload(self, number: int) -> dict[str, Any]:
        """Event `number` with everything that is asked of it, as peers publish it; equal to the product's answer."""
        n, stamp = self.order(number), "2024-10-01T00:00:00.000000Z"
        return {
            "cursor": Cursor(HOME, 1, number).encode(),
            "occurredAt": stamp,
            "change": "CREATED",
            "toStatus": "CREATED",
            "version": number,
            "workOrder": {
                "id": encode("WorkOrder", place(8, n)),
                "number": f"241001-{n:05d}",
                "summary": "厨房水管漏水",
                "status": "CREATED",
                "priority": "NORMAL",
                "updatedAt": stamp,
                "unit": {"id": encode("Unit", place(5, n)), "number": f"{n:06d}", "floor": 1 + n % 25},
            },
        }

    def is_right(self, answer: dict[str, Any]) -> bool:
        """Whether a socket was told what everybody is to be told, cursors aside."""
        (event,) = answer["data"].values()
        if self.name == "forum":
            post: dict[str, str] = event["forumReply"]["post"]
            return post == {"id": encode("ForumPost", POST), "title": "停水通知"}
        wanted = self.payload(event["n"])
        wanted["n"] = wanted.pop("version")
        return _plain({**event, "cursor": ""}) == _plain({**wanted, "cursor": ""})


def _plain(event: dict[str, Any]) -> dict[str, Any]:
    """With instants instead of their texts."""
    return {
        name: _plain(value)
        if isinstance(value, dict)
        else datetime.fromisoformat(value)
        if name.endswith("At")
        else value
        for name, value in event.items()
    }


async def prepare(cluster: Cluster, scale: Scale) -> None:
    """A fresh database. Raises AssertionError when a row points nowhere."""
    await cluster.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
    await cluster.execute(f"CREATE DATABASE {DATABASE}")
    await fill(cluster.url(DATABASE, ROLE, ROLE_PASSWORD), cluster.url(DATABASE), scale)


async def fill(url: str, admin_url: str, scale: Scale) -> None:
    """Migrate an empty database and write the rows. Raises AssertionError when one points nowhere."""
    await migrate(Settings(database_url=url, database_admin_url=admin_url), NOW)
    connection = await asyncpg.connect(admin_url, timeout=10)
    try:
        await connection.execute(
            "CREATE TEMP TABLE scale (residents int, controllers int, districts int, signatures int, stamp timestamptz)"
        )
        counts = scale.residents, scale.controllers, scale.districts, SIGNATURES
        await connection.execute("INSERT INTO scale VALUES ($1, $2, $3, $4, $5)", *counts, STAMP)
        await connection.execute(ROWS.read_text())
        await check_keys(connection)
        await connection.execute("VACUUM (ANALYZE)")
    finally:
        await connection.close()
