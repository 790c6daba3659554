"""What all actors share: a chance of their own, a pace, and going on after trouble."""

from __future__ import annotations

import asyncio
import logging
import random
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from adapters.simulator.session import Session
from adapters.simulator.trouble import Trouble

if TYPE_CHECKING:
    from adapters.clock import Clock
    from adapters.demo.day import Pace
    from adapters.simulator.directory import Directory
    from adapters.simulator.hour import PlayedDay
    from adapters.simulator.sequence import Sequences
    from adapters.simulator.server import Server

logger = logging.getLogger("wuye.simulator")
AFTER_TROUBLE = 2.0  # seconds, whatever the speed: trouble must not spin
LOOK_SECONDS = 90.0  # how long an actor waits before he looks again how busy it is


@dataclass(frozen=True)
class Stage:
    """Where the actors play: handed to each of them. At the `counter` residents wait for the cashier, by person id."""

    server: Server
    directories: dict[str, Directory]  # by the Property's code
    sequences: Sequences
    clock: Clock
    day: PlayedDay
    seed: int
    speed: float
    counter: asyncio.Queue[tuple[str, str]] = field(default_factory=lambda: asyncio.Queue(50))  # (property, person)


class Actor(ABC):
    """Acts again and again until it is cancelled."""

    def __init__(self, stage: Stage, name: str) -> None:
        self.stage = stage
        self.name = name
        self.chance = chance_of(stage.seed, name)

    async def run(self) -> None:
        """Play on. What a server may answer is logged and the play goes on; a bug ends the simulator, loudly."""
        while True:
            try:
                await self.act()
            except Trouble as trouble:
                logger.warning("%s: %s", self.name, trouble)
                await asyncio.sleep(AFTER_TROUBLE)

    @abstractmethod
    async def act(self) -> None:
        """One pause and what follows it."""

    def say(self, text: str, *values: object) -> None:
        """Tell whoever watches what was done."""
        logger.info("%s " + text, self.name, *values)  # noqa: G003 - each text is a constant of its caller

    async def pause(self, seconds: float) -> None:
        """Wait, shorter at a higher speed."""
        await asyncio.sleep(seconds / self.stage.speed)

    async def pause_about(self, seconds: float) -> None:
        """Wait from half to one and a half times as long."""
        await self.pause(seconds * self.chance.uniform(0.5, 1.5))

    async def pause_until_due(self, seconds: float, pace: Pace) -> None:
        """Wait for what happens every `seconds` on average at a pace of 1: longer in quiet hours."""
        left = self.chance.expovariate(1 / seconds)  # in seconds of a busy hour
        while left > 0:
            busy = self.stage.day.pace(pace)
            step = min(left / busy if busy else LOOK_SECONDS, LOOK_SECONDS)
            await self.pause(step)
            left -= max(step * busy, 1e-6)


class AccountActor(Actor):
    """An actor with an account of the demo, in one Property or (`place` None) in all of them."""

    def __init__(self, stage: Stage, account: dict[str, str]) -> None:
        super().__init__(stage, f"{account['login']} {account['name']}")
        self.session = Session(stage.server, account)
        self._code = account["property"]

    @property
    def places(self) -> list[Directory]:
        """Where it acts."""
        return [place for code, place in self.stage.directories.items() if self._code in ("", code)]

    @property
    def place(self) -> Directory:
        """Where it acts; one of several by chance."""
        places = self.places
        return places[0] if len(places) == 1 else self.chance.choice(places)


def chance_of(seed: int, name: str) -> random.Random:
    """A source of chance for one actor: what the others do does not move it."""
    return random.Random(f"{seed}:{name}")  # noqa: S311 - a play, not a secret
