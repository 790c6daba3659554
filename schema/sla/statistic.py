"""How well service levels were kept, in the contract."""

from __future__ import annotations

from asyncio import gather
from datetime import date
from typing import Annotated, Any

import strawberry

from models.rules.permission import Permission
from models.rules.sla import SlaClockKind, SlaGroup
from resolvers import sla as usecase
from schema.base import Info, decode
from schema.place import Property
from schema.team import Team
from schema.ticket_category import TicketCategory

NODES = {SlaGroup.CATEGORY: "TicketCategory", SlaGroup.TEAM: "Team", SlaGroup.PROPERTY: "Property"}


@strawberry.type(description="Clocks of one kind, those that were called off apart.")
class SlaFigures:
    """Clocks of one kind."""

    count: int = strawberry.field(description="How many began.")
    met: int = strawberry.field(description="How many were stopped in time.")
    breached: int = strawberry.field(description="How many were late, those included that are not over.")
    median_minutes: int | None = strawberry.field(
        description="Half of those that were stopped took no more than so many minutes that count."
    )
    p90_minutes: int | None = strawberry.field(
        description="Nine of ten that were stopped took no more than so many minutes that count."
    )


@strawberry.type(description="时效统计: of the clocks of one group; what it is gathered by is set, the rest is null.")
class SlaStatistic:
    """Of the clocks of one group."""

    property: Property | None = strawberry.field(description="Of this estate.")
    ticket_category: TicketCategory | None = strawberry.field(description="Of this category; null: of none.")
    team: Team | None = strawberry.field(description="Stopped by this team; null: by nobody in a team, or not over.")
    day: date | None = strawberry.field(description="Begun on this day of the Property.")
    month: str | None = strawberry.field(description="Begun in this month of the Property, as YYYY-MM.")
    response: SlaFigures = strawberry.field(description="Until staff took it up.")
    resolution: SlaFigures = strawberry.field(description="Until it was settled.")


def _figures(found: usecase.Figures) -> SlaFigures:
    return SlaFigures(
        count=found.count,
        met=found.met,
        breached=found.breached,
        median_minutes=found.median,
        p90_minutes=found.p90,
    )


async def _statistic(info: Info, group: SlaGroup, key: Any, found: dict[SlaClockKind, usecase.Figures]) -> SlaStatistic:
    shown = await info.context.reader.one(NODES[group], key) if group in NODES and key is not None else None
    nothing = usecase.Figures()
    return SlaStatistic(
        property=shown if group is SlaGroup.PROPERTY else None,
        ticket_category=shown if group is SlaGroup.CATEGORY else None,
        team=shown if group is SlaGroup.TEAM else None,
        day=key if group is SlaGroup.DAY else None,
        month=key if group is SlaGroup.MONTH else None,
        response=_figures(found.get(SlaClockKind.RESPONSE, nothing)),
        resolution=_figures(found.get(SlaClockKind.RESOLUTION, nothing)),
    )


@strawberry.type
class SlaStatisticQuery:
    """Reads of statistics."""

    @strawberry.field(
        description="How well service levels were kept: of clocks that began on the days `from` to before `until`, at"
        " most 1,100; of the Properties in which the viewer holds ticket.read. By day and month in their order.",
        metadata={"scopes": frozenset({Permission.TICKET_READ})},
    )
    async def sla_statistics(
        self,
        info: Info,
        group_by: Annotated[SlaGroup, strawberry.argument(description="By what they are gathered.")],
        since: Annotated[date, strawberry.argument(name="from", description="From this day on.")],
        until: Annotated[date, strawberry.argument(description="Before this day.")],
        property_id: Annotated[
            strawberry.ID | None, strawberry.argument(description="Of this Property; of all without it.")
        ] = None,
    ) -> list[SlaStatistic]:
        """Statistics."""
        context = info.context
        place = None if property_id is None else decode("Property", property_id, "property_id")
        wanted = usecase.Wanted(since=since, until=until, group=group_by, property_id=place)
        found = await usecase.statistics(context.viewer, context.house, wanted)
        return list(await gather(*(_statistic(info, group_by, key, figures) for key, figures in found)))
