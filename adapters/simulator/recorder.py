"""A network recorder with analytics: raises alarms of its cameras."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adapters.demo.day import Pace
from adapters.simulator.device import DeviceActor
from adapters.simulator.incident import plan_incident

if TYPE_CHECKING:
    from adapters.simulator.actor import Stage

INCIDENT_SECONDS = 300.0  # mean between two incidents of one recorder at a pace of 1
REPEAT_SECONDS = 4.0


class Recorder(DeviceActor):
    """One of the demo's recorders."""

    beat_seconds = 20.0

    def __init__(self, stage: Stage, device: dict[str, Any]) -> None:
        super().__init__(stage, device)
        self._cameras: list[dict[str, str]] = device["cameras"]

    async def act(self) -> None:
        """See nothing for a while, then something."""
        await self.send([])
        busy = self.stage.day.pace(Pace.INCIDENT)
        await self.beat_until(self.chance.expovariate(busy / INCIDENT_SECONDS))
        incident = plan_incident(self.chance, self.stage.day.hour(), self._cameras)
        for n in range(incident.repeats + 1):
            if n:
                await self.pause(REPEAT_SECONDS)
            alarm = {"alarmType": incident.type.value, "severity": incident.severity.name, "cameraKey": incident.camera}
            await self.send([{**self.message("alarm"), **alarm, "summary": incident.summary}])
        self.say("raises %s: %s", incident.type.value, incident.summary)
