"""What import-linter cannot see: server.py is imported by tests only, and names agree on all floors."""

import ast
from pathlib import Path

import pytest

from tests.house import floors


def imported(path: Path) -> set[str]:
    """Give the top-level names of all modules that a file imports, inside functions too."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found.add((node.module or "").split(".")[0])
    return found


def stray(root: Path) -> list[str]:
    """Name the domains that stand on a floor without a ground in models/."""
    ground = floors.domains("models", root)
    upper = [floor for floor in floors.DOMAIN_FLOORS if floor != "models"]
    return [f"{floor}/{name}" for floor in upper for name in floors.domains(floor, root) if name not in ground]


def test_only_tests_import_the_wiring_and_nothing_imports_tests() -> None:
    for path in floors.sources():
        name = path.relative_to(floors.ROOT)
        if name.parts[0] != "tests":
            assert imported(path) & {"server", "tests"} == set(), f"{name} imports from above its floor"


def test_same_name_on_every_floor() -> None:
    assert stray(floors.ROOT) == [], "name it as in models/, or add it to INFRASTRUCTURE in tests/house/floors.py"


@pytest.mark.parametrize("floor", floors.DOMAIN_FLOORS)
def test_domains_are_singular(floor: str) -> None:
    faults = [floors.naming_fault(name) for name in floors.domains(floor)]
    assert [fault for fault in faults if fault] == []


@pytest.mark.parametrize("floor", floors.DOMAIN_FLOORS)
def test_infrastructure_is_not_listed_for_nothing(floor: str) -> None:
    assert floors.INFRASTRUCTURE[floor] - set(floors.entries(floor)) == set(), "take it off the list"


def test_the_checks_can_fail(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "schema").mkdir()
    (tmp_path / "models" / "gate.py").touch()
    (tmp_path / "schema" / "gates.py").write_text("def late():\n    from server import app\n")
    assert stray(tmp_path) == ["schema/gates"]
    assert imported(tmp_path / "schema" / "gates.py") == {"server"}


@pytest.mark.parametrize("name", ["gate", "work_order", "address", "notice2", "status", "gas"])
def test_good_names(name: str) -> None:
    assert floors.naming_fault(name) is None


@pytest.mark.parametrize("name", ["Gate", "gates", "work-order", "workOrder", "_x", "x_", "2x", "class", ""])
def test_bad_names(name: str) -> None:
    assert floors.naming_fault(name) is not None
