"""The PostgreSQL of the benchmark: a cluster that stays in its folder between runs, durable, with room in memory."""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING, Self

import asyncpg

from tests.servers import ServerUnavailableError
from tests.servers.binaries import postgres_folder, server_user
from tests.servers.postgres import LOCALE, RULES, SUPERUSER
from tests.servers.process import HOST, GuardedProcess, free_port

if TYPE_CHECKING:
    from pathlib import Path

SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "max_connections": "200",
    "timezone": "UTC",
    "shared_buffers": "4GB",  # holds the whole database: the disk is not what is measured
    "effective_cache_size": "8GB",
    "work_mem": "32MB",
    "maintenance_work_mem": "512MB",
    "max_wal_size": "8GB",
    "random_page_cost": "1.1",
    "jit": "off",  # as the product sets it for itself; short statements lose by it
}
START_SECONDS = 60.0


class Cluster:
    """One server. Its data stays in `folder`; the process ends with ours."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port = free_port()
        self._process: GuardedProcess | None = None

    def __enter__(self) -> Self:
        """Start, making the cluster when there is none. Raises ServerUnavailableError."""
        programs = postgres_folder()
        data = self._folder / "data"
        if not (data / "PG_VERSION").exists():
            self._make(programs)
        options = [f"-c{name}={value}" for name, value in SETTINGS.items()]
        command: list[str | Path] = [programs / "postgres", "-D", data, "-p", str(self._port), *options]
        self._process = GuardedProcess(command, self._folder / "log", user=server_user())
        deadline = time.monotonic() + START_SECONDS
        while not self._ready(data / "postmaster.pid"):
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise ServerUnavailableError(f"PostgreSQL did not start:\n{self._process.tail()}")
            time.sleep(0.05)
        return self

    def __exit__(self, *_: object) -> None:
        """Shut down; the data stays."""
        if self._process is not None:
            self._process.end(signal.SIGINT, START_SECONDS)

    @property
    def pid(self) -> int:
        """The postmaster."""
        assert self._process is not None
        return self._process.pid

    def url(self, database: str, user: str = SUPERUSER, password: str = "") -> str:
        """The address of a database for a role; the superuser needs no password."""
        login = f"{user}:{password}" if password else user
        return f"postgres://{login}@{HOST}:{self._port}/{database}"

    async def execute(self, sql: str, database: str = "postgres") -> None:
        """Run statements as the superuser."""
        connection = await asyncpg.connect(self.url(database), timeout=10)
        try:
            await connection.execute(sql)
        finally:
            await connection.close()

    async def value(self, sql: str, database: str = "postgres") -> object:
        """One value, as the superuser."""
        connection = await asyncpg.connect(self.url(database), timeout=10)
        try:
            return await connection.fetchval(sql)
        finally:
            await connection.close()

    def _make(self, programs: Path) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        user = server_user()
        if user is not None:
            os.chown(self._folder, user, user)
        options = ["-U", SUPERUSER, "-E", "UTF8", f"--locale={LOCALE}", "-A", "trust"]
        command: list[str | Path] = [programs / "initdb", "-D", self._folder / "data", *options]
        process = GuardedProcess(command, self._folder / "log", user=user)
        if process.wait(START_SECONDS) != 0:
            raise ServerUnavailableError(f"initdb failed:\n{process.tail()}")
        (self._folder / "data" / "pg_hba.conf").write_text(RULES)

    def _ready(self, status: Path) -> bool:
        lines = status.read_text().splitlines() if status.exists() else []
        return len(lines) > 7 and lines[0] == str(self.pid) and lines[7].strip() == "ready"


async def check_keys(connection: asyncpg.Connection) -> None:
    """Look at every foreign key, after a load that checked none. Raises AssertionError."""
    keys = await connection.fetch(
        "SELECT conname, conrelid::regclass::text AS child, confrelid::regclass::text AS parent,"
        " (SELECT attname FROM pg_attribute WHERE attrelid = conrelid AND attnum = conkey[1]) AS via"
        " FROM pg_constraint WHERE contype = 'f' AND conparentid = 0 AND cardinality(conkey) = 1"
    )
    assert len(keys) > 100, "no foreign keys found"
    for key in keys:
        lost = await connection.fetchval(
            f"SELECT count(*) FROM {key['child']} c WHERE {key['via']} IS NOT NULL"
            f" AND NOT EXISTS (SELECT 1 FROM {key['parent']} p WHERE p.id = c.{key['via']})"
        )
        assert lost == 0, f"{key['conname']}: {lost} rows"
