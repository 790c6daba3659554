"""What operators are shown of a process: its counts, and how its live core stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from adapters.metric import Metrics
from models.rules.permission import Permission

if TYPE_CHECKING:
    from collections.abc import Callable

    from models.viewer import Viewer
    from subscriptions.status import Status


@dataclass
class Watch:
    """One of a process. `live` is there once the hub is."""

    metrics: Metrics = field(default_factory=Metrics)
    live: Callable[[], Status] | None = None


def live_status(viewer: Viewer | None, watch: Watch) -> Status | None:
    """Numbers without names; None for whoever lacks live.read in the whole Organization."""
    if viewer is None or Permission.LIVE_READ not in viewer.everywhere or watch.live is None:
        return None
    return watch.live()
