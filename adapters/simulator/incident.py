"""What cameras see and machines meet: pure, decided by chance and the hour."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.demo.day import quiet
from adapters.demo.talk import INCIDENTS
from models.rules.alarm import AlarmType

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

    from models.rules.alarm import AlarmSeverity

OF_MACHINES = frozenset({AlarmType.LIFT, AlarmType.DEVICE_FAULT})
WEIGHTS = {AlarmType.INTRUSION: 5, AlarmType.LOITERING: 4, AlarmType.SMOKE: 1}  # the others 2


@dataclass(frozen=True)
class Incident:
    """An alarm that a recorder raises; `repeats` more times, a few seconds apart."""

    type: AlarmType
    severity: AlarmSeverity
    summary: str
    camera: str
    repeats: int


def plan_incident(chance: random.Random, hour: float, cameras: Sequence[dict[str, str]]) -> Incident:
    """Something at one of the cameras (`name` and `key` of each): intruders come while the estate sleeps."""
    asleep = quiet(hour)
    kinds = [kind for kind in INCIDENTS if kind[0] not in OF_MACHINES and (asleep or not kind[3])]
    type_, severity, words, _ = chance.choices(kinds, [WEIGHTS.get(kind[0], 2) for kind in kinds])[0]
    camera = chance.choice(cameras)
    repeats = chance.choice((0, 0, 1, 3))
    return Incident(type_, severity, words.format(place=camera["name"]), camera["key"], repeats)
