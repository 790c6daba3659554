"""What work cost, and what of it a resident is charged."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import strawberry

from models.rules.bill import Line
from models.rules.charge import MAX_DAYS, MOST_COSTS, WorkOrderCostGroup
from models.rules.permission import Permission
from resolvers import work_order as usecase
from schema.base import Decimal4, Info, Money, Payload, decode, ref, text, values, verb
from schema.base.argument import ARGUMENTS
from schema.base.money import shown
from schema.bill import Bill, BillLineInput
from schema.place import Property
from schema.team import Team
from schema.work_order.type import WorkOrder


@strawberry.input(description="At what price an item that the order used is charged.")
class WorkOrderChargeMaterialInput:
    """A material of the order."""

    material_id: strawberry.ID = ref("WorkOrderMaterial", "Which of the order's materials, each once.")
    unit_price: Decimal4 = text("Yuan for one of its unit, not below 0, with at most four places, as a string.")
    quantity: Decimal4 | None = text("How much of what was used; all of it without this.", optional=True)


@strawberry.input(description="What a resident is charged for an order: 1 to 100 lines in all, their sum above 0.")
class WorkOrderChargeInput:
    """What a resident is charged."""

    expected_version: int = text("The version the viewer saw; a newer one is a CONFLICT.")
    charge_item_id: strawberry.ID = ref("ChargeItem", "As what it is charged, such as 维修费; of the order's Property.")
    due_on: date = text("The last day to pay without being overdue.")
    payer_id: strawberry.ID | None = ref(
        "Person", "Who owes it: holds the Unit or held it. The resident who reported it without this.", optional=True
    )
    labour_price: Decimal4 | None = text(
        "Yuan for an hour: a line for all of `labourMinutes`, in hours with four places.", optional=True
    )
    materials: list[WorkOrderChargeMaterialInput] = strawberry.field(
        default_factory=list, description="A line for each of these materials."
    )
    lines: list[BillLineInput] = strawberry.field(default_factory=list, description="Further lines, free.")


@strawberry.type(description="Answer to workOrderCharge.")
class WorkOrderChargePayload(Payload):
    """The order and its bill."""

    work_order: WorkOrder | None = strawberry.field(
        default=None, description="The order after the verb; on a refusal because of what it is, as it is now."
    )
    bill: Bill | None = strawberry.field(default=None, description="The new bill.")


@strawberry.type(description="What the work of some orders cost the company.")
class WorkOrderCost:
    """What work cost."""

    work_order: WorkOrder | None = strawberry.field(description="The order, by WORK_ORDER.")
    team: Team | None = strawberry.field(
        description="The Team, by TEAM; null for the orders whose assignee was in none."
    )
    property: Property | None = strawberry.field(description="The Property, by PROPERTY.")
    orders: int = strawberry.field(description="How many orders.")
    labour_minutes: int = strawberry.field(description="Minutes spent on them.")
    labour: Money = strawberry.field(description="What that time cost.")
    materials: Money = strawberry.field(description="What was used of the warehouses, at its moving average.")
    contractors: Money = strawberry.field(description="What contractors cost.")
    total: Money = strawberry.field(description="All three.")
    charged: Money = strawberry.field(description="What residents were billed for them, less credit notes.")


_From = Annotated[date, strawberry.argument(name="from", description="The first day, of the Property.")]
_Until = Annotated[
    date, strawberry.argument(description=f"The last day, of the Property; at most {MAX_DAYS} days in all.")
]
_By = Annotated[WorkOrderCostGroup, strawberry.argument(description="By what they are added up.")]


@strawberry.type
class CostQuery:
    """What work cost."""

    @strawberry.field(
        description="What the orders cost that were done from day to day: by order, team or all together, the dearest"
        f" first, {MOST_COSTS} at most. An order counts for the Team in which its assignee was on the day it was done."
        " None without work_order.read and cost.read there.",
        metadata={"scopes": frozenset({Permission.COST_READ}), "page": MOST_COSTS},
    )
    async def work_order_costs(
        self,
        info: Info,
        property_id: Annotated[strawberry.ID, strawberry.argument(description=ARGUMENTS["property_id"])],
        since: _From,
        until: _Until,
        group_by: _By = WorkOrderCostGroup.PROPERTY,
    ) -> list[WorkOrderCost]:
        """What work cost."""
        context, place = info.context, decode("Property", property_id, "property_id")
        found = await usecase.costs(context.viewer, context.house, place, since, until, group_by)
        return [await _cost(info, cost, group_by) for cost in found]


async def _cost(info: Info, cost: usecase.Cost, group: WorkOrderCostGroup) -> WorkOrderCost:
    names = {WorkOrderCostGroup.WORK_ORDER: "WorkOrder", WorkOrderCostGroup.TEAM: "Team"}
    node = await info.context.show(names.get(group, "Property"), cost.key)
    return WorkOrderCost(
        work_order=node if group is WorkOrderCostGroup.WORK_ORDER else None,
        team=node if group is WorkOrderCostGroup.TEAM else None,
        property=node if group is WorkOrderCostGroup.PROPERTY else None,
        orders=cost.orders,
        labour_minutes=cost.labour_minutes,
        labour=shown(cost.labour),
        materials=shown(cost.materials),
        contractors=shown(cost.contractors),
        total=shown(cost.total),
        charged=shown(cost.charged),
    )


@strawberry.type
class ChargeMutation:
    """What was done is charged."""

    @verb(
        "Bill what was done to a resident, once; credit that bill as a whole to charge anew. Needs bill.create.",
        shows="WorkOrder",
        permission=Permission.BILL_CREATE,
    )
    async def work_order_charge(
        self, info: Info, id: strawberry.ID, input: WorkOrderChargeInput
    ) -> WorkOrderChargePayload | None:
        """Bill what was done."""
        context = info.context
        wish = usecase.Charge(
            **{
                **values(input),
                "labour_price": _places(input.labour_price),
                "materials": [_price(price) for price in input.materials],
                "lines": [_line(line) for line in input.lines],
            }
        )
        order, bill = await usecase.charge(context.viewer, context.house, decode("WorkOrder", id), wish)
        return WorkOrderChargePayload(
            work_order=await context.show("WorkOrder", order.id), bill=await context.show("Bill", bill.id)
        )


def _places(value: Decimal4 | None) -> int | None:
    return None if value is None else int(value.scaleb(4))


def _price(input_: WorkOrderChargeMaterialInput) -> usecase.Price:
    prices = {"unit_price": _places(input_.unit_price), "quantity": _places(input_.quantity)}
    return usecase.Price(**{**values(input_), **prices})


def _line(line: BillLineInput) -> Line:
    return Line(line.description, int(line.quantity.scaleb(4)), int(line.unit_price.scaleb(4)))
