"""What a process counts for its operators, and Prometheus' text format (docs/decisions/0022-metrics.md).

Written in the event loop only, so a count is an addition to a dict: no lock, no registry of the whole interpreter.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Kind = Literal["counter", "gauge", "histogram"]
Labels = tuple[tuple[str, str], ...]
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_ESCAPES = str.maketrans({"\\": "\\\\", "\n": "\\n", '"': '\\"'})


@dataclass
class Family:
    """Figures of one name. `samples` are by suffix of the name and labels."""

    name: str
    kind: Kind
    help: str
    samples: dict[tuple[str, Labels], float] = field(default_factory=dict)


class Counter:
    """A count by labels; their values come from small closed sets, never from a client."""

    def __init__(self, name: str, help: str, *labels: str) -> None:
        self._name, self._help, self._labels = name, help, labels
        self._values: dict[tuple[str, ...], float] = {}

    def add(self, *values: str, by: float = 1) -> None:
        """So much more."""
        self._values[values] = self._values.get(values, 0) + by

    def family(self) -> Family:
        """As it is now."""
        samples = {("", tuple(zip(self._labels, values, strict=True))): n for values, n in self._values.items()}
        return Family(self._name, "counter", self._help, samples)


class Histogram:
    """How long things took, in seconds, by labels."""

    def __init__(self, name: str, help: str, *labels: str) -> None:
        self._name, self._help, self._labels = name, help, labels
        self._counts: dict[tuple[str, ...], list[int]] = {}
        self._sums: dict[tuple[str, ...], float] = {}

    def observe(self, seconds: float, *values: str) -> None:
        """One more."""
        counts = self._counts.get(values)
        if counts is None:
            counts = self._counts[values] = [0] * (len(SECONDS) + 1)
        counts[bisect_left(SECONDS, seconds)] += 1
        self._sums[values] = self._sums.get(values, 0.0) + seconds

    def family(self) -> Family:
        """As it is now, each bucket with those below it."""
        samples: dict[tuple[str, Labels], float] = {}
        for values, counts in self._counts.items():
            labels, total = tuple(zip(self._labels, values, strict=True)), 0
            for bound, count in zip((*map(str, SECONDS), "+Inf"), counts, strict=True):
                total += count
                samples["_bucket", (*labels, ("le", bound))] = total
            samples["_sum", labels] = self._sums[values]
            samples["_count", labels] = total
        return Family(self._name, "histogram", self._help, samples)


class Metrics:
    """What happens where nobody else counts it."""

    def __init__(self) -> None:
        self.requests = Counter(
            "wuye_http_requests_total", "HTTP requests, by where, kind of operation and status.", "at", "kind", "status"
        )
        self.request_seconds = Histogram(
            "wuye_http_request_seconds",
            "Until the answer was made, or its stream began, by where and kind of operation.",
            "at",
            "kind",
        )
        self.jobs = Counter("wuye_jobs_total", "Scheduled jobs that ran, by outcome.", "job", "outcome")
        self.job_seconds = Histogram("wuye_job_seconds", "How long scheduled jobs took.", "job")
        self.deliveries = Counter(
            "wuye_deliveries_total",
            "Tries to take a notification out of the house, by way and outcome.",
            "channel",
            "state",
        )
        self.ingested = Counter("wuye_ingest_messages_total", "Messages of devices, by result.", "status")

    def families(self) -> list[Family]:
        """All of them."""
        return [
            one.family()
            for one in (
                self.requests,
                self.request_seconds,
                self.jobs,
                self.job_seconds,
                self.deliveries,
                self.ingested,
            )
        ]


def gauge(name: str, help: str, value: float, *labels: tuple[str, str]) -> Family:
    """A figure of this moment."""
    return Family(name, "gauge", help, {("", labels): value})


def merged(parts: Iterable[Sequence[Family]]) -> list[Family]:
    """The figures of several processes as one: everything here can be added up."""
    found: dict[str, Family] = {}
    for families in parts:
        for family in families:
            known = found.setdefault(family.name, Family(family.name, family.kind, family.help))
            for key, value in family.samples.items():
                known.samples[key] = known.samples.get(key, 0) + value
    return list(found.values())


def exposition(families: Iterable[Family]) -> str:
    """Prometheus' text format 0.0.4."""
    lines: list[str] = []
    for family in families:
        lines += [f"# HELP {family.name} {family.help}", f"# TYPE {family.name} {family.kind}"]
        for (suffix, labels), value in family.samples.items():
            shown = ",".join(f'{label}="{text.translate(_ESCAPES)}"' for label, text in labels)
            name = f"{family.name}{suffix}"
            lines.append(f"{name}{{{shown}}} {value:.17g}" if shown else f"{name} {value:.17g}")
    return "\n".join(lines) + "\n"
