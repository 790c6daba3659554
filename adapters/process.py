"""What the operating system says of this process, under the names that Prometheus' own clients use. Linux only."""

from __future__ import annotations

import os
import resource
from pathlib import Path

from adapters.metric import Family, gauge

_PROC = Path("/proc/self")


def process_families() -> list[Family]:
    """CPU, memory, open files, start; elsewhere than on Linux without the middle two."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    families = [
        Family(
            "process_cpu_seconds_total",
            "counter",
            "User and system CPU time spent.",
            {("", ()): used.ru_utime + used.ru_stime},
        ),
        gauge("wuye_processes", "Processes that these figures are of.", 1),
    ]
    if _PROC.exists():
        pages = int((_PROC / "statm").read_text().split()[1])
        families += [
            gauge("process_resident_memory_bytes", "Resident memory.", pages * os.sysconf("SC_PAGE_SIZE")),
            gauge("process_open_fds", "Open file descriptors.", sum(1 for _ in (_PROC / "fd").iterdir())),
        ]
    return families
