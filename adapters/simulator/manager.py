"""The manager at the dispatcher's desk: gives waiting orders to the technicians who have least to do.

Where the house gives the orders, only what it could give to nobody, or what nobody accepted, and not at once.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from adapters.simulator.actor import AccountActor, chance_of
from adapters.simulator.desk import CHARGE_SHARE, Desk
from adapters.simulator.trouble import Refused

if TYPE_CHECKING:
    import random
    from collections.abc import Iterable, Mapping

    from adapters.simulator.actor import Stage

LOOK_SECONDS = 12.0
MOST_AT_ONCE = 3
CALL_SHARE = 0.2  # of the looks at what waits for a person: who is to do it has to be called first
MOST_OPEN = 3  # orders a technician has at a time: the others wait, so that every status is to be seen
NOTES = (None, None, "请先电话联系住户。", "请带好备用配件。", "住户下午在家。", "注意拍照留存。")
BOARD = """query Board($property: ID!) {
  workOrderBoard(propertyId: $property) { columns {
    status workOrders { nodes { id number status version createdAt assignee { id } } }
  } }
  rules: dispatchRules(propertyId: $property) { nodes { enabled } }
  held: dispatchQueue(propertyId: $property, first: 10) { nodes { id number version } }
}"""
ASSIGN = """mutation Assign($id: ID!, $input: WorkOrderAssignInput!) {
  workOrderAssign(id: $id, input: $input) { workOrder { status } userErrors { code message } }
}"""


WAITING = ("CREATED", "REJECTED")
TAKEN = ("ASSIGNED", "ACCEPTED", "EN_ROUTE", "IN_PROGRESS")
CHECKS = {"DONE": "workOrderVerify", "VERIFIED": "workOrderClose"}
RETURN, RETURN_SHARE = "workOrderReturn", 0.06
SAID = {"workOrderVerify": "passes", "workOrderClose": "closes", RETURN: "returns"}
WRONG = ("住户反映仍有渗漏，请再处理。", "现场垃圾未清理。", "试用时又出现异响。")


def check(verb: str) -> str:
    """The mutation of a step that checks work."""
    name = verb[0].upper() + verb[1:]
    return (
        f"mutation Check($id: ID!, $input: {name}Input!)"
        f" {{ {verb}(id: $id, input: $input) {{ workOrder {{ status }} userErrors {{ code message }} }} }}"
    )


class Manager(AccountActor):
    """The demo's account of role MANAGER."""

    def __init__(self, stage: Stage, account: dict[str, str]) -> None:
        super().__init__(stage, account)
        self.desk = Desk(stage, self.session, self.chance)

    async def act(self) -> None:
        """Look at the board, assign what waits longest, and look at what was done."""
        await self.pause_about(LOOK_SECONDS)
        directory = self.place
        data = await self.session.read(BOARD, property=directory.property_id)
        board = {column["status"]: column["workOrders"]["nodes"] for column in data["workOrderBoard"]["columns"]}
        taken = Counter(order["assignee"]["id"] for order in _of(board, TAKEN) if order["assignee"])
        await self._check(_of(board, CHECKS))
        if done := await self.desk.talk(directory.property_id):
            self.say("%s", done)
        house = any(rule["enabled"] for rule in data["rules"]["nodes"])
        waiting = data["held"]["nodes"] if house else _of(board, WAITING)
        if house and self.chance.random() >= CALL_SHARE:
            return
        for order in waiting[: self.chance.randint(1, MOST_AT_ONCE)]:
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

    async def _check(self, orders: list[dict[str, Any]]) -> None:
        """The next of what was done: it is passed, or returned with the reason; what was passed is closed."""
        for order in orders[:1]:
            verb, wish = CHECKS[order["status"]], {"expectedVersion": order["version"]}
            if order["status"] == "DONE" and self.chance.random() < RETURN_SHARE:
                verb, wish = RETURN, {**wish, "note": self.chance.choice(WRONG)}
            try:
                await self.session.act(check(verb), id=order["id"], input=wish)
            except Refused as refused:
                if not refused.codes & {"CONFLICT", "TRANSITION_NOT_ALLOWED"}:
                    raise
            else:
                self.say("%s %s", SAID[verb], order["number"])
                if verb == "workOrderVerify":
                    await self._charge(order)

    async def _charge(self, order: dict[str, Any]) -> None:
        """Some of what was done has to be paid for."""
        if chance_of(self.stage.seed, order["number"]).random() < CHARGE_SHARE:
            done = await self.desk.charge(order["id"], self.place.property_id)
            if done is not None:
                self.say("%s", done)


def _of(board: Mapping[str, list[dict[str, Any]]], statuses: Iterable[str]) -> list[dict[str, Any]]:
    """The cards of some columns, the oldest first."""
    return sorted((card for status in statuses for card in board[status]), key=lambda card: str(card["createdAt"]))


def choose_technician(chance: random.Random, staff: Iterable[str], taken: Mapping[str, int]) -> str | None:
    """One of those with the fewest open orders; None when all have enough."""
    free = [who for who in staff if taken.get(who, 0) < MOST_OPEN]
    least = min((taken.get(who, 0) for who in free), default=0)
    idle = [who for who in free if taken.get(who, 0) == least]
    return chance.choice(idle) if idle else None
