"""Which test keeps which promise, and the figure that it reached: docs/promises.md, written by `make faults`.

A test says `@pytest.mark.promise(2)` and `reached("50 copies: one effect, one answer", count=50)`. With FAULTS=full
each result is written as soon as it is there, so a run may be cut off: the next one leaves out what passed on the same
code.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.faults import FULL

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    Writes = Generator[None, pytest.TestReport, pytest.TestReport]

ROOT = Path(__file__).parents[1]
KEPT, PAGE = ROOT / "docs" / "promises.json", ROOT / "docs" / "promises.md"
ANEW = "PROMISES_ANEW"  # set: run also what passed on this code
PROMISES = {
    1: "Acknowledged writes survive kill -9",
    2: "The same idempotency key gives the same answer, another body is refused",
    5: "The ledger balances after every fault",
    7: "No event lost over restarts",
    8: "Commits out of order lose nothing",
    9: "Redis killed, flushed or away: events arrive, none is lost",
    13: "Fan-out to residents with rights of their own",
    10: "PostgreSQL restarted or cut off: a clean error, none is lost",
    11: "Disk full: writes are refused with a code, reads go on",
    12: "Clock stepped by 10 minutes",
    14: "Memory of an idle socket",
    15: "A crowd that is cut off comes back",
    16: "Slow readers cost little and trouble nobody",
    17: "A resume that is too old is told",
    19: "No read across tenants or roles",
    20: "No write across tenants or roles",
    21: "Revocation reaches open streams within 2 s",
    22: "ID numbers and faces: no plaintext, erased, each reveal audited",
    23: "Bad input never breaks it",
    24: "Protocols, by other people's suites and clients",
    25: "A graceful stop loses nothing",
}
HEAD = """# The promises, and what was reached

Written by `make faults`, or by a test of it at full counts (tests/promise.py); what is not here was not measured so.
Each line is one run of one test, at that commit, on that day; `+` behind a commit: changes were not committed.
Run one again: `PROMISES_ANEW=1 FAULTS=full python -m pytest TEST`.

| # | Promise | Reached | Count | Seconds | Day | Commit | Test |
|--:|---|---|--:|--:|---|---|---|
"""


@dataclass(frozen=True)
class Result:
    """What a run of one test came to."""

    promise: int
    test: str
    kept: bool
    figure: str
    count: int
    seconds: float
    at: str
    commit: str
    code: str


def results(text: str) -> dict[str, Result]:
    """Results by their test."""
    return {found["test"]: Result(**found) for found in json.loads(text)}


def page(found: dict[str, Result]) -> str:
    """The page, by promise and test."""
    lines = []
    for one in sorted(found.values(), key=lambda result: (result.promise, result.test)):
        figure = one.figure if one.kept else f"**not kept**: {one.figure}"
        cells = (one.promise, PROMISES[one.promise], figure, f"{one.count:,}", f"{one.seconds:.0f}", one.at[:10])
        lines.append(f"| {' | '.join(map(str, cells))} | {one.commit} | `{one.test}` |\n")
    return HEAD + "".join(lines)


def note(result: Result, kept: Path = KEPT, shown: Path = PAGE) -> None:
    """Put one result in the place of the one before."""
    found = results(kept.read_text()) if kept.exists() else {}
    found[result.test] = result
    ordered = [asdict(found[test]) for test in sorted(found)]
    kept.write_text(json.dumps(ordered, indent=1) + "\n")
    shown.write_text(page(found))


def current() -> tuple[str, str]:
    """The commit, and a mark of its code; the mark is empty when code was changed since, or nothing is known of it."""
    try:
        commit = _git("rev-parse", "--short=10", "HEAD").strip()
        changed = _git("status", "--porcelain", "--", ".", ":!docs", ":!*.md")
        tree = "".join(line for line in _git("ls-tree", "-r", "HEAD").splitlines(keepends=True) if not _prose(line))
    except (OSError, subprocess.CalledProcessError):
        return "unknown", ""
    return (f"{commit}+", "") if changed else (commit, hashlib.sha256(tree.encode()).hexdigest()[:16])


def done_before(found: dict[str, Result], code: str) -> set[str]:
    """Tests that need not run again on this code."""
    return {test for test, one in found.items() if one.kept and code and one.code == code}


def _git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True, text=True).stdout


def _prose(line: str) -> bool:
    path = line.partition("\t")[2].strip()
    return path.startswith("docs/") or path.endswith(".md")


# What tests/conftest.py takes from here.


@pytest.fixture
def reached(request: pytest.FixtureRequest) -> Callable[..., None]:
    """Tell what the test has reached: `figure` in words, `count` of what was tried."""

    def tell(figure: str, *, count: int) -> None:
        request.node.stash[_FIGURE] = (figure, count)

    return tell


_FIGURE = pytest.StashKey[tuple[str, int]]()
_CODE = pytest.StashKey[tuple[str, str]]()


def pytest_configure(config: pytest.Config) -> None:
    """Look once at what runs."""
    if FULL:
        config.stash[_CODE] = current()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """At full counts leave out what passed on the same code."""
    if not FULL or os.environ.get(ANEW) or not KEPT.exists():
        return
    done = done_before(results(KEPT.read_text()), config.stash[_CODE][1])
    left_out = [item for item in items if item.nodeid in done]
    if left_out:
        items[:] = [item for item in items if item.nodeid not in done]
        config.hook.pytest_deselected(items=left_out)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Write what a promise's test came to, at full counts."""
    report = yield
    mark = item.get_closest_marker("promise")
    if mark is not None and FULL and call.when == "call" and not report.skipped:
        figure, count = item.stash.get(_FIGURE, ("it failed" if report.failed else "passed", 0))
        commit, code = item.config.stash[_CODE]
        at = datetime.now(UTC).isoformat(timespec="seconds")
        note(Result(mark.args[0], item.nodeid, report.passed, figure, count, round(call.duration, 1), at, commit, code))
    return report
