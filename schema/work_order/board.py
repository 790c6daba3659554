"""The manager's board in the contract: open orders by status, with a cursor from which the events continue it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from models.predicate import eq
from models.query import Order
from models.rules.permission import Permission
from models.rules.work_order import WorkOrderStatus
from resolvers import work_order as usecase
from schema.base import Connection, Cursor, Info, column, decode, live_cursor
from schema.base.argument import ARGUMENTS, page_arguments
from schema.base.field import ColumnSpec, HouseField, ToManySpec, declare
from schema.work_order.type import WorkOrder

if TYPE_CHECKING:
    from collections.abc import Mapping

    from schema.batch.reader import Reader

PAGE = 100  # of the orders of one column


@dataclass(frozen=True)
class Shown:
    """A part of a board, as the declarations see it: no row of a table."""

    values: dict[str, Any]
    reader: Reader


@dataclass(frozen=True)
class _OrdersSpec(ToManySpec):
    """The orders of one column; those of all columns of a board are read by one statement."""

    def resolve(self, name: str, row: Any, arguments: Mapping[str, Any]) -> Any:
        """A page of the Property's orders with the column's status."""
        page = super().wanted(arguments)[1]
        spec = replace(self, where=eq("property_id", row.values["property_id"]))
        return row.reader.many(spec, page, row.values["status"])


def _columns(description: str) -> Any:
    """As many as there are statuses; so many times what is asked of one costs."""
    metadata = {"house": ColumnSpec(None, None, None), "page": len(usecase.COLUMNS)}
    return HouseField(description=description, metadata=metadata)


def _orders(description: str) -> Any:
    field = declare(_OrdersSpec("WorkOrder", "status", Order(), PAGE, connection=True), description)
    field.arguments = page_arguments(PAGE)
    return field


@strawberry.type(description="看板列: the orders of a Property that have one status.")
class WorkOrderBoardColumn:
    """The orders of one status."""

    status: WorkOrderStatus = column("Which status.")
    count: int = column(
        "How many orders have it: as of the board's `liveCursor` when that is selected, else as of now. Counted on by"
        " `fromStatus` and `toStatus` of every later event."
    )
    work_orders: Connection[WorkOrder] = _orders(
        "They, oldest first. One may be newer than the cursor: compare `version` with the event's."
    )


@strawberry.type(
    description="看板: the open orders of a Property by status. `workOrderChanged` continues it from its `liveCursor`."
)
class WorkOrderBoard:
    """The open orders of a Property by status."""

    live_cursor: Cursor = live_cursor(
        "Where the Property's live stream stood before this operation read anything: subscribe to workOrderChanged"
        " with `after` from here, without `coalesce`.",
        source="property_id",
    )
    columns: list[WorkOrderBoardColumn] = _columns(
        "One for each status that is not an end, in the order of an order's life; empty ones too."
    )


@strawberry.type
class BoardQuery:
    """The board."""

    @strawberry.field(
        description="The board of a Property: counts and orders by status. Null without work_order.read there. Several"
        " Properties: once for each, under aliases.",
        metadata={"scopes": frozenset({Permission.WORK_ORDER_READ})},
    )
    async def work_order_board(
        self,
        info: Info,
        property_id: Annotated[strawberry.ID, strawberry.argument(description=ARGUMENTS["property_id"])],
    ) -> WorkOrderBoard | None:
        """The board of a Property."""
        context, place = info.context, decode("Property", property_id, "property_id")
        position = context.reader.position(place)
        found = await usecase.board(context.viewer, context.house, place, position)
        if found is None:
            return None
        here = {"property_id": place}
        columns = [Shown({**here, "status": status, "count": count}, context.reader) for status, count in found.items()]
        board: Any = Shown({**here, "columns": columns}, context.reader)
        return board  # type: ignore[no-any-return]  # its fields are declared over it
