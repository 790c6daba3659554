"""What a server that the world can reach must not be: every finding says why and what to do (docs/security.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from adapters.demo import PASSWORD, demo_accounts
from adapters.settings import SHORTEST_KEY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.database import Database
    from adapters.identity import Passwords
    from adapters.settings import Settings

KEYS = ("SECRET_KEY", "PERSONAL_DATA_KEY")
MAKE = "Make one: openssl rand -hex 32"
UNSET = (
    "{name} is not set: a key made on the spot under STATE_PATH differs from machine to machine and is lost with the"
    f" disk. {MAKE}, keep a copy apart from the backups, and set it."
)
DEMO = (
    "The account {login} of organization {slug} has the demo's published password. Serve a database without the demo:"
    " migrate an empty one, or disable these accounts."
)
EXAMPLES = ("example", "change", "secret", "password", "wuye", "test", "demo")
LEAST_CHARACTERS = 8  # different ones: less is a finger on a key
LOCAL = ("localhost", "127.0.0.1", "::1")


def findings(settings: Settings, environ: Mapping[str, str]) -> list[str]:
    """What the settings alone show; empty when they are fit for production."""
    found = [text for name in KEYS for text in _key(name, environ.get(name, ""))]
    if environ.get(KEYS[0]) and environ.get(KEYS[0]) == environ.get(KEYS[1]):
        found.append(f"SECRET_KEY and PERSONAL_DATA_KEY are the same: one leak would give away both. {MAKE}")
    if {settings.secret_key, settings.personal_data_key} & set(settings.personal_data_old_keys):
        found.append(
            "PERSONAL_DATA_KEY_OLD names a key that is in use as PERSONAL_DATA_KEY or SECRET_KEY: that changed"
            f" nothing. {MAKE}, set it as PERSONAL_DATA_KEY, and keep the one of before in _OLD."
        )
    if settings.metrics_token is not None:
        found += _key("METRICS_TOKEN", settings.metrics_token)
    for origin in settings.allowed_origins:
        parts = urlsplit(origin)
        if parts.scheme != "https" and parts.hostname not in LOCAL:
            found.append(
                f"ALLOWED_ORIGINS names {origin[:80]}, which is not https: whoever sits on the wire could speak as its"
                " users. Name https origins only."
            )
    if not settings.on_sqlite:
        parts = urlsplit(settings.database_url)
        if not parts.password and parts.hostname not in LOCAL:
            found.append("DATABASE_URL has no password. Give the application role one.")
        admin = urlsplit(settings.database_admin_url or "")
        if unquote(admin.username or "") == unquote(parts.username or "") and admin.username:
            found.append(
                "DATABASE_URL and DATABASE_ADMIN_URL name the same role: row-level security does not hold for the owner"
                " of the tables. Use an application role in DATABASE_URL."
            )
    if settings.log_level.lower() == "debug":
        found.append("LOG_LEVEL is debug: libraries then log what they send. Use info.")
    return found


async def database_findings(settings: Settings, database: Database, passwords: Passwords) -> list[str]:
    """What the data shows: whoever reads README may sign in to accounts of the demo. The database is connected."""
    logins = {account["login"] for account in demo_accounts(settings.demo_path)} | {"manager", "cashier"}
    for row in await database.call("organizations"):
        for login in sorted(logins):
            account = await database.call("sign_in", row["slug"], None, login)
            if account and await passwords.matches(account[0]["password_hash"], PASSWORD):
                return [DEMO.format(login=login, slug=row["slug"])]
    return []


def _key(name: str, key: str) -> list[str]:
    if not key:
        return [UNSET.format(name=name)]
    if len(key) < SHORTEST_KEY:
        return [f"{name} has {len(key)} characters: it can be guessed. Use at least {SHORTEST_KEY}. {MAKE}"]
    if len(set(key)) < LEAST_CHARACTERS or any(word in key.lower() for word in EXAMPLES):
        return [f"{name} looks like an example from a document. {MAKE}"]
    return []
