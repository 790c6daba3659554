"""What works in the background looks for work, does all there is, and looks again."""

from __future__ import annotations

import asyncio
import logging
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

from adapters.database import DatabaseUnavailable
from adapters.storage import StorageUnavailable
from adapters.task import end

if TYPE_CHECKING:
    from resolvers.ports import House

logger = logging.getLogger("wuye.jobs")


class Looker(ABC):
    """A runner (`resolvers/ports.py`): any number of processes may look, each piece of work is claimed by one."""

    WORK: ClassVar[str]
    EVERY_SECONDS: ClassVar[float] = 1.0

    def __init__(self, house: House) -> None:
        self._house = house
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to look."""
        self._task = asyncio.create_task(self._forever())

    async def stop(self) -> None:
        """Stop after the statement under way; what was interrupted is claimed again when its claim lapses."""
        await end([self._task])

    async def look(self) -> None:
        """Do all the work there is now."""
        while await self.run_one():
            pass

    @abstractmethod
    async def run_one(self) -> bool:
        """Claim and do the piece of work that waits longest; False when none does."""

    async def _forever(self) -> None:
        while True:
            try:
                await self.look()
            except (DatabaseUnavailable, StorageUnavailable) as error:
                logger.warning("%s wait: %s", self.WORK, error)
            except Exception:
                logger.exception("%s stumbled, going on", self.WORK)
            await asyncio.sleep(self.EVERY_SECONDS)
