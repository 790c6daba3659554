"""The steps that people take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models import File, Property, Staff
from models.errors import ErrorCode, Refusal
from models.rules.file import PhotoMoment
from models.rules.ticket import MAX_PHOTOS
from models.rules.work_order import WorkOrderStatus, WorkOrderVerb
from resolvers.dispatch import by_hand, to_be_accepted
from resolvers.dispatch.crew import workers
from resolvers.file import attach_photos
from resolvers.unit import unit_of_work
from resolvers.work_order.step import Told, check_list, check_note, check_photos, ready, take_step

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from models import WorkOrder
    from models.rules.place import Spot
    from models.viewer import Viewer
    from resolvers.ports import House
    from resolvers.unit import Unit


@dataclass(frozen=True, kw_only=True)
class Report:
    """What was done, as its assignee says it."""

    expected_version: int
    result: str
    photo_ids: Sequence[UUID] = ()
    note: str | None = None
    location: Spot | None = None


async def step(
    viewer: Viewer | None,
    house: House,
    verb: WorkOrderVerb,
    id_: UUID,
    expected_version: int,
    note: str | None = None,
    location: Spot | None = None,
) -> WorkOrder:
    """A step that says no more than a note and a place: all but those below."""
    async with unit_of_work(house, viewer) as unit:
        order = await ready(unit, id_, verb, expected_version)
        await take_step(unit, order, verb, Told(note=note, location=location))
    return order


async def assign(
    viewer: Viewer | None, house: House, id_: UUID, expected_version: int, staff_id: UUID, note: str | None = None
) -> WorkOrder:
    """Give an order to a member of staff who works in its Property; again, to somebody else."""
    async with unit_of_work(house, viewer) as unit:
        order = await ready(unit, id_, WorkOrderVerb.ASSIGN, expected_version)
        staff = await unit.find(Staff, staff_id, "staff_id")
        await eligible(unit, staff, order)
        why = await by_hand(unit, order, staff.id)
        given = {"assignee_id": staff.id, "dispatch_decision_id": why.id, **await to_be_accepted(unit, order)}
        await take_step(unit, order, WorkOrderVerb.ASSIGN, Told(note=note), **given)
    return order


async def start(
    viewer: Viewer | None,
    house: House,
    id_: UUID,
    expected_version: int,
    note: str | None = None,
    location: Spot | None = None,
    photo_ids: Sequence[UUID] = (),
) -> WorkOrder:
    """The assignee begins the work, or goes on after waiting; with photos of how it was."""
    async with unit_of_work(house, viewer) as unit:
        order = await ready(unit, id_, WorkOrderVerb.START, expected_version)
        if order.status is not WorkOrderStatus.WAITING_FOR_PARTS:
            await check_photos(unit, order, PhotoMoment.BEFORE, photo_ids)
        await take_step(unit, order, WorkOrderVerb.START, Told(note=note, location=location))
        await _attach(unit, order, PhotoMoment.BEFORE, photo_ids)
    return order


async def complete(viewer: Viewer | None, house: House, id_: UUID, report: Report) -> WorkOrder:
    """The assignee reports the work done, with its result and photos of how it is now."""
    async with unit_of_work(house, viewer) as unit:
        order = await ready(unit, id_, WorkOrderVerb.COMPLETE, report.expected_version)
        check_note(report.result, needed=True, field="result")
        await check_photos(unit, order, PhotoMoment.AFTER, report.photo_ids)
        await check_list(order)
        told = Told(note=report.note, location=report.location)
        await take_step(unit, order, WorkOrderVerb.COMPLETE, told, result=report.result.strip())
        await _attach(unit, order, PhotoMoment.AFTER, report.photo_ids)
    return order


async def _attach(unit: Unit, order: WorkOrder, moment: PhotoMoment, photo_ids: Sequence[UUID]) -> None:
    """At most MAX_PHOTOS of each moment, rework included."""
    if not photo_ids:
        return
    held = await File.filter(work_order_id=order.id, moment=moment).count()
    if held + len(set(photo_ids)) > MAX_PHOTOS:
        raise Refusal(ErrorCode.BAD_USER_INPUT, field="photo_ids", message="TOO_MANY_PHOTOS", max=MAX_PHOTOS)
    whose = {"property_id": order.property_id, "reporter_id": order.reporter_id}
    await attach_photos(unit, photo_ids, work_order_id=order.id, moment=moment, **whose)


async def eligible(unit: Unit, staff: Staff, order: WorkOrder) -> None:
    """Refuse a member of staff who has left or who does no work orders in this Property."""
    estate = await Property.get(id=order.property_id)
    if staff.id not in await workers(unit, estate, staff.id):
        raise Refusal(ErrorCode.STAFF_NOT_ELIGIBLE, field="staff_id")
