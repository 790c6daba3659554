"""Programs in Node beside the tests; their packages, pinned by package-lock.json, go into a cache outside the tree.

Without Node there is nothing to run and the test is skipped, counted; with Node a package that cannot be had fails.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import orjson
import pytest

HERE = Path(__file__).parent
LOCK = HERE / "package-lock.json"
NPM = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
SECONDS = 50.0


async def run_node(script: str, *arguments: str) -> Any:
    """What a script of this folder prints, decoded; it gets `arguments`, then the folder with the packages."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.skip("no Node here: install Node 18 or newer with npm (Debian: apt-get install nodejs npm)")
    return orjson.loads(await _run(node, str(HERE / script), *arguments, str(await _packages(npm))))


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
