"""A year of tickets with their orders, each step where it belongs."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from adapters.demo.talk import HOME, NOTES, RESULTS, ROOMS, SPOTS, TROUBLES, WORK
from models import Ticket, WorkOrder, WorkOrderStep
from models.rules.number import number
from models.rules.place import PropertyKind
from models.rules.ticket import Priority, TicketKind, TicketStatus, needs_work_order, status_for
from models.rules.work_order import WorkOrderStatus, WorkOrderVerb
from resolvers.demo.load import ZONE
from resolvers.demo.people import moved_in

if TYPE_CHECKING:
    from datetime import datetime

    from models import Occupancy, Staff
    from resolvers.demo.load import Load
    from resolvers.demo.people import Crew

TICKETS = 1_500
SETTLED_AFTER = timedelta(days=3)  # what is older is done; of what is newer some still waits
KINDS = {TicketKind.REPAIR: 64, TicketKind.COMPLAINT: 18, TicketKind.SUGGESTION: 7, TicketKind.INQUIRY: 11}
PRIORITIES = {Priority.LOW: 10, Priority.NORMAL: 65, Priority.HIGH: 20, Priority.URGENT: 5}
HOURS = (1, 0, 0, 0, 0, 1, 3, 8, 12, 11, 9, 7, 5, 5, 7, 8, 8, 9, 12, 11, 8, 5, 3, 2)  # when people call, by hour
STEPS = (WorkOrderVerb.ASSIGN, WorkOrderVerb.ACCEPT, WorkOrderVerb.START, WorkOrderVerb.COMPLETE)
STATES = (
    WorkOrderStatus.CREATED,
    WorkOrderStatus.ASSIGNED,
    WorkOrderStatus.ACCEPTED,
    WorkOrderStatus.IN_PROGRESS,
    WorkOrderStatus.DONE,
)
STAMPS = ("assigned_at", "accepted_at", "started_at", "completed_at")


async def write_tickets(load: Load, crew: Crew) -> str:
    """Write them; what was written, in words."""
    history = _History(load, crew)
    for at in history.instants():
        history.raise_ticket(at)
    await load.save(history.tickets, history.orders, history.steps)
    return f"{len(history.tickets)} tickets, {len(history.orders)} orders"


class _History:
    def __init__(self, load: Load, crew: Crew) -> None:
        self.tickets: list[Ticket] = []
        self.orders: list[WorkOrder] = []
        self.steps: list[WorkOrderStep] = []
        self._load = load
        self._crew = crew
        self._chance = load.chance("tickets")
        self._places = {place.id: (code, place.kind) for code, place in load.properties.items()}
        self._technicians = {code: crew.technicians(code) for code in load.properties}
        self._assigners = {code: crew.of(code, "经理")[0] for code in load.properties}

    def instants(self) -> list[datetime]:
        """When somebody calls: over the year, by the hours of the day, none in the future."""
        days = (self._load.today - self._load.begun).days
        found = []
        for _ in range(TICKETS):
            hour = self._chance.choices(range(24), HOURS)[0]
            day = self._load.begun + timedelta(days=self._chance.randrange(1, days + 1))
            found.append(self._load.at(day, hour * 3600 + self._chance.randrange(3600)))
        return sorted(at for at in found if at < self._load.now - timedelta(minutes=1))

    def raise_ticket(self, at: datetime) -> None:
        """One ticket and what became of it."""
        stay = self._reporter(at)
        code, estate = self._places[stay.property_id]
        kind = self._chance.choices(list(KINDS), list(KINDS.values()))[0]
        category, text = self._chance.choice(TROUBLES[HOME if estate is PropertyKind.RESIDENTIAL else WORK][kind])
        reached = self._reached(at, kind)
        times = self._times(at, reached)
        ticket = self._load.row(
            Ticket,
            at,
            property_id=stay.property_id,
            building_id=stay.building_id,
            unit_id=stay.unit_id,
            reporter_id=stay.person_id,
            number=number(at.astimezone(ZONE).date(), self._chance.getrandbits(40)),
            kind=kind,
            category=category,
            text=text.format(room=self._chance.choice(ROOMS), spot=self._chance.choice(SPOTS)),
            status=status_for(STATES[reached]) if needs_work_order(kind) else self._answered(at),
            priority=self._chance.choices(list(PRIORITIES), list(PRIORITIES.values()))[0],
            appointment_at=None,
            **self._touched(len(times), times[-1] if times else at),
        )
        self.tickets.append(ticket)
        if needs_work_order(kind):
            self._order(ticket, at, code, times)

    def _reporter(self, at: datetime) -> Occupancy:
        """Somebody who lived there then."""
        day = at.astimezone(ZONE).date()
        while not moved_in(stay := self._chance.choice(self._load.stays), day):
            pass
        return stay

    def _reached(self, at: datetime, kind: TicketKind) -> int:
        """How many steps its order has taken by now."""
        if not needs_work_order(kind):
            return 0
        if at < self._load.now - SETTLED_AFTER:
            return len(STEPS)
        return self._chance.choice((0, 1, 2, 3, 4, 4))

    def _times(self, at: datetime, reached: int) -> list[datetime]:
        """When each step was taken; what would be in the future has not happened."""
        found = []
        for minutes in (self._chance.randint(2, 25), *(self._chance.randint(5, 180) for _ in range(3)))[:reached]:
            at += timedelta(minutes=minutes, seconds=self._chance.randrange(60))
            if at < self._load.now:
                found.append(at)
        return found

    def _answered(self, at: datetime) -> TicketStatus:
        return TicketStatus.CLOSED if at < self._load.now - SETTLED_AFTER else TicketStatus.OPEN

    def _touched(self, changes: int, at: datetime) -> dict[str, Any]:
        return {"version": 1 + changes, "updated_at": at}

    def _order(self, ticket: Ticket, at: datetime, code: str, times: list[datetime]) -> None:
        reached = len(times)
        ticket.status = status_for(STATES[reached])
        technician = self._chance.choice(self._technicians[code])
        order = self._load.row(
            WorkOrder,
            at,
            property_id=ticket.property_id,
            building_id=ticket.building_id,
            unit_id=ticket.unit_id,
            ticket_id=ticket.id,
            reporter_id=ticket.reporter_id,
            number=ticket.number,
            assignee_id=technician.id if reached else None,
            summary=f"{ticket.category}：{ticket.text}"[:200],
            status=STATES[reached],
            priority=ticket.priority,
            result=self._chance.choice(RESULTS) if reached == len(STEPS) else None,
            **{stamp: times[n] if n < reached else None for n, stamp in enumerate(STAMPS)},
            **self._touched(reached, times[-1] if times else at),
        )
        self.orders.append(order)
        for n, when in enumerate(times):
            self._step(order, n, when, self._assigners[code] if n == 0 else technician)

    def _step(self, order: WorkOrder, n: int, at: datetime, staff: Staff) -> None:
        noted = n == 0 and self._chance.random() < 0.3
        self.steps.append(
            self._load.row(
                WorkOrderStep,
                at,
                property_id=order.property_id,
                work_order_id=order.id,
                account_id=self._crew.account_of(staff).id,
                verb=STEPS[n],
                from_status=STATES[n],
                to_status=STATES[n + 1],
                note=self._chance.choice(NOTES) if noted else None,
            )
        )
