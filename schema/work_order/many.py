"""One verb on many orders: what it takes, and what it answers for each."""

from __future__ import annotations

import strawberry

from schema.base import Payload, UserError, ref, text
from schema.work_order.type import WorkOrder


@strawberry.input(description="An order of a batch.")
class WorkOrderOfManyInput:
    """An order of a batch."""

    id: strawberry.ID = ref("WorkOrder", "Which order.")
    expected_version: int = text("The version the viewer saw; a newer one is a CONFLICT.")


@strawberry.input(description="To whom many orders go.")
class WorkOrderAssignManyInput:
    """To whom many orders go."""

    items: list[WorkOrderOfManyInput] = text("1 to 100 orders, each once.")
    staff_id: strawberry.ID = ref("Staff", "Who carries them out: does work orders in their Property.")
    note: str | None = text("For the assignee, or the reason; at most 2,000 characters.", optional=True)


@strawberry.input(description="Many orders are called off.")
class WorkOrderCancelManyInput:
    """Many orders are called off."""

    items: list[WorkOrderOfManyInput] = text("1 to 100 orders, each once.")
    note: str = text("Why; 1 to 2,000 characters.")


@strawberry.type(description="What became of one order of a batch.")
class WorkOrderOfManyResult:
    """What became of one order of a batch."""

    id: strawberry.ID = strawberry.field(description="Which order, as it was named.")
    work_order: WorkOrder | None = strawberry.field(description="The order as it is now; null when out of sight.")
    user_errors: list[UserError] = strawberry.field(
        description="Empty when it was done; otherwise nothing of it was changed. FORBIDDEN stands here too."
    )


@strawberry.type(description="Answer to workOrderAssignMany.")
class WorkOrderAssignManyPayload(Payload):
    """What became of each."""

    results: list[WorkOrderOfManyResult] = strawberry.field(
        default_factory=list, description="One for each order, in the order of the input."
    )


@strawberry.type(description="Answer to workOrderCancelMany.")
class WorkOrderCancelManyPayload(Payload):
    """What became of each."""

    results: list[WorkOrderOfManyResult] = strawberry.field(
        default_factory=list, description="One for each order, in the order of the input."
    )
