"""What a shift and an assignment show, and what their verbs take and answer."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import strawberry

import models
from schema.base import Node, Payload, UserError, column, node, ref, text, to_one
from schema.place import Property
from schema.staff import Staff

VERSION = "The version the viewer saw; a newer one is a CONFLICT."


@node(models.Shift, "班次: a pattern of a Property, in its local time.")
class Shift(Node):
    """A pattern of a Property."""

    property: Property | None = to_one("The estate.")
    name: str = column("For people, such as 早班; unique among the Property's shifts that are not archived.")
    starts_at: str = column("Local time as HH:MM.")
    ends_at: str = column("Local time as HH:MM; not after `startsAt`, it is on the next day.")
    break_minutes: int = column("Minutes of break in it.")
    rest_minutes: int = column("Minutes of free time that it needs before and after it.")
    archived_at: datetime | None = column("When it was given up; null while it is in use.")
    created_at: datetime = column("When it was made.")
    version: int = column("Grows by one with each change.")


@node(models.ShiftAssignment, "排班: somebody works a Shift that begins on a day.")
class ShiftAssignment(Node):
    """Somebody works a Shift."""

    property: Property | None = to_one("The estate.")
    shift: Shift | None = to_one("Which; null for a viewer without staff.read there.")
    staff: Staff | None = to_one("Who.")
    day: date = column("On which day it begins, in the Property.")
    starts_at: datetime = column("When it begins.")
    ends_at: datetime = column("When it ends.")
    cancelled_at: datetime | None = column("When it was taken off the roster; null while it is on it.")
    created_at: datetime = column("When it was put on the roster.")
    version: int = column("Grows by one with each change.")


@strawberry.input(description="Which shifts.")
class ShiftFilter:
    """Which shifts."""

    archived: bool | None = text("True: only archived ones; false: only those in use.", optional=True)


@strawberry.input(description="Which assignments: all that is given holds.")
class RosterFilter:
    """Which assignments."""

    since: date | None = strawberry.field(name="from", default=None, description="Only from this day on.")
    until: date | None = text("Only before this day.", optional=True)
    staff_id: strawberry.ID | None = ref("Staff", "Only of this member of staff.", optional=True)
    cancelled: bool | None = text("True: only those taken off; false: only those on the roster.", optional=True)


@strawberry.input(description="A shift to make.")
class ShiftCreateInput:
    """A shift to make."""

    property_id: strawberry.ID = ref("Property", "In which Property.")
    name: str = text("For people, unique in the Property; 1 to 80 characters.")
    starts_at: str = text("Local time as HH:MM.")
    ends_at: str = text("Local time as HH:MM; not after `startsAt`, it is on the next day. At most 16 hours later.")
    break_minutes: int = text("Minutes of break in it; shorter than the shift.", default=0)
    rest_minutes: int = text("Minutes of free time that it needs before and after it; 0 to 2,880.", default=660)


@strawberry.input(description="Which state of the shift the viewer saw.")
class ShiftArchiveInput:
    """Which state the viewer saw."""

    expected_version: int = text(VERSION)


@strawberry.input(description="Who works which shift on which day.")
class ShiftAssignItemInput:
    """An item of a roster."""

    staff_id: strawberry.ID = ref("Staff", "Who; employed on that day.")
    shift_id: strawberry.ID = ref("Shift", "Which.")
    day: date = text("On which day it begins, in the Property.")


@strawberry.input(description="A roster.")
class ShiftAssignInput:
    """A roster."""

    items: list[ShiftAssignItemInput] = text("1 to 200, taken one after the other.")


@strawberry.input(description="Which state of the assignment the viewer saw.")
class ShiftUnassignInput:
    """Which state the viewer saw."""

    expected_version: int = text(VERSION)


def _shown(words: str) -> Any:
    return strawberry.field(default=None, description=words)


@strawberry.type(description="Answer to shiftCreate.")
class ShiftCreatePayload(Payload):
    """The new shift."""

    shift: Shift | None = _shown("The new one.")


@strawberry.type(description="Answer to shiftArchive.")
class ShiftArchivePayload(Payload):
    """The archived shift."""

    shift: Shift | None = _shown("As it is now.")


@strawberry.type(description="What became of one item of a roster.")
class ShiftAssignResult:
    """What became of one item."""

    shift_assignment: ShiftAssignment | None = strawberry.field(description="The new one; null when it was refused.")
    user_errors: list[UserError] = strawberry.field(
        description="Empty when it was done; otherwise nothing of this item was written. FORBIDDEN stands here too."
    )


@strawberry.type(description="Answer to shiftAssign.")
class ShiftAssignPayload(Payload):
    """What became of each."""

    results: list[ShiftAssignResult] = strawberry.field(
        default_factory=list, description="One for each item, in the order of the input."
    )


@strawberry.type(description="Answer to shiftUnassign.")
class ShiftUnassignPayload(Payload):
    """What was taken off."""

    shift_assignment: ShiftAssignment | None = _shown("As it is now.")
