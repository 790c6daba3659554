"""Push to phones: the port, JPush, and what stands in for it on a laptop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.push.base import Note, Push
from adapters.push.console import ConsolePush
from adapters.push.jpush import JPush

if TYPE_CHECKING:
    from adapters.settings import Settings
    from adapters.web import Web

__all__ = ["ConsolePush", "JPush", "Note", "Push", "make_push"]


def make_push(settings: Settings, web: Web) -> Push | None:
    """JPush when it is set up; else the console, but never in production: there nothing is pushed."""
    if settings.push is not None:
        return JPush(settings.push, web)
    return None if settings.production else ConsolePush()
