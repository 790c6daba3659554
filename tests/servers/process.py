"""A server process of the tests: started behind `guard.py`, logged to a file, waited for.

Servers get a session of their own, so Ctrl-C reaches pytest and not them. Whatever happens to
pytest, `guard.py` ends them; there is no atexit hook to forget.
"""

import contextlib
import os
import random
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

GUARD = Path(__file__).with_name("guard.py")
HOST = "127.0.0.1"
PORTS = range(20_000, 32_000)
"""Below the ephemeral ports of Linux (32768) and macOS (49152). A server away from an ephemeral
port can lose it to an outgoing connection, or to a client that connects to itself while it retries."""


def free_port() -> int:
    """Give a loopback port that nothing listens on, outside the ephemeral range."""
    for port in random.sample(PORTS, 100):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return port
    raise RuntimeError(f"no free port among 100 between {PORTS.start} and {PORTS.stop}")


def listens(port: int) -> bool:
    """Whether somebody takes connections there."""
    try:
        socket.create_connection((HOST, port), timeout=1).close()
    except OSError:
        return False
    return True


def children(pid: int) -> list[int]:
    """Give the process ids of the direct children."""
    table = Path(f"/proc/{pid}/task/{pid}/children")
    if table.exists():
        return [int(child) for child in table.read_text().split()]
    listing = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True)
    pairs = [line.split() for line in listing.stdout.splitlines()]
    return [int(child) for child, parent in pairs if int(parent) == pid]


class GuardedProcess:
    """One running command. Its pid is the command's own, not that of a wrapper."""

    def __init__(
        self,
        command: Sequence[str | Path],
        log: Path,
        *,
        user: int | None = None,
        remove: Path | None = None,
        environment: Mapping[str, str] | None = None,
        folder: Path | str = "/",
    ) -> None:
        """Start `command` (an absolute path and its arguments) and append its output to `log`.

        `user` is the uid and gid to run as (needs root), `remove` a folder that goes away if the
        test run is cut off, `folder` the working directory.
        """
        self.log = log
        options = [*(["--user", str(user)] if user is not None else [])]
        options += ["--remove", str(remove)] if remove is not None else []
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", str(GUARD), *options, "--", *map(str, command)],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                env=environment,
                cwd=folder,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """The process id of the command."""
        return self._process.pid

    def poll(self) -> int | None:
        """Give the exit status, or None while the process runs."""
        return self._process.poll()

    def end(self, sign: signal.Signals, timeout: float = 10.0) -> int:
        """Send `sign`, wait up to `timeout` seconds, then SIGKILL; give the exit status."""
        if self._process.poll() is None:
            self._process.send_signal(sign)
        return self.wait(timeout)

    def kill(self) -> int:
        """Kill -9 the command and its children at once, as a crash of the machine would.

        A PostgreSQL backend that computes does not notice that its parent is gone, and keeps the
        next start waiting.
        """
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGSTOP)  # so that it has no further children
            for child in children(self.pid):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)
        return self.end(signal.SIGKILL)

    def wait(self, timeout: float) -> int:
        """Wait up to `timeout` seconds for the command to end, then SIGKILL; give the exit status."""
        try:
            self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            self._process.kill()
        status = self._process.wait()
        if self._process.stdin is not None:
            self._process.stdin.close()
        return status

    def tail(self, lines: int = 15) -> str:
        """Give the last lines of the log, for error messages."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


class Guarded:
    """What runs as one process, once it was started."""

    _process: GuardedProcess | None = None

    @property
    def pid(self) -> int:
        """Its process."""
        assert self._process is not None
        return self._process.pid

    def stop(self) -> None:
        """End it."""
        if self._process is not None:
            self._process.kill()
