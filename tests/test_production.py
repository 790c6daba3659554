"""Production mode: what it refuses, all at once, with why and what to do."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from adapters.demo import PASSWORD
from adapters.identity import Passwords
from adapters.production import findings
from adapters.settings import Settings
from tests.test_server import run

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Template

GOOD = {
    "SECRET_KEY": "4f1c0b8e72d94a6f8f0d3b5c7e9a1d2c",
    "PERSONAL_DATA_KEY": "9b2e7f60c1d84b3aa5e6f7081d2c3b4a",
}
POSTGRES = Settings(
    database_url="postgres://app:pw@db.internal/wuye", database_admin_url="postgres://owner:pw@db.internal/wuye"
)


@pytest.mark.parametrize(
    ("settings", "environ", "says"),
    [
        (POSTGRES, GOOD, []),
        (Settings(allowed_origins=("https://app.example", "http://localhost:3000")), GOOD, []),
        (Settings(), {}, ["SECRET_KEY is not set", "PERSONAL_DATA_KEY is not set"]),
        (Settings(), GOOD | {"SECRET_KEY": "4f1c0b8e"}, ["SECRET_KEY has 8 characters"]),
        (Settings(), GOOD | {"SECRET_KEY": GOOD["PERSONAL_DATA_KEY"]}, ["are the same"]),
        (Settings(), GOOD | {"SECRET_KEY": "x" * 40}, ["SECRET_KEY looks like an example"]),
        (Settings(), GOOD | {"PERSONAL_DATA_KEY": "please-change-me-please-change-me-1"}, ["looks like an example"]),
        (Settings(allowed_origins=("http://app.example",)), GOOD, ["not https"]),
        (replace(POSTGRES, database_url="postgres://owner:pw@db.internal/wuye"), GOOD, ["the same role"]),
        (replace(POSTGRES, database_url="postgres://app@db.internal/wuye"), GOOD, ["no password"]),
        (Settings(log_level="DEBUG"), GOOD, ["LOG_LEVEL is debug"]),
        (Settings(personal_data_key="a" * 32, personal_data_old_keys=("b" * 32,)), GOOD, []),
        (Settings(personal_data_key="a" * 32, personal_data_old_keys=("b" * 32, "a" * 32)), GOOD, ["in use as"]),
        (Settings(secret_key="a" * 32, personal_data_old_keys=("a" * 32,)), GOOD, ["in use as"]),
    ],
)
def test_findings(settings: Settings, environ: dict[str, str], says: list[str]) -> None:
    found = findings(settings, environ)
    assert len(found) == len(says), found
    for text, words in zip(found, says, strict=True):
        assert words in text
        assert not any(key in text for key in environ.values()), "an error never shows a key"


def test_the_demo_is_not_served_to_the_world(sqlite_template: Template, tmp_path: Path) -> None:
    shutil.copy(sqlite_template.settings.sqlite_path, tmp_path / "wuye.db")
    kept = asyncio.run(Passwords(cheap=True).hash(PASSWORD))
    with closing(sqlite3.connect(tmp_path / "wuye.db")) as database, database:
        assert database.execute("UPDATE account SET password_hash = ? WHERE login = 'cashier'", [kept]).rowcount
    served = run("serve", state=tmp_path, ENVIRONMENT="production", SECRET_KEY="short")
    assert served.returncode == 2, served.stdout
    for words in ("SECRET_KEY has 5 characters", "PERSONAL_DATA_KEY is not set", "the demo's published password"):
        assert words in served.stderr
    assert "Traceback" not in served.stderr
    checked = run("check", state=tmp_path, **GOOD)
    assert (checked.returncode, checked.stdout.splitlines()[-1]) == (2, "1 findings")
    with closing(sqlite3.connect(tmp_path / "wuye.db")) as database, database:
        database.execute("UPDATE account SET password_hash = 'x'")
    checked = run("check", state=tmp_path, **GOOD)
    assert (checked.returncode, checked.stdout.strip()) == (0, "fit for production")
