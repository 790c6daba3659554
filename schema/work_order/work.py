"""What people do with a work order."""

from __future__ import annotations

import strawberry

from models.rules.permission import Permission
from models.rules.work_order import WorkOrderVerb
from resolvers import work_order as usecase
from schema.base import Info, decode, values, verb
from schema.work_order import step
from schema.work_order.step import (
    WorkOrderAcceptPayload,
    WorkOrderAssignPayload,
    WorkOrderCancelPayload,
    WorkOrderClosePayload,
    WorkOrderCompletePayload,
    WorkOrderDeclinePayload,
    WorkOrderDepartPayload,
    WorkOrderReopenPayload,
    WorkOrderReturnPayload,
    WorkOrderStartPayload,
    WorkOrderVerifyPayload,
    WorkOrderWaitPayload,
)


@strawberry.type
class WorkMutation:
    """Steps of an order."""

    @verb(
        "Assign an order to a member of staff, or to another one.",
        shows="WorkOrder",
        permission=Permission.WORK_ORDER_ASSIGN,
    )
    async def work_order_assign(
        self, info: Info, id: strawberry.ID, input: step.WorkOrderAssignInput
    ) -> WorkOrderAssignPayload | None:
        """Assign an order to a member of staff."""
        context = info.context
        done = await usecase.assign(context.viewer, context.house, decode("WorkOrder", id), **values(input))
        return WorkOrderAssignPayload(work_order=await context.show("WorkOrder", done.id))

    @verb("Accept an order; its assignee only.", shows="WorkOrder", permission=Permission.WORK_ORDER_WORK)
    async def work_order_accept(
        self, info: Info, id: strawberry.ID, input: step.WorkOrderAcceptInput
    ) -> WorkOrderAcceptPayload | None:
        """Accept an order."""
        context = info.context
        done = await usecase.step(
            context.viewer, context.house, WorkOrderVerb.ACCEPT, decode("WorkOrder", id), **values(input)
        )
        return WorkOrderAcceptPayload(work_order=await context.show("WorkOrder", done.id))

    @verb(
        "Give an order back, with the reason; its assignee only.",
        shows="WorkOrder",
        permission=Permission.WORK_ORDER_WORK,
    )
    async def work_order_decline(
        self, info: Info, id: strawberry.ID, input: step.WorkOrderDeclineInput
    ) -> WorkOrderDeclinePayload | None:
        """Give an order back."""
        context = info.context
        done = await usecase.step(
            context.viewer, context.house, WorkOrderVerb.DECLINE, decode("WorkOrder", id), **values(input)
        )
        return WorkOrderDeclinePayload(work_order=await context.show("WorkOrder", done.id))

    @verb("Set out; its assignee only.", shows="WorkOrder", permission=Permission.WORK_ORDER_WORK)
    async def work_order_depart(
        self, info: Info, id: strawberry.ID, input: step.WorkOrderDepartInput
    ) -> WorkOrderDepartPayload | None:
        """Set out."""
        context = info.context
        done = await usecase.step(
            context.viewer, context.house, WorkOrderVerb.DEPART, decode("WorkOrder", id), **values(input)
        )
        return WorkOrderDepartPayload(work_order=await context.show("WorkOrder", done.id))

    @verb(
        "Begin the work, or go on after waiting; its assignee only.",
        shows="WorkOrder",
        permission=Permission.WORK_ORDER_WORK,
    )
    async def work_order_start(
        self, info: Info, id: strawberry.ID, input: step.WorkOrderStartInput
    ) -> WorkOrderStartPayload | None:
        """Begin the work."""
        context = info.context
        done = await usecase.start(context.viewer, context.house, decode("WorkOrder", id), **values(input))
        return WorkOrderStartPayload(work_order=await context.show("WorkOrder", done.id))

    @verb("Let it wait for parts; its assignee only.", shows="WorkOrder", permission=Permission.WORK_ORDER_WORK)
    async def work_order_wait(
        self, info: Info, id: strawberry.ID, input: step.WorkOrderWaitInput
    ) -> WorkOrderWaitPayload | None:
        """Let it wait for parts."""
        context = info.context
        done = await usecase.step(
            context.viewer, context.house, WorkOrderVerb.WAIT, decode("WorkOrder", id), **values(input)
        )
        return WorkOrderWaitPayload(work_order=await context.show("WorkOrder", done.id))

    @verb("Report the work done; its assignee only.", shows="WorkOrder", permission=Permission.WORK_ORDER_WORK)
    async def work_order_complete(
        self, info: Info, id: strawberry.ID, input: step.WorkOrderCompleteInput
    ) -> WorkOrderCompletePayload | None:
        """Report the work done."""
        context = info.context
        done = await usecase.complete(
            context.viewer, context.house, decode("WorkOrder", id), usecase.Report(**values(input))
        )
        return WorkOrderCompletePayload(work_order=await context.show("WorkOrder", done.id))

    @verb("Pass work that somebody else has done.", shows="WorkOrder", permission=Permission.WORK_ORDER_VERIFY)
    async def work_order_verify(
        self, info: Info, id: strawberry.ID, input: step.WorkOrderVerifyInput
    ) -> WorkOrderVerifyPayload | None:
        """Pass work that somebody else has done.."""
        context = info.context
        done = await usecase.step(
            context.viewer, context.house, WorkOrderVerb.VERIFY, decode("WorkOrder", id), **values(input)
        )
        return WorkOrderVerifyPayload(work_order=await context.show("WorkOrder", done.id))

    @verb(
        "Ask for rework, with the reason: its assignee accepts it anew.",
        shows="WorkOrder",
        permission=Permission.WORK_ORDER_VERIFY,
    )
    async def work_order_return(
        self, info: Info, id: strawberry.ID, input: step.WorkOrderReturnInput
    ) -> WorkOrderReturnPayload | None:
        """Ask for rework."""
        context = info.context
        done = await usecase.step(
            context.viewer, context.house, WorkOrderVerb.RETURN, decode("WorkOrder", id), **values(input)
        )
        return WorkOrderReturnPayload(work_order=await context.show("WorkOrder", done.id))

    @verb("Close an order that was verified.", shows="WorkOrder", permission=Permission.WORK_ORDER_VERIFY)
    async def work_order_close(
        self, info: Info, id: strawberry.ID, input: step.WorkOrderCloseInput
    ) -> WorkOrderClosePayload | None:
        """Close an order that was verified.."""
        context = info.context
        done = await usecase.step(
            context.viewer, context.house, WorkOrderVerb.CLOSE, decode("WorkOrder", id), **values(input)
        )
        return WorkOrderClosePayload(work_order=await context.show("WorkOrder", done.id))

    @verb(
        "Call an order off, with the reason, before it is done.",
        shows="WorkOrder",
        permission=Permission.WORK_ORDER_ASSIGN,
    )
    async def work_order_cancel(
        self, info: Info, id: strawberry.ID, input: step.WorkOrderCancelInput
    ) -> WorkOrderCancelPayload | None:
        """Call an order off."""
        context = info.context
        done = await usecase.step(
            context.viewer, context.house, WorkOrderVerb.CANCEL, decode("WorkOrder", id), **values(input)
        )
        return WorkOrderCancelPayload(work_order=await context.show("WorkOrder", done.id))

    @verb(
        "Reopen an order that was verified or closed, until `reopenUntil`; it is assigned anew.",
        shows="WorkOrder",
        permission=Permission.WORK_ORDER_VERIFY,
    )
    async def work_order_reopen(
        self, info: Info, id: strawberry.ID, input: step.WorkOrderReopenInput
    ) -> WorkOrderReopenPayload | None:
        """Reopen an order that was verified or closed."""
        context = info.context
        done = await usecase.step(
            context.viewer, context.house, WorkOrderVerb.REOPEN, decode("WorkOrder", id), **values(input)
        )
        return WorkOrderReopenPayload(work_order=await context.show("WorkOrder", done.id))
