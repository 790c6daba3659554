"""The scaffold makes a domain whose test fails until the domain is built, and never overwrites."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests import scaffold
from tests.house import floors

FILES = {
    "models/parking_space.py",
    "resolvers/parking_space.py",
    "subscriptions/parking_space.py",
    "schema/parking_space.py",
    "tests/test_parking_space.py",
}


def contents(root: Path) -> set[str]:
    """Give the files below a folder."""
    return {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}


def test_files_and_steps(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert scaffold.main(["parking_space"], tmp_path) == 0
    assert contents(tmp_path) == FILES
    for name in FILES:
        text = (tmp_path / name).read_text()
        assert ast.get_docstring(ast.parse(text))
        assert "$" not in text
    assert "class ParkingSpace(" in (tmp_path / "models" / "parking_space.py").read_text()
    said = capsys.readouterr().out
    assert "  6. tests/test_parking_space.py" in said


def test_the_files_keep_the_house_rules(tmp_path: Path) -> None:
    scaffold.main(["parking_space"], tmp_path)
    shutil.copy(floors.ROOT / "pyproject.toml", tmp_path)
    for command in (["check", "--ignore", "INP"], ["format", "--check"]):
        ruff = [sys.executable, "-m", "ruff", *command, "--no-cache"]
        done = subprocess.run(ruff, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_test_fails_until_the_contract_knows_the_type(tmp_path: Path) -> None:
    scaffold.main(["parking_space"], tmp_path)
    contract = tmp_path / "schema" / "schema.graphql"
    contract.write_text("type Query { node: ID }")
    code = compile((tmp_path / "tests" / "test_parking_space.py").read_text(), "generated", "exec")
    scope = {"__file__": str(tmp_path / "tests" / "test_parking_space.py")}
    exec(code, scope)
    test = scope["test_the_contract_knows_it"]
    assert callable(test)
    with pytest.raises(AssertionError, match="make schema"):
        test()
    contract.write_text("type ParkingSpace implements Node & Versioned { id: ID! }")
    test()


@pytest.mark.parametrize("name", ["ParkingSpace", "parking_spaces", "parking-space", "class"])
def test_refuses_a_bad_name(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert scaffold.main([name], tmp_path) == 2
    assert contents(tmp_path) == set()
    assert name in capsys.readouterr().err


@pytest.mark.parametrize("there", ["schema/gate.py", "models/gate/__init__.py"])
def test_refuses_what_exists(there: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / there).parent.mkdir(parents=True)
    (tmp_path / there).write_text("mine")
    assert scaffold.main(["gate"], tmp_path) == 2
    assert contents(tmp_path) == {there}
    assert (tmp_path / there).read_text() == "mine"
    assert "already there" in capsys.readouterr().err
