"""A real Redis for the tests: in memory only, on a port that stays the same over restarts."""

import os
import shutil
import signal
import socket
import tempfile
import time
from pathlib import Path
from typing import Self

from redis import Redis

from tests.servers import ExternalServerError, ServerUnavailableError
from tests.servers.binaries import redis_program
from tests.servers.process import HOST, GuardedProcess, free_port

START_SECONDS = 10.0


class RedisServer:
    """One server. `start, kill, start` and `restart` keep the port; the data is gone each time.

    With TEST_REDIS_URL that server is used instead: `start` and `stop` do nothing, `kill` and
    `restart` raise ExternalServerError.
    """

    def __init__(self, *options: str, program: Path | None = None) -> None:
        """Nothing runs before `start`. With a `program` of its own, and `options` for it, it is never the external."""
        self._external = os.environ.get("TEST_REDIS_URL") if program is None else None
        self._program, self._options = program, options
        self._folder: Path | None = None
        self._port = 0
        self._process: GuardedProcess | None = None

    def __enter__(self) -> Self:
        """Start the server."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the server."""
        self.stop()

    @property
    def url(self) -> str:
        """The address, with the database number."""
        return self._external or f"redis://{HOST}:{self._port}/0"

    @property
    def address(self) -> str:
        """HOST:PORT of our own."""
        return f"{HOST}:{self._port}"

    @property
    def pid(self) -> int:
        """The process."""
        return self._own("ask").pid

    def start(self) -> None:
        """Start and wait for an answer; raise ServerUnavailableError after 10 s."""
        if self._external or (self._process is not None and self._process.poll() is None):
            return
        program = self._program or redis_program()
        folder = self._folder = self._folder or Path(tempfile.mkdtemp(prefix="wuye-redis-"))
        self._port = self._port or free_port()
        options = [*self._listening(), "--bind", HOST, "--save", "", *self._options]
        self._process = GuardedProcess([program, *options], folder / "log", remove=folder, folder=folder)
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise ServerUnavailableError(f"Redis did not start. {program} said:\n{self._process.tail()}")
            time.sleep(0.02)

    def stop(self) -> None:
        """Shut down."""
        if self._process is not None:
            self._process.end(signal.SIGTERM)
            self._process = None
        if self._folder is not None:
            shutil.rmtree(self._folder)
            self._folder = None

    def kill(self) -> None:
        """Kill -9; connections are cut, `start` brings an empty server back."""
        self._own("kill").kill()

    def restart(self) -> None:
        """Shut down in order and start again at once, empty, on the same port."""
        self._own("restart").end(signal.SIGTERM)
        self.start()

    def flush(self) -> None:
        """Delete every key of the database that `url` names."""
        with Redis.from_url(self.url) as client:
            client.flushdb()

    def _listening(self) -> list[str]:
        """The options that say where."""
        return ["--port", str(self._port)]

    def _answers(self) -> bool:
        """Say whether the server answers a PING; the client would hide a failure behind ten retries."""
        try:
            with socket.create_connection((HOST, self._port), timeout=1) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(7) == b"+PONG\r\n"
        except OSError:
            return False

    def _own(self, action: str) -> GuardedProcess:
        """Give our running process; raise where there is none that a test may end."""
        if self._external:
            raise ExternalServerError(f"cannot {action} the server of TEST_REDIS_URL: unset it here")
        if self._process is None:
            raise RuntimeError(f"cannot {action} Redis: start() it first")
        return self._process
