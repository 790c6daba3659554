"""Plays the demo property (placeholder wired next)."""

from __future__ import annotations


async def simulate(*args: object) -> int:
    return 0
