"""A process of its own that runs scheduled work: `python -m tests.worker HOURS KIND …`, so long after the world's now.

It says that it is ready, and begins when it is told to, so that several begin at once.
"""

from __future__ import annotations

import asyncio
import os
import sys
from datetime import timedelta

from adapters.settings import load_settings
from resolvers.jobs import REGISTRY
from tests.conftest import house_of


async def work(hours: float, kinds: list[str]) -> None:
    """Run each kind once."""
    house = house_of(load_settings(os.environ))
    house.clock.move(timedelta(hours=hours))  # type: ignore[attr-defined]
    await house.database.connect()
    try:
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        for kind in kinds:
            await REGISTRY[kind].run(house)
    finally:
        await house.database.close()


if __name__ == "__main__":
    asyncio.run(work(float(sys.argv[1]), sys.argv[2:]))
