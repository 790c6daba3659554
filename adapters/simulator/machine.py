"""A lift, pump, meter or other machine: measures, reports how it is, fails at times and falls silent at times."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from adapters.demo.day import Pace
from adapters.demo.metric import METRICS
from adapters.simulator.device import DeviceActor
from models.rules.device import DeviceKind

if TYPE_CHECKING:
    import random

    from adapters.simulator.actor import Stage

MEASURE_SECONDS = 30.0
SHORTEST_REAL = 2.0  # seconds between two measurements at any speed
TROUBLE_SHARE = 0.004  # of the measurements are followed by a fault
SILENCE_SHARE = 0.003  # … by silence
REPAIR_SECONDS = 120.0
SILENT_SECONDS = 60.0  # real ones: longer than a pump may miss
BEATS = {DeviceKind.PUMP: 10.0, DeviceKind.LIFT: 20.0}  # real seconds; half of what the devices' files say and less


class Machine(DeviceActor):
    """One of the demo's devices that is on line."""

    def __init__(self, stage: Stage, device: dict[str, Any]) -> None:
        super().__init__(stage, device)
        self._kind = DeviceKind(device["kind"])
        self.beat_seconds = BEATS.get(self._kind, 30.0)
        self._told = False

    async def act(self) -> None:
        """Measure; now and then fail, or fall silent."""
        if not self._told:
            await self.beat_until(self.chance.uniform(0, MEASURE_SECONDS))
            await self._state("RUNNING")
            self._told = True
        await self._measure()
        fate = self.chance.random()
        if fate < TROUBLE_SHARE:
            await self._fail()
        elif fate < TROUBLE_SHARE + SILENCE_SHARE and self._kind is DeviceKind.PUMP:
            self.say("falls silent")
            await asyncio.sleep(SILENT_SECONDS)
            self.say("is back")
        await self.beat_until(max(MEASURE_SECONDS, SHORTEST_REAL * self.stage.speed))

    async def _measure(self) -> None:
        readings = plan_readings(self.chance, self._kind, self.stage.day.pace(Pace.PASSAGE))
        await self.send([self.message("telemetry", readings=readings)] if readings else [])

    async def _fail(self) -> None:
        """A fault, and its repair; a lift stops between two floors."""
        self.say("fails")
        trouble = [self.message("deviceState", state="FAULT")]
        words = f"{self.name.split(' ', 1)[1]}：轿厢停在两层之间"
        if self._kind is DeviceKind.LIFT:
            trouble.append(self.message("alarm", alarmType="LIFT", severity="MAJOR", summary=words))
        await self.send(trouble)
        await self.beat_until(REPAIR_SECONDS * self.chance.uniform(0.5, 1.5))
        await self._state("RUNNING")
        self.say("runs again")

    async def _state(self, state: str) -> None:
        await self.send([self.message("deviceState", state=state)])


def plan_readings(chance: random.Random, kind: DeviceKind, busy: float) -> list[dict[str, Any]]:
    """What a machine measures when its estate is so busy; nothing for a kind that only reports how it is."""
    found = []
    for metric, unit, level, swing in METRICS.get(kind, ()):
        value = level + swing * (busy - 0.8) + swing * chance.uniform(-0.1, 0.1)
        found.append({"metric": metric, "value": round(value, 3), **({"unit": unit} if unit else {})})
    return found
