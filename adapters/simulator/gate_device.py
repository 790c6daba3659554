"""A gate controller: reports who passes, asks with heartbeats what its gates should do, and does it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adapters.demo.day import Pace, at
from adapters.simulator.device import DeviceActor
from adapters.simulator.passage import plan_crowd, plan_passage
from adapters.simulator.trouble import Failed
from models.rules.gate import AccessResult, GateState

if TYPE_CHECKING:
    from adapters.simulator.actor import Stage
    from adapters.simulator.passage import Passage

PASSAGE_SECONDS = 30.0  # mean between two reports of one controller at an average pace
HEARTBEAT_SECONDS = 5.0
SHORTEST_BEAT = 1.0  # real seconds: at a high speed the controllers must not drown the server
OPEN_SECONDS = 3.0  # how long a gate stands open


class GateDevice(DeviceActor):
    """Drives the gates that the server says are its own."""

    def __init__(self, stage: Stage, device: dict[str, Any]) -> None:
        super().__init__(stage, device)
        self._gates: dict[str, GateState] = {}
        self._beat = max(HEARTBEAT_SECONDS, SHORTEST_BEAT * stage.speed)  # seconds of the play

    async def act(self) -> None:
        """Beat until somebody comes, then report the passage."""
        if not self._gates:
            await self._report([])
        quiet = self.chance.expovariate(1 / PASSAGE_SECONDS)  # in seconds of an average hour
        while (busy := self.stage.day.pace(Pace.PASSAGE)) * self._beat < quiet:
            await self.pause(self._beat)
            await self._report([])
            quiet -= self._beat * busy
        await self.pause(max(quiet, 0) / busy)
        await self._report(self._passages())

    def _passages(self) -> list[dict[str, Any]]:
        inward, messages = at(Pace.HOMECOMING, self.stage.day.hour()), []
        for _ in range(plan_crowd(self.chance)):
            gate = self.chance.choice(sorted(self._gates, key=self.place.gate_name))
            messages.append((gate, plan_passage(self.chance, self.place.people_at(gate), inward)))
        messages.sort(key=lambda item: -item[1].before)
        self._tell(messages)
        return [self._attempt(gate, passage) for gate, passage in messages]

    def _tell(self, messages: list[tuple[str, Passage]]) -> None:
        if len(messages) > 1:
            denied = sum(passage.result is AccessResult.DENIED for _, passage in messages)
            self.say("reports %d passages, %d of them denied", len(messages), denied)
            return
        ((gate, passage),) = messages
        name, reason = self.place.gate_name(gate), f": {passage.reason}" if passage.reason else ""
        self.say("%s: %s %s %s%s", name, passage.direction.value, passage.method.value, passage.result.value, reason)

    def _attempt(self, gate: str, passage: Passage) -> dict[str, Any]:
        return self.message(
            "access",
            passage.before,
            gateId=gate,
            direction=passage.direction.value,
            method=passage.method.value,
            result=passage.result.value,
            reason=passage.reason,
            personId=passage.person_id,
        )

    async def _report(self, messages: list[dict[str, Any]]) -> None:
        """Send, and do what the answer asks: a gate told to open opens, shuts after a moment, and that is reported."""
        await self._take(messages)
        while opened := [gate for gate, state in self._gates.items() if state is GateState.OPEN]:
            self.say("opens %s, as it was told", ", ".join(map(self.place.gate_name, opened)))
            await self.pause(OPEN_SECONDS)
            await self._take([self.message("gateState", gateId=gate, state="CLOSED") for gate in opened])

    async def _take(self, messages: list[dict[str, Any]]) -> None:
        answer = await self.send(messages)
        self._gates = {gate["id"]: GateState(gate["state"]) for gate in answer["gates"]}
        if not self._gates:
            raise Failed("the server knows no gates of this device")
