"""Runs one command that dies with the process that started it, however that process ends.

Called as `python -I -S guard.py [--user UID] [--remove FOLDER] -- COMMAND...` with a pipe as
standard input. This process becomes COMMAND, so the caller's pid is the server's pid; a forked
watcher reads the pipe. End of file means that the caller is gone (exit, crash or kill -9): the
watcher kills the server and removes its folder.

Why not PR_SET_PDEATHSIG: it fires when the *thread* that forked ends, so a server restarted from
a worker thread would die with that thread; and macOS has none. Why not `subprocess(user=...)`:
the interpreter itself may live where only root can read; it drops root only before COMMAND.
"""

import argparse
import os
import shutil
import signal
import time
from pathlib import Path

QUIT_SECONDS = 5.0
"""How long the server has to end itself and its children before SIGKILL."""

REMOVAL_SECONDS = 5.0
"""How long the watcher tries to remove a folder into which dying processes may still write."""


def main() -> None:
    """Fork the watcher, drop root when told to, become the command. Never returns."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--user", type=int, help="uid and gid of the command; needs root")
    parser.add_argument("--remove", type=Path, help="folder to remove when the caller is gone")
    parser.add_argument("command", nargs="+")
    options = parser.parse_args()
    server = os.getpid()
    if os.fork() == 0:
        watch(server, options.remove)
        return
    if options.user is not None:
        os.setgroups([])
        os.setgid(options.user)
        os.setuid(options.user)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.execv(options.command[0], options.command)


def watch(server: int, folder: Path | None) -> None:
    """Wait for the end of standard input; then kill `server` if it still is our parent.

    Being our parent is the proof that the number has not been given to another process.
    """
    while os.read(0, 4096):
        pass
    if os.getppid() != server:
        return
    # PostgreSQL takes its children along on SIGQUIT; after a SIGKILL those that compute would stay.
    os.kill(server, signal.SIGQUIT)
    deadline = time.monotonic() + QUIT_SECONDS
    while os.getppid() == server and time.monotonic() < deadline:
        time.sleep(0.02)
    if os.getppid() == server:
        os.kill(server, signal.SIGKILL)
    if folder is None:
        return
    deadline = time.monotonic() + REMOVAL_SECONDS
    while folder.exists() and time.monotonic() < deadline:
        shutil.rmtree(folder, ignore_errors=True)
        time.sleep(0.05)


if __name__ == "__main__":
    main()
