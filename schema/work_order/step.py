"""What the verbs of a work order take and answer."""

from __future__ import annotations

import strawberry

from schema.base import GeoPointInput, MoneyInput, Payload, ref, text
from schema.work_order.type import WorkOrder

AFTER_VERB = "The order after the verb; on a refusal because of its status or version, as it is now."


@strawberry.input(description="To whom the order goes.")
class WorkOrderAssignInput:
    """To whom the order goes."""

    expected_version: int = text("The version the viewer saw; a newer one is a CONFLICT.")
    staff_id: strawberry.ID = ref("Staff", "Who carries it out: does work orders in this Property.")
    note: str | None = text(
        "For the assignee; at most 2,000 characters. To take it from who has taken it on, the reason: 1 at least.",
        optional=True,
    )


@strawberry.type(description="Answer to workOrderAssign.")
class WorkOrderAssignPayload(Payload):
    """The order after the verb."""

    work_order: WorkOrder | None = strawberry.field(default=None, description=AFTER_VERB)


@strawberry.input(description="The assignee takes the order on.")
class WorkOrderAcceptInput:
    """The assignee takes the order on."""

    expected_version: int = text("The version the viewer saw; a newer one is a CONFLICT.")
    note: str | None = text("What is said with it; at most 2,000 characters.", optional=True)
    location: GeoPointInput | None = text("Where the phone is, for staff.", optional=True)


@strawberry.type(description="Answer to workOrderAccept.")
class WorkOrderAcceptPayload(Payload):
    """The order after the verb."""

    work_order: WorkOrder | None = strawberry.field(default=None, description=AFTER_VERB)


@strawberry.input(description="The assignee gives the order back.")
class WorkOrderDeclineInput:
    """The assignee gives the order back."""

    expected_version: int = text("The version the viewer saw; a newer one is a CONFLICT.")
    note: str = text("Why; 1 to 2,000 characters.")
    location: GeoPointInput | None = text("Where the phone is, for staff.", optional=True)


@strawberry.type(description="Answer to workOrderDecline.")
class WorkOrderDeclinePayload(Payload):
    """The order after the verb."""

    work_order: WorkOrder | None = strawberry.field(default=None, description=AFTER_VERB)


@strawberry.input(description="The assignee sets out.")
class WorkOrderDepartInput:
    """The assignee sets out."""

    expected_version: int = text("The version the viewer saw; a newer one is a CONFLICT.")
    note: str | None = text("What is said with it; at most 2,000 characters.", optional=True)
    location: GeoPointInput | None = text("Where the phone is, for staff.", optional=True)


@strawberry.type(description="Answer to workOrderDepart.")
class WorkOrderDepartPayload(Payload):
    """The order after the verb."""

    work_order: WorkOrder | None = strawberry.field(default=None, description=AFTER_VERB)


@strawberry.input(description="The assignee begins the work, or goes on.")
class WorkOrderStartInput:
    """The assignee begins the work, or goes on."""

    expected_version: int = text("The version the viewer saw; a newer one is a CONFLICT.")
    note: str | None = text("What is said with it; at most 2,000 characters.", optional=True)
    location: GeoPointInput | None = text("Where the phone is, for staff.", optional=True)
    photo_ids: list[strawberry.ID] = strawberry.field(
        description="Up to 9 files of fileUpload: how it was before the work.",
        default_factory=list,
        metadata={"ref": "File"},
    )


@strawberry.type(description="Answer to workOrderStart.")
class WorkOrderStartPayload(Payload):
    """The order after the verb."""

    work_order: WorkOrder | None = strawberry.field(default=None, description=AFTER_VERB)


@strawberry.input(description="Parts are missing.")
class WorkOrderWaitInput:
    """Parts are missing."""

    expected_version: int = text("The version the viewer saw; a newer one is a CONFLICT.")
    note: str = text("Which ones; 1 to 2,000 characters.")
    location: GeoPointInput | None = text("Where the phone is, for staff.", optional=True)


@strawberry.type(description="Answer to workOrderWait.")
class WorkOrderWaitPayload(Payload):
    """The order after the verb."""

    work_order: WorkOrder | None = strawberry.field(default=None, description=AFTER_VERB)


@strawberry.input(description="What was done.")
class WorkOrderCompleteInput:
    """What was done."""

    expected_version: int = text("The version the viewer saw; a newer one is a CONFLICT.")
    result: str = text("What was done; 1 to 2,000 characters.")
    photo_ids: list[strawberry.ID] = strawberry.field(
        description="Up to 9 files of fileUpload: how it is after the work.",
        default_factory=list,
        metadata={"ref": "File"},
    )
    note: str | None = text("For staff; at most 2,000 characters.", optional=True)
    location: GeoPointInput | None = text("Where the phone is, for staff.", optional=True)


@strawberry.type(description="Answer to workOrderComplete.")
class WorkOrderCompletePayload(Payload):
    """The order after the verb."""

    work_order: WorkOrder | None = strawberry.field(default=None, description=AFTER_VERB)


@strawberry.input(description="Somebody else has checked the work.")
class WorkOrderVerifyInput:
    """Somebody else has checked the work."""

    expected_version: int = text("The version the viewer saw; a newer one is a CONFLICT.")
    note: str | None = text("What is said with it; at most 2,000 characters.", optional=True)
    location: GeoPointInput | None = text("Where the phone is, for staff.", optional=True)


@strawberry.type(description="Answer to workOrderVerify.")
class WorkOrderVerifyPayload(Payload):
    """The order after the verb."""

    work_order: WorkOrder | None = strawberry.field(default=None, description=AFTER_VERB)


@strawberry.input(description="The work has to be done better.")
class WorkOrderReturnInput:
    """The work has to be done better."""

    expected_version: int = text("The version the viewer saw; a newer one is a CONFLICT.")
    note: str = text("What is wrong; 1 to 2,000 characters.")
    location: GeoPointInput | None = text("Where the phone is, for staff.", optional=True)


@strawberry.type(description="Answer to workOrderReturn.")
class WorkOrderReturnPayload(Payload):
    """The order after the verb."""

    work_order: WorkOrder | None = strawberry.field(default=None, description=AFTER_VERB)


@strawberry.input(description="It is over.")
class WorkOrderCloseInput:
    """It is over."""

    expected_version: int = text("The version the viewer saw; a newer one is a CONFLICT.")
    note: str | None = text("What is said with it; at most 2,000 characters.", optional=True)


@strawberry.type(description="Answer to workOrderClose.")
class WorkOrderClosePayload(Payload):
    """The order after the verb."""

    work_order: WorkOrder | None = strawberry.field(default=None, description=AFTER_VERB)


@strawberry.input(description="It is called off.")
class WorkOrderCancelInput:
    """It is called off."""

    expected_version: int = text("The version the viewer saw; a newer one is a CONFLICT.")
    note: str = text("Why; 1 to 2,000 characters.")


@strawberry.type(description="Answer to workOrderCancel.")
class WorkOrderCancelPayload(Payload):
    """The order after the verb."""

    work_order: WorkOrder | None = strawberry.field(default=None, description=AFTER_VERB)


@strawberry.input(description="It is not over after all.")
class WorkOrderReopenInput:
    """It is not over after all."""

    expected_version: int = text("The version the viewer saw; a newer one is a CONFLICT.")
    note: str = text("Why; 1 to 2,000 characters.")


@strawberry.type(description="Answer to workOrderReopen.")
class WorkOrderReopenPayload(Payload):
    """The order after the verb."""

    work_order: WorkOrder | None = strawberry.field(default=None, description=AFTER_VERB)


@strawberry.input(description="One item of the checklist.")
class WorkOrderCheckInput:
    """One item of the checklist."""

    item_id: strawberry.ID = ref("WorkOrderItem", "Which item of this order.")
    done: bool = text("Whether it is done; false takes the tick back.", default=True)


@strawberry.type(description="Answer to workOrderCheck.")
class WorkOrderCheckPayload(Payload):
    """The order after the verb."""

    work_order: WorkOrder | None = strawberry.field(default=None, description=AFTER_VERB)


@strawberry.input(description="Time that somebody spent.")
class WorkOrderRecordLabourInput:
    """Time that somebody spent."""

    expected_version: int = text("The version the viewer saw; a newer one is a CONFLICT.")
    staff_id: strawberry.ID = ref("Staff", "Who spent it.")
    minutes: int = text("Minutes, -1,440 to 1,440 and not 0; negative corrects an earlier entry.")
    cost: MoneyInput | None = strawberry.field(
        description="What it costs the company; of the sign of the minutes.", default=None, metadata={"signed": True}
    )
    note: str | None = text("What is said with it; at most 200 characters.", optional=True)


@strawberry.type(description="Answer to workOrderRecordLabour.")
class WorkOrderRecordLabourPayload(Payload):
    """The order after the verb."""

    work_order: WorkOrder | None = strawberry.field(default=None, description=AFTER_VERB)


@strawberry.input(description="Who outside does the work.")
class WorkOrderSetContractorInput:
    """Who outside does the work."""

    expected_version: int = text("The version the viewer saw; a newer one is a CONFLICT.")
    name: str | None = text("Who; at most 80 characters. Null: nobody any more.", optional=True)
    phone: str | None = text("How to reach them; at most 30 characters.", optional=True)
    cost: MoneyInput | None = text("What they cost the company.", optional=True)


@strawberry.type(description="Answer to workOrderSetContractor.")
class WorkOrderSetContractorPayload(Payload):
    """The order after the verb."""

    work_order: WorkOrder | None = strawberry.field(default=None, description=AFTER_VERB)
