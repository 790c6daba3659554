"""Files in S3, or in what speaks its language (the extra `s3`: obstore)."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from adapters.settings import S3, SettingsError
from adapters.storage.base import StorageUnavailable, disposition

try:
    import obstore
    from obstore.exceptions import BaseError
    from obstore.store import S3Store
except ImportError as error:
    raise SettingsError(
        "STORAGE_URL names S3, but obstore is not installed. Run: pip install -r requirements-all.txt"
    ) from error

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

SECONDS = 8  # below the request's own time
BATCH = 1_000


class S3Storage:
    """Objects below `prefix` of one bucket. Implements `Storage`."""

    def __init__(self, settings: S3) -> None:
        self._store = S3Store(
            settings.bucket,
            prefix=settings.prefix or None,
            endpoint=settings.endpoint,
            region=settings.region,
            access_key_id=settings.access_key_id,
            secret_access_key=settings.secret_access_key,
            virtual_hosted_style_request=False,
            client_options={
                "allow_http": (settings.endpoint or "").startswith("http:"),
                "timeout": timedelta(seconds=SECONDS),
                "connect_timeout": timedelta(seconds=2),
            },
            retry_config={"max_retries": 2, "retry_timeout": timedelta(seconds=SECONDS)},
        )

    async def put(
        self, key: str, content: bytes, *, media_type: str = "application/octet-stream", name: str | None = None
    ) -> None:
        """One object, with the headers that it is served with."""
        headers = {"Content-Type": media_type, "Content-Disposition": disposition(name)}
        with _mapped(key):
            await obstore.put_async(self._store, key, content, attributes=headers)

    async def get(self, key: str) -> bytes:
        """The whole object."""
        with _mapped(key):
            found = await obstore.get_async(self._store, key)
            return bytes(await found.bytes_async())

    async def delete(self, key: str) -> None:
        """S3 itself says nothing about a missing object."""
        with _mapped(key):
            try:
                await obstore.delete_async(self._store, key)
            except FileNotFoundError:
                return

    async def kept_keys(self) -> AsyncIterator[list[str]]:
        """List below the prefix."""
        with _mapped(""):
            async for batch in obstore.list(self._store, chunk_size=BATCH):
                yield [item["path"] for item in batch]

    async def address(self, key: str, seconds: int) -> str | None:
        """Presigned; made here, without asking the store."""
        with _mapped(key):
            return await obstore.sign_async(self._store, "GET", key, timedelta(seconds=seconds))


@contextmanager
def _mapped(key: str) -> Iterator[None]:
    """The client's exceptions as those of the port."""
    try:
        yield
    except FileNotFoundError:
        raise KeyError(key) from None
    except (BaseError, OSError, TimeoutError) as error:
        raise StorageUnavailable(str(error)[:500]) from error
