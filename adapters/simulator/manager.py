"""The manager at the dispatcher's desk: gives waiting orders to the technicians who have least to do."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from adapters.simulator.actor import AccountActor
from adapters.simulator.trouble import Refused

if TYPE_CHECKING:
    import random
    from collections.abc import Iterable, Mapping

LOOK_SECONDS = 12.0
MOST_AT_ONCE = 3
MOST_OPEN = 3  # orders a technician has at a time: the others wait, so that every status is to be seen
NOTES = (None, None, "请先电话联系住户。", "请带好备用配件。", "住户下午在家。", "注意拍照留存。")
BOARD = """query Board($property: ID!) {
  waiting: workOrders(propertyId: $property, filter: {status: [CREATED]}, order: OLDEST, first: 10) {
    nodes { id number version }
  }
  taken: workOrders(propertyId: $property, filter: {status: [ASSIGNED, ACCEPTED, IN_PROGRESS]}, first: 100) {
    nodes { assignee { id } }
  }
}"""
ASSIGN = """mutation Assign($id: ID!, $input: WorkOrderAssignInput!) {
  workOrderAssign(id: $id, input: $input) { workOrder { status } userErrors { code message } }
}"""


class Manager(AccountActor):
    """The demo's account of role MANAGER."""

    async def act(self) -> None:
        """Look at the board and assign what waits longest."""
        await self.pause_about(LOOK_SECONDS)
        directory = self.place
        board = await self.session.read(BOARD, property=directory.property_id)
        taken = Counter(order["assignee"]["id"] for order in board["taken"]["nodes"] if order["assignee"])
        for order in board["waiting"]["nodes"][: self.chance.randint(1, MOST_AT_ONCE)]:
            staff = choose_technician(self.chance, directory.technicians, taken)
            if staff is None:
                return
            wish = {"expectedVersion": order["version"], "staffId": staff, "note": self.chance.choice(NOTES)}
            try:
                await self.session.act(ASSIGN, id=order["id"], input=wish)
            except Refused as refused:
                if refused.codes & {"CONFLICT", "TRANSITION_NOT_ALLOWED"}:
                    return  # somebody else was faster: look again
                raise
            taken[staff] += 1
            self.say("assigns %s to %s", order["number"], directory.technicians[staff])


def choose_technician(chance: random.Random, staff: Iterable[str], taken: Mapping[str, int]) -> str | None:
    """One of those with the fewest open orders; None when all have enough."""
    free = [who for who in staff if taken.get(who, 0) < MOST_OPEN]
    least = min((taken.get(who, 0) for who in free), default=0)
    idle = [who for who in free if taken.get(who, 0) == least]
    return chance.choice(idle) if idle else None
