"""Charge items in the contract."""

from __future__ import annotations

from datetime import datetime

import strawberry

import models
from models.query import Query as Rows
from models.rules.bill import Rounding
from models.rules.permission import Permission
from resolvers import charge_item as usecase
from schema.base import Info, ListOrder, Node, Payload, column, decode, many, node, one, ref, text, to_one, values, verb
from schema.place import Property


@node(models.ChargeItem, "收费项目: what a Property charges for, such as 物业费.")
class ChargeItem(Node):
    """What a Property charges for."""

    property: Property | None = to_one("The estate.")
    code: str = column("Short name, unique in the Property while not archived; at most 20 characters.")
    name: str = column("Its name on bills; at most 80 characters.")
    rounding: Rounding = column("How the amount of each line becomes whole fen.")
    archived_at: datetime | None = column("Since when no further bills are issued for it; null while they are.")
    created_at: datetime = column("When it was entered.")
    version: int = column("Grows by one with each change.")


@strawberry.input(description="Which charge items.")
class ChargeItemFilter:
    """Which charge items."""

    archived: bool | None = text("True: only archived ones; false: only those that are not.", optional=True)


@strawberry.input(description="A new charge item.")
class ChargeItemCreateInput:
    """A new charge item."""

    property_id: strawberry.ID = ref("Property", "The estate.")
    code: str = text("Short name, free in the Property; 1 to 20 characters.")
    name: str = text("Its name on bills; 1 to 80 characters.")
    rounding: Rounding = text("How the amount of each line becomes whole fen.", default=Rounding.HALF_UP)


@strawberry.input(description="No further bills for a charge item.")
class ChargeItemArchiveInput:
    """No further bills for a charge item."""

    expected_version: int = text("The version the viewer saw; a newer one is a CONFLICT.")


@strawberry.type(description="Answer to chargeItemCreate.")
class ChargeItemCreatePayload(Payload):
    """The new charge item."""

    charge_item: ChargeItem | None = strawberry.field(default=None, description="The new charge item.")


@strawberry.type(description="Answer to chargeItemArchive.")
class ChargeItemArchivePayload(Payload):
    """The charge item after the verb."""

    charge_item: ChargeItem | None = strawberry.field(
        default=None, description="The charge item after the verb; on CONFLICT as it is now."
    )


@strawberry.type
class ChargeItemQuery:
    """Reads of charge items."""

    @many("Charge items of a Property.", ChargeItem, page=500)
    def charge_items(
        self,
        info: Info,
        property_id: strawberry.ID,
        filter: ChargeItemFilter | None = None,
        order: ListOrder = ListOrder.OLDEST,
    ) -> Rows:
        """Charge items of a Property."""
        place = decode("Property", property_id, "property_id")
        return usecase.in_property(info.context.viewer, place, order.order, filter.archived if filter else None)

    charge_item: ChargeItem | None = one("A ChargeItem.", "ChargeItem")


@strawberry.type
class ChargeItemMutation:
    """Verbs of charge items."""

    @verb("Enter what a Property charges for; needs bill.create.", permission=Permission.BILL_CREATE)
    async def charge_item_create(self, info: Info, input: ChargeItemCreateInput) -> ChargeItemCreatePayload | None:
        """Enter a charge item."""
        made = await usecase.create(info.context.viewer, info.context.house, **values(input))
        return ChargeItemCreatePayload(charge_item=await info.context.show("ChargeItem", made.id))

    @verb(
        "Issue no further bills for a charge item; needs bill.create.",
        shows="ChargeItem",
        permission=Permission.BILL_CREATE,
    )
    async def charge_item_archive(
        self, info: Info, id: strawberry.ID, input: ChargeItemArchiveInput
    ) -> ChargeItemArchivePayload | None:
        """Archive a charge item."""
        context = info.context
        done = await usecase.archive(context.viewer, context.house, decode("ChargeItem", id), **values(input))
        return ChargeItemArchivePayload(charge_item=await context.show("ChargeItem", done.id))
