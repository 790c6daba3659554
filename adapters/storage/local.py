"""Files on the local disk."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

from adapters.storage.base import StorageUnavailable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

BATCH = 1_000
DRAFT = ".draft"


class LocalStorage:
    """Files under one folder, written beside and renamed, so that no half file is ever seen. Implements `Storage`."""

    def __init__(self, root: Path) -> None:
        self._root = root

    async def put(
        self, key: str, content: bytes, *, media_type: str = "application/octet-stream", name: str | None = None
    ) -> None:
        """Write, sync, rename; type and name are the database's business here."""
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
        """Unlink, and the draft that a killed process may have left beside it."""
        try:
            for name in (key, key + DRAFT):
                await asyncio.to_thread((self._root / name).unlink, missing_ok=True)
        except OSError as error:
            raise StorageUnavailable(str(error)) from error

    async def kept_keys(self) -> AsyncIterator[list[str]]:
        """Walk the folder; a draft counts as what it was to become."""
        try:
            found = await asyncio.to_thread(self._list)
        except OSError as error:
            raise StorageUnavailable(str(error)) from error
        for start in range(0, len(found), BATCH):
            yield found[start : start + BATCH]

    async def address(self, key: str, seconds: int) -> str | None:
        """The product serves them itself."""
        return None

    def _list(self) -> list[str]:
        files = (path.relative_to(self._root).as_posix() for path in self._root.rglob("*") if path.is_file())
        return sorted({key.removesuffix(DRAFT) for key in files})

    @staticmethod
    def _write(path: Path, content: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(path.name + DRAFT)
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
