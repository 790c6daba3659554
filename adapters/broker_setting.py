"""Where the doorbell and the shared counters are."""

from __future__ import annotations

from urllib.parse import urlsplit

from adapters.cluster import ClusterUrl, names_cluster
from adapters.setting_error import SettingsError


def broker_url(url: str) -> str:
    """BROKER_URL, checked. Raises SettingsError."""
    if names_cluster(url):
        try:
            ClusterUrl(url)
        except ValueError as error:
            raise SettingsError(f"BROKER_URL must be redis-cluster://HOST:6379,HOST:6379 ({error}).") from None
    elif urlsplit(url).scheme not in ("memory", "redis", "rediss"):
        raise SettingsError(
            "BROKER_URL must be memory:// (one process), redis://HOST:6379/0 (several), or"
            " redis-cluster://HOST:6379,HOST:6379 (a cluster)."
        )
    return url
