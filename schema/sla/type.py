"""What is promised and how far a clock is towards it; what is told of clocks live."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import strawberry

import models
from models.rules.sla import SlaClockChange, SlaClockKind, SlaClockState
from models.rules.ticket import Priority
from schema.base import (
    Event,
    Node,
    Payload,
    column,
    computed,
    event,
    happened,
    node,
    ref,
    subject,
    text,
    to_one,
)
from schema.place import Property
from schema.staff import Staff
from schema.team import Team
from schema.ticket import Ticket
from schema.ticket_category import TicketCategory
from schema.work_order import WorkOrder
from subscriptions import SlaClockChanged as Changed

VERSION = "The version the viewer saw; a newer one is a CONFLICT."


@node(models.SlaTarget, "服务标准: what a Property promises for tickets of a priority; the most specific one holds.")
class SlaTarget(Node):
    """What a Property promises."""

    property: Property | None = to_one("The estate.")
    ticket_category: TicketCategory | None = to_one("For which category and those below it; null: for any.")
    priority: Priority = column("For which tickets.")
    response_minutes: int | None = column("Minutes until staff take it up; null: no such clock.")
    resolution_minutes: int | None = column("Minutes until it is settled; null: no such clock.")
    warn_percent: int = column("Percent of the minutes after which it warns.")
    around_the_clock: bool = column("Whether all minutes count, or only those of working time.")
    shown: bool = column("Whether residents see the clocks of their tickets.")
    archived_at: datetime | None = column("When it was archived: what is less specific holds.")
    created_at: datetime = column("When it was made.")
    updated_at: datetime = column("When it last changed.")
    version: int = column("Grows by one with each change.")


def _remaining(row: dict[str, Any], _viewer: object) -> int | None:
    if row["paused_at"] is None:
        return None
    return max(int(row["target_minutes"]) - int(row["elapsed_seconds"]) // 60, 0)


@node(models.SlaClock, "时限: counts the minutes of a Ticket or WorkOrder towards a target, as it was when it began.")
class SlaClock(Node):
    """Counts towards a target."""

    property: Property | None = to_one("The estate.")
    ticket: Ticket | None = to_one("Whose it is; null: the order's.")
    work_order: WorkOrder | None = to_one("The order, or the one that was opened with the ticket.")
    ticket_category: TicketCategory | None = to_one("The ticket's category.")
    kind: SlaClockKind = column("Until what it counts.")
    state: SlaClockState = column("How it stands.")
    day: date = column("On which day it began, in the Property.")
    target_minutes: int = column("Minutes that were promised.")
    warn_percent: int = column("Percent of them after which it warns.")
    around_the_clock: bool = column("Whether all minutes count, or only those of working time.")
    shown: bool = column("Whether the resident sees it.")
    started_at: datetime = column("When it began.")
    due_at: datetime = column("When the promise is broken; of a paused one, as it was: it moves when that goes on.")
    warn_at: datetime = column("When it warns; of a paused one, as it was.")
    elapsed_minutes: int = computed(
        "Whole minutes that it had counted when it was last paused or stopped; 0 before.",
        needs=("elapsed_seconds",),
        personal=False,
        compute=lambda row, _viewer: row["elapsed_seconds"] // 60,
    )
    remaining_minutes: int | None = computed(
        "Minutes that are left to a paused one; null while it is not.",
        needs=("paused_at", "target_minutes", "elapsed_seconds"),
        personal=False,
        compute=_remaining,
    )
    paused_at: datetime | None = column("Since when it waits for the resident; null while it does not.")
    warned_at: datetime | None = column("When it warned.")
    breached_at: datetime | None = column("When the promise was broken.")
    stopped_at: datetime | None = column("When it was met, missed or called off; null while it is not over.")
    staff: Staff | None = to_one("Who of the staff stopped it.")
    team: Team | None = to_one("The team in which they worked then.")
    version: int = column("Grows by one with each change.")


@event(Changed, "Something happened to an SlaClock.")
class SlaClockChanged(Event):
    """Something happened to a clock."""

    sla_clock: SlaClock | None = subject(
        "The clock as it is at delivery (it may be newer than the event); null when out of sight.", "SlaClock"
    )
    change: SlaClockChange = happened("What happened.", "change")
    kind: SlaClockKind = happened("Until what it counts.", "kind")
    state: SlaClockState = happened("How it stood after the event.", "state")
    target_minutes: int = happened("Minutes that were promised.", "target_minutes")
    version: int = happened("The clock's version after the event: apply it only if it is newer.", "subject_version")


@strawberry.input(description="Which targets.")
class SlaTargetFilter:
    """Which targets."""

    archived: bool | None = text("Only archived ones (true), or those that hold.", optional=True)


@strawberry.input(description="Which of the clocks that are not over: all that is given holds.")
class SlaClockFilter:
    """Which clocks."""

    state: list[SlaClockState] | None = text("Only in these states: RUNNING, WARNED, BREACHED, PAUSED.", optional=True)
    kind: list[SlaClockKind] | None = text("Only of these kinds.", optional=True)


@strawberry.input(description="What a Property promises for tickets that are made from now on.")
class SlaTargetSetInput:
    """What a Property promises."""

    property_id: strawberry.ID = ref("Property", "The estate.")
    ticket_category_id: strawberry.ID | None = ref(
        "TicketCategory", "For which category and those below it; none: for any.", optional=True
    )
    priority: Priority = text("For which tickets.")
    expected_version: int | None = text("The version the viewer saw; none when there is no target yet.", optional=True)
    response_minutes: int | None = text("1 to 86,400, until staff take it up; none: no such clock.", optional=True)
    resolution_minutes: int | None = text("1 to 86,400, until it is settled; none: no such clock.", optional=True)
    warn_percent: int = text("Percent of the minutes after which it warns; 1 to 99.", default=80)
    around_the_clock: bool = text("Whether all minutes count, or only those of working time.", default=False)
    shown: bool = text("Whether residents see the clocks of their tickets.", default=False)


@strawberry.type(description="Answer to slaTargetSet.")
class SlaTargetSetPayload(Payload):
    """The target."""

    sla_target: SlaTarget | None = strawberry.field(default=None, description="As it is now.")


@strawberry.input(description="Which state of the target the viewer saw.")
class SlaTargetArchiveInput:
    """Which state the viewer saw."""

    expected_version: int = text(VERSION)


@strawberry.type(description="Answer to slaTargetArchive.")
class SlaTargetArchivePayload(Payload):
    """The target."""

    sla_target: SlaTarget | None = strawberry.field(default=None, description="As it is now.")
