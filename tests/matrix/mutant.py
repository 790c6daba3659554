"""Takes one wall away at a time: a term of a scope, a `require()`, a permission of a field. The suite must notice."""

from __future__ import annotations

import ast
import importlib
import os
import sys
from collections import Counter, OrderedDict
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import models.scope
from models.predicate import EVERYTHING
from schema.base.field import HouseField
from schema.base.guard import GuardedSpec
from schema.base.node import NODES
from schema.http.plans import Plans
from schema.plan import plan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from schema.batch.row import Row

ROOT = Path(__file__).parents[2]
DEMANDS = {"require", "require_everywhere", "require_about"}
TERMS = {"where", "in_touch", "own", "assigned", "running", "not_ended", "eq", "is_in", "is_null", "negate", "exists"}


@dataclass(frozen=True)
class Mutant:
    """One wall; `remove` takes it away until the patch is undone."""

    name: str
    remove: Callable[[pytest.MonkeyPatch], None]


def scopes() -> Iterator[Mutant]:
    """Each scope as a whole and each of its terms, opened to everything (of the Organization)."""
    for path in sorted((ROOT / "models" / "scope").glob("*.py")):
        if path.stem in ("__init__", "word"):
            continue
        tree = ast.parse(path.read_text())
        named: Counter[str] = Counter()
        for number, text in enumerate(_places(tree)):
            named[text] += 1
            again = f" #{named[text]}" if named[text] > 1 else ""
            yield Mutant(f"scope {path.stem}: {text}{again}", partial(_open, path, number))


def _places(tree: ast.Module) -> list[str]:
    """Each term with the function or the line of the table that it stands in; no line numbers, which change."""
    inside = {
        id(node): getattr(owner, "name", "")
        for owner in ast.walk(tree)
        if isinstance(owner, ast.FunctionDef)
        for node in ast.walk(owner)
    }
    return [f"{inside.get(id(node), 'SCOPES')} {ast.unparse(node)}" for node in _Opener(tree, None).found]


class _Opener(ast.NodeTransformer):
    """Finds the terms in a fixed order; with a number, puts EVERYTHING in the place of that one."""

    def __init__(self, tree: ast.Module, wanted: int | None) -> None:
        self.found: list[ast.expr] = []
        self._wanted = wanted
        self.visit(tree)

    def visit_Dict(self, node: ast.Dict) -> ast.Dict:
        node.values = [
            value if key is None else self._whole(value) for key, value in zip(node.keys, node.values, strict=True)
        ]
        return node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        if isinstance(node.func, ast.Name) and node.func.id in TERMS:
            if self._take(node):
                return ast.copy_location(ast.Name("EVERYTHING", ast.Load()), node)
            if node.func.id == "negate":
                return node  # less inside is more outside
        self.generic_visit(node)
        return node

    def _whole(self, value: ast.expr) -> ast.expr:
        if isinstance(value, ast.Lambda) and isinstance(value.body, ast.Name):
            return value  # open already, and says why
        if self._take(value):
            return ast.copy_location(ast.parse("lambda _viewer: EVERYTHING", mode="eval").body, value)
        return value

    def _take(self, node: ast.expr) -> bool:
        self.found.append(node)
        return len(self.found) - 1 == self._wanted


def _open(path: Path, number: int, patch: pytest.MonkeyPatch) -> None:
    """Run the changed module beside the real one, and put what it defines in the real one's places."""
    module = importlib.import_module(f"models.scope.{path.stem}")
    tree = ast.parse(path.read_text())
    _Opener(tree, number)
    names: dict[str, Any] = {"__name__": module.__name__, "EVERYTHING": EVERYTHING}
    exec(compile(ast.fix_missing_locations(tree), str(path), "exec"), names)
    patch.setattr(plan, "_kept", OrderedDict())  # SQL of before has the scope in it
    for merged, part in (
        (models.scope._SCOPES, "SCOPES"),
        (models.scope._AUDIBLE, "AUDIBLE"),
        (models.scope.personal.FIELDS, "FIELDS"),
    ):
        for model, scope in names.get(part, {}).items():
            patch.setitem(merged, model, scope)
    for other in list(sys.modules.values()):
        for name, value in names.items():
            real = getattr(module, name, None)
            ours = callable(value) and getattr(real, "__module__", "") == module.__name__
            if ours and other is not module and getattr(other, "__dict__", {}).get(name) is real:
                patch.setattr(other, name, value)


def demands() -> Iterator[Mutant]:
    """Each call of `require()` and its kin in a use-case, left out."""
    for path in sorted((ROOT / "resolvers").rglob("*.py")):
        tree = ast.parse(path.read_text())
        where, named = path.relative_to(ROOT), Counter[str]()
        functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
        for function, node in [(one, node) for one in functions for node in ast.walk(one)]:
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in DEMANDS:
                name = f"{node.func.id} {where.relative_to('resolvers')} {function.name}"
                named[name] += 1
                again = f" #{named[name]}" if named[name] > 1 else ""
                yield Mutant(f"{name}{again}", partial(_let_pass, where, node.func.id, node.lineno))


def _let_pass(path: Path, demand: str, line: int, patch: pytest.MonkeyPatch) -> None:
    name = ".".join(path.with_suffix("").parts).removesuffix(".__init__")
    module = importlib.import_module(name)
    real = getattr(module, demand)

    def lenient(*args: Any, **options: Any) -> Any:
        if sys._getframe(1).f_lineno != line:
            return real(*args, **options)
        return _nothing() if demand == "require_about" else None

    patch.setattr(module, demand, lenient)


async def _nothing() -> None:
    """What is awaited in the place of a demand."""


def fields() -> Iterator[Mutant]:
    """Each permission of a field, taken off."""
    for type_, node in NODES.items():
        for field in _definition(type_).fields:
            spec = field.metadata.get("house") if isinstance(field, HouseField) else None
            if getattr(spec, "permission", None) is not None:
                yield Mutant(f"field {node.name}.{field.python_name}", partial(_show, field))


def _definition(type_: str) -> Any:
    from tests.matrix.crawl import SCHEMA

    return SCHEMA.type_map[type_].extensions["strawberry-definition"]


class _Unguarded(GuardedSpec):
    """Shown to whoever sees the row."""

    def resolve(self, name: str, row: Row, arguments: Mapping[str, Any]) -> Any:
        """Without asking."""
        return None if row.values[self.source or name] is None else self._shown(name, row)


# Plans of before know the permission: while it is gone each is made anew, and not kept.
_UNKEPT = property(lambda _plans: {}, lambda plans, value: plans.__dict__.__setitem__("_plans", value))


def _show(field: Any, patch: pytest.MonkeyPatch) -> None:
    spec = field.metadata["house"]
    guarded = isinstance(spec, GuardedSpec)
    spec = _Unguarded(spec.source, spec.permission, spec.show) if guarded else replace(spec, permission=None)
    patch.setattr(field, "metadata", {**field.metadata, "house": spec})
    patch.setattr(Plans, "_plans", _UNKEPT, raising=False)


def every() -> dict[str, Mutant]:
    """All of them by their names."""
    return {one.name: one for one in (*scopes(), *demands(), *fields())}


def pytest_configure(config: pytest.Config) -> None:
    """As a plugin (`-p tests.matrix.mutant`) it takes away what MUTANT names, for a whole run of pytest."""
    if name := os.environ.get("MUTANT"):
        every()[name].remove(pytest.MonkeyPatch())
