"""The product as it is deployed: the real `python server.py serve` with its workers, killed and started at will."""

import http.client
import os
import signal
import sys
import time
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Self

from tests.factories.tenant import PERSONAL_DATA_KEY
from tests.faults import FULL
from tests.servers.process import HOST, GuardedProcess, children, free_port, listens

if TYPE_CHECKING:
    from tests.servers.nursery import Nursery

ROOT = Path(__file__).parents[2]
READY_SECONDS = 120.0 if FULL else 30.0  # a run of hours must not end because the machine was busy for a while
LOOK_SECONDS = 0.05
RATES = [
    f"LIMIT_{name}" for name in ("RATE_ANONYMOUS", "RATE_RESIDENT", "RATE_STAFF", "RATE_PARTNER", "COST_PER_MINUTE")
]
"""A test asks as fast as it can, from one address."""


class Product:
    """One server process tree. `kill` and `start` keep the port; the log has the output of all runs."""

    nursery: ClassVar["Nursery | None"] = None
    """What starts it; None: the real command does."""

    def __init__(self, folder: Path, **environment: str) -> None:
        """`environment` holds settings of server.py; STATE_PATH is below `folder` and the port is our own."""
        self.port = free_port()
        self.log = folder / "product.log"
        own = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "TMPDIR")}
        self._environment: Mapping[str, str] = {
            **own,
            "HOST": HOST,
            "PORT": str(self.port),
            "STATE_PATH": str(folder / "state"),
            "SECRET_KEY": "test",
            "PERSONAL_DATA_KEY": PERSONAL_DATA_KEY,
            "LOG_LEVEL": "info",
            "PYTHONDONTWRITEBYTECODE": "1",
            **dict.fromkeys(RATES, "10000000"),
            **environment,
        }
        self.workers = int(self._environment.get("WORKERS", "1"))
        self._process: GuardedProcess | None = None

    def __enter__(self) -> Self:
        """Start and wait until ready."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Kill whatever still runs."""
        if self._process is not None and self._process.poll() is None:
            self.kill()

    @property
    def url(self) -> str:
        """Where HTTP is spoken."""
        return f"http://{HOST}:{self.port}"

    @property
    def websocket_url(self) -> str:
        """Where graphql-transport-ws is spoken."""
        return f"ws://{HOST}:{self.port}/graphql"

    def command(self, *arguments: str, seconds: float = 60.0) -> None:
        """Run another command of server.py to its end; it must succeed."""
        process = self.spawn(*arguments)
        assert process.wait(seconds) == 0, process.tail(40)

    def spawn(self, *arguments: str) -> GuardedProcess:
        """Start another command of server.py beside the server."""
        if self.nursery is not None:
            return self.nursery.start(arguments, self._environment, self.log)
        program: list[str | Path] = [sys.executable, ROOT / "server.py", *arguments]
        return GuardedProcess(program, self.log, environment=self._environment, folder=ROOT)

    def start(self) -> None:
        """Start on the port of before, and wait for /health/ready."""
        self.launch()
        self.wait_ready()

    def launch(self) -> None:
        """Start, and do not wait: several become ready together."""
        assert self._process is None or self._process.poll() is not None, "it runs already"
        self._process = self.spawn("serve")

    def wait_ready(self) -> None:
        """Wait until it answers, and every worker is there."""
        deadline = time.monotonic() + READY_SECONDS
        while not (self._ready() and len(self.worker_ids()) == self.workers):
            assert self._process is not None
            assert self._process.poll() is None, f"the server ended:\n{self._process.tail(40)}"
            assert time.monotonic() < deadline, f"the server is not ready:\n{self._process.tail(40)}"
            time.sleep(LOOK_SECONDS)

    def worker_ids(self) -> list[int]:
        """The processes that serve."""
        assert self._process is not None
        if self.workers == 1:
            return [self._process.pid]
        return [child for child in children(self._process.pid) if _is_worker(child)]

    def kill(self) -> None:
        """Kill -9 all of it at once, and wait until the port is free."""
        assert self._process is not None
        self._process.kill()
        deadline = time.monotonic() + 10
        while listens(self.port):
            assert time.monotonic() < deadline, "a worker outlives its parent"
            time.sleep(0.01)

    def kill_worker(self) -> int:
        """Kill -9 one of several workers; its parent starts another one."""
        victim = self.worker_ids()[0]
        os.kill(victim, signal.SIGKILL)
        return victim

    def terminate(self, seconds: float) -> int:
        """SIGTERM; the exit status, -9 when it took longer than `seconds`."""
        assert self._process is not None
        return self._process.end(signal.SIGTERM, seconds)

    def output(self) -> str:
        """The whole log."""
        return self.log.read_text(errors="replace")

    def _ready(self) -> bool:
        """A client of httpx would cost as much computing for each look as the server's start leaves for it."""
        with closing(http.client.HTTPConnection(HOST, self.port, timeout=5)) as connection:
            try:
                connection.request("GET", "/health/ready")
                return connection.getresponse().status == 200
            except (OSError, http.client.HTTPException):
                return False


def _is_worker(pid: int) -> bool:
    """Whether a child of uvicorn's parent is a worker; the resource tracker and the guard are others."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
    return b"spawn_main" in command or b"tests.servers.nursery" in command  # spawned, or forked by a forked parent
