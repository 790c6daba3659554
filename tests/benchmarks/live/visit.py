"""A visit: one contender, started fresh, with the sockets of one scene, under each of some loads."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tests.benchmarks.live.generator import Generator
from tests.benchmarks.live.measure import NotServedError, Stage
from tests.benchmarks.usage import cpu, memory, pin

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.benchmarks.live.contender import Contender
    from tests.benchmarks.live.measure import Spans
    from tests.benchmarks.live.report import Shot
    from tests.benchmarks.live.world import Scene

HEAT = 10  # sockets that connect, hear and leave before memory is looked at
SATURATION = 0
LOOK_SECONDS, LOOKS = 0.5, 60


@dataclass(frozen=True)
class Visit:
    """Who is asked what; a load is so many events a second, or SATURATION."""

    scene: Scene
    loads: tuple[int, ...]
    everybody: bool  # peers and limits too

    @property
    def name(self) -> str:
        """As `--only-scenes` takes it."""
        return f"{self.scene.name}-{self.scene.sockets}"


class Guide:
    """Leads through the visits of a run. Event numbers ascend over all of them."""

    def __init__(self, folder: Path, spans: Spans, core: int, helpers: Sequence[int]) -> None:
        self._folder = folder
        self._spans = spans
        self._core = core
        self._helpers = helpers
        self._number = 1

    async def visit(self, contender: Contender, visit: Visit) -> list[Shot]:
        """All shots of it. Raises NotServedError."""
        contender.start()
        try:
            pin(contender.pid, {self._core})
            await contender.open()
            await self._heat(contender, visit.scene)
            return await self._measure(contender, visit)
        except NotServedError as error:
            raise NotServedError(f"{error}\n{contender.log()}".strip()) from None
        finally:
            await contender.close()
            contender.stop()

    async def _heat(self, contender: Contender, scene: Scene) -> None:
        few = replace(scene, sockets=min(HEAT, scene.sockets))
        with self._generator(contender, few) as generator:
            stage = Stage(contender, few, generator, self._number)
            await stage.connected()
            await stage.hearing()
            self._number = stage.next

    async def _measure(self, contender: Contender, visit: Visit) -> list[Shot]:
        at_rest, shots = memory(contender.pid), []
        with self._generator(contender, visit.scene) as generator:
            stage = Stage(contender, visit.scene, generator, self._number, self._helpers)
            connect = await stage.connected()
            await _at_rest(contender.pid)
            idle = (memory(contender.pid) - at_rest) * 1024 / visit.scene.sockets
            await stage.hearing()
            for load in visit.loads:
                shot = await (stage.steady(load, self._spans) if load else stage.saturation(self._spans))
                shots.append(replace(shot, connect=connect, idle=idle))
            self._number = stage.next
        return shots

    def _generator(self, contender: Contender, scene: Scene) -> Generator:
        subscribers = scene.subscribers() if contender.signs_in else scene.strangers()
        self._number += -(self._number - 1) % scene.step
        return Generator(self._folder, contender.port, contender.path, subscribers, scene.step, self._number)


async def _at_rest(pid: int) -> None:
    """Wait until a server has dealt with all that it was told: it computes no more."""
    before = cpu(pid)
    for _ in range(LOOKS):
        await asyncio.sleep(LOOK_SECONDS)
        used, before = cpu(pid) - before, cpu(pid)
        if used < LOOK_SECONDS / 10:
            return


def load_core() -> None:
    """Put ourselves, and whatever we start, on the last core; servers are moved to the first one."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
