"""docs/limits.md names every limit with its default, where it is enforced and the tests that meet it."""

from __future__ import annotations

import re
from dataclasses import asdict
from pathlib import Path

from adapters.limit import Limits

ROOT = Path(__file__).parents[2]
ROWS = re.findall(
    r"^\| [^|]+ \| `(\w+)` \| ([\d.]+) \| [^|]+ \| ([^|]+) \| ([^|]+) \|$",
    (ROOT / "docs" / "limits.md").read_text(),
    re.MULTILINE,
)


def test_the_table_has_every_limit_and_its_default() -> None:
    assert {name: default for name, default, _, _ in ROWS} == {n: str(value) for n, value in asdict(Limits()).items()}
    assert len(ROWS) == len(asdict(Limits()))


def test_each_is_read_where_the_table_says() -> None:
    elsewhere = []
    for name, _, places, _ in ROWS:
        for place in re.findall(r"[\w/]+(?:\.py)?", re.sub(r"\(.*?\)", "", places)):
            path = ROOT / place
            files = [path] if path.suffix else [*path.rglob("*.py")]
            if "/" in place and not any(f".{name}" in file.read_text() for file in files):
                elsewhere.append(f"{name}: {place}")
    assert elsewhere == []


def test_the_tests_that_it_names_are_there() -> None:
    for _, _, _, tests in ROWS:
        for name in tests.split(", "):
            assert (ROOT / name).exists() or (ROOT / "tests" / name).exists(), name
