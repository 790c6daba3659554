"""What is added to a work order besides its steps."""

from __future__ import annotations

import strawberry

from models.rules.permission import Permission
from resolvers import work_order as usecase
from schema.base import Info, decode, values, verb
from schema.work_order import step
from schema.work_order.step import (
    WorkOrderCheckPayload,
    WorkOrderRecordLabourPayload,
    WorkOrderSetContractorPayload,
)


@strawberry.type
class ExtraMutation:
    """Checklist, labour, contractor."""

    @verb(
        "Tick an item of the checklist off; its assignee only.",
        shows="WorkOrder",
        permission=Permission.WORK_ORDER_WORK,
    )
    async def work_order_check(
        self, info: Info, id: strawberry.ID, input: step.WorkOrderCheckInput
    ) -> WorkOrderCheckPayload | None:
        """Tick an item of the checklist off."""
        context = info.context
        done = await usecase.check_item(context.viewer, context.house, decode("WorkOrder", id), **values(input))
        return WorkOrderCheckPayload(work_order=await context.show("WorkOrder", done.id))

    @verb(
        "Record time spent on it: its assignee, or who checks work there.",
        shows="WorkOrder",
        scopes=frozenset({Permission.WORK_ORDER_VERIFY}),
    )
    async def work_order_record_labour(
        self, info: Info, id: strawberry.ID, input: step.WorkOrderRecordLabourInput
    ) -> WorkOrderRecordLabourPayload | None:
        """Record time spent on it: its assignee."""
        context = info.context
        done = await usecase.record_labour(
            context.viewer, context.house, decode("WorkOrder", id), usecase.Labour(**values(input))
        )
        return WorkOrderRecordLabourPayload(work_order=await context.show("WorkOrder", done.id))

    @verb("Say who outside does the work.", shows="WorkOrder", permission=Permission.WORK_ORDER_ASSIGN)
    async def work_order_set_contractor(
        self, info: Info, id: strawberry.ID, input: step.WorkOrderSetContractorInput
    ) -> WorkOrderSetContractorPayload | None:
        """Say who outside does the work.."""
        context = info.context
        done = await usecase.set_contractor(context.viewer, context.house, decode("WorkOrder", id), **values(input))
        return WorkOrderSetContractorPayload(work_order=await context.show("WorkOrder", done.id))
