"""Makes the files of a new domain: `python -m tests.scaffold NAME`, NAME singular and in snake_case.

It writes one file per floor and a failing test, changes no file that exists, and prints the steps.
"""

import argparse
import sys
from pathlib import Path
from string import Template

from tests.house import floors

MODEL = '''"""$Title: say in one line what it is."""

from __future__ import annotations

from typing import Any

from tortoise import fields

from models.base import Versioned, reference


class $Type(Versioned):
    """A $words of a Property."""

    property: Any = reference("Property")
    name = fields.CharField(max_length=80)

    class Meta:
        table = "$name"
'''

RESOLVER = '''"""$Title: reads return a query description; verbs write, audit and announce."""
'''

SUBSCRIPTION = '''"""$Title: what happened to it, and who may hear it. Events are frozen and versioned."""
'''

SCHEMA = '''"""$Title in the contract: types, inputs, payloads, and mutation bodies of three lines."""
'''

TEST = '''"""$Title: what the domain promises, seen from outside."""

from pathlib import Path

CONTRACT = Path(__file__).parents[1] / "schema" / "schema.graphql"


def test_the_contract_knows_it() -> None:
    built = "type $Type implements Node" in CONTRACT.read_text()
    assert built, "take the six steps of `python -m tests.scaffold`, then run `make schema`"
'''

TEMPLATES = {
    "models/$name.py": MODEL,
    "resolvers/$name.py": RESOLVER,
    "subscriptions/$name.py": SUBSCRIPTION,
    "schema/$name.py": SCHEMA,
    "tests/test_$name.py": TEST,
}
"""Path and text of each file, with the placeholders of `words`."""

STEPS = """Six steps make it a domain:
  1. models/$name.py: columns; then a migration for both databases, with constraints and indexes as SQL.
  2. models/rules/$name.py: pure rules (states, amounts); its rows in the permission table.
  3. resolvers/$name.py: reads in the viewer's scope; verbs that write, audit and announce.
  4. subscriptions/$name.py: event types and their audience. Delete the file if nothing is announced.
  5. schema/$name.py: declare the fields, describe them; add it to the schema; then `make schema map`.
  6. tests/test_$name.py: replace the failing test by real ones: each verb, each refusal, each right.
"""


def words(name: str) -> dict[str, str]:
    """Give the placeholders: for work_order work_order, WorkOrder, work order, Work order."""
    parts = name.split("_")
    plain = " ".join(parts)
    return {
        "name": name,
        "Type": "".join(map(str.capitalize, parts)),
        "words": plain,
        "Title": plain.capitalize(),
    }


def plan(name: str, root: Path) -> dict[Path, str]:
    """Give the files to write; raise ValueError for a bad name, FileExistsError for a domain that exists."""
    fault = floors.naming_fault(name)
    if fault is not None:
        raise ValueError(f"{fault}: a domain is named like ticket or work_order")
    placeholders = words(name)
    files = {
        root / Template(path).substitute(placeholders): Template(text).substitute(placeholders)
        for path, text in TEMPLATES.items()
    }
    there = [path for path in files if path.exists() or path.with_suffix("").exists()]
    if there:
        raise FileExistsError(f"{', '.join(str(path.relative_to(root)) for path in there)} already there")
    return files


def main(arguments: list[str] | None = None, root: Path = floors.ROOT) -> int:
    """Write the files and print the steps; give the exit status (2: refused, nothing written)."""
    parser = argparse.ArgumentParser(prog="python -m tests.scaffold", description=__doc__)
    parser.add_argument("name", help="singular, snake_case: work_order")
    name = parser.parse_args(arguments).name
    try:
        files = plan(name, root)
    except (ValueError, FileExistsError) as refusal:
        print(f"scaffold: {refusal}", file=sys.stderr)
        return 2
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        print(f"wrote {path.relative_to(root)}")
    print(Template(STEPS).substitute(words(name)), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
