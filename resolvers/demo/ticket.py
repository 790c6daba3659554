"""A year of tickets with their orders, each step where it belongs, and what residents thought of it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from adapters.demo.talk import ANSWERS, HOME, NOTES, RATINGS, RESULTS, ROOMS, SPOTS, TROUBLES, WORK
from models import Ticket, TicketEntry, WorkOrder, WorkOrderStep
from models.rules.number import number
from models.rules.place import PropertyKind
from models.rules.ticket import Priority, TicketEntryKind, TicketKind, TicketStatus, needs_work_order, status_for
from models.rules.work_order import WorkOrderStatus, WorkOrderVerb
from resolvers.demo.load import ZONE
from resolvers.demo.people import moved_in
from resolvers.demo.ticket_category import make_categories

if TYPE_CHECKING:
    from datetime import datetime

    from models import Occupancy, Staff
    from resolvers.demo.load import Load
    from resolvers.demo.people import Crew

TICKETS = 1_500
SETTLED_AFTER = timedelta(days=3)  # what is older is done; of what is newer some still waits
RATED_SHARE = 0.6
WEEK = timedelta(days=7)
KINDS = {TicketKind.REPAIR: 64, TicketKind.COMPLAINT: 18, TicketKind.SUGGESTION: 7, TicketKind.INQUIRY: 11}
PRIORITIES = {Priority.LOW: 10, Priority.NORMAL: 65, Priority.HIGH: 20, Priority.URGENT: 5}
HOURS = (1, 0, 0, 0, 0, 1, 3, 8, 12, 11, 9, 7, 5, 5, 7, 8, 8, 9, 12, 11, 8, 5, 3, 2)  # when people call, by hour
STEPS = (
    WorkOrderVerb.ASSIGN,
    WorkOrderVerb.ACCEPT,
    WorkOrderVerb.DEPART,
    WorkOrderVerb.START,
    WorkOrderVerb.COMPLETE,
    WorkOrderVerb.VERIFY,
    WorkOrderVerb.CLOSE,
)
WORKED = STEPS.index(WorkOrderVerb.COMPLETE) + 1  # steps after which it is done
STATES = (
    WorkOrderStatus.CREATED,
    WorkOrderStatus.ASSIGNED,
    WorkOrderStatus.ACCEPTED,
    WorkOrderStatus.EN_ROUTE,
    WorkOrderStatus.IN_PROGRESS,
    WorkOrderStatus.DONE,
    WorkOrderStatus.VERIFIED,
    WorkOrderStatus.CLOSED,
)
STAMPS = ("assigned_at", "accepted_at", "departed_at", "started_at", "completed_at", "verified_at", "closed_at")
MINUTE = 50  # fen, of labour
MINUTES = ((2, 25), (5, 180), (2, 20), (5, 40), (10, 180), (30, 900), (10, 600))  # before each step


async def write_tickets(load: Load, crew: Crew) -> str:
    """Write them; what was written, in words."""
    history = _History(load, crew)
    for at in history.instants():
        history.raise_ticket(at)
    categories = list(history.categories.values())
    above, below = ([row for row in categories if (row.parent_id is None) is top] for top in (True, False))
    await load.save(above, below, history.tickets, history.orders, history.steps, history.entries)
    return f"{len(categories)} categories, {len(history.tickets)} tickets, {len(history.orders)} orders"


class _History:
    def __init__(self, load: Load, crew: Crew) -> None:
        self.tickets: list[Ticket] = []
        self.orders: list[WorkOrder] = []
        self.steps: list[WorkOrderStep] = []
        self.entries: list[TicketEntry] = []
        self.categories = make_categories(load)
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
        about = self.categories[stay.property_id, kind, category]
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
            ticket_category_id=about.id,
            department=about.department,
            text=text.format(room=self._chance.choice(ROOMS), spot=self._chance.choice(SPOTS)),
            status=status_for(STATES[reached]) if needs_work_order(kind) else self._answered(at),
            priority=self._chance.choices(list(PRIORITIES), list(PRIORITIES.values()))[0],
            appointment_at=None,
            **self._touched(len(times), times[-1] if times else at),
        )
        self.tickets.append(ticket)
        self._enter(ticket, at, TicketEntryKind.RAISED, TicketStatus.OPEN, person_id=ticket.reporter_id)
        if needs_work_order(kind):
            self._order(ticket, at, code, times)
        elif ticket.status is TicketStatus.CLOSED:
            self._answer(ticket, at, self._assigners[code])

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
        return self._chance.choice((0, 1, 2, 3, 4, 5, 5, 6, 7))

    def _times(self, at: datetime, reached: int) -> list[datetime]:
        """When each step was taken; what would be in the future has not happened."""
        found = []
        for least, most in MINUTES[:reached]:
            at += timedelta(minutes=self._chance.randint(least, most), seconds=self._chance.randrange(60))
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
        minutes = 15 * self._chance.randint(1, 8) if reached >= WORKED else 0
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
            skill=self.categories[ticket.property_id, ticket.kind, ticket.category].skill,
            result=self._chance.choice(RESULTS) if reached >= WORKED else None,
            labour_minutes=minutes,
            labour_cost=minutes * MINUTE,
            close_at=times[WORKED - 1] + WEEK if WORKED <= reached < len(STEPS) else None,
            reopen_until=times[-1] + WEEK if reached == len(STEPS) else None,
            **{stamp: times[n] if n < reached else None for n, stamp in enumerate(STAMPS)},
            **self._touched(reached, times[-1] if times else at),
        )
        self.orders.append(order)
        self._settle(ticket, order, times)
        for n, when in enumerate(times):
            office = n == 0 or n >= WORKED
            step = self._step(order, n, when, self._assigners[code] if office else technician)
            who = {"work_order_step_id": step.id, "account_id": step.account_id, "staff_id": step.staff_id}
            self._enter(ticket, when, TicketEntryKind.STEP, status_for(step.to_status), **who)
        if reached == len(STEPS):
            self._rate(ticket, times[-1])

    def _settle(self, ticket: Ticket, order: WorkOrder, times: list[datetime]) -> None:
        ticket.resolved_at = times[WORKED - 1] if len(times) >= WORKED else None
        if len(times) == len(STEPS):
            ticket.closed_at, ticket.reopen_until = times[-1], order.reopen_until

    def _step(self, order: WorkOrder, n: int, at: datetime, staff: Staff) -> WorkOrderStep:
        noted = n == 0 and self._chance.random() < 0.3
        step = self._load.row(
            WorkOrderStep,
            at,
            property_id=order.property_id,
            work_order_id=order.id,
            account_id=self._crew.account_of(staff).id,
            staff_id=staff.id,
            assignee_id=order.assignee_id,
            verb=STEPS[n],
            from_status=STATES[n],
            to_status=STATES[n + 1],
            note=self._chance.choice(NOTES) if noted else None,
        )
        self.steps.append(step)
        return step

    def _rate(self, ticket: Ticket, at: datetime) -> None:
        """Most residents say within a day how it went."""
        at += timedelta(minutes=self._chance.randint(5, 600))
        if self._chance.random() > RATED_SHARE or at >= self._load.now:
            return
        ticket.stars = self._chance.choices(list(RATINGS), (60, 25, 10, 5))[0]
        ticket.rating_text = RATINGS[ticket.stars] if self._chance.random() < 0.5 else None
        ticket.rated_at = ticket.updated_at = at
        ticket.version += 1
        said = {"stars": ticket.stars, "text": ticket.rating_text, "person_id": ticket.reporter_id}
        self._enter(ticket, at, TicketEntryKind.RATING, ticket.status, **said)

    def _answer(self, ticket: Ticket, at: datetime, staff: Staff) -> None:
        """A question is answered within a day, and closes by itself a week later, if that is past."""
        ticket.resolved_at = at + timedelta(minutes=self._chance.randint(20, 900))
        who = {"account_id": self._crew.account_of(staff).id, "staff_id": staff.id}
        said = {"text": self._chance.choice(ANSWERS), **who}
        self._enter(ticket, ticket.resolved_at, TicketEntryKind.ANSWER, TicketStatus.RESOLVED, **said)
        ticket.version, ticket.updated_at = 2, ticket.resolved_at
        closes = ticket.resolved_at + WEEK
        if closes >= self._load.now:
            ticket.status, ticket.close_at = TicketStatus.RESOLVED, closes
            return
        ticket.closed_at = ticket.updated_at = closes
        ticket.reopen_until, ticket.version = closes + WEEK, 3
        self._enter(ticket, closes, TicketEntryKind.CLOSED, TicketStatus.CLOSED)

    def _enter(self, ticket: Ticket, at: datetime, kind: TicketEntryKind, status: TicketStatus, **values: Any) -> None:
        whose = {"property_id": ticket.property_id, "ticket_id": ticket.id, "reporter_id": ticket.reporter_id}
        self.entries.append(self._load.row(TicketEntry, at, kind=kind, status=status, **whose, **values))
