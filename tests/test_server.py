"""The command line: what it prints, what it refuses, and its exit codes."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from adapters.database.migrate import known_migrations
from adapters.settings import SettingsError, load_settings

if TYPE_CHECKING:
    from tests.estate import Estate
    from tests.servers.postgres import PostgresServer

ROOT = Path(__file__).parents[1]


def run(*arguments: str, state: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """`python server.py …` as a user runs it."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE", "BROKER", "LIMIT"))}
    settings = {"DATABASE_URL": f"sqlite://{state / 'wuye.db'}", "STATE_PATH": str(state), "PORT": "0"}
    return subprocess.run(
        [sys.executable, "server.py", *arguments],
        cwd=ROOT,
        env={**plain, **settings, **environment},
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )


@pytest.mark.parametrize(
    ("environment", "says"),
    [
        ({"DATABASE_URL": "mysql://x/y"}, "Write sqlite://var/wuye.db or postgres://"),
        ({"DATABASE_URL": "postgres://nowhere"}, "lacks a host or a database"),
        ({"DATABASE_URL": "sqlite://"}, "names no file"),
        ({"BROKER_URL": "kafka://x"}, "BROKER_URL must be memory://"),
        ({"WORKERS": "2"}, "Set BROKER_URL=redis://"),
        ({"WORKERS": "many"}, "WORKERS must be a whole number"),
        ({"PORT": "99999"}, "PORT must be from 0 to 65535"),
        ({"LIMIT_DEPTH": "deep"}, "LIMIT_DEPTH must be a number"),
        ({"DATABASE_ADMIN_URL": "owner@db"}, "DATABASE_ADMIN_URL has the unknown scheme"),
    ],
)
def test_a_wrong_setting_says_what_to_do(environment: dict[str, str], says: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=says):
        load_settings({"STATE_PATH": str(tmp_path), **environment})


def test_a_wrong_setting_stops_the_command_with_2(tmp_path: Path) -> None:
    done = run("serve", state=tmp_path, DATABASE_URL="mysql://root:hunter2@db/wuye")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: DATABASE_URL has the unknown scheme 'mysql'")
    assert "hunter2" not in done.stderr


def test_an_unmigrated_database_is_not_served(tmp_path: Path) -> None:
    done = run("serve", state=tmp_path)
    assert done.returncode == 2
    assert "Run: python server.py migrate" in done.stderr


def test_an_unreachable_postgres_says_so_without_the_password(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: nobody answers here
        url = f"postgres://wuye_app:hunter2@127.0.0.1:{taken.getsockname()[1]}/wuye"
        done = run("serve", state=tmp_path, DATABASE_URL=url)
        moved = run("migrate", state=tmp_path, DATABASE_URL=url, DATABASE_ADMIN_URL=url)
    assert done.returncode == moved.returncode == 1
    assert "Check DATABASE_URL" in done.stderr
    assert "Check DATABASE_ADMIN_URL" in moved.stderr
    assert "hunter2" not in done.stderr + moved.stderr


def test_migrate_on_postgres_needs_the_owner(tmp_path: Path) -> None:
    done = run("migrate", state=tmp_path, DATABASE_URL="postgres://wuye_app:x@127.0.0.1:1/wuye")
    assert done.returncode == 2
    assert "needs DATABASE_ADMIN_URL" in done.stderr


@pytest.mark.postgres
def test_a_role_that_row_level_security_does_not_hold_is_refused(postgres: PostgresServer, tmp_path: Path) -> None:
    name = postgres.create_database()
    owner = postgres.url(name)
    moved = run("migrate", state=tmp_path, DATABASE_URL=postgres.url(name, "wuye_cli", "x"), DATABASE_ADMIN_URL=owner)
    assert moved.returncode == 0, moved.stderr
    done = run("demo", state=tmp_path, DATABASE_URL=owner)
    postgres.drop_database(name)
    assert done.returncode == 1
    assert "Use an application role" in done.stderr


@pytest.mark.timeout(400)
def test_migrate_demo_and_schema_print_what_they_did(estate: Estate, tmp_path: Path) -> None:
    first, again = run("migrate", state=tmp_path), run("migrate", state=tmp_path)
    shutil.copytree(estate.state, tmp_path / "loaded")
    kept = run("demo", state=tmp_path / "loaded")
    assert [done.returncode for done in (first, again, kept)] == [0, 0, 0]
    names = ", ".join(migration.name for migration in known_migrations())
    assert first.stdout == f"applied: {names}\n"
    assert again.stdout == "the schema is up to date\n"
    assert "1204 places" in estate.printed
    assert "demo estate loaded" in estate.printed
    assert "resident1" in estate.printed
    assert "demo not loaded" in kept.stdout
    printed = run("schema", state=tmp_path)
    assert printed.stdout == (ROOT / "schema" / "schema.graphql").read_text()


def test_help_and_wrong_usage(tmp_path: Path) -> None:
    shown, wrong = run("--help", state=tmp_path), run("sevre", state=tmp_path)
    assert shown.returncode == 0
    assert all(command in shown.stdout for command in ("serve", "migrate", "demo", "simulate", "schema"))
    assert wrong.returncode == 2
    assert "invalid choice" in wrong.stderr


def test_a_taken_port_is_an_error(tmp_path: Path) -> None:
    assert run("migrate", state=tmp_path).returncode == 0
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = run("serve", state=tmp_path, PORT=str(taken.getsockname()[1]))
    assert done.returncode == 3  # uvicorn's code for a server that could not start
    assert "address already in use" in done.stderr


def test_the_signing_key_is_made_once_and_private(tmp_path: Path) -> None:
    first = load_settings({"STATE_PATH": str(tmp_path)})
    assert load_settings({"STATE_PATH": str(tmp_path)}).secret_key == first.secret_key
    assert len(first.secret_key) == 64
    assert (tmp_path / "secret").stat().st_mode & 0o077 == 0
    assert first.secret_key not in repr(first)
