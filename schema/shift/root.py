"""Reads and verbs of shifts."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import strawberry

from models.errors import Refusal
from models.query import Query as Rows
from models.rules.permission import Permission
from resolvers import shift as usecase
from schema.base import Info, ListOrder, decode, many, one, values, verb
from schema.base.verb import told
from schema.shift.type import (
    RosterFilter,
    Shift,
    ShiftArchiveInput,
    ShiftArchivePayload,
    ShiftAssignInput,
    ShiftAssignment,
    ShiftAssignPayload,
    ShiftAssignResult,
    ShiftCreateInput,
    ShiftCreatePayload,
    ShiftFilter,
    ShiftUnassignInput,
    ShiftUnassignPayload,
)


@strawberry.type
class ShiftQuery:
    """Reads of shifts."""

    shift: Shift | None = one("A Shift.", "Shift")
    shift_assignment: ShiftAssignment | None = one("A ShiftAssignment.", "ShiftAssignment")

    @many("Shifts of a Property.", Shift)
    def shifts(
        self,
        info: Info,
        property_id: strawberry.ID,
        filter: ShiftFilter | None = None,
        order: ListOrder = ListOrder.OLDEST,
    ) -> Rows:
        """Shifts of a Property."""
        place = decode("Property", property_id, "property_id")
        return usecase.patterns(info.context.viewer, place, order.order, **values(filter or ShiftFilter()))

    @many(
        "排班表: who works when in a Property, by day; with roster.read there of all, otherwise the own.",
        ShiftAssignment,
        page=500,
    )
    def roster(self, info: Info, property_id: strawberry.ID, filter: RosterFilter | None = None) -> Rows:
        """Assignments of a Property."""
        place = decode("Property", property_id, "property_id")
        return usecase.roster(info.context.viewer, place, **values(filter or RosterFilter()))

    @many("当班: the assignments of a Property that go on at an instant, now unless told.", ShiftAssignment, page=500)
    def staff_on_duty(
        self,
        info: Info,
        property_id: strawberry.ID,
        at: datetime | None = None,
        present: Annotated[
            bool | None, strawberry.argument(description="Only of people who are checked in there now, or are not.")
        ] = None,
    ) -> Rows:
        """Who is on duty."""
        place = decode("Property", property_id, "property_id")
        return usecase.on_duty(info.context.viewer, place, at or info.context.house.clock.now(), present=present)


@strawberry.type
class ShiftMutation:
    """Verbs of shifts. They need staff.manage in the Property."""

    @verb("Make a Shift of a Property.", permission=Permission.STAFF_MANAGE)
    async def shift_create(self, info: Info, input: ShiftCreateInput) -> ShiftCreatePayload | None:
        """Make it."""
        made = await usecase.create(info.context.viewer, info.context.house, **values(input))
        return ShiftCreatePayload(shift=await info.context.show("Shift", made.id))

    @verb(
        "Give up a Shift: who is assigned to it works it, nobody else is.",
        shows="Shift",
        permission=Permission.STAFF_MANAGE,
    )
    async def shift_archive(
        self, info: Info, id: strawberry.ID, input: ShiftArchiveInput
    ) -> ShiftArchivePayload | None:
        """End it."""
        context = info.context
        row = await usecase.archive(context.viewer, context.house, decode("Shift", id), **values(input))
        return ShiftArchivePayload(shift=await context.show("Shift", row.id))

    @verb(
        "Put people on the roster, each item with a result of its own. Refused: what overlaps, and less free time"
        " between two shifts than the longer `restMinutes` of both.",
        permission=Permission.STAFF_MANAGE,
    )
    async def shift_assign(self, info: Info, input: ShiftAssignInput) -> ShiftAssignPayload | None:
        """Assign."""
        context = info.context
        items = [usecase.Wanted(**values(item)) for item in input.items]
        done = await usecase.assign(context.viewer, context.house, items)
        return ShiftAssignPayload(results=[await _result(context, one) for one in done])

    @verb("Take somebody off the roster.", shows="ShiftAssignment", permission=Permission.STAFF_MANAGE)
    async def shift_unassign(
        self, info: Info, id: strawberry.ID, input: ShiftUnassignInput
    ) -> ShiftUnassignPayload | None:
        """Take off."""
        context = info.context
        row = await usecase.unassign(context.viewer, context.house, decode("ShiftAssignment", id), **values(input))
        return ShiftUnassignPayload(shift_assignment=await context.show("ShiftAssignment", row.id))


async def _result(context: Any, done: Any) -> ShiftAssignResult:
    if isinstance(done, Refusal):
        return ShiftAssignResult(shift_assignment=None, user_errors=[told(done, context.locale, has_input=False)])
    return ShiftAssignResult(shift_assignment=await context.show("ShiftAssignment", done.id), user_errors=[])
