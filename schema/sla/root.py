"""Reads, verbs and streams of targets and clocks."""

from __future__ import annotations

import strawberry

from models.query import Query as Rows
from models.rules.permission import Permission
from resolvers import sla as usecase
from schema.base import Cursor, Info, ListOrder, decode, live, many, one, values, verb
from schema.sla.type import (
    SlaClock,
    SlaClockChanged,
    SlaClockFilter,
    SlaTarget,
    SlaTargetArchiveInput,
    SlaTargetArchivePayload,
    SlaTargetFilter,
    SlaTargetSetInput,
    SlaTargetSetPayload,
)


@strawberry.type
class SlaQuery:
    """Reads of targets and clocks."""

    sla_target: SlaTarget | None = one("An SlaTarget.", "SlaTarget")
    sla_clock: SlaClock | None = one("An SlaClock.", "SlaClock")

    @many("What a Property promises. Where it says nothing, the house's defaults hold.", SlaTarget)
    def sla_targets(
        self,
        info: Info,
        property_id: strawberry.ID,
        filter: SlaTargetFilter | None = None,
        order: ListOrder = ListOrder.OLDEST,
    ) -> Rows:
        """Targets of a Property."""
        place = decode("Property", property_id, "property_id")
        return usecase.targets(info.context.viewer, place, order.order, **values(filter or SlaTargetFilter()))

    @many("Clocks of a Property that are not over; what is due first comes first.", SlaClock, page=500)
    def sla_clocks(self, info: Info, property_id: strawberry.ID, filter: SlaClockFilter | None = None) -> Rows:
        """Clocks of a Property."""
        wanted = filter or SlaClockFilter()
        place = decode("Property", property_id, "property_id")
        return usecase.live_clocks(info.context.viewer, place, wanted.state, wanted.kind)


@strawberry.type
class SlaMutation:
    """Verbs of targets. They need ticket.manage in the Property."""

    @verb(
        "Set what a Property promises for tickets of a priority, of a category or of any, that are made from now on.",
        shows="SlaTarget",
        permission=Permission.TICKET_MANAGE,
    )
    async def sla_target_set(self, info: Info, input: SlaTargetSetInput) -> SlaTargetSetPayload | None:
        """Set it."""
        given = values(input)
        promise = usecase.Promise(**{name: given.pop(name) for name in usecase.Promise.__dataclass_fields__})
        row = await usecase.set_target(info.context.viewer, info.context.house, promise=promise, **given)
        return SlaTargetSetPayload(sla_target=await info.context.show("SlaTarget", row.id))

    @verb(
        "Archive a target: what is less specific holds for tickets that are made from now on.",
        shows="SlaTarget",
        permission=Permission.TICKET_MANAGE,
    )
    async def sla_target_archive(
        self, info: Info, id: strawberry.ID, input: SlaTargetArchiveInput
    ) -> SlaTargetArchivePayload | None:
        """Archive it."""
        context = info.context
        row = await usecase.archive_target(context.viewer, context.house, decode("SlaTarget", id), **values(input))
        return SlaTargetArchivePayload(sla_target=await context.show("SlaTarget", row.id))


@strawberry.type
class SlaSubscription:
    """Clocks live."""

    @live("What happens to the clocks of a Property; a resident hears of those that are shown.", SlaClockChanged)
    def sla_clock_changed(self, info: Info, property_id: strawberry.ID, after: Cursor | None = None) -> object:
        """Clocks live."""
        return usecase.changes(info.context.viewer, decode("Property", property_id, "property_id"), after)
