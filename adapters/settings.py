"""Settings from the environment; each has a default that works on a laptop. A wrong value says what to do."""

from __future__ import annotations

import os
import secrets
import socket
from dataclasses import dataclass, field, fields
from importlib.util import find_spec
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from adapters import provider_setting as provider
from adapters.broker_setting import broker_url
from adapters.limit import Limits
from adapters.setting_error import SettingsError
from adapters.trace import trace_endpoint

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["S3", "Limits", "Settings", "SettingsError", "load_settings"]
SHORTEST_KEY = 32


@dataclass(frozen=True)
class S3:
    """Where an S3-speaking store answers. Without an endpoint it is AWS's own of the region."""

    bucket: str
    prefix: str = ""
    endpoint: str | None = None
    region: str = "us-east-1"
    access_key_id: str = field(default="", repr=False)
    secret_access_key: str = field(default="", repr=False)


@dataclass(frozen=True)
class Settings:
    """How this process runs. `database_admin_url` owns the schema; `database_url` is the application role."""

    database_url: str = "sqlite://var/wuye.db"
    database_admin_url: str | None = None
    broker_url: str = "memory://"
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 1
    state_path: Path = Path("var")
    s3: S3 | None = None
    secret_key: str = field(default="", repr=False)
    personal_data_key: str = field(default="", repr=False)
    personal_data_old_keys: tuple[str, ...] = field(default=(), repr=False)
    allowed_origins: tuple[str, ...] = ()
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    production: bool = False
    persisted_documents: Path | None = None
    allow_list: bool = False
    control_room: bool = True
    access_minutes: float = 15.0
    session_hours: float = 720.0
    log_level: str = "info"
    log_format: str = "text"
    trace_endpoint: str | None = None
    metrics_token: str | None = field(default=None, repr=False)
    mqtt_url: str | None = field(default=None, repr=False)
    mqtt_client_id: str = "wuye"
    mqtt_ca_file: str | None = None
    frigate_token: str | None = field(default=None, repr=False)
    frigate_file: str | None = None
    sms: provider.AliyunSmsSettings | None = None
    mail: provider.SmtpSettings | None = None
    push: provider.JPushSettings | None = None
    classifier: provider.ClassifierSettings | None = None
    wechat_endpoint: str = provider.WECHAT
    limits: Limits = field(default_factory=Limits)

    @property
    def on_sqlite(self) -> bool:
        """Whether the database is the embedded one."""
        return self.database_url.startswith("sqlite:")

    @property
    def storage_path(self) -> Path:
        """Where uploaded files lie, unless they lie in S3."""
        return self.state_path / "files"

    @property
    def demo_path(self) -> Path:
        """What the demo's simulator and page may know: accounts and device tokens."""
        return self.state_path / "demo.json"

    @property
    def sqlite_path(self) -> Path:
        """The database file; only with SQLite."""
        return Path(self.database_url.removeprefix("sqlite://"))


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read and check the settings; raises SettingsError."""
    env = os.environ if environ is None else environ
    state_path = Path(env.get("STATE_PATH") or Settings.state_path)
    settings = Settings(
        database_url=_database_url("DATABASE_URL", env.get("DATABASE_URL") or Settings.database_url),
        database_admin_url=_admin_url(env),
        broker_url=broker_url(env.get("BROKER_URL") or Settings.broker_url),
        host=env.get("HOST") or Settings.host,
        port=_number(env, "PORT", Settings.port, 0, 65_535),
        workers=_number(env, "WORKERS", Settings.workers, 1, 64),
        state_path=state_path,
        s3=_s3(env),
        secret_key=env.get("SECRET_KEY") or _secret_file(state_path / "secret"),
        personal_data_key=_personal_data_key(env.get("PERSONAL_DATA_KEY"), state_path / "personal-data-key"),
        personal_data_old_keys=_old_keys(env.get("PERSONAL_DATA_KEY_OLD")),
        allowed_origins=tuple(o.strip() for o in env.get("ALLOWED_ORIGINS", "").split(",") if o.strip()),
        trusted_proxies=_networks(env.get("TRUSTED_PROXIES", "")),
        persisted_documents=_path(env.get("PERSISTED_DOCUMENTS")),
        allow_list=_switch(env, "ALLOW_LIST"),
        control_room=_switch(env, "CONTROL_ROOM", default=True),
        production=env.get("ENVIRONMENT", "") == "production",
        access_minutes=float(_number(env, "ACCESS_MINUTES", 15, 1, 24 * 60)),
        session_hours=float(_number(env, "SESSION_HOURS", 720, 1, 24 * 365)),
        log_level=env.get("LOG_LEVEL") or Settings.log_level,
        log_format=_log_format(env.get("LOG_FORMAT") or Settings.log_format),
        trace_endpoint=trace_endpoint(env),
        metrics_token=_metrics_token(env.get("METRICS_TOKEN")),
        mqtt_url=_mqtt_url(env),
        mqtt_client_id=env.get("MQTT_CLIENT_ID") or f"wuye-{socket.gethostname()}",
        mqtt_ca_file=env.get("MQTT_CA_FILE") or None,
        frigate_token=env.get("FRIGATE_DEVICE_TOKEN") or None,
        frigate_file=env.get("FRIGATE_FILE") or None,
        **provider.provider_settings(env),
        limits=_limits(env),
    )
    _check_together(settings)
    return settings


def _check_together(settings: Settings) -> None:
    """What no setting shows alone."""
    if settings.workers > 1 and settings.broker_url.startswith("memory:"):
        raise SettingsError(
            "WORKERS is above 1 but BROKER_URL is memory://, which one process cannot share with another."
            " Set BROKER_URL=redis://HOST:6379/0, or WORKERS=1."
        )
    if settings.allow_list and settings.persisted_documents is None:
        raise SettingsError("ALLOW_LIST is on, but PERSISTED_DOCUMENTS names no documents: nothing could run.")


def _path(text: str | None) -> Path | None:
    return Path(text) if text else None


def _switch(env: Mapping[str, str], name: str, *, default: bool = False) -> bool:
    text = env.get(name, "").lower()
    if text not in ("", "0", "1", "false", "true", "off", "on"):
        raise SettingsError(f"{name} must be 1 or 0, not {text[:20]!r}.")
    return text in ("1", "true", "on") if text else default


def _database_url(name: str, url: str) -> str:
    scheme = urlsplit(url).scheme
    if scheme == "sqlite":
        if not url.startswith("sqlite://") or not url.removeprefix("sqlite://"):
            raise SettingsError(f"{name} names no file. Write sqlite://PATH, such as sqlite://var/wuye.db.")
        return url
    if scheme in ("postgres", "postgresql"):
        parts = urlsplit(url)
        if not parts.hostname or not parts.path.strip("/"):
            raise SettingsError(f"{name} lacks a host or a database. Write postgres://USER:PASSWORD@HOST:5432/NAME.")
        return url
    raise SettingsError(
        f"{name} has the unknown scheme {scheme[:20]!r}."
        " Write sqlite://var/wuye.db or postgres://USER:PASSWORD@HOST:5432/NAME."
    )


def _admin_url(env: Mapping[str, str]) -> str | None:
    url = env.get("DATABASE_ADMIN_URL")
    return _database_url("DATABASE_ADMIN_URL", url) if url else None


def _networks(text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    try:
        return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())
    except ValueError:
        raise SettingsError("TRUSTED_PROXIES must be networks such as 10.0.0.0/8,fd00::/8.") from None


def _s3(env: Mapping[str, str]) -> S3 | None:
    url = env.get("STORAGE_URL")
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme != "s3" or not parts.hostname:
        raise SettingsError("STORAGE_URL must be s3://BUCKET/PREFIX; leave it out to keep files under STATE_PATH.")
    endpoint = env.get("S3_ENDPOINT") or None
    if endpoint is not None and urlsplit(endpoint).scheme not in ("http", "https"):
        raise SettingsError("S3_ENDPOINT must be an address such as https://s3.example.com.")
    key, secret = env.get("S3_ACCESS_KEY_ID"), env.get("S3_SECRET_ACCESS_KEY")
    if not key or not secret:
        raise SettingsError("STORAGE_URL needs S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY.")
    return S3(parts.netloc, parts.path.strip("/"), endpoint, env.get("S3_REGION") or S3.region, key, secret)


def _mqtt_url(env: Mapping[str, str]) -> str | None:
    url = env.get("MQTT_URL")
    if not url:
        return None
    if urlsplit(url).scheme not in ("mqtt", "mqtts") or not urlsplit(url).hostname:
        raise SettingsError("MQTT_URL must be mqtt://USER:PASSWORD@HOST:1883 or mqtts://USER:PASSWORD@HOST:8883.")
    if find_spec("aiomqtt") is None:
        raise SettingsError("MQTT_URL is set, but aiomqtt is not installed: install requirements-all.txt, or unset it.")
    return url


def _number(env: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    text = env.get(name)
    if not text:
        return default
    try:
        number = int(text)
    except ValueError:
        raise SettingsError(f"{name} must be a whole number, not {text[:20]!r}.") from None
    if not low <= number <= high:
        raise SettingsError(f"{name} must be from {low} to {high}, not {number}.")
    return number


def _limits(env: Mapping[str, str]) -> Limits:
    """Each limit can be set as LIMIT_<NAME>, such as LIMIT_DEPTH=15."""
    changed: dict[str, float] = {}
    for item in fields(Limits):
        text = env.get(f"LIMIT_{item.name.upper()}")
        if text is None:
            continue
        try:
            changed[item.name] = float(text) if item.type == "float" else int(text)
        except ValueError:
            raise SettingsError(f"LIMIT_{item.name.upper()} must be a number, not {text[:20]!r}.") from None
    return Limits(**changed)  # type: ignore[arg-type]  # each value was made from its field's own type


def _personal_data_key(text: str | None, path: Path) -> str:
    """The key that ID numbers are encrypted under. Whoever loses it loses them: keep a copy apart from the database."""
    if text is not None and len(text) < SHORTEST_KEY:
        raise SettingsError(
            f"PERSONAL_DATA_KEY must have at least {SHORTEST_KEY} characters. Make one: openssl rand -hex 32"
        )
    return text or _secret_file(path)


def _log_format(text: str) -> str:
    if text not in ("text", "json"):
        raise SettingsError(f"LOG_FORMAT must be text or json, not {text[:20]!r}.")
    return text


def _metrics_token(text: str | None) -> str | None:
    """What a scrape of /metrics must bear; without it there is none."""
    if text and len(text) < SHORTEST_KEY:
        raise SettingsError(
            f"METRICS_TOKEN must have at least {SHORTEST_KEY} characters. Make one: openssl rand -hex 32"
        )
    return text or None


def _old_keys(text: str | None) -> tuple[str, ...]:
    """What PERSONAL_DATA_KEY was before, newest first: it opens and finds what was not sealed anew yet."""
    keys = tuple(key for one in (text or "").split(",") if (key := one.strip()))
    if any(len(key) < SHORTEST_KEY for key in keys):
        raise SettingsError(
            f"PERSONAL_DATA_KEY_OLD must be keys of at least {SHORTEST_KEY} characters, separated by commas."
        )
    return keys


def _secret_file(path: Path) -> str:
    """A key of this installation: made once, shared by its workers, for its owner only."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(f".{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_hex(32))
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()
