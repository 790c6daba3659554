"""Programs in Node beside the tests; their packages, pinned by package-lock.json, go into a cache outside the tree.

Without Node there is nothing to run and the test is skipped, counted; with Node a package that cannot be had fails.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
import tempfile
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import pytest

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

HERE = Path(__file__).parent
LOCK = HERE / "package-lock.json"
NPM = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
SECONDS = 50.0


async def run_node(script: str, *arguments: str) -> Any:
    """What a script of this folder prints, decoded; it gets `arguments`, then the folder with the packages."""
    return orjson.loads(await _run(*await _command(script, *arguments)))


class Talker:
    """A script that runs beside the test: each line that it prints is one JSON object."""

    def __init__(self, name: str, process: asyncio.subprocess.Process) -> None:
        self.name = name
        self._process = process

    async def hear(self) -> dict[str, Any] | None:
        """The next line; None when it has ended well."""
        assert self._process.stdout is not None
        line = await self._process.stdout.readline()
        if line:
            told: dict[str, Any] = orjson.loads(line)
            return told
        assert self._process.stderr is not None
        wrong = (await self._process.stderr.read()).decode(errors="replace")
        assert await self._process.wait() == 0, f"{self.name} failed: {wrong[-2000:]}"
        return None

    async def say(self, line: str) -> None:
        """One line for it to read."""
        assert self._process.stdin is not None
        self._process.stdin.write(line.encode() + b"\n")
        await self._process.stdin.drain()


@asynccontextmanager
async def talking_node(script: str, *arguments: str) -> AsyncIterator[Talker]:
    """Run a script of this folder; it is killed when the test leaves it."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *await _command(script, *arguments), stdin=pipe, stdout=pipe, stderr=pipe
    )
    try:
        yield Talker(Path(script).stem, process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def _command(script: str, *arguments: str) -> tuple[str, ...]:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.skip("no Node here: install Node 18 or newer with npm (Debian: apt-get install nodejs npm)")
    return node, str(HERE / script), *arguments, str(await _packages(npm))


async def _packages(npm: str) -> Path:
    """The folder with node_modules: installed once for each lock file, kept between runs."""
    name = f"wuye-node-{hashlib.sha256(LOCK.read_bytes()).hexdigest()[:16]}-{os.getuid()}"
    target = Path(tempfile.gettempdir()) / name
    if not _ours(target):
        draft = tempfile.mkdtemp(prefix=f"{name}-")
        shutil.copy(LOCK, draft)
        shutil.copy(LOCK.with_name("package.json"), draft)
        await _run(npm, *NPM, "--prefix", draft)
        _publish(Path(draft), target)
    return target


def _ours(folder: Path) -> bool:
    """Whether it is there; nobody else may have put it there for us to run."""
    if not folder.exists():
        return False
    assert folder.stat().st_uid == os.getuid(), f"{folder} is somebody else's: remove it"
    return True


def _publish(draft: Path, target: Path) -> None:
    """Move a finished installation into place; when another run was faster, keep that one."""
    try:
        draft.rename(target)
    except OSError:
        shutil.rmtree(draft)


async def _run(*command: str) -> bytes:
    process = await asyncio.create_subprocess_exec(
        *command, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    try:
        async with asyncio.timeout(SECONDS):
            told, wrong = await process.communicate()
    except TimeoutError:
        process.kill()
        await process.wait()
        raise
    assert process.returncode == 0, f"{command[0]} failed: {wrong.decode(errors='replace')[-2000:]}"
    return told
