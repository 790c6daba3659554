"""What operators are shown of a process: its counts, and how its live core stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from adapters.metric import Metrics

if TYPE_CHECKING:
    from collections.abc import Callable

    from subscriptions.status import Status


@dataclass
class Watch:
    """One of a process. `live` is there once the hub is."""

    metrics: Metrics = field(default_factory=Metrics)
    live: Callable[[], Status] | None = None
