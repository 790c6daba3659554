"""What the house consists of: its floors, the names on them, and which names are no domain.

The map, the scaffold and the checks read this, so a new infrastructure file is named here, once.
"""

import keyword
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
FLOORS = ("schema", "resolvers", "subscriptions", "adapters", "models")
DOMAIN_FLOORS = ("schema", "resolvers", "subscriptions", "models")
"""Floors whose files carry a domain's name; adapters are named after what they talk to."""

INFRASTRUCTURE = {
    "schema": {
        "password",
        "enrolment",
        "occupancy",
        "base",
        "batch",
        "plan",
        "http",
        "ingest",
        "messages",
        "enum",
        "status",
    },
    "resolvers": {
        "password",
        "enrolment",
        "occupancy",
        "demo",
        "unit",
        "viewer",
        "rights",
        "jobs",
        "ports",
        "deadline",
        "ingest",
        "timeline",
        "window",
        "sealed",
        "status",
    },
    "subscriptions": {
        "ports",
        "event",
        "feed",
        "log",
        "status",
        "hub",
        "watch",
        "patience",
        "turn",
        "websocket",
        "sse",
    },
    "models": {
        "base",
        "rules",
        "predicate",
        "query",
        "scope",
        "viewer",
        "event",
        "errors",
        "job",
        "door",
        "sealed",
    },
}
"""Names on a floor that are no domain. Everything else must be one, with the same name in models/."""

LINES_OF_A_FILE = 300
LINES_OF_A_TEST_FILE = 400  # a list of cases is read one at a time
LINES_OF_A_FUNCTION = 40
LINES_OF_THE_LONGEST_FUNCTION = 70

SINGULAR_ENDINGS = ("ss", "us", "is", "gas")
"""A name that ends in s is a plural, unless it ends like address, status, analysis or gas."""


def entries(floor: str, root: Path = ROOT) -> dict[str, Path]:
    """Give the files and packages of a floor by name, `__init__` and caches left out."""
    found = {}
    for path in sorted((root / floor).glob("*")):
        package = path.is_dir() and any(path.rglob("*.py"))
        if not path.name.startswith("_") and (path.suffix == ".py" or package):
            found[path.stem] = path
    return found


def domains(floor: str, root: Path = ROOT) -> dict[str, Path]:
    """Give the entries of a floor that are domains."""
    return {name: path for name, path in entries(floor, root).items() if name not in INFRASTRUCTURE[floor]}


def sources(root: Path = ROOT) -> list[Path]:
    """Give every Python file of the house, generated migrations left out."""
    files = [*root.glob("*.py")]
    for folder in (*FLOORS, "tests"):
        files += (root / folder).rglob("*.py")
    return sorted(path for path in files if "migrations" not in path.parts)


def naming_fault(name: str) -> str | None:
    """Say what is wrong with a domain's name, or None: a name is singular snake_case."""
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name) or keyword.iskeyword(name):
        return f"{name!r} is not snake_case"
    if name.endswith("s") and not name.endswith(SINGULAR_ENDINGS):
        return f"{name!r} is not singular"
    return None
