"""Where files live: the port and its local-disk implementation."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pathlib import Path


class Storage(Protocol):
    """Keeps bytes under keys that we make (never a client's name)."""

    async def put(self, key: str, content: bytes) -> None:
        """Keep `content`; durable when it returns."""
        ...

    async def get(self, key: str) -> bytes:
        """The bytes; KeyError when there are none."""
        ...


class LocalStorage:
    """Files under one folder, written beside and renamed, so that no half file is ever seen."""

    def __init__(self, root: Path) -> None:
        self._root = root

    async def put(self, key: str, content: bytes) -> None:
        """Write, sync, rename."""
        await asyncio.to_thread(self._write, self._root / key, content)

    async def get(self, key: str) -> bytes:
        """Read."""
        try:
            return await asyncio.to_thread((self._root / key).read_bytes)
        except FileNotFoundError:
            raise KeyError(key) from None

    @staticmethod
    def _write(path: Path, content: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".draft")
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
