"""One of the demo's estates lets the house give its orders; in the others people do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models import DispatchCall, DispatchRule

if TYPE_CHECKING:
    from resolvers.demo.load import Load

BY_HOUSE = "YGHY"
# Minutes to accept: short, so that whoever looks at the demo sees what happens when nobody does.
ACCEPT = {"accept_low": 3, "accept_normal": 2, "accept_high": 1, "accept_urgent": 1}


async def write_rule(load: Load) -> str:
    """Write it, and have the orders that wait looked at; what was written, in words."""
    place = load.properties[BY_HOUSE]
    rule = load.row(DispatchRule, load.at(load.begun, 10 * 3600), property_id=place.id, enabled=True, **ACCEPT)
    await load.save([rule], [load.row(DispatchCall, load.now, property_id=place.id)])
    return f"orders of {place.name} are given by the house"
