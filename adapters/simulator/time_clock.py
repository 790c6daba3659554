"""The time clock: an actor comes to work, goes out for a break now and then, and comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random

    from adapters.simulator.session import Session

BREAK_SHARE = 0.02  # of an actor's acts
DEVICES = ("Redmi Note 13", "HONOR X50", "vivo Y100", "OPPO A3")
CHECK_IN = """mutation CheckIn($input: AttendanceCheckInInput!) {
  attendanceCheckIn(input: $input) { attendance { id lateMinutes } userErrors { code message } }
}"""
CHECK_OUT = """mutation CheckOut($id: ID!, $input: AttendanceCheckOutInput!) {
  attendanceCheckOut(id: $id, input: $input) { attendance { minutes } userErrors { code message } }
}"""


class TimeClock:
    """Of one actor."""

    def __init__(self, session: Session, chance: random.Random) -> None:
        self._session = session
        self._chance = chance
        self._device = chance.choice(DEVICES)
        self._stay: str | None = None

    @property
    def is_in(self) -> bool:
        """Whether the actor is checked in."""
        return self._stay is not None

    def wants_break(self) -> bool:
        """Now and then, of who is in."""
        return self.is_in and self._chance.random() < BREAK_SHARE

    async def tap(self, property_id: str) -> str:
        """Check in, or out; what was done, in words. Raises Refused, Failed."""
        stay, self._stay = self._stay, None
        if stay is not None:
            await self._session.act(CHECK_OUT, id=stay, input={"device": self._device})
            return "goes out for a break"
        wish = {"propertyId": property_id, "device": self._device}
        done = await self._session.act(CHECK_IN, input=wish)
        self._stay = done["attendance"]["id"]
        late = done["attendance"]["lateMinutes"]
        return f"comes to work, {late} minutes late" if late else "comes to work"
