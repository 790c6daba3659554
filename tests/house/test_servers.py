"""The servers of the tests: they start, come back after a kill on the same port, and leave nothing behind."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest
from redis import Redis

from tests.servers import ExternalServerError, ServerUnavailableError, binaries
from tests.servers.nursery import POSSIBLE, Nursery
from tests.servers.postgres import PostgresServer
from tests.servers.redis import RedisServer

pytestmark = pytest.mark.servers
ROOT = Path(__file__).parents[2]
ORPHAN = """
from tests.servers.redis import RedisServer
from tests.servers.postgres import PostgresServer
servers = RedisServer(), PostgresServer()
for server in servers:
    server.start()
print(servers[0].url, servers[0]._folder, servers[1].admin_url, servers[1]._folder, flush=True)
input()
"""


@pytest.fixture(scope="module")
def postgres() -> Iterator[PostgresServer]:
    """A durable server of this module's own: it gets killed, so never an external one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("TEST_DATABASE_URL", raising=False)
        with PostgresServer(durable=True) as server:
            yield server


@pytest.fixture
def redis(monkeypatch: pytest.MonkeyPatch) -> Iterator[RedisServer]:
    """A server of the test's own."""
    monkeypatch.delenv("TEST_REDIS_URL", raising=False)
    with RedisServer() as server:
        yield server


async def fetch(url: str, sql: str) -> object:
    """Give one value."""
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


async def test_postgres_keeps_data_and_port_over_kill_and_restart(postgres: PostgresServer) -> None:
    name = postgres.create_database()
    url = postgres.url(name)
    postgres.execute("CREATE TABLE kept (word text); INSERT INTO kept VALUES ('门')", name)
    postgres.kill()
    with pytest.raises(ConnectionRefusedError):
        await asyncpg.connect(url)
    postgres.start()
    assert await fetch(url, "SELECT word FROM kept") == "门"
    postgres.restart()
    assert await fetch(url, "SELECT word FROM kept") == "门"
    postgres.drop_database(name)


async def test_postgres_comes_back_under_load(postgres: PostgresServer) -> None:
    busy = await asyncpg.connect(postgres.admin_url)
    work = asyncio.ensure_future(busy.fetchval("SELECT count(*) FROM generate_series(1, 10000000000)"))
    await asyncio.sleep(0.1)
    postgres.kill()
    with pytest.raises((asyncpg.PostgresError, OSError)):
        await work
    postgres.start()
    assert await fetch(postgres.admin_url, "SELECT 1") == 1


async def test_postgres_clones_a_template(postgres: PostgresServer) -> None:
    template = postgres.create_database()
    postgres.execute("CREATE TABLE made (n int); INSERT INTO made VALUES (7)", template)
    copy = postgres.create_database(template)
    assert await fetch(postgres.url(copy), "SELECT n FROM made") == 7


async def test_databases_are_made_also_by_whom_somebody_has_cut_off(postgres: PostgresServer) -> None:
    elsewhere = postgres.create_database()
    postgres.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'postgres'", elsewhere)
    made = postgres.create_database()
    assert await fetch(postgres.url(made), "SELECT current_database()") == made
    postgres.drop_database(made)
    with pytest.raises(asyncpg.InvalidCatalogNameError):
        await fetch(postgres.url(made), "SELECT 1")


async def test_postgres_roles_need_their_password(postgres: PostgresServer) -> None:
    postgres.execute("CREATE ROLE clerk LOGIN PASSWORD 'p@ss/word'")
    assert await fetch(postgres.url("postgres", "clerk", "p@ss/word"), "SELECT current_user") == "clerk"
    with pytest.raises(asyncpg.InvalidPasswordError):
        await fetch(postgres.url("postgres", "clerk", "wrong"), "SELECT 1")


async def test_postgres_is_durable_only_when_asked(postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TEST_DATABASE_URL", raising=False)
    assert await fetch(postgres.admin_url, "SHOW fsync") == "on"
    with PostgresServer() as quick:
        assert await fetch(quick.admin_url, "SHOW fsync") == "off"


def test_redis_keeps_its_port_over_kill_and_restart(redis: RedisServer) -> None:
    with Redis.from_url(redis.url) as client:
        client.set("key", "value")
        redis.flush()
        assert client.get("key") is None
    address = redis.url
    redis.kill()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", urlsplit(address).port or 0))
    redis.start()
    redis.restart()
    assert redis.url == address
    with Redis.from_url(redis.url) as client:
        assert client.ping()


def test_servers_die_with_a_killed_test_run() -> None:
    own = {name: value for name, value in os.environ.items() if not name.startswith("TEST_")}
    command = [sys.executable, "-c", ORPHAN]
    run = subprocess.Popen(command, cwd=ROOT, env=own, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert run.stdin is not None
    assert run.stdout is not None
    with run.stdin, run.stdout:
        words = run.stdout.readline().split()
        urls, folders = words[::2], [Path(word) for word in words[1::2]]
        assert len(urls) == 2
        run.kill()
        run.wait()
    deadline = time.monotonic() + 10
    while any(folder.exists() for folder in folders) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert [folder for folder in folders if folder.exists()] == []
    for url in urls:
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", urlsplit(url).port or 0))


@pytest.mark.skipif(not POSSIBLE, reason="forks on Linux only, and not for full counts")
def test_what_is_forked_ends_as_the_command_would(tmp_path: Path) -> None:
    (tmp_path / "demo.json").write_text('{"cast": [], "devices": []}')
    environment = {"STATE_PATH": str(tmp_path), "SECRET_KEY": "test", "PORT": "1"}
    nursery, log = Nursery(), tmp_path / "log"
    try:
        refused = nursery.start(["nonsense"], environment, log)
        assert refused.wait(20) == 2
        assert "invalid choice" in refused.tail()
        killed, left = (nursery.start(["simulate"], environment, log) for _ in range(2))  # waits for a server
        assert killed.poll() is None
        assert killed.kill() == -signal.SIGKILL
        assert left.poll() is None
        os.kill(nursery.pid, signal.SIGKILL)
        deadline, seen = time.monotonic() + 20, Path(f"/proc/{left.pid}/cmdline")
        while seen.exists() and seen.read_bytes():  # empty: nobody has buried it yet
            assert time.monotonic() < deadline, "it outlives the nursery"
            time.sleep(0.02)
    finally:
        nursery.close()


def test_external_servers_are_used_but_never_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_DATABASE_URL", "postgres://boss:secret@db.example:5433/postgres?sslmode=require")
    monkeypatch.setenv("TEST_REDIS_URL", "redis://cache.example:6380/3")
    with PostgresServer() as postgres, RedisServer() as redis:
        assert postgres.url("x") == "postgres://boss:secret@db.example:5433/x?sslmode=require"
        assert postgres.url("x", "me", "a/b") == "postgres://me:a%2Fb@db.example:5433/x?sslmode=require"
        assert redis.url == "redis://cache.example:6380/3"
        for server in (postgres, redis):
            with pytest.raises(ExternalServerError, match="unset it"):
                server.kill()
            with pytest.raises(ExternalServerError, match="unset it"):
                server.restart()


def test_a_missing_server_is_loud(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("TEST_DATABASE_URL", raising=False)
    monkeypatch.delenv("TEST_REDIS_URL", raising=False)
    monkeypatch.setattr(binaries, "_package_folder", lambda _: None)
    monkeypatch.setattr(binaries, "DEBIAN", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ServerUnavailableError, match="TEST_DATABASE_URL"):
        PostgresServer().start()
    with pytest.raises(ServerUnavailableError, match="TEST_REDIS_URL"):
        RedisServer().start()
