"""Every verb leaves a trace: a use-case that opens a viewer's unit of work audits, itself or by what it calls."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from tests.house import floors

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

AUDITS = {"audit", "audit_values"}
OPENS = "unit_of_work"
# Verbs that change nothing that anybody would ask after, each with the reason.
SILENT = {"begin": "a secret that is not confirmed protects nothing yet; accountTotpConfirm is audited"}

Calls = dict[str, set[str]]


def calls_of(paths: Iterable[Path]) -> Calls:
    """What each function calls, by simple names; functions of one name are taken together."""
    found: Calls = {}
    for path in paths:
        for function in ast.walk(ast.parse(path.read_text())):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                called = found.setdefault(function.name, set())
                for node in ast.walk(function):
                    if isinstance(node, ast.Call):
                        # A method's name says nothing of whose it is: only the unit's own two are followed.
                        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
                        called |= {name} if isinstance(node.func, ast.Name) or name in AUDITS else set()
    return found


def audits(name: str, calls: Calls, seen: frozenset[str] = frozenset()) -> bool:
    """Whether the function audits, on some way."""
    called = calls.get(name, set())
    if called & AUDITS:
        return True
    return any(audits(other, calls, seen | {name}) for other in called - seen - {name} if other in calls)


def silent(paths: Iterable[Path]) -> set[str]:
    """Functions that open a viewer's unit and never audit."""
    calls = calls_of(paths)
    del calls[OPENS]
    return {name for name, called in calls.items() if OPENS in called and not audits(name, calls)}


def resolvers() -> list[Path]:
    return [path for path in floors.sources() if path.relative_to(floors.ROOT).parts[0] == "resolvers"]


def test_every_verb_audits() -> None:
    assert silent(resolvers()) == set(SILENT), "audit it, or say in SILENT why nobody would ask after it"


def test_the_check_can_fail(tmp_path: Path) -> None:
    (tmp_path / "verb.py").write_text(
        "def unit_of_work(): ...\n"
        "def told(): helper(unit_of_work())\n"
        "def helper(unit): unit.audit('x')\n"
        "def untold(): unit_of_work().add()\n"
    )
    assert silent([tmp_path / "verb.py"]) == {"untold"}
