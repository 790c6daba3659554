"""The control room: now and then opens a gate for somebody who cannot."""

from __future__ import annotations

from adapters.simulator.actor import AccountActor

OPEN_SECONDS = 60.0  # mean between two openings
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


class ControlRoom(AccountActor):
    """The demo's account of role CONTROL_ROOM."""

    async def act(self) -> None:
        """Wait for a call and open what is asked for."""
        await self.pause(self.chance.expovariate(1 / OPEN_SECONDS))
        data = await self.session.read(GATES, property=self.stage.directory.property_id)
        shut = sorted(data["gates"]["nodes"], key=lambda gate: str(gate["name"]))
        if not shut:
            return
        gate, reason = self.chance.choice(shut), self.chance.choice(REASONS)
        await self.session.act(OPEN, id=gate["id"], input={"reason": reason})
        self.say("opens %s: %s", gate["name"], reason)
