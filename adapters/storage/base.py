"""What the house asks of a place for files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class StorageUnavailable(Exception):
    """The storage does not take or give bytes (disk full, no rights, no answer); the client may try again."""


class Storage(Protocol):
    """Keeps bytes under keys that we make (never a client's name)."""

    async def put(
        self, key: str, content: bytes, *, media_type: str = "application/octet-stream", name: str | None = None
    ) -> None:
        """Keep `content`; durable when it returns. With `name` it is to be saved under it, not shown.

        Raises StorageUnavailable.
        """
        ...

    async def get(self, key: str) -> bytes:
        """The bytes; KeyError when there are none. Raises StorageUnavailable."""
        ...

    async def delete(self, key: str) -> None:
        """Forget the bytes; nothing to do when there are none. Raises StorageUnavailable."""
        ...

    def kept_keys(self) -> AsyncIterator[list[str]]:
        """Every key that is kept, in batches. Raises StorageUnavailable."""
        ...

    async def address(self, key: str, seconds: int) -> str | None:
        """An address of the store's own that serves the bytes for so long; None when we serve them ourselves."""
        ...


def disposition(name: str | None) -> str:
    """The Content-Disposition of a file: saved under `name`, or shown in place without one (RFC 6266)."""
    return "inline" if name is None else f"attachment; filename*=UTF-8''{quote(name, safe='')}"
