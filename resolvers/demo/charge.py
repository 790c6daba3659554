"""What residents were charged for repairs of the last weeks: open bills, with the numbers of their orders."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from models import ChargeItem, WorkOrder
from models.rules.bill import PLACES, Line, Rounding
from models.rules.charge import CHARGEABLE, labour_line
from models.rules.place import local_day
from resolvers.bill import Draft, issue
from resolvers.unit import system_unit

if TYPE_CHECKING:
    import random
    from datetime import datetime

    from models import Property
    from resolvers.demo.load import Load

WEEKS = timedelta(weeks=6)
SHARE = 0.25  # of repairs that the household itself has to pay
HOUR = 60 * PLACES
PARTS = (("龙头", 88), ("角阀", 35), ("开关面板", 28), ("门锁锁芯", 120), ("密封圈", 6))
DUE = timedelta(days=14)


async def write_charges(load: Load) -> str:
    """Write them; what was written, in words."""
    written = 0
    for code, place in load.properties.items():
        item = load.row(
            ChargeItem,
            load.clock.now(),
            property_id=place.id,
            code="WXF",
            name="维修费",
            rounding=Rounding.HALF_UP,
            archived_at=None,
        )
        await load.save([item])
        async with system_unit(load.house, load.organization_id) as unit:
            done = await WorkOrder.filter(
                property_id=place.id, status__in=CHARGEABLE, completed_at__gte=load.now - WEEKS, unit_id__isnull=False
            ).order_by("id")
            chance = load.chance(f"charges:{code}")
            drafts = [_draft(load, chance, place, item, order) for order in done if chance.random() < SHARE]
            written += len(await issue(unit, place, drafts, announce=False))
    return f"{written} repairs charged"


def _draft(load: Load, chance: random.Random, place: Property, item: ChargeItem, order: WorkOrder) -> Draft:
    name, price = chance.choice(PARTS)
    at = _later(load, order)
    day = local_day(order.completed_at, place.time_zone)  # type: ignore[arg-type]  # such were chosen
    return Draft(
        unit_id=order.unit_id,  # type: ignore[arg-type]  # likewise
        building_id=order.building_id,  # type: ignore[arg-type]  # a Unit stands in one
        charge_item=item,
        payer_id=order.reporter_id,  # type: ignore[arg-type]  # the demo's tickets are residents'
        period_from=day,
        period_until=day,
        due_on=local_day(at, place.time_zone) + DUE,
        lines=[labour_line(order.labour_minutes, HOUR), Line(name, PLACES, price * PLACES)],
        work_order_id=order.id,
        work_order_number=order.number,
        issued_at=at,
    )


def _later(load: Load, order: WorkOrder) -> datetime:
    """Within the hour after it was done."""
    done: datetime = order.completed_at  # type: ignore[assignment]  # such were chosen
    return min(done + timedelta(hours=1), load.now)
