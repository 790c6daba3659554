"""The control room: opens gates for those who cannot, and sees every alarm through to its end."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any

from adapters.demo.day import Pace
from adapters.demo.still import draw_still
from adapters.demo.talk import CLEARED
from adapters.simulator.actor import AccountActor, Actor
from adapters.simulator.hour import ZONE
from adapters.simulator.phone import ALARMS, ORDERS, Call, Phone
from adapters.simulator.photo import Photo
from adapters.simulator.trouble import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable

    from adapters.simulator.actor import Stage
    from adapters.simulator.directory import Directory
    from adapters.simulator.session import Session

OPEN_SECONDS = 90.0  # mean between two openings
IDLE_SECONDS = 30.0
THINK_SECONDS = 6.0
REASONS = (
    "住户忘带门禁卡，已核实身份",
    "快递大件进出",
    "救护车通行",
    "搬家车辆放行",
    "访客已电话确认",
    "设备维护人员进场",
)
GATES = """query Gates($property: ID!) {
  gates(propertyId: $property, filter: {state: CLOSED}, first: 500) { nodes { id name } }
}"""
OPEN = """mutation Open($id: ID!, $input: GateOpenInput!) {
  gateOpen(id: $id, input: $input) { gate { state } userErrors { code message } }
}"""
SHOWN = """id type severity summary version firstAt acknowledgedAt clearedAt
      camera { id name } photos(first: 1) { nodes { id } }
      workOrder { number status assignee { name } createdAt acceptedAt startedAt completedAt }"""
ACTIVE = f"""query Active($property: ID!) {{
  alarms(propertyId: $property, filter: {{active: true}}, order: OLDEST, first: 50) {{
    nodes {{ {SHOWN} }}
  }}
}}"""
STEPS = {
    name: f"""mutation Step($id: ID!, $input: {name[0].upper()}{name[1:]}Input!) {{
  {name}(id: $id, input: $input) {{ alarm {{ {SHOWN} }} userErrors {{ code message }} }}
}}"""
    for name in ("alarmAcknowledge", "alarmOpenWorkOrder", "alarmClear")
}
KEEP = """mutation Keep($input: AlarmRaiseInput!) {
  alarmRaise(input: $input) { alarm { id } userErrors { code message } }
}"""
BY_ITSELF = frozenset({"DEVICE_OFFLINE", "DEVICE_FAULT"})  # cleared by the device that comes back
LOOKED_AT = frozenset({"INFO", "WARNING"})  # somebody looks at the picture, nobody has to go there


class ControlRoom(AccountActor):
    """The demo's account of role CONTROL_ROOM: one at the gates, one at the alarms, one session."""

    def __init__(self, stage: Stage, account: dict[str, str]) -> None:
        super().__init__(stage, account)
        self.desk = AlarmDesk(stage, self.name, self.session, self.places)

    async def run(self) -> None:
        """Both at once."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.desk.run())
            group.create_task(super().run())

    async def act(self) -> None:
        """Wait for a call and open what is asked for."""
        await self.pause_until_due(OPEN_SECONDS, Pace.TALK)
        data = await self.session.read(GATES, property=self.place.property_id)
        shut = sorted(data["gates"]["nodes"], key=lambda gate: str(gate["name"]))
        if not shut:
            return
        gate, reason = self.chance.choice(shut), self.chance.choice(REASONS)
        await self.session.act(OPEN, id=gate["id"], input={"reason": reason})
        self.say("opens %s: %s", gate["name"], reason)


class AlarmDesk(Actor):
    """Takes note of alarms, opens a work order where somebody must go, clears them when it is done."""

    def __init__(self, stage: Stage, name: str, session: Session, places: Iterable[Directory]) -> None:
        super().__init__(stage, f"{name} (alarms)")
        self._session = session
        self._places = list(places)
        of = [{"property": place.property_id} for place in self._places]
        calls = [Call(document, dict(variables)) for variables in of for document in (ALARMS, ORDERS)]
        self.phone = Phone(session, calls)

    async def run(self) -> None:
        """Act as the phone rings."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.phone.listen())
            group.create_task(super().run())

    async def act(self) -> None:
        """Bring each active alarm one step on; then wait for the phone."""
        self.phone.rang.clear()
        moved = False
        for place in self._places:
            data = await self._session.read(ACTIVE, property=place.property_id)
            for alarm in data["alarms"]["nodes"]:
                moved = await self._step(place, alarm) or moved
        if not moved:
            with suppress(TimeoutError):
                async with asyncio.timeout(IDLE_SECONDS / self.stage.speed):
                    await self.phone.rang.wait()

    async def _step(self, place: Directory, alarm: dict[str, Any]) -> bool:
        """What is next for an alarm; whether anything was."""
        verb = next_verb(alarm)
        if verb is None:
            return False
        await self.pause_about(THINK_SECONDS)
        if verb == "alarmAcknowledge" and await self._keep_picture(place, alarm):
            return True
        wish: dict[str, Any] = {"expectedVersion": alarm["version"]}
        if verb == "alarmClear":
            wish["reason"] = self.chance.choice(CLEARED)
        try:
            payload = await self._session.act(STEPS[verb], id=alarm["id"], input=wish)
        except Refused as refused:
            self.say("finds %s changed meanwhile: %s", alarm["summary"], ", ".join(sorted(refused.codes)))
            return True
        if verb == "alarmClear":
            self.say("chain at %s: %s", place.property_name, chain(payload["alarm"]))
        return True

    async def _keep_picture(self, place: Directory, alarm: dict[str, Any]) -> bool:
        """Give an alarm what its camera sees: raised by hand, it is a repeat of the one that is there."""
        if alarm["camera"] is None or alarm["photos"]["nodes"]:
            return False
        at = self.stage.clock.now().astimezone(ZONE)
        content = await asyncio.to_thread(draw_still, self.chance, alarm["camera"]["name"], at)
        wish = {name: alarm[name] for name in ("type", "severity", "summary")}
        where = {"propertyId": place.property_id, "cameraId": alarm["camera"]["id"]}
        try:
            photo = await self._session.upload(Photo("still.jpg", "image/jpeg", content))
            await self._session.act(KEEP, input={**wish, **where, "photoIds": [photo]})
        except Refused as refused:
            self.say("keeps no picture of %s: %s", alarm["summary"], ", ".join(sorted(refused.codes)))
            return False
        return True


def next_verb(alarm: dict[str, Any]) -> str | None:
    """The next step of an active alarm; None when others must act first."""
    if alarm["acknowledgedAt"] is None:
        return "alarmAcknowledge"
    if alarm["type"] in BY_ITSELF:
        return None
    if alarm["severity"] in LOOKED_AT:
        return "alarmClear"
    order = alarm["workOrder"]
    if order is None:
        return "alarmOpenWorkOrder"
    return "alarmClear" if order["completedAt"] else None


def chain(alarm: dict[str, Any]) -> str:
    """What happened from the alarm to its end, in one line, with the seconds since it was raised."""
    begun = datetime.fromisoformat(alarm["firstAt"])
    parts = [f"{alarm['type']} {alarm['summary']}"]
    order = alarm["workOrder"] or {}
    who = (order.get("assignee") or {}).get("name", "")
    steps = (
        ("acknowledged", alarm["acknowledgedAt"]),
        (f"order {order.get('number')}", order.get("createdAt")),
        (f"accepted by {who}", order.get("acceptedAt")),
        ("started", order.get("startedAt")),
        ("done", order.get("completedAt")),
        ("cleared", alarm["clearedAt"]),
    )
    for words, at in steps:
        if at is not None:
            parts.append(f"{words} +{(datetime.fromisoformat(at) - begun).total_seconds():.0f} s")
    return " → ".join(parts)
