"""What is in the inboxes when the demo begins: what the last days' work told people, by the same table as ever."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from models import Account, Alarm, Notification, NotificationPreference, StockBalance, Ticket, WorkOrder
from models.rules.alarm import AlarmChange
from models.rules.notification import NotificationChannel
from models.rules.stock import StockLevelChange
from resolvers.notification.telling import notify
from resolvers.unit import system_unit
from subscriptions import alarm, stock, ticket, work_order
from subscriptions.ticket import TicketChange
from subscriptions.work_order import WorkOrderChange

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from resolvers.demo.load import Load
    from subscriptions.event import DomainEvent

WRITTEN_TO = ("control", "manager")  # their letters show how mail looks: docs/notification.md
DAYS, READ_AFTER = 14, timedelta(hours=12)


async def write_notifications(load: Load) -> str:
    """Write them as of the instants they tell of; what is half a day old is read."""
    clock, begun, count = load.clock, load.clock.at, 0
    async with system_unit(load.house, load.organization_id) as unit:
        for event in sorted(await _events(load), key=lambda event: (event.occurred_at, event.subject_id)):
            clock.at = unit.now = event.occurred_at
            count += len(await notify(unit, [event]))
        clock.at = unit.now = begun
        old = Notification.filter(**_here(load), created_at__lt=load.now - READ_AFTER)
        await old.update(read_at=load.now - READ_AFTER / 2)
        ways = [NotificationChannel.PUSH.value, NotificationChannel.EMAIL.value]
        written_to = await Account.filter(**_here(load), login__in=WRITTEN_TO).order_by("login")
        wishes = (unit.new(NotificationPreference, account_id=one.id, kind=None, channels=ways) for one in written_to)
        await unit.add_all(list(wishes))
    return f"{count} notifications"


def _here(load: Load) -> dict[str, UUID]:
    return {"organization_id": load.organization_id}


async def _events(load: Load) -> list[DomainEvent]:
    """Orders given, tickets settled, alarms that are active, stock that is low."""
    here, since = _here(load), load.now - timedelta(days=DAYS)
    orders = await WorkOrder.filter(**here, assigned_at__gte=since, assigned_at__lt=load.now)
    tickets = await Ticket.filter(**here, resolved_at__gte=since, resolved_at__lt=load.now)
    alarms = await Alarm.filter(**here, cleared_at=None)
    balances = await StockBalance.filter(**here, low_at__isnull=False)
    return [
        *(work_order.changed(WorkOrderChange.ASSIGNED, None, row, _when(row.assigned_at)) for row in orders),
        *(ticket.changed(TicketChange.RESOLVED, row, _when(row.resolved_at)) for row in tickets),
        *(alarm.changed(AlarmChange.RAISED, row, row.created_at) for row in alarms),
        *(stock.changed(StockLevelChange.LOW, row, _when(row.low_at)) for row in balances),
    ]


def _when(at: datetime | None) -> datetime:
    assert at is not None  # noqa: S101 - that is what was asked for
    return at
