"""Who passes a gate next: pure, decided by chance alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.demo.talk import KNOWN, UNKNOWN
from models.rules.gate import AccessDirection, AccessMethod, AccessResult

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

GRANTED_SHARE = 0.92
METHODS = {
    AccessMethod.FACE: 50,
    AccessMethod.CARD: 25,
    AccessMethod.PHONE: 12,
    AccessMethod.QR: 8,
    AccessMethod.PIN: 5,
}
CROWDS = {1: 80, 2: 9, 3: 5, 4: 3, 7: 2, 12: 1}  # how many pass together, and how often


@dataclass(frozen=True)
class Passage:
    """One attempt; `before` is how many seconds before the report it happened."""

    direction: AccessDirection
    method: AccessMethod
    result: AccessResult
    reason: str | None
    person_id: str | None
    before: float


def plan_passage(chance: random.Random, people: Sequence[str], inward: float = 0.5) -> Passage:
    """Somebody of `people`, or a stranger who is denied; `inward` is the share of those who come in."""
    direction = AccessDirection.IN if chance.random() < inward else AccessDirection.OUT
    method = chance.choices(list(METHODS), list(METHODS.values()))[0]
    person = chance.choice(people) if people else None
    before = round(chance.uniform(0.1, 2.0), 3)
    if chance.random() < GRANTED_SHARE:
        return Passage(direction, method, AccessResult.GRANTED, None, person, before)
    if person is not None and chance.random() < 0.3:
        return Passage(direction, method, AccessResult.DENIED, chance.choice(KNOWN), person, before)
    return Passage(direction, method, AccessResult.DENIED, chance.choice(UNKNOWN[method]), None, before)


def plan_crowd(chance: random.Random) -> int:
    """How many pass before the device reports: mostly one, at times a rush."""
    return chance.choices(list(CROWDS), list(CROWDS.values()))[0]
