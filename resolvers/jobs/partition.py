"""Keeps monthly partitions ahead of the clock (PostgreSQL)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from resolvers.ports import House


async def make_partitions(house: House) -> None:
    """Make what the coming months need; nothing to do when it is there."""
    await house.database.ahead(house.clock.now())
