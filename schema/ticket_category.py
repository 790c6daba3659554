"""Categories of tickets in the contract."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry

import models
from models.query import Order
from models.query import Query as Rows
from models.rules.permission import Permission
from models.rules.ticket import TicketKind
from resolvers import ticket_category as usecase
from schema.base import (
    Connection,
    Info,
    Node,
    Payload,
    changed,
    column,
    decode,
    many,
    node,
    one,
    ref,
    text,
    to_many,
    to_one,
    values,
    verb,
)
from schema.place import Property
from schema.staff import Staff

OF_TICKETS = frozenset({Permission.TICKET_READ, Permission.TICKET_CREATE})  # programs that have to do with them
DAYS = "0 to 365; null: as the Property says."


@node(models.TicketCategory, "报事类别: what tickets of a Property may be about; two levels, each with its rules.")
class TicketCategory(Node):
    """What tickets of a Property may be about."""

    property: Property = to_one("The estate.")
    parent: Annotated[TicketCategory, strawberry.lazy("schema.ticket_category")] | None = to_one(
        "The one of the first level that it is below."
    )
    children: Connection[Annotated[TicketCategory, strawberry.lazy("schema.ticket_category")]] = to_many(
        "Those below it, in their places; archived ones too.", "TicketCategory", "parent_id", order=Order("position")
    )
    kind: TicketKind | None = column("Of which tickets; null: of any kind.")
    name: str = column("Its name, unique among those beside it; at most 40 characters.")
    icon: str | None = column("A name that apps have a picture for; at most 40 characters.")
    skill: str | None = column("What its orders take; at most 40 characters.")
    department: str | None = column("Whom its tickets are routed to; at most 80 characters.")
    handler: Staff | None = to_one("Who of the staff sees to its tickets.")
    before_photo: bool = column("Whether work on its orders begins with a photo.")
    after_photo: bool = column("Whether work on its orders ends with a photo.")
    opens_work_order: bool = column("Whether its tickets of any kind open an order; repairs and complaints always do.")
    reopen_days: int | None = column("How long a closed ticket may be reopened; null: as the Property says.")
    close_days: int | None = column("After how long a settled ticket closes by itself; null: as the Property says.")
    keywords: list[str] = column("What classifies tickets that name no category; up to 50 texts.")
    checklist: list[str] = column("The items that its orders begin with; up to 50 texts.")
    position: int = column("Its place among those beside it.")
    archived_at: datetime | None = column("When it was archived: no further tickets.")
    created_at: datetime = column("When it was made.")
    updated_at: datetime = column("When it last changed.")
    version: int = column("Grows by one with each change.")


@strawberry.input(description="Which categories.")
class TicketCategoryFilter:
    """Which categories."""

    archived: bool | None = text("Only archived ones (true), or those in use.", optional=True)


@strawberry.input(description="A new category.")
class TicketCategoryCreateInput:
    """A new category."""

    property_id: strawberry.ID = ref("Property", "The estate.")
    parent_id: strawberry.ID | None = ref("TicketCategory", "One of the first level, to be below it.", optional=True)
    kind: TicketKind | None = text("Of which tickets; none: of any kind.", optional=True)
    name: str = text("1 to 40 characters, unique among those beside it.")
    icon: str | None = text("A name that apps have a picture for; 1 to 40 characters.", optional=True)
    skill: str | None = text("What its orders take; 1 to 40 characters.", optional=True)
    department: str | None = text("Whom its tickets are routed to; 1 to 80 characters.", optional=True)
    handler_id: strawberry.ID | None = ref("Staff", "Who of the staff sees to its tickets.", optional=True)
    before_photo: bool = text("Whether work on its orders begins with a photo.", default=False)
    after_photo: bool = text("Whether work on its orders ends with a photo.", default=False)
    opens_work_order: bool = text(
        "Whether its tickets of any kind open an order; repairs and complaints always do.", default=False
    )
    reopen_days: int | None = text(DAYS, optional=True)
    close_days: int | None = text("1 to 365; null: as the Property says.", optional=True)
    keywords: list[str] = strawberry.field(description="Up to 50 of 1 to 40 characters.", default_factory=list)
    checklist: list[str] = strawberry.field(description="Up to 50 of 1 to 200 characters.", default_factory=list)
    position: int = text("Its place, 0 to 10,000.", default=0)


@strawberry.input(description="Other values; what is not sent stays.")
class TicketCategoryUpdateInput:
    """Other values; what is not sent stays."""

    expected_version: int = text("The version the viewer saw; a newer one is a CONFLICT.")
    kind: TicketKind | None = changed("Of which tickets; null: of any kind.")
    name: str | None = changed("1 to 40 characters, unique among those beside it.")
    icon: str | None = changed("A name that apps have a picture for; 1 to 40 characters.")
    skill: str | None = changed("What its orders take; 1 to 40 characters.")
    department: str | None = changed("Whom its tickets are routed to; 1 to 80 characters.")
    handler_id: strawberry.ID | None = changed("Who of the staff sees to its tickets.", type_="Staff")
    before_photo: bool | None = changed("Whether work on its orders begins with a photo.")
    after_photo: bool | None = changed("Whether work on its orders ends with a photo.")
    opens_work_order: bool | None = changed(
        "Whether its tickets of any kind open an order; repairs and complaints always do."
    )
    reopen_days: int | None = changed(DAYS)
    close_days: int | None = changed("1 to 365; null: as the Property says.")
    keywords: list[str] | None = changed("Up to 50 of 1 to 40 characters.")
    checklist: list[str] | None = changed("Up to 50 of 1 to 200 characters.")
    position: int | None = changed("Its place, 0 to 10,000.")


@strawberry.input(description="No further tickets about it.")
class TicketCategoryArchiveInput:
    """No further tickets about it."""

    expected_version: int = text("The version the viewer saw; a newer one is a CONFLICT.")


@strawberry.input(
    description="How long tickets of a Property may be reopened, when they close by themselves, when one is reminded."
)
class PropertySetTicketDaysInput:
    """How long tickets may be reopened, and when they close by themselves."""

    expected_version: int = text("The version of the Property the viewer saw; a newer one is a CONFLICT.")
    reopen_days: int = text("After a ticket was closed; 0 to 365.")
    close_days: int = text("After a ticket was settled; 1 to 365.")
    remind_minutes: int | None = text(
        "So long before an appointment technician and resident are reminded; 0 to 1,440, 0: never. Without it: as it"
        " is. Of tickets that are raised from then on.",
        optional=True,
    )


@strawberry.type(description="Answer to ticketCategoryCreate.")
class TicketCategoryCreatePayload(Payload):
    """The category after the verb."""

    ticket_category: TicketCategory | None = strawberry.field(default=None, description="The category as it is now.")


@strawberry.type(description="Answer to ticketCategoryUpdate.")
class TicketCategoryUpdatePayload(Payload):
    """The category after the verb."""

    ticket_category: TicketCategory | None = strawberry.field(default=None, description="The category as it is now.")


@strawberry.type(description="Answer to ticketCategoryArchive.")
class TicketCategoryArchivePayload(Payload):
    """The category after the verb."""

    ticket_category: TicketCategory | None = strawberry.field(default=None, description="The category as it is now.")


@strawberry.type(description="Answer to propertySetTicketDays.")
class PropertySetTicketDaysPayload(Payload):
    """The Property after the verb."""

    property: Property | None = strawberry.field(default=None, description="The Property as it is now.")


@strawberry.type
class TicketCategoryQuery:
    """Reads of categories."""

    @many("What tickets of a Property may be about, in their places.", TicketCategory, page=500, scopes=OF_TICKETS)
    def ticket_categories(
        self, info: Info, property_id: strawberry.ID, filter: TicketCategoryFilter | None = None
    ) -> Rows:
        """Categories of a Property."""
        place = decode("Property", property_id, "property_id")
        return usecase.in_property(info.context.viewer, place, filter.archived if filter else None)

    ticket_category: TicketCategory | None = one("A TicketCategory.", "TicketCategory", scopes=OF_TICKETS)


@strawberry.type
class TicketCategoryMutation:
    """Verbs of categories."""

    @verb("Add a category, of the first level or below one of it.", permission=Permission.TICKET_MANAGE)
    async def ticket_category_create(
        self, info: Info, input: TicketCategoryCreateInput
    ) -> TicketCategoryCreatePayload | None:
        """Add a category."""
        given = values(input)
        made = await usecase.create(info.context.viewer, info.context.house, given.pop("property_id"), given)
        return TicketCategoryCreatePayload(ticket_category=await info.context.show("TicketCategory", made.id))

    @verb("Change a category.", shows="TicketCategory", permission=Permission.TICKET_MANAGE)
    async def ticket_category_update(
        self, info: Info, id: strawberry.ID, input: TicketCategoryUpdateInput
    ) -> TicketCategoryUpdatePayload | None:
        """Change a category."""
        context, given = info.context, values(input)
        key, version = decode("TicketCategory", id), given.pop("expected_version")
        done = await usecase.update(context.viewer, context.house, key, version, given)
        return TicketCategoryUpdatePayload(ticket_category=await context.show("TicketCategory", done.id))

    @verb("Archive a category: its tickets stay.", shows="TicketCategory", permission=Permission.TICKET_MANAGE)
    async def ticket_category_archive(
        self, info: Info, id: strawberry.ID, input: TicketCategoryArchiveInput
    ) -> TicketCategoryArchivePayload | None:
        """Archive a category."""
        context = info.context
        done = await usecase.archive(context.viewer, context.house, decode("TicketCategory", id), **values(input))
        return TicketCategoryArchivePayload(ticket_category=await context.show("TicketCategory", done.id))

    @verb(
        "Say how long tickets of a Property may be reopened, and when they close by themselves.",
        shows="Property",
        permission=Permission.TICKET_MANAGE,
    )
    async def property_set_ticket_days(
        self, info: Info, id: strawberry.ID, input: PropertySetTicketDaysInput
    ) -> PropertySetTicketDaysPayload | None:
        """Set the days."""
        context = info.context
        done = await usecase.set_days(context.viewer, context.house, decode("Property", id), **values(input))
        return PropertySetTicketDaysPayload(property=await context.show("Property", done.id))
