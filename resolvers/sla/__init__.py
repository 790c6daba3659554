"""Service levels: what is promised, the clocks that count towards it, how well it was kept."""

from resolvers.sla.clock import begin_clocks, keep, keep_order, watch
from resolvers.sla.reading import changes, live_clocks, targets
from resolvers.sla.statistic import Figures, Wanted, statistics
from resolvers.sla.target import Promise, archive_target, set_target

__all__ = [
    "Figures",
    "Promise",
    "Wanted",
    "archive_target",
    "begin_clocks",
    "changes",
    "keep",
    "keep_order",
    "live_clocks",
    "set_target",
    "statistics",
    "targets",
    "watch",
]
