"""SlaTarget (服务标准): what is promised; SlaClock (时限): how far a Ticket or WorkOrder is towards it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tortoise import fields

from models.base import Versioned, reference
from models.rules.sla import SlaClockKind, SlaClockState
from models.rules.ticket import Priority

if TYPE_CHECKING:
    from uuid import UUID


class SlaTarget(Versioned):
    """What a Property promises for tickets of a priority, of one category or (without one) of any."""

    property: Any = reference("Property")
    ticket_category: Any = reference("TicketCategory", null=True)
    priority = fields.CharEnumField(Priority, max_length=32)
    response_minutes = fields.IntField(null=True)
    resolution_minutes = fields.IntField(null=True)
    warn_percent = fields.IntField()
    around_the_clock = fields.BooleanField()
    shown = fields.BooleanField(description="to the resident too")
    archived_at = fields.DatetimeField(null=True)

    if TYPE_CHECKING:
        property_id: UUID
        ticket_category_id: UUID | None

    class Meta:
        table = "sla_target"


class SlaClock(Versioned):
    """Counts towards one target; what was promised is copied, so that a later change moves no clock.

    `elapsed_seconds` is what it had counted at `counted_from`; while that is null, it does not count.
    """

    property: Any = reference("Property")
    ticket: Any = reference("Ticket", null=True)
    work_order: Any = reference("WorkOrder", null=True)
    reporter: Any = reference("Person", null=True)
    ticket_category: Any = reference("TicketCategory", null=True)
    staff: Any = reference("Staff", null=True)
    team: Any = reference("Team", null=True)
    kind = fields.CharEnumField(SlaClockKind, max_length=32)
    state = fields.CharEnumField(SlaClockState, max_length=32)
    day = fields.DateField(description="of its start, in the Property's zone")
    target_minutes = fields.IntField()
    warn_percent = fields.IntField()
    around_the_clock = fields.BooleanField()
    shown = fields.BooleanField(description="to the resident too")
    started_at = fields.DatetimeField()
    due_at = fields.DatetimeField(description="as reckoned when it last began to count")
    warn_at = fields.DatetimeField(description="as reckoned when it last began to count")
    counted_from = fields.DatetimeField(null=True)
    elapsed_seconds = fields.IntField(default=0)
    paused_at = fields.DatetimeField(null=True)
    warned_at = fields.DatetimeField(null=True)
    breached_at = fields.DatetimeField(null=True)
    stopped_at = fields.DatetimeField(null=True)

    if TYPE_CHECKING:
        property_id: UUID
        ticket_id: UUID | None
        work_order_id: UUID | None
        reporter_id: UUID | None
        ticket_category_id: UUID | None
        staff_id: UUID | None
        team_id: UUID | None

    class Meta:
        table = "sla_clock"
