"""Files stay under 300 lines, functions under 40 (a few under 70), so that each can be read at one go."""

import ast
from pathlib import Path

from tests.house import floors

LONG_FUNCTIONS = {
    "tests/test_day_buyer.py::test_a_day_of_the_buyer": "a day, read from morning to evening",
    "tests/test_day_work.py::test_a_residents_day": "one day, told from morning to evening",
    "tests/test_day_work.py::test_a_technicians_day": "one day, told from morning to evening",
    "tests/test_audit.py::test_every_tampering_is_found_and_named": "a table of tamperings on one sealed chain",
}
"""Functions of 41 to 70 lines, as `folder/file.py::Class.name`, each with its reason."""

LONG_FUNCTIONS_AT_MOST = 5


def functions(tree: ast.AST, prefix: str = "") -> dict[str, int]:
    """Give the length in lines of each function by qualified name, docstring included."""
    found: dict[str, int] = {}
    for node in ast.iter_child_nodes(tree):
        name = prefix
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            name = f"{prefix}.{node.name}" if prefix else node.name
            if not isinstance(node, ast.ClassDef):
                found[name] = (node.end_lineno or node.lineno) - node.lineno + 1
        found |= functions(node, name)
    return found


def too_long(path: Path, name: str) -> list[str]:
    """Say which functions of a file break the limits."""
    faults = []
    for function, length in functions(ast.parse(path.read_text())).items():
        place = f"{name}::{function}"
        if length > floors.LINES_OF_THE_LONGEST_FUNCTION:
            faults.append(f"{place} has {length} lines: split it")
        elif length > floors.LINES_OF_A_FUNCTION and place not in LONG_FUNCTIONS:
            faults.append(f"{place} has {length} lines: split it, or give its reason in LONG_FUNCTIONS")
    return faults


def test_files() -> None:
    lengths = {str(path.relative_to(floors.ROOT)): len(path.read_text().splitlines()) for path in floors.sources()}
    assert lengths, "no sources found: floors.ROOT is wrong"
    long = {
        name: length
        for name, length in lengths.items()
        if length > (floors.LINES_OF_A_TEST_FILE if Path(name).name.startswith("test_") else floors.LINES_OF_A_FILE)
    }
    assert long == {}, "make each a package of the same name"


def test_functions() -> None:
    faults = [fault for path in floors.sources() for fault in too_long(path, str(path.relative_to(floors.ROOT)))]
    assert faults == []


def test_the_budget_is_small_and_used() -> None:
    assert len(LONG_FUNCTIONS) <= LONG_FUNCTIONS_AT_MOST
    for place in LONG_FUNCTIONS:
        name, function = place.split("::")
        length = functions(ast.parse((floors.ROOT / name).read_text()))[function]
        assert length > floors.LINES_OF_A_FUNCTION, f"{place} is short now: take it off LONG_FUNCTIONS"


def test_the_check_can_fail(tmp_path: Path) -> None:
    path = tmp_path / "long.py"
    path.write_text("class A:\n    async def b(self):\n" + "        pass\n" * 70)
    assert too_long(path, "long.py") == ["long.py::A.b has 71 lines: split it"]
