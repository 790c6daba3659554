"""What processes use, from /proc (Linux)."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from tests.servers.process import children

TICKS = os.sysconf("SC_CLK_TCK")


def cpu(pid: int) -> float:
    """CPU seconds of a process with all its threads, user and system; 0 for one that has ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICKS


def memory(pid: int) -> float:
    """Resident memory in MiB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError(f"/proc/{pid}/status has no VmRSS")


def pin(pid: int, cores: set[int]) -> None:
    """Keep a process, all its threads, on these cores; later threads inherit it."""
    for task in Path(f"/proc/{pid}/task").iterdir():
        os.sched_setaffinity(int(task.name), cores)


def busy() -> float:
    """CPU seconds that all processes of the machine have used."""
    user, nice, system, _, _, irq, soft, steal = map(int, Path("/proc/stat").read_text().splitlines()[0].split()[1:9])
    return (user + nice + system + irq + soft + steal) / TICKS


@dataclass(frozen=True)
class Meter:
    """CPU seconds so far: of a server, of PostgreSQL, of the load, of everything."""

    server: float
    postgres: float
    load: float
    machine: float

    @classmethod
    def read(cls, server: int, postmaster: int) -> Meter:
        """As of now."""
        backends = [cpu(pid) for pid in (postmaster, *children(postmaster))]
        return cls(cpu(server), sum(backends), cpu(os.getpid()), busy())

    def since(self, before: Meter) -> Meter:
        """What was used in between."""
        return Meter(
            self.server - before.server,
            self.postgres - before.postgres,
            self.load - before.load,
            self.machine - before.machine,
        )
