"""A real PostgreSQL for the tests: started in under a second, on a port that stays the same."""

import asyncio
import os
import secrets
import shutil
import signal
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote, urlsplit, urlunsplit

import asyncpg

from tests.servers import ExternalServerError, ServerUnavailableError
from tests.servers.binaries import postgres_folder, server_user
from tests.servers.process import HOST, GuardedProcess, free_port

SUPERUSER = "postgres"
START_SECONDS = 20.0
LOCALE = "C.UTF-8" if sys.platform == "linux" else "C"  # macOS has no C.UTF-8
RULES = f"host all {SUPERUSER} {HOST}/32 trust\nhost all all {HOST}/32 scram-sha-256\n"
"""Who may connect: the superuser without a password, every other role only with its own."""

SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
ROOM_BYTES = 2 * 1024**3
FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
"""Several times faster; a kill -9 may lose commits, which only fault tests mind (`durable=True`)."""

CHEAP_PASSWORDS = {"scram_iterations": "1"}
"""Half of what a client computes to connect; since version 16."""


def memory_folder() -> str | None:
    """A folder in memory with room for a test run, or None: there a database is cloned ten times faster."""
    shared = Path("/dev/shm")
    if not (shared.is_dir() and os.access(shared, os.W_OK)):
        return None
    return str(shared) if shutil.disk_usage(shared).free >= ROOM_BYTES else None


ENDED = (OSError, asyncpg.InterfaceError, asyncpg.PostgresConnectionError, asyncpg.AdminShutdownError)
"""Somebody ended our connection meanwhile, which shows at its next use."""


class Desk:
    """A connection of the superuser that stays: a test makes and drops a database, and to connect takes as long.

    In a thread of its own, as the caller's may have a running loop.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._thread = ThreadPoolExecutor(1)
        self._runner = asyncio.Runner()
        self._connection: Any = None

    def execute(self, sql: str) -> None:
        """Run statements; connect first when there is no connection, or none any more."""
        self._thread.submit(self._runner.run, self._execute(sql)).result()

    def close(self) -> None:
        """End the connection, also when the server is gone."""
        self._thread.submit(self._runner.run, self._close()).result()
        self._thread.submit(self._runner.close).result()
        self._thread.shutdown()

    async def _execute(self, sql: str) -> None:
        if self._connection is not None:
            try:
                await self._connection.execute(sql)
            except ENDED:
                pass
            else:
                return
        self._connection = await asyncpg.connect(self._url, timeout=10)
        await self._connection.execute(sql)

    async def _close(self) -> None:
        if self._connection is not None:
            self._connection.terminate()


class PostgresServer:
    """One server. `start, kill, start` and `restart` keep data and port; `stop` removes the data.

    With TEST_DATABASE_URL (the url of a superuser) that server is used instead: `start` and `stop`
    do nothing, `kill` and `restart` raise ExternalServerError. Safe to call with a loop running.
    """

    def __init__(self, *, durable: bool = False, programs: Path | None = None) -> None:
        """Take `durable=True` where a test kills the server and counts what is left; `programs` for another version."""
        self._external = None if programs else os.environ.get("TEST_DATABASE_URL")
        self._programs = programs
        self._durable = durable
        self._settings = SETTINGS | ({} if durable else FORGETFUL)
        self._folder: Path | None = None
        self._port = 0
        self._process: GuardedProcess | None = None
        self._desk: Desk | None = None

    def __enter__(self) -> Self:
        """Start the server."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the server and remove its data."""
        self.stop()

    @property
    def admin_url(self) -> str:
        """The superuser's url, to the maintenance database."""
        return self._external or f"postgres://{SUPERUSER}@{HOST}:{self._port}/postgres"

    def url(self, database: str, user: str | None = None, password: str | None = None) -> str:
        """Give the url of a database: for the superuser, or for a role with its password."""
        parts = urlsplit(self.admin_url)
        login, _, address = parts.netloc.rpartition("@")
        if user is not None:
            login = quote(user, safe="") + (f":{quote(password, safe='')}" if password is not None else "")
        return urlunsplit(parts._replace(netloc=f"{login}@{address}", path=f"/{database}"))

    def start(self) -> None:
        """Start and wait until connections are accepted; raise ServerUnavailableError after 20 s."""
        if self._external or (self._process is not None and self._process.poll() is None):
            return
        programs = self._programs or postgres_folder()
        folder = self._folder = self._folder or self._new_cluster(programs)
        self._port = self._port or free_port()
        cheap = CHEAP_PASSWORDS if int((folder / "data" / "PG_VERSION").read_text()) >= 16 else {}
        options = [f"-c{name}={value}" for name, value in (self._settings | cheap).items()]
        command: list[str | Path] = [
            programs / "postgres",
            "-D",
            folder / "data",
            "-p",
            str(self._port),
            *options,
        ]
        deadline = time.monotonic() + START_SECONDS
        while True:
            self._process = GuardedProcess(command, folder / "log", user=server_user(), remove=folder)
            if self._is_ready(self._process, folder / "data" / "postmaster.pid", deadline):
                return
            log = self._process.tail()
            self._process.end(signal.SIGQUIT)
            # After a kill the old server's children need a moment to notice; until then it refuses.
            if time.monotonic() > deadline or "pre-existing shared memory block" not in log:
                raise ServerUnavailableError(f"PostgreSQL did not start. {programs}/postgres said:\n{log}")
            time.sleep(0.05)

    def stop(self) -> None:
        """Shut down (connections are cut) and remove the data."""
        self._leave()
        if self._process is not None:
            self._process.end(signal.SIGINT)
            self._process = None
        if self._folder is not None:
            shutil.rmtree(self._folder)
            self._folder = None

    def kill(self) -> None:
        """Kill -9, as a crash would; `start` brings it back with what was durable."""
        server = self._own("kill")
        self._leave()
        server.kill()

    def log(self) -> Path:
        """What it wrote."""
        self._own("read the log of")
        assert self._folder is not None
        return self._folder / "log"

    def restart(self) -> None:
        """Shut down in order and start again at once, same port, same data."""
        server = self._own("restart")
        self._leave()
        server.end(signal.SIGINT)
        self.start()

    def create_database(self, template: str | None = None, tablespace: str | None = None) -> str:
        """Make a database, a copy of `template` (nobody may be connected to it), and give its name."""
        name = f"wuye_{secrets.token_hex(6)}"
        copy = f'TEMPLATE "{template}" STRATEGY file_copy' if template else ""
        there = f'TABLESPACE "{tablespace}"' if tablespace else ""
        self.execute(f'CREATE DATABASE "{name}" {copy} {there}')
        return name

    def drop_database(self, name: str) -> None:
        """Remove a database and cut whoever is connected to it."""
        self.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def execute(self, sql: str, database: str | None = None) -> None:
        """Run statements as the superuser, in the maintenance database unless told otherwise."""
        if database is None:
            self._desk = self._desk or Desk(self.admin_url)
            self._desk.execute(sql)
            return
        desk = Desk(self.url(database))
        try:
            desk.execute(sql)
        finally:
            desk.close()

    def _leave(self) -> None:
        """Give the connection to the maintenance database up."""
        if self._desk is not None:
            self._desk.close()
            self._desk = None

    def _own(self, action: str) -> GuardedProcess:
        """Give our running process; raise where there is none that a test may end."""
        if self._external:
            raise ExternalServerError(f"cannot {action} the server of TEST_DATABASE_URL: unset it here")
        if self._process is None:
            raise RuntimeError(f"cannot {action} PostgreSQL: start() it first")
        return self._process

    def _new_cluster(self, programs: Path) -> Path:
        """Make a temporary folder with a fresh data directory (0.4 s, so none is kept for later)."""
        folder = Path(tempfile.mkdtemp(prefix="wuye-postgres-data-", dir=None if self._durable else memory_folder()))
        user = server_user()
        if user is not None:
            os.chown(folder, user, user)
        options = ["-U", SUPERUSER, "-E", "UTF8", f"--locale={LOCALE}", "-A", "trust", "--no-sync"]
        command: list[str | Path] = [programs / "initdb", "-D", folder / "data", *options]
        process = GuardedProcess(command, folder / "log", user=user, remove=folder)
        if process.wait(START_SECONDS) != 0:
            log = process.tail()
            shutil.rmtree(folder)
            raise ServerUnavailableError(f"{programs}/initdb failed:\n{log}")
        (folder / "data" / "pg_hba.conf").write_text(RULES)
        return folder

    @staticmethod
    def _is_ready(process: GuardedProcess, status: Path, deadline: float) -> bool:
        """Wait until the status file names our process and says ready; False if it ended or is late."""
        while process.poll() is None and time.monotonic() < deadline:
            lines = status.read_text().splitlines() if status.exists() else []
            if len(lines) > 7 and lines[0] == str(process.pid) and lines[7].strip() == "ready":
                return True
            time.sleep(0.02)
        return False
