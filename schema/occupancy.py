"""Moving in and out in the contract."""

from __future__ import annotations

from datetime import date

import strawberry

from models.rules.permission import Permission
from models.rules.person import OccupancyKind
from resolvers import occupancy as usecase
from schema.base import Decimal2, Info, Payload, decode, ref, text, values, verb
from schema.person import Occupancy


@strawberry.input(description="Who moves in where.")
class OccupancyCreateInput:
    """Who moves in where."""

    unit_id: strawberry.ID = ref("Unit", "The Unit.")
    person_id: strawberry.ID = ref("Person", "The Person: somebody the viewer sees.")
    kind: OccupancyKind = text("As what.")
    move_in_on: date | None = text("The first day; null for today in the Property's time zone.", optional=True)
    share: Decimal2 | None = text("A co-owner's share in per cent, 0.01 to 100.00.", optional=True)


@strawberry.input(description="When somebody moves out.")
class OccupancyEndInput:
    """When somebody moves out."""

    expected_version: int = text("The version the viewer saw; a newer one is a CONFLICT.")
    move_out_on: date | None = text(
        "The last day, which still counts; null for today in the Property's time zone. A day that is past ends the"
        " resident's rights at once.",
        optional=True,
    )


@strawberry.type(description="Answer to occupancyCreate.")
class OccupancyCreatePayload(Payload):
    """Somebody moved in."""

    occupancy: Occupancy | None = strawberry.field(
        default=None, description="The new Occupancy; with OCCUPANCY_EXISTS the one that is there."
    )


@strawberry.type(description="Answer to occupancyEnd.")
class OccupancyEndPayload(Payload):
    """Somebody moves out."""

    occupancy: Occupancy | None = strawberry.field(default=None, description="The Occupancy as it is now.")


@strawberry.type
class OccupancyMutation:
    """Verbs of homes. They need person.manage in the Property."""

    @verb("入住: a Person holds a Unit.", shows="Occupancy", permission=Permission.PERSON_MANAGE, rights=True)
    async def occupancy_create(self, info: Info, input: OccupancyCreateInput) -> OccupancyCreatePayload | None:
        """Somebody moves in."""
        context, wish = info.context, values(input)
        if wish["share"] is not None:
            wish["share"] = int(wish["share"].scaleb(2))
        made = await usecase.create(context.viewer, context.house, **wish)
        return OccupancyCreatePayload(occupancy=await context.show("Occupancy", made.id))

    @verb(
        "迁出: name the last day. The resident's rights and live streams end with it; an end to come may be moved.",
        shows="Occupancy",
        permission=Permission.PERSON_MANAGE,
        rights=True,
    )
    async def occupancy_end(
        self, info: Info, id: strawberry.ID, input: OccupancyEndInput
    ) -> OccupancyEndPayload | None:
        """Somebody moves out."""
        context = info.context
        row = await usecase.end(context.viewer, context.house, decode("Occupancy", id), **values(input))
        return OccupancyEndPayload(occupancy=await context.show("Occupancy", row.id))
