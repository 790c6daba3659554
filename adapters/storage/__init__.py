"""Where files live: the port and its local-disk implementation."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pathlib import Path


class StorageUnavailable(Exception):
    """The storage does not take or give bytes (disk full, no rights); the client may try again."""


class Storage(Protocol):
    """Keeps bytes under keys that we make (never a client's name)."""

    async def put(self, key: str, content: bytes) -> None:
        """Keep `content`; durable when it returns. Raises StorageUnavailable."""
        ...

    async def get(self, key: str) -> bytes:
        """The bytes; KeyError when there are none. Raises StorageUnavailable."""
        ...

    async def delete(self, key: str) -> None:
        """Forget the bytes; nothing happens when there are none. Raises StorageUnavailable."""
        ...


class LocalStorage:
    """Files under one folder, written beside and renamed, so that no half file is ever seen."""

    def __init__(self, root: Path) -> None:
        self._root = root

    async def put(self, key: str, content: bytes) -> None:
        """Write, sync, rename."""
        try:
            await asyncio.to_thread(self._write, self._root / key, content)
        except OSError as error:
            raise StorageUnavailable(str(error)) from error

    async def get(self, key: str) -> bytes:
        """Read."""
        try:
            return await asyncio.to_thread((self._root / key).read_bytes)
        except FileNotFoundError:
            raise KeyError(key) from None
        except OSError as error:
            raise StorageUnavailable(str(error)) from error

    async def delete(self, key: str) -> None:
        """Unlink."""
        try:
            await asyncio.to_thread((self._root / key).unlink, missing_ok=True)
        except OSError as error:
            raise StorageUnavailable(str(error)) from error

    @staticmethod
    def _write(path: Path, content: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".draft")
        try:
            with draft.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
        for folder in (path.parent, path.parent.parent):  # the names too outlive a power cut
            descriptor = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
