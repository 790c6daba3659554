"""A technician: comes to work, takes orders on as the phone rings, works them off one by one, now and then goes out."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from adapters.simulator.actor import AccountActor, chance_of
from adapters.simulator.phone import ORDERS, Call, Phone
from adapters.simulator.photo import take_photo
from adapters.simulator.time_clock import TimeClock
from adapters.simulator.toolbox import Toolbox
from adapters.simulator.trouble import Refused

if TYPE_CHECKING:
    from adapters.simulator.actor import Stage

IDLE_SECONDS = 60.0
BREAK_SECONDS = 90.0
PHOTO_SHARE = 0.3
DECLINE_SHARE = 0.05
WAIT_SHARE = 0.08
OVERLOOKED_SHARE = 0.15  # of the tickets' orders that the house gives: nobody hears the phone until somebody calls
REASONS = ("今天请假，请改派他人。", "正在处理紧急工单，走不开。", "没有相应的证件。")
PARTS = ("缺同型号密封圈，已报采购。", "缺控制板，明天到货。", "等待专用工具。")
CHECK = """mutation Check($id: ID!, $input: WorkOrderCheckInput!) {
  workOrderCheck(id: $id, input: $input) { workOrder { version } userErrors { code message } }
}"""
RESULTS = (
    "已更换密封圈，试水十分钟无渗漏。",
    "已修复，试用正常，住户确认。",
    "线路重新接驳，测试正常。",
    "已疏通管道并清理现场。",
    "更换损坏配件一件，功能恢复。",
    "已与当事人沟通，对方承诺整改。",
    "现场处理完毕，后续继续观察。",
)
MINE = """query Mine($property: ID!) {
  workOrders(propertyId: $property, order: OLDEST, first: 50, filter: {
    status: [ASSIGNED, ACCEPTED, EN_ROUTE, IN_PROGRESS, WAITING_FOR_PARTS]
  }) {
    nodes {
      id number status version skill assignee { id } ticket { id } items { nodes { id doneAt } } whyAssigned { outcome }
    }
  }
}"""


@dataclass(frozen=True)
class Step:
    """What is next for an order in some status, and how long it takes on average."""

    verb: str
    says: str
    seconds: float

    @property
    def document(self) -> str:
        """The mutation."""
        name = self.verb[0].upper() + self.verb[1:]
        return (
            f"mutation Step($id: ID!, $input: {name}Input!)"
            f" {{ {self.verb}(id: $id, input: $input) {{ workOrder {{ status }} userErrors {{ code message }} }} }}"
        )


STEPS = {  # in this order: new calls are answered first, what was begun is finished before the next
    "ASSIGNED": Step("workOrderAccept", "accepts", 6.0),
    "IN_PROGRESS": Step("workOrderComplete", "completes", 45.0),
    "EN_ROUTE": Step("workOrderStart", "starts", 12.0),
    "ACCEPTED": Step("workOrderDepart", "sets out for", 8.0),
    "WAITING_FOR_PARTS": Step("workOrderStart", "has the parts and goes on with", 40.0),
}
DECLINE = Step("workOrderDecline", "declines", 6.0)
WAIT = Step("workOrderWait", "waits for parts of", 20.0)


class Technician(AccountActor):
    """One of the demo's accounts of role TECHNICIAN."""

    def __init__(self, stage: Stage, account: dict[str, str]) -> None:
        super().__init__(stage, account)
        self.time_clock = TimeClock(self.session, self.chance)
        self.toolbox = Toolbox(self.session, self.chance)
        self.phone = Phone(self.session, [Call(ORDERS, {"property": place.property_id}) for place in self.places])

    async def run(self) -> None:
        """Work with the phone in the pocket."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.phone.listen())
            group.create_task(super().run())

    async def act(self) -> None:
        """Look at the own orders and take the next step, or wait for the phone."""
        if self.time_clock.wants_break():
            self.say("%s", await self.time_clock.tap(self.place.property_id))
            await self.pause_about(BREAK_SECONDS)
        if not self.time_clock.is_in:
            self.say("%s", await self.time_clock.tap(self.place.property_id))
        self.phone.rang.clear()
        data = await self.session.read(MINE, property=self.place.property_id)
        orders = [order for order in data["workOrders"]["nodes"] if not overlooks(self.stage.seed, order)]
        if not orders:
            with suppress(TimeoutError):
                async with asyncio.timeout(IDLE_SECONDS / self.stage.speed):
                    await self.phone.rang.wait()
            return
        order = next_order(orders)
        step = self._next(order["status"])
        await self.pause_about(step.seconds)
        try:
            wish = await self._wish(step, order)
            await self.session.act(step.document, id=order["id"], input=wish)
        except Refused as refused:
            if not refused.codes & {"CONFLICT", "TRANSITION_NOT_ALLOWED"}:
                raise
            self.say("finds %s changed meanwhile and looks again", order["number"])
        else:
            self.say("%s %s", step.says, order["number"])

    def _next(self, status: str) -> Step:
        """Mostly the way to the end; now and then somebody else has to do it, or parts are missing."""
        chance = self.chance.random()
        if status == "ASSIGNED" and chance < DECLINE_SHARE:
            return DECLINE
        return WAIT if status == "IN_PROGRESS" and chance < WAIT_SHARE else STEPS[status]

    async def _wish(self, step: Step, order: dict[str, Any]) -> dict[str, Any]:
        """What the step says; a checklist is worked off before the work is reported."""
        version: int = order["version"]
        if step is DECLINE or step is WAIT:
            return {"expectedVersion": version, "note": self.chance.choice(REASONS if step is DECLINE else PARTS)}
        if not step.verb.endswith("Complete"):
            return {"expectedVersion": version}
        for item in order["items"]["nodes"]:
            if item["doneAt"] is None:
                checked = await self.session.act(CHECK, id=order["id"], input={"itemId": item["id"]})
                version = checked["workOrder"]["version"]
        version, part = await self.toolbox.note_work(order, self.place.property_id)
        if part:
            self.say("takes %s for %s", part, order["number"])
        return {"expectedVersion": version, **await self._report()}

    async def _report(self) -> dict[str, Any]:
        result, with_photo = self.chance.choice(RESULTS), self.chance.random() < PHOTO_SHARE
        photos = [await self.session.upload(take_photo(self.chance))] if with_photo else []
        return {"result": result, "photoIds": photos}


def overlooks(seed: int, order: dict[str, Any]) -> bool:
    """Whether nobody hears of an order: all to whom the house gives it alike. Who is called by a person comes."""
    given = order["status"] == "ASSIGNED" and (order["whyAssigned"] or {}).get("outcome") == "ASSIGNED"
    return given and order["ticket"] is not None and chance_of(seed, order["number"]).random() < OVERLOOKED_SHARE


def next_order(orders: list[dict[str, Any]]) -> dict[str, Any]:
    """The order whose turn it is; the oldest among equals."""
    turn = list(STEPS)
    return min(orders, key=lambda order: turn.index(order["status"]))
