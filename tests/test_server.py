"""The command line: what it prints, what it refuses, and its exit codes."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest

from adapters.database.migrate import known_migrations
from adapters.settings import SettingsError, load_settings
from server import main
from tests.servers.product import Product

if TYPE_CHECKING:
    from tests.estate import Estate
    from tests.servers.postgres import PostgresServer

ROOT = Path(__file__).parents[1]
SECONDS = 50.0


def run(*arguments: str, state: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own; forked where that is possible, which spares two seconds of imports."""
    if Product.nursery is None:
        return run_really(*arguments, state=state, **environment)
    with TemporaryDirectory() as folder:
        said, errors = Path(folder) / "said", Path(folder) / "errors"
        process = Product.nursery.start(arguments, _environment(state, **environment), said, errors)
        code = process.wait(SECONDS)
        return subprocess.CompletedProcess(arguments, code, said.read_text(), errors.read_text())


def run_really(*arguments: str, state: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """`python server.py …` as a user runs it."""
    return subprocess.run(
        [sys.executable, "server.py", *arguments],
        cwd=ROOT,
        env=_environment(state, **environment),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


def run_here(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    *arguments: str,
    state: Path,
    **environment: str,
) -> tuple[int, str, str]:
    """The same command in this process, without two seconds of imports: exit code, output and errors.

    An exception that the command does not turn into a message comes through, as it should.
    """
    capsys.readouterr()
    with monkeypatch.context() as patch:
        for name in os.environ:
            patch.delenv(name)
        for name, value in _environment(state, **environment).items():
            patch.setenv(name, value)
        patch.setattr("server.configure_log", lambda *_: None)  # this process has a log
        try:
            code = main(list(arguments))
        except SystemExit as leaving:  # as argparse leaves
            code = int(leaving.code or 0)
    return code, *capsys.readouterr()


def _environment(state: Path, **more: str) -> dict[str, str]:
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE", "BROKER", "LIMIT"))}
    return {**plain, "DATABASE_URL": f"sqlite://{state / 'wuye.db'}", "STATE_PATH": str(state), "PORT": "0", **more}


@pytest.mark.parametrize(
    ("environment", "says"),
    [
        ({"DATABASE_URL": "mysql://x/y"}, "Write sqlite://var/wuye.db or postgres://"),
        ({"DATABASE_URL": "postgres://nowhere"}, "lacks a host or a database"),
        ({"DATABASE_URL": "sqlite://"}, "names no file"),
        ({"BROKER_URL": "kafka://x"}, "BROKER_URL must be memory://"),
        ({"BROKER_URL": "redis-cluster://"}, "redis-cluster://HOST:6379,HOST:6379 .a host is missing"),
        ({"BROKER_URL": "redis-cluster://a:6379/1"}, "a cluster has database 0 only"),
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
    done = run_really("serve", state=tmp_path)
    assert done.returncode == 2
    assert "Run: python server.py migrate" in done.stderr


def test_an_unreachable_postgres_says_so_without_the_password(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: nobody answers here
        url = f"postgres://wuye_app:hunter2@127.0.0.1:{taken.getsockname()[1]}/wuye"
        done = run("serve", state=tmp_path, DATABASE_URL=url)
        moved = run_here(capsys, monkeypatch, "migrate", state=tmp_path, DATABASE_URL=url, DATABASE_ADMIN_URL=url)
    assert done.returncode == moved[0] == 1
    assert "Check DATABASE_URL" in done.stderr
    assert "Check DATABASE_ADMIN_URL" in moved[2]
    assert "hunter2" not in done.stdout + done.stderr + moved[1] + moved[2]


def test_migrate_on_postgres_needs_the_owner(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    url = "postgres://wuye_app:x@127.0.0.1:1/wuye"
    code, _, told = run_here(capsys, monkeypatch, "migrate", state=tmp_path, DATABASE_URL=url)
    assert code == 2
    assert "needs DATABASE_ADMIN_URL" in told


@pytest.mark.postgres
def test_a_role_that_row_level_security_does_not_hold_is_refused(
    postgres: PostgresServer, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    name = postgres.create_database()
    owner = postgres.url(name)
    url = postgres.url(name, "wuye_cli", "x")
    moved = run_here(capsys, monkeypatch, "migrate", state=tmp_path, DATABASE_URL=url, DATABASE_ADMIN_URL=owner)
    assert moved[0] == 0, moved
    code, _, told = run_here(capsys, monkeypatch, "demo", state=tmp_path, DATABASE_URL=owner)
    postgres.drop_database(name)
    assert code == 1
    assert "Use an application role" in told


@pytest.mark.timeout(400)
def test_migrate_demo_and_schema_print_what_they_did(
    estate: Estate, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The demo itself was loaded by a real process: `tests/estate.py`."""
    shutil.copytree(estate.state, tmp_path / "loaded")
    first = run_here(capsys, monkeypatch, "migrate", state=tmp_path)
    again = run_here(capsys, monkeypatch, "migrate", state=tmp_path)
    kept = run_here(capsys, monkeypatch, "demo", state=tmp_path / "loaded")
    assert [code for code, _, _ in (first, again, kept)] == [0, 0, 0]
    names = ", ".join(migration.name for migration in known_migrations())
    assert first[1] == f"applied: {names}\n"
    assert again[1] == "the schema is up to date\n"
    assert "1204 places" in estate.printed
    assert "demo estate loaded" in estate.printed
    assert "resident1" in estate.printed
    assert "demo not loaded" in kept[1]
    printed = run("schema", state=tmp_path)
    assert printed.stdout == (ROOT / "schema" / "schema.graphql").read_text()


def test_help_and_wrong_usage(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = run_really("--help", state=tmp_path)
    assert shown.returncode == 0
    assert all(command in shown.stdout for command in ("serve", "migrate", "demo", "simulate", "schema"))
    code, _, told = run_here(capsys, monkeypatch, "sevre", state=tmp_path)
    assert code == 2
    assert "invalid choice" in told


def test_a_taken_port_is_an_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run_here(capsys, monkeypatch, "migrate", state=tmp_path)[0] == 0
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
