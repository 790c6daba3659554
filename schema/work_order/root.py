"""Reads, verbs and streams of work orders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import strawberry

from models.query import Query as Rows
from models.rules.permission import Permission
from resolvers import work_order as usecase
from schema.base import ChangeOrder, Cursor, Info, decode, live, many, one, values, verb
from schema.base.verb import told
from schema.work_order.board import BoardQuery
from schema.work_order.charge import ChargeMutation, CostQuery
from schema.work_order.extra import ExtraMutation
from schema.work_order.many import (
    WorkOrderAssignManyInput,
    WorkOrderAssignManyPayload,
    WorkOrderCancelManyInput,
    WorkOrderCancelManyPayload,
    WorkOrderOfManyInput,
    WorkOrderOfManyResult,
)
from schema.work_order.type import WorkOrder, WorkOrderChanged, WorkOrderFilter
from schema.work_order.work import WorkMutation

if TYPE_CHECKING:
    from models.errors import Refusal


@strawberry.type
class WorkOrderQuery(BoardQuery, CostQuery):
    """Reads of work orders."""

    @many("Work orders of a Property: all, the own (resident) or the assigned ones (technician).", WorkOrder, page=500)
    def work_orders(
        self,
        info: Info,
        property_id: strawberry.ID,
        filter: WorkOrderFilter | None = None,
        order: ChangeOrder = ChangeOrder.NEWEST,
    ) -> Rows:
        """Work orders of a Property."""
        place = decode("Property", property_id, "property_id")
        return usecase.in_property(info.context.viewer, place, order.order, values(filter or WorkOrderFilter()))

    work_order: WorkOrder | None = one("A WorkOrder.", "WorkOrder")


@strawberry.type
class WorkOrderMutation(WorkMutation, ExtraMutation, ChargeMutation):
    """Verbs of work orders."""

    @verb(
        "Assign up to 100 orders to one member of staff: each is done or refused by itself.",
        permission=Permission.WORK_ORDER_ASSIGN,
    )
    async def work_order_assign_many(
        self, info: Info, input: WorkOrderAssignManyInput
    ) -> WorkOrderAssignManyPayload | None:
        """Assign many."""
        wanted = _wanted(input)
        done = await usecase.assign_many(info.context.viewer, info.context.house, **wanted)
        return WorkOrderAssignManyPayload(results=await _results(info, input.items, done))

    @verb(
        "Call up to 100 orders off, with the reason: each is done or refused by itself.",
        permission=Permission.WORK_ORDER_ASSIGN,
    )
    async def work_order_cancel_many(
        self, info: Info, input: WorkOrderCancelManyInput
    ) -> WorkOrderCancelManyPayload | None:
        """Cancel many."""
        wanted = _wanted(input)
        done = await usecase.cancel_many(info.context.viewer, info.context.house, **wanted)
        return WorkOrderCancelManyPayload(results=await _results(info, input.items, done))


def _wanted(input_: WorkOrderAssignManyInput | WorkOrderCancelManyInput) -> dict[str, Any]:
    return values(input_) | {"items": [usecase.Wanted(**values(item)) for item in input_.items]}


async def _results(
    info: Info, items: list[WorkOrderOfManyInput], done: list[Refusal | None]
) -> list[WorkOrderOfManyResult]:
    return [
        WorkOrderOfManyResult(
            id=item.id,
            work_order=await info.context.show("WorkOrder", decode("WorkOrder", item.id)),
            user_errors=[] if refusal is None else [told(refusal, info.context.locale, has_input=True)],
        )
        for item, refusal in zip(items, done, strict=True)
    ]


@strawberry.type
class WorkOrderSubscription:
    """Work orders live."""

    @live("Every step of the work orders of a Property that the viewer may see.", WorkOrderChanged, states=True)
    def work_order_changed(self, info: Info, property_id: strawberry.ID, after: Cursor | None = None) -> object:
        """Work orders live."""
        return usecase.changes(info.context.viewer, decode("Property", property_id, "property_id"), after)
