"""The map shows each domain on its floors and follows every change of the house."""

from pathlib import Path

from tests.house import map as house_map


def build(root: Path) -> None:
    for name, text in {
        "schema/gate.py": "a\nb\n",
        "schema/http/__init__.py": "",
        "schema/http/files.py": "a\n",
        "models/gate/__init__.py": "a\n",
        "models/gate/row.py": "b\nc\n",
        "adapters/clock.py": "a\n",
        "tests/test_gate.py": "a\n",
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)


def test_domains_by_floor(tmp_path: Path) -> None:
    build(tmp_path)
    text = house_map.draw(tmp_path)
    assert "| domain | schema | resolvers | subscriptions | models | tests |" in text
    row = "| gate | [2](../../schema/gate.py) |  |  | [3](../../models/gate/) | [1](../../tests/test_gate.py) |"
    assert row in text
    assert "| schema/http | [1](../../schema/http/) |" in text
    assert "| adapters/clock | [1](../../adapters/clock.py) |" in text
    assert "http |  |" not in text


def test_a_new_line_makes_it_stale(tmp_path: Path) -> None:
    build(tmp_path)
    before = house_map.draw(tmp_path)
    (tmp_path / "schema" / "gate.py").write_text("a\nb\nc\n")
    assert house_map.draw(tmp_path) != before
