"""Where files live: the port, and which implementation the settings name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.storage.base import Storage, StorageUnavailable, disposition
from adapters.storage.local import LocalStorage

if TYPE_CHECKING:
    from adapters.settings import Settings

__all__ = ["LocalStorage", "Storage", "StorageUnavailable", "disposition", "make_storage"]


def make_storage(settings: Settings) -> Storage:
    """S3 when STORAGE_URL names it, else the local disk. Raises SettingsError without the extra `s3`."""
    if settings.s3 is None:
        return LocalStorage(settings.storage_path)
    from adapters.storage.s3 import S3Storage

    return S3Storage(settings.s3)
