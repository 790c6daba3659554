"""README's examples, run as they stand: whoever copies them gets what they say."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import orjson
import pytest

from adapters.command_line import parser
from adapters.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.estate import Estate
    from tests.servers.product import Product

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
ADDRESS = "http://127.0.0.1:8000"


def section(name: str) -> str:
    """The text under a heading, up to the next one of its level."""
    found = re.search(rf"^## {re.escape(name)}\n(.*?)(?=^## |\Z)", README, re.MULTILINE | re.DOTALL)
    assert found, f"README has no section {name}"
    return found[1]


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def product(estate: Estate, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The demo, served."""
    with estate.product(tmp_path_factory.mktemp("readme")) as running:
        yield running


@pytest.mark.timeout(400)
def test_the_examples_of_asking_run_in_their_order(product: Product, tmp_path: Path) -> None:
    script = "\n".join(blocks(section("Asking"), "sh"))
    assert ADDRESS in script
    (tmp_path / "var").symlink_to(product.log.parent / "state")
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script.replace(ADDRESS, product.url)],
        cwd=tmp_path,
        env={**os.environ, "no_proxy": "127.0.0.1"},
        capture_output=True,
        text=True,
        timeout=150,
        check=False,
    )
    assert done.returncode == 0, done.stderr + done.stdout
    assert '"errors"' not in done.stdout, done.stdout
    answers = [orjson.loads(line) for line in done.stdout.splitlines() if line.startswith('{"data"')]
    assert len(answers) == len(re.findall(r"^ask |-F .*; echo$", script, re.MULTILINE)), done.stdout
    assert '"balanced":true' in done.stdout
    assert 'data: {"data":{"workOrderChanged"' in done.stdout, "nothing came live"
    assert done.stdout.count('"status":"ACCEPTED"') == 3, done.stdout
    for answer in answers:
        for shown in answer["data"].values():
            assert not (isinstance(shown, dict) and shown.get("userErrors")), shown


def test_every_command_that_readme_names_exists() -> None:
    named = set(re.findall(r"python server\.py ([a-z]+)", README))
    known = set(parser()._subparsers._group_actions[0].choices)  # type: ignore[union-attr,arg-type]
    assert named <= known
    assert set(re.findall(r"python server\.py ([a-z]+)", section("The command line"))) == known - {"run"}


def test_every_target_that_readme_names_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"\bmake ([a-z]+)\b", README)) - {"on"} <= targets


def test_the_settings_of_readme_are_the_settings() -> None:
    homes = ("settings.py", "provider_setting.py", "trace/__init__.py")
    source = "".join((ROOT / "adapters" / name).read_text() for name in homes)
    read = set(re.findall(r"""["']([A-Z][A-Z0-9_]{3,})["']""", source))
    named = set(re.findall(r"`([A-Z][A-Z0-9_]+)(?:=[^`]*)?`", section("Settings")))
    assert named - {"LIMIT_DEPTH"} == read
    assert load_settings({"STATE_PATH": "var", "SECRET_KEY": "x", "LIMIT_DEPTH": "15"}).limits.depth == 15


def test_what_the_house_section_names_is_there() -> None:
    for path in re.findall(r"`((?:schema|resolvers|subscriptions|adapters|models|tests)/[\w/]+\.py)`", README):
        assert (ROOT / path).exists(), path
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert (ROOT / target).exists(), target
