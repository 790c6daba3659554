"""A past week of the demo property: tickets, orders and passages, so that no list is empty."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from adapters.demo.words import TROUBLES
from models import AccessEvent, Gate, Occupancy, Person, Staff, Ticket, WorkOrder
from models.rules.gate import AccessDirection, AccessMethod, AccessResult
from models.rules.ticket import Priority, TicketKind, TicketStatus, needs_work_order
from models.rules.work_order import WorkOrderStatus

if TYPE_CHECKING:
    from datetime import datetime

    from adapters.demo.estate import DemoEstate

TICKETS = 60
PASSAGES = 400


class History:
    """Writes into the estate."""

    def __init__(self, estate: DemoEstate) -> None:
        self._estate = estate
        self._random = estate.random

    def write(self) -> None:
        """Tickets oldest first, then passages oldest first."""
        garden = self._estate.garden
        homes = [o for o in self._estate.rows(Occupancy) if o.property_id == garden.id]
        for at in self._instants(TICKETS):
            self._ticket(self._random.choice(homes), at)
        gates, people = self._estate.rows(Gate), self._estate.rows(Person)
        for at in self._instants(PASSAGES):
            self._passage(self._random.choice(gates), self._random.choice(people), at)

    def _instants(self, count: int) -> list[datetime]:
        week = 7 * 24 * 3600
        return sorted(self._estate.now - timedelta(seconds=self._random.randrange(60, week)) for _ in range(count))

    def _ticket(self, home: Occupancy, at: datetime) -> None:
        category, text = self._random.choice(TROUBLES)
        kind = self._random.choice([TicketKind.REPAIR] * 4 + [TicketKind.COMPLAINT, TicketKind.SUGGESTION])
        done = needs_work_order(kind) and self._random.random() < 0.7
        ticket = self._estate.add(
            Ticket,
            at,
            property_id=home.property_id,
            building_id=home.building_id,
            unit_id=home.unit_id,
            reporter_id=home.person_id,
            number=f"{at:%y%m%d}-D{len(self._estate.rows(Ticket)):03d}",
            kind=kind,
            category=category,
            text=text,
            status=TicketStatus.RESOLVED if done else TicketStatus.OPEN,
            priority=self._random.choice(list(Priority)),
            appointment_at=None,
        )
        if needs_work_order(kind):
            self._order(ticket, at, done=done)

    def _order(self, ticket: Ticket, at: datetime, *, done: bool) -> None:
        technicians = [staff for staff in self._estate.rows(Staff) if staff.title == "维修"]
        step = timedelta(minutes=self._random.randrange(3, 25))
        self._estate.add(
            WorkOrder,
            at,
            property_id=ticket.property_id,
            building_id=ticket.building_id,
            unit_id=ticket.unit_id,
            ticket_id=ticket.id,
            reporter_id=ticket.reporter_id,
            number=ticket.number,
            assignee_id=self._random.choice(technicians).id if done else None,
            summary=f"{ticket.category}：{ticket.text}"[:200],
            status=WorkOrderStatus.DONE if done else WorkOrderStatus.CREATED,
            priority=ticket.priority,
            result="已修复，试用正常。" if done else None,
            assigned_at=at + step if done else None,
            accepted_at=at + 2 * step if done else None,
            started_at=at + 3 * step if done else None,
            completed_at=at + 5 * step if done else None,
        )

    def _passage(self, gate: Gate, person: Person, at: datetime) -> None:
        granted = self._random.random() < 0.93
        self._estate.add(
            AccessEvent,
            at,
            property_id=gate.property_id,
            gate_id=gate.id,
            person_id=person.id if granted else None,
            direction=self._random.choice(list(AccessDirection)),
            method=self._random.choice([AccessMethod.FACE, AccessMethod.FACE, AccessMethod.CARD, AccessMethod.PHONE]),
            result=AccessResult.GRANTED if granted else AccessResult.DENIED,
            reason=None if granted else "未识别",
            occurred_at=at,
        )
