"""Looks every second for imports to run: one at a time in each process, beside the short jobs."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import TYPE_CHECKING

from adapters.database import DatabaseUnavailable
from adapters.storage import StorageUnavailable
from resolvers.data_import import work_one

if TYPE_CHECKING:
    from resolvers.ports import House

logger = logging.getLogger("wuye.jobs")
LOOK_SECONDS = 1.0


class ImportRunner:
    """Runs waiting imports in this process; any number of processes may, each import has one worker at a time."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to look."""
        self._task = asyncio.create_task(self._forever())

    async def stop(self) -> None:
        """Stop after the statement under way; whoever comes next goes on from the last chunk that was committed."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _forever(self) -> None:
        while True:
            try:
                while await work_one(self._house):
                    pass
            except (DatabaseUnavailable, StorageUnavailable) as error:
                logger.warning("imports wait: %s", error)
            except Exception:
                logger.exception("an import stumbled; it is tried again when its hold lapses")
            await asyncio.sleep(LOOK_SECONDS)
