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

from __future__ import annotations

from typing import TYPE_CHECKING

from models import $Type
from models.predicate import eq
from models.query import Order, Query
from models.scope import visible

if TYPE_CHECKING:
    from uuid import UUID

    from models.viewer import Viewer


def in_property(viewer: Viewer | None, property_id: UUID, order: Order) -> Query:
    """What the viewer may see in a Property."""
    return Query($Type, visible($Type, viewer), order).only(eq("property_id", property_id))
'''

SUBSCRIPTION = '''"""$Title live: what happened to it, and who may hear it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from subscriptions.event import DomainEvent


@dataclass(frozen=True, kw_only=True)
class ${Type}Changed(DomainEvent):
    """It was created or changed; `subject_version` tells a client which state is newer."""

    TYPE: ClassVar[str] = "$name.changed"

    subject_version: int
'''

SCHEMA = '''"""$Title in the contract: types, inputs, payloads, and mutation bodies of three lines."""

from __future__ import annotations

import strawberry

import models
from models.query import Query as Rows
from resolvers import $name as usecase
from schema.base import Info, ListOrder, Node, column, decode, many, node, one, to_one
from schema.place import Property


@node(models.$Type, "Say in one line what it is.")
class $Type(Node):
    """Say in one line what it is."""

    property: Property | None = to_one("The estate.")
    name: str = column("Unique in the Property.")
    version: int = column("Grows by one with each change.")


@strawberry.type
class ${Type}Query:
    """Reads."""

    $name: $Type | None = one("A $Type.", "$Type")

    @many("Those of a Property.", $Type)
    def ${name}s(self, info: Info, property_id: strawberry.ID, order: ListOrder = ListOrder.OLDEST) -> Rows:
        """Those of a Property."""
        return usecase.in_property(info.context.viewer, decode("Property", property_id, "property_id"), order.order)
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
  1. models/$name.py: columns; name it in models/__init__.py; write the next models/migrations/NNNN_$name.sql (look at
     0022_stock.sql: row-level security comes by itself), then `python -m tests.manifest`.
  2. models/rules/: its words and states; its permissions in rules/permission/; what is visible in models/scope/.
  3. resolvers/$name.py: queries in the viewer's scope; verbs that check, write, audit and announce.
  4. subscriptions/$name.py: event types and their audience, named in subscriptions/__init__.py; or delete the file.
  5. schema/$name.py: declare and describe the fields; add its Query, Mutation, Subscription to schema/__init__.py;
     messages in zh and en; then `make schema map`.
  6. tests/test_$name.py: replace the failing test by real ones: each verb, each refusal, each right. Rows of it for
     both companies in tests/factories; who sees them in tests/visible; what fields and verbs need in tests/matrix.
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
