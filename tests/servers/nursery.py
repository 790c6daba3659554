"""Commands of server.py, each forked from one process that has loaded all of it: a start costs 1.3 s of computing less.

What runs is `server.main` on a process of its own, with its own environment, session, log and exit status; only what a
Python does before that, which is the same each time, was done before. Workers (`WORKERS` > 1) are started by uvicorn
as always, but forked from their parent; `make faults` starts the real command, and it spawns them.

As a program it reads orders from standard input, one JSON a line, and tells pids and exit statuses. When its input
ends, because whoever started it closed it or is gone, it kills what it started; should it be killed, they die with it.
"""

from __future__ import annotations

import asyncio
import ctypes
import functools
import gc
import importlib
import json
import multiprocessing.context
import os
import runpy
import selectors
import signal
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NoReturn

import uvicorn._subprocess
from uvicorn.supervisors.multiprocess import SIGNALS

from tests.faults import FULL
from tests.servers.process import GuardedProcess

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT = Path(__file__).parents[2]
PR_SET_PDEATHSIG = 1
LOADED = (
    *("uvloop", "server", "schema.ingest.listener", "schema.http.transport", "schema.http.stop"),
    *("subscriptions.websocket.transport", "subscriptions.hub", "adapters.outside", "adapters.database.backup"),
    *("resolvers.demo", "resolvers.data_import.command", "resolvers.sealed", "resolvers.audit"),
)
CREDENTIALS = ("host", "port", "user", "password", "database")
START_SECONDS = 60.0
POSSIBLE = sys.platform == "linux" and not FULL


class Child:
    """What `GuardedProcess` needs of `subprocess.Popen`, of a process that is the nursery's child."""

    stdin = None

    def __init__(self) -> None:
        self.pid = 0
        self._status: int | None = None
        self._ended = threading.Event()

    def end(self, status: int) -> None:
        """It is over; a signal is negative, as with Popen."""
        self._status = status
        self._ended.set()

    def poll(self) -> int | None:
        """The exit status, or None while it runs."""
        return self._status

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end. Raises subprocess.TimeoutExpired."""
        if not self._ended.wait(timeout):
            raise subprocess.TimeoutExpired("server.py", timeout or 0)
        assert self._status is not None
        return self._status

    def send_signal(self, sign: signal.Signals) -> None:
        """Nothing, once it has ended."""
        if self._status is None:
            os.kill(self.pid, sign)

    def kill(self) -> None:
        """Kill -9."""
        self.send_signal(signal.SIGKILL)


class ForkedProcess(GuardedProcess):
    """As its parent, but forked."""

    def __init__(self, child: Child, log: Path) -> None:
        self.log = log
        self._process = child  # type: ignore[assignment]


class Nursery:
    """The side of the tests; started when it is first needed."""

    def __init__(self) -> None:
        self._program: subprocess.Popen[str] | None = None
        self._lock = threading.Lock()
        self._born = threading.Semaphore(0)
        self._children: dict[int, Child] = {}
        self._newest = Child()

    def start(
        self, arguments: Sequence[str], environment: Mapping[str, str], log: Path, errors: Path | None = None
    ) -> GuardedProcess:
        """`python server.py ARGUMENTS`, its output appended to `log`; what it says of errors too, or to `errors`."""
        with self._lock:
            program = self._program = self._program or self._load()
            assert program.stdin is not None
            child = self._newest = Child()
            order = {"arguments": list(arguments), "environment": dict(environment)}
            order |= {"log": str(log), "errors": str(errors or log)}
            program.stdin.write(json.dumps(order) + "\n")
            program.stdin.flush()
            assert self._born.acquire(timeout=START_SECONDS), "the nursery starts nothing"
        return ForkedProcess(child, log)

    @property
    def pid(self) -> int:
        """Its process, once it has started something."""
        assert self._program is not None
        return self._program.pid

    def close(self) -> None:
        """Kill what still runs."""
        if self._program is not None:
            self._program.communicate()
            self._program = None

    def _load(self) -> subprocess.Popen[str]:
        program = subprocess.Popen(
            [sys.executable, "-m", "tests.servers.nursery"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            start_new_session=True,
        )
        threading.Thread(target=self._listen, args=[program], daemon=True).start()
        return program

    def _listen(self, program: subprocess.Popen[str]) -> None:
        assert program.stdout is not None
        for line in program.stdout:
            pid, _, status = line.strip().partition(" ")
            if status:
                self._children.pop(int(pid)).end(int(status))
            else:
                self._newest.pid = int(pid)
                self._children[int(pid)] = self._newest
                self._born.release()


class ForkedWorker(multiprocessing.context.ForkProcess):
    """A worker of uvicorn as if it had been spawned: no signal is its parent's, and no parent leaves it behind."""

    def run(self) -> None:
        """Serve."""
        die_with(self._parent_pid)  # type: ignore[attr-defined]  # multiprocessing's own
        for sign in SIGNALS:
            signal.signal(sign, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        super().run()


def main() -> NoReturn:
    """Load, then fork at each order until the input ends."""
    load()
    woken, wakes = os.pipe2(os.O_NONBLOCK)
    signal.set_wakeup_fd(wakes, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    running: set[int] = set()
    orders, parent = b"", os.getpid()
    with selectors.DefaultSelector() as selector:
        selector.register(0, selectors.EVENT_READ)
        selector.register(woken, selectors.EVENT_READ)
        while True:
            ready = {key.fd for key, _ in selector.select()}
            if woken in ready:
                os.read(woken, 4096)
                reap(running)
            if 0 in ready:
                if not (got := os.read(0, 65536)):
                    break
                *whole, orders = (orders + got).split(b"\n")
                for order in whole:
                    if (pid := os.fork()) == 0:
                        selector.close()
                        become(json.loads(order), parent)
                    running.add(pid)
                    tell(str(pid))
    for pid in running:
        os.kill(pid, signal.SIGKILL)
    sys.exit()


def load() -> None:
    """What every command or most of them import, and the schema."""
    for name in LOADED:
        importlib.import_module(name)
    importlib.import_module("schema").build_schema()
    asyncio.run(bind())
    cheapen()
    assert threading.active_count() == 1, "a fork takes one thread along"
    gc.collect()
    gc.freeze()


async def bind() -> None:
    """Tortoise's models, to each of the databases that a command may have: `tests/once.py` keeps what came of it."""
    from tortoise.apps import Apps

    from adapters.database.base import bind_models
    from tests import once

    Apps._build_initial_querysets = once.bind  # type: ignore[method-assign]
    await bind_models("sqlite", "adapters.database.sqlite", {"file_path": ":memory:"})
    await bind_models("postgres", "adapters.database.postgres.client", dict.fromkeys(CREDENTIALS, "1"))


def cheapen() -> None:
    """Passwords are hashed as in the world: to find its hashes too weak and renew each at its sign-in takes 0.2 s."""
    identity = importlib.import_module("adapters.identity")
    identity.PasswordHasher = functools.partial(  # type: ignore[attr-defined]
        identity.PasswordHasher, time_cost=1, memory_cost=8, parallelism=1
    )


def reap(running: set[int]) -> None:
    """Tell of those that have ended."""
    for pid in list(running):
        found, status = os.waitpid(pid, os.WNOHANG)
        if found:
            running.discard(pid)
            tell(f"{pid} {os.waitstatus_to_exitcode(status)}")


def tell(line: str) -> None:
    """To the tests; none of it waits in a buffer that a fork would copy."""
    os.write(1, f"{line}\n".encode())


def die_with(parent: int) -> None:
    """Kill -9 as soon as that process is gone; it may be by now."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(-signal.SIGKILL % 256)


def become(order: dict[str, Any], parent: int) -> NoReturn:
    """In the new process: as if `python server.py` had just started it.

    What `load` froze stays so: to collect it, when serving begins and at the end, copies every page and takes 0.5 s.
    """
    die_with(parent)
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for name, to in (("log", 1), ("errors", 2)):
        os.dup2(os.open(order[name], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644), to)
    os.closerange(3, 64)
    os.environ.clear()
    os.environ.update(order["environment"])
    uvicorn._subprocess.spawn = SimpleNamespace(Process=ForkedWorker)  # type: ignore[assignment]
    sys.argv = [str(ROOT / "server.py"), *order["arguments"]]
    for folder in order["environment"].get("PYTHONPATH", "").split(os.pathsep):  # what a Python's start would run
        if (site := Path(folder or ROOT) / "sitecustomize.py").exists():
            runpy.run_path(str(site))
    sys.exit(importlib.import_module("server").main(order["arguments"]))


if __name__ == "__main__":
    main()
