"""A place of a process on this machine: 0, 1, … below WORKERS, taken by the first that is free, freed by any death."""

from __future__ import annotations

import asyncio
import fcntl
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

LOOK_SECONDS = 0.5


class Slot:
    """Held by a file lock: after a restart the same numbers are taken again, so what waits for them is fetched."""

    def __init__(self, folder: Path, most: int) -> None:
        self._folder = folder
        self._most = most
        self._file: IO[str] | None = None

    async def take(self) -> int:
        """The number; waits while all are taken, such as by the processes that a restart is about to replace."""
        self._folder.mkdir(parents=True, exist_ok=True)
        while True:
            for number in range(self._most):
                if self._try(number):
                    return number
            await asyncio.sleep(LOOK_SECONDS)

    def free(self) -> None:
        """Give the number back."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _try(self, number: int) -> bool:
        file = (self._folder / f"mqtt-{number}.lock").open("w")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
            return False
        self._file = file
        return True
