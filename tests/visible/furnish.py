"""Rows that the world lacks, so that each node type has some."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from adapters.identity import Identity
from models.rules.working_time import DAYS
from tests.dump import owner, rewrite
from tests.factories.world import NOW

if TYPE_CHECKING:
    from resolvers.ports import House
    from tests.factories.tenant import Tenant


LONG_AFTER = datetime(2099, 1, 1, tzinfo=UTC)


class Furnisher:
    """Adds rows that the world lacks, behind the product's back."""

    def __init__(self, house: House, tenant: Tenant, seed: int) -> None:
        self._house = house
        self._tenant = tenant
        self._identity = Identity(house.clock, seed=seed)

    async def insert(self, name: str, table: str, type_: str, /, **values: object) -> None:
        keys = self._tenant.keys
        keys[name], self._tenant.types[name] = self._identity.uuid(), type_
        columns = {"id": keys[name], "organization_id": keys["organization"], "created_at": NOW, **values}
        marks = ", ".join(f"${n}" for n in range(1, len(columns) + 1))
        await rewrite(self._house, f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", *columns.values())

    async def step(self, name: str, order: str, by: str) -> None:
        keys = self._tenant.keys
        steps = {"verb": "ASSIGN", "from_status": "CREATED", "to_status": "ASSIGNED"}
        who = {"account_id": keys[by], "property_id": keys["home"], "work_order_id": keys[order]}
        await self.insert(name, "work_order_step", "WorkOrderStep", note=f"{self._tenant.slug} step", **steps, **who)

    async def file(self, name: str, by: str, **shown: UUID | None) -> None:
        keys = self._tenant.keys
        attached: dict[str, UUID | None] = {"property_id": keys["home"], **shown} if shown else {}
        if shown.keys() & {"ticket_id", "work_order_id"}:
            attached["reporter_id"] = keys["resident_person"]
        photo = {"size_bytes": 1, "width": 1, "height": 1, "sha256": "", "storage_key": "none"}
        media = f"image/{self._tenant.slug}"
        await self.insert(name, "file", "File", account_id=keys[by], media_type=media, **photo, **attached)


async def furnish(house: House, tenant: Tenant, seed: int) -> None:
    """Steps and files, which the world has none of."""
    add, keys = Furnisher(house, tenant, seed), tenant.keys
    await add.step("step0", "order0", "manager")
    await add.step("step1", "order1", "tech1")
    await _work(add, tenant)
    await _levels(add, tenant)
    stamps: dict[str, Any] = {"updated_at": NOW, "version": 1}
    await add.file("ticket_file", "resident", ticket_id=keys["ticket0"])
    await add.file("order_file", "tech1", work_order_id=keys["order1"])
    await add.file("loose_file", "resident")
    await add.file("export_file", "manager")
    await add.file("device_file", "manager", device_id=keys["device"])
    await add.file("alarm_file", "control", alarm_id=keys["alarm1"])
    await add.file("attendance_file", "tech2", attendance_id=keys["stay2"])
    # The technician's order answers the second alarm.
    await owner(house, "UPDATE work_order SET alarm_id = $1 WHERE id = $2", keys["alarm1"], keys["order1"])
    for name in ("post", "hidden_post", "deleted_post"):
        await add.file(f"{name.removesuffix('_post')}_file", "resident", forum_post_id=keys[name], reporter_id=None)
    await add.file("reply_file", "resident", forum_reply_id=keys["reply"], reporter_id=None)
    reported = {"account_id": keys["resident"], "person_id": keys["resident_person"], "reply_id": keys["reply"]}
    said = {
        "reason": "OTHER",
        "text": f"{tenant.slug} 不好听",
        "status": "DISMISSED",
        "note": "没有",
        "resolved_at": NOW,
    }
    stamps |= {"property_id": keys["home"]}
    await add.insert("reply_report", "forum_report", "ForumReport", **reported, **said, **stamps)


async def _work(add: Furnisher, tenant: Tenant) -> None:
    """What an order holds, and the timeline of its ticket."""
    keys = tenant.keys
    home = {"property_id": keys["home"], "work_order_id": keys["order1"]}
    stamps = {"updated_at": NOW, "version": 1}
    await add.insert(
        "item1", "work_order_item", "WorkOrderItem", position=0, text=f"{tenant.slug} 关水", **home, **stamps
    )
    spent = {"staff_id": keys["tech1_staff"], "account_id": keys["tech1"], "minutes": 30, "cost": 1_500}
    await add.insert("labour1", "work_order_labour", "WorkOrderLabour", note=f"{tenant.slug} 两人", **spent, **home)
    entry: dict[str, Any] = {
        "property_id": keys["home"],
        "ticket_id": keys["ticket1"],
        "reporter_id": keys["resident_person"],
    }
    entry |= {"status": "OPEN", "account_id": keys["tech1"], "staff_id": keys["tech1_staff"]}
    said = {"kind": "STEP", "internal": False, "work_order_step_id": keys["step1"]}
    await add.insert("entry1", "ticket_entry", "TicketEntry", text=f"{tenant.slug} 来了", **said, **entry)
    noted = {"kind": "COMMENT", "internal": True, "person_id": keys["resident_person"], "stars": 5}
    note = {"text": f"{tenant.slug} 内部", "outcome": "SATISFIED"}
    await add.insert("note1", "ticket_entry", "TicketEntry", **note, **noted, **entry)


async def _levels(add: Furnisher, tenant: Tenant) -> None:
    """Calendars, holidays, targets, and clocks that no job finds due."""
    keys, slug = tenant.keys, tenant.slug
    stamps: dict[str, Any] = {"updated_at": NOW, "version": 1}
    week = dict.fromkeys(DAYS, '["08:30-12:00", "13:30-18:00"]')
    for mark, place in (("", "home"), ("away_", "away"), ("company_", None)):
        where = {"property_id": keys[place] if place else None, **stamps}
        await add.insert(f"{mark}calendar", "business_calendar", "BusinessCalendar", **week, **where)
        day = {"day": NOW.date(), "name": f"{slug} 假日", "hours": "[]"}
        await add.insert(f"{mark}holiday", "holiday", "Holiday", **day, **where)
        if place is None:
            continue
        promise = {"priority": "NORMAL", "response_minutes": 30, "resolution_minutes": 480, "warn_percent": 80}
        about = {"ticket_category_id": keys["category1" if place == "home" else "away_category"], "shown": False}
        about["around_the_clock"] = False
        await add.insert(f"{mark}target", "sla_target", "SlaTarget", **promise, **about, **where)
    await _clocks(add, tenant, stamps)


async def _clocks(add: Furnisher, tenant: Tenant, stamps: dict[str, Any]) -> None:
    """One that counts, one that waits, one that is over."""
    keys = tenant.keys
    ends: tuple[tuple[int, str, dict[str, Any]], ...] = (
        (0, "RESPONSE", {"state": "RUNNING", "counted_from": NOW, "elapsed_seconds": 0}),
        (1, "RESOLUTION", {"state": "PAUSED", "paused_at": NOW, "elapsed_seconds": 90}),
        (1, "RESPONSE", {"state": "MET", "stopped_at": NOW, "elapsed_seconds": 600}),
    )
    for n, (of, kind, end) in enumerate(ends):
        subject = {"ticket_id": keys[f"ticket{of}"], "work_order_id": keys[f"order{of}"], "property_id": keys["home"]}
        times = {"day": NOW.date(), "started_at": NOW, "due_at": LONG_AFTER, "warn_at": LONG_AFTER}
        promise = {"target_minutes": 30, "warn_percent": 80, "around_the_clock": True, "shown": of == 0}
        whose = {"reporter_id": keys["resident_person"], "kind": kind, **subject, **stamps}
        await add.insert(f"clock{n}", "sla_clock", "SlaClock", **times, **promise, **end, **whose)
