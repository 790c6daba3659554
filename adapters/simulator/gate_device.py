"""A gate controller: reports who passes, asks with heartbeats what its gates should do, and does it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import orjson

from adapters.simulator.actor import Actor
from adapters.simulator.passage import plan_crowd, plan_passage
from adapters.simulator.trouble import Failed
from models.rules.gate import AccessResult, GateState

if TYPE_CHECKING:
    from adapters.simulator.actor import Stage
    from adapters.simulator.passage import Passage

PASSAGE_SECONDS = 20.0  # mean between two reports of one controller
HEARTBEAT_SECONDS = 5.0
OPEN_SECONDS = 3.0  # how long a gate stands open
MOST_MESSAGES = 100


class GateDevice(Actor):
    """Its messages are numbered, so it may send a call again when there was no answer."""

    def __init__(self, stage: Stage, device: dict[str, str]) -> None:
        super().__init__(stage, device["name"])
        self._headers = {"authorization": f"Bearer {device['token']}"}
        self._gates: dict[str, GateState] = {}

    async def act(self) -> None:
        """Beat until somebody comes, then report the passage."""
        quiet = self.chance.expovariate(1 / PASSAGE_SECONDS)
        while not self._gates or quiet > HEARTBEAT_SECONDS:
            await self.pause(HEARTBEAT_SECONDS if self._gates else 0)
            await self._report([])
            quiet -= HEARTBEAT_SECONDS
        await self.pause(max(quiet, 0))
        await self._report(self._passages())

    def _passages(self) -> list[dict[str, Any]]:
        directory, messages = self.stage.directory, []
        for _ in range(plan_crowd(self.chance)):
            gate = self.chance.choice(sorted(self._gates, key=directory.gate_name))
            messages.append((gate, plan_passage(self.chance, directory.people_at(gate))))
        messages.sort(key=lambda item: -item[1].before)
        self._tell(messages)
        return [self._attempt(gate, passage) for gate, passage in messages]

    def _tell(self, messages: list[tuple[str, Passage]]) -> None:
        if len(messages) > 1:
            denied = sum(passage.result is AccessResult.DENIED for _, passage in messages)
            self.say("reports %d passages, %d of them denied", len(messages), denied)
            return
        ((gate, passage),) = messages
        name, reason = self.stage.directory.gate_name(gate), f": {passage.reason}" if passage.reason else ""
        self.say("%s: %s %s %s%s", name, passage.direction.value, passage.method.value, passage.result.value, reason)

    def _attempt(self, gate: str, passage: Passage) -> dict[str, Any]:
        message = self._message("access", gate, passage.before)
        message |= {"direction": passage.direction.value, "method": passage.method.value}
        message |= {"result": passage.result.value, "reason": passage.reason, "personId": passage.person_id}
        return message

    def _message(self, kind: str, gate: str, before: float = 0) -> dict[str, Any]:
        at = self.stage.clock.now() - timedelta(seconds=before)
        number = self.stage.sequences.take()
        return {"sequence": number, "type": kind, "gateId": gate, "occurredAt": at.isoformat()}

    async def _report(self, messages: list[dict[str, Any]]) -> None:
        """Send, and do what the answer asks: a gate told to open opens, shuts after a moment, and that is reported."""
        await self._send(messages)
        while opened := [gate for gate, state in self._gates.items() if state is GateState.OPEN]:
            self.say("opens %s, as it was told", ", ".join(map(self.stage.directory.gate_name, opened)))
            await self.pause(OPEN_SECONDS)
            await self._send([{**self._message("gateState", gate), "state": "CLOSED"} for gate in opened])

    async def _send(self, messages: list[dict[str, Any]]) -> None:
        response = await self.stage.server.post(
            "/ingest/events", again=True, headers=self._headers, json={"messages": messages[:MOST_MESSAGES]}
        )
        if response.status_code != 200:
            raise Failed(f"/ingest/events answers {response.status_code}: {response.text[:200]}")
        answer = orjson.loads(response.content)
        self._gates = {gate["id"]: GateState(gate["state"]) for gate in answer["gates"]}
        if not self._gates:
            raise Failed("the server knows no gates of this device")
        rejected = [result for result in answer["results"] if result["status"] == "REJECTED"]
        if rejected:
            raise Failed(f"{len(rejected)} messages rejected, the first: {rejected[0]}")
