"""Where the workers of one server leave their figures, so that whoever is asked can tell of all of them."""

from __future__ import annotations

import asyncio
import os
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import orjson

from adapters.metric import Family
from adapters.task import end

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

EVERY_SECONDS = 2.0
STALE_SECONDS = 10.0  # whoever wrote nothing for so long is gone


class Shelf:
    """One file a worker under `folder`, written every two seconds. A runner; with `shared` off it writes nothing."""

    def __init__(self, folder: Path, figures: Callable[[], list[Family]], *, shared: bool) -> None:
        self._folder = folder
        self._figures = figures
        self._shared = shared
        self._own = folder / f"{os.getpid()}.json"
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to write."""
        if self._shared:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._task = asyncio.create_task(self._forever())

    async def stop(self) -> None:
        """Take our figures away."""
        await end([self._task])
        if self._shared:
            self._own.unlink(missing_ok=True)

    def others(self) -> list[list[Family]]:
        """What the other workers left lately; what is old goes."""
        found = []
        for path in self._folder.glob("*.json") if self._shared else ():
            with suppress(OSError, orjson.JSONDecodeError):  # it went, or was never finished
                if time.time() - path.stat().st_mtime >= STALE_SECONDS:
                    path.unlink()
                elif path != self._own:
                    found.append(_read(path.read_bytes()))
        return found

    async def _forever(self) -> None:
        while True:
            content = _written(self._figures())
            await asyncio.to_thread(self._write, content)
            await asyncio.sleep(EVERY_SECONDS)

    def _write(self, content: bytes) -> None:
        draft = self._own.with_suffix(".draft")
        draft.write_bytes(content)
        draft.replace(self._own)


def _written(families: list[Family]) -> bytes:
    return orjson.dumps([[one.name, one.kind, one.help, [*one.samples.items()]] for one in families])


def _read(content: bytes) -> list[Family]:
    return [
        Family(name, kind, said, {(suffix, tuple(map(tuple, labels))): value for (suffix, labels), value in samples})
        for name, kind, said, samples in orjson.loads(content)
    ]
