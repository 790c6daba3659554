"""What full counts reached is written result by result, shown by promise, and not measured again on the same code."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from pathlib import Path

from tests import promise
from tests.promise import KEPT, PAGE, PROMISES, Result, done_before, note, page, results

ROOT = Path(__file__).parents[1]

COUNTS = r"faults import .*\bFULL\b|mark\.promise\("
ONE = Result(
    2, "tests/a.py::test_b", True, "50 copies, one effect", 1_050, 61.2, "2026-11-22T10:00:00+00:00", "abc", "f00"
)


def test_a_run_goes_on_where_it_was_cut_off(tmp_path: Path) -> None:
    kept, shown = tmp_path / "promises.json", tmp_path / "promises.md"
    failed = replace(ONE, test="tests/a.py::test_c", promise=1, kept=False, figure="it failed")
    for result in (ONE, failed, replace(ONE, figure="60 copies, one effect")):
        note(result, kept, shown)
    found = results(kept.read_text())
    assert done_before(found, "f00") == {ONE.test}, "what failed runs again"
    assert done_before(found, "other") == done_before(found, "") == set()
    lines = shown.read_text().splitlines()[-2:]
    assert "**not kept**: it failed" in lines[0]
    assert lines[1].startswith(f"| 2 | {PROMISES[2]} | 60 copies, one effect | 1,050 | 61 | 2026-11-22 | abc |")


def test_the_page_is_what_was_measured() -> None:
    assert PAGE.read_text() == page(results(KEPT.read_text()))


def test_code_that_changed_is_measured_again() -> None:
    commit, code = promise.current()
    assert bool(code) != commit.endswith("+") or commit == "unknown"


def test_make_faults_runs_all_that_has_full_counts() -> None:
    told = subprocess.run(["make", "-n", "faults"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    paths = re.findall(r"tests/[\w/]+(?:\.py)?", told.split("FAULTS=full", 1)[1].split("ORACLE", 1)[0])
    run = {file for path in paths for file in (ROOT.glob(f"{path}/test_*.py") if "." not in path else [ROOT / path])}
    assert all(file.exists() for file in run)
    full = {file for file in (ROOT / "tests").rglob("test_*.py") if re.search(COUNTS, file.read_text())}
    assert full <= run
