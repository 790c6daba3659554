"""Backup and restore: one tar with the database, the uploaded files and a manifest; never a key (docs/backup.md)."""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import os
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from adapters.database.backup import applied_migrations, load_database, save_database
from adapters.database.migrate import known_migrations, migrate
from adapters.settings import SettingsError
from adapters.storage import make_storage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from adapters.settings import Settings

FORMAT = 1
MANIFEST, DATABASE, FILES = "manifest.json", "database", "files/"
DRAFT = ".draft"  # a file that storage is still writing
CHUNK = 1024 * 1024
OLD = "PERSONAL_DATA_KEY_OLD"


@dataclass(frozen=True)
class Restored:
    """What a restore did: the new epoch, migrations run on top, files put back, and files that S3 lacks."""

    epoch: int
    migrations: list[str]
    files: int
    missing: int


async def backup(settings: Settings, target: Path, at: datetime) -> Path:
    """Write a backup into the folder or to the new file `target`; its path. Raises SettingsError.

    The database comes first, then the files: bytes are stored before their row is written, so each row has its file.
    """
    path = await asyncio.to_thread(_free, target, f"wuye-{at:%Y%m%dT%H%M%SZ}.tar")
    draft = path.with_name(path.name + ".partial")
    try:
        with tempfile.TemporaryDirectory(dir=path.parent) as folder:
            dumped = Path(folder) / DATABASE
            migrations = await applied_migrations(settings)
            await save_database(settings, dumped)
            objects = [key async for keys in make_storage(settings).kept_keys() for key in keys] if settings.s3 else []
            manifest = {
                "format": FORMAT,
                "madeAt": at.isoformat(),
                "database": _dialect(settings),
                "migrations": migrations,
                "keys": key_ids(settings),
                "storage": "s3" if settings.s3 else "local",
                "objects": objects,
            }
            await asyncio.to_thread(_write, draft, dumped, settings, manifest)
        draft.rename(path)
    finally:
        draft.unlink(missing_ok=True)
    return path


async def restore(
    settings: Settings, source: Path, at: datetime, *, replace: bool = False, other_keys: bool = False
) -> Restored:
    """Put a backup in the place of an empty installation (`replace`: of any). Nothing is changed before all is checked.

    Raises SettingsError for a damaged backup, one of a newer version, keys that are not its own, a target with data.
    """
    manifest = await asyncio.to_thread(verified, source)
    _check_fits(settings, manifest, other_keys=other_keys)
    if await applied_migrations(settings) and not replace:
        raise SettingsError(
            "The target has a database already. Restore into an empty place, or stop every server and say --replace."
        )
    epoch = int(at.timestamp() * 1000)  # newer than any before: the first is 1, and each restore has its own
    with tempfile.TemporaryDirectory(dir=source.parent) as folder, tarfile.open(source) as tar:
        await asyncio.to_thread(_extract, tar, DATABASE, Path(folder) / DATABASE)
        names = [name for name in manifest["entries"] if name.startswith(FILES)]
        for name in names if settings.s3 is None else []:
            await asyncio.to_thread(_extract, tar, name, settings.storage_path / name.removeprefix(FILES))
        await load_database(settings, Path(folder) / DATABASE, epoch, at)
    done = await migrate(settings, at)
    missing = set(manifest["objects"])
    if settings.s3:
        async for keys in make_storage(settings).kept_keys():
            missing -= set(keys)
    return Restored(epoch, done, len(names), len(missing))


def verified(source: Path) -> dict[str, Any]:
    """The manifest of a backup whose every byte is as it was written. Raises SettingsError."""
    try:
        with tarfile.open(source) as tar:
            manifest: dict[str, Any] = json.loads(_open(tar, MANIFEST).read())
            if manifest.get("format") != FORMAT:
                raise SettingsError(f"{source} is of format {manifest.get('format')}: use the version that made it.")
            names = {member.name for member in tar if member.name != MANIFEST}
            if names != set(manifest["entries"]):
                raise SettingsError(f"{source} is damaged: it does not hold what its manifest lists.")
            for name, wanted in manifest["entries"].items():
                if _digest(_open(tar, name)) != wanted["sha256"]:
                    raise SettingsError(f"{source} is damaged: {name} has another checksum. Take another backup.")
    except (OSError, tarfile.TarError, KeyError, ValueError) as error:
        if isinstance(error, SettingsError):
            raise
        raise SettingsError(f"{source} is no whole backup of wuye: {error}") from None
    return manifest


def key_ids(settings: Settings) -> dict[str, str]:
    """By which a restore knows whether it has the right keys; says nothing about them. The old ones are numbered."""
    keys = {"SECRET_KEY": settings.secret_key, "PERSONAL_DATA_KEY": settings.personal_data_key}
    keys |= {f"{OLD} {n}": key for n, key in enumerate(settings.personal_data_old_keys, start=1)}
    return {name: hashlib.sha256(f"wuye key id 1 {key}".encode()).hexdigest()[:8] for name, key in keys.items()}


def _free(target: Path, name: str) -> Path:
    path = target / name if target.is_dir() else target
    if path.exists():
        raise SettingsError(f"{path} exists: a backup does not overwrite another one.")
    return path


def _check_fits(settings: Settings, manifest: dict[str, Any], *, other_keys: bool) -> None:
    if manifest["database"] != _dialect(settings):
        raise SettingsError(f"The backup is of {manifest['database']}: DATABASE_URL must name such a database.")
    known = {migration.name: migration.checksum for migration in known_migrations()}
    for name, checksum in manifest["migrations"].items():
        if known.get(name) != checksum:
            raise SettingsError(f"The backup has migration {name}, which this version lacks: use a newer version.")
    if manifest["storage"] != ("s3" if settings.s3 else "local"):
        raise SettingsError(f"The backup's files are in {manifest['storage']} storage: set STORAGE_URL accordingly.")
    own = key_ids(settings)
    ring = {id_ for name, id_ in own.items() if name != "SECRET_KEY"}  # whichever seals, all of them open
    wrong = [
        f"{name} (id {id_})"
        for name, id_ in manifest["keys"].items()
        if (own["SECRET_KEY"] != id_ if name == "SECRET_KEY" else id_ not in ring)
    ]
    if wrong and not other_keys:
        raise SettingsError(
            f"The backup was made under another {', '.join(wrong)}. Set the key of then, one of personal data as"
            " PERSONAL_DATA_KEY or in PERSONAL_DATA_KEY_OLD (ID numbers and kept answers cannot be read under another"
            " one), or say --other-keys."
        )


def _dialect(settings: Settings) -> str:
    return "sqlite" if settings.on_sqlite else "postgres"


def _write(draft: Path, dumped: Path, settings: Settings, manifest: dict[str, Any]) -> None:
    descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "wb") as raw, tarfile.open(fileobj=raw, mode="w") as tar:
        entries = {DATABASE: _add(tar, dumped, DATABASE)}
        for path in _files(settings):
            name = FILES + path.relative_to(settings.storage_path).as_posix()
            try:
                entries[name] = _add(tar, path, name)
            except FileNotFoundError:
                continue  # removed meanwhile: it belonged to nothing
        text = json.dumps({**manifest, "entries": entries}, indent=1).encode()
        head = tarfile.TarInfo(MANIFEST)
        head.size = len(text)
        tar.addfile(head, io.BytesIO(text))
        raw.flush()
        os.fsync(raw.fileno())


def _files(settings: Settings) -> Iterator[Path]:
    if settings.s3 is None and settings.storage_path.exists():
        found = sorted(settings.storage_path.rglob("*"))
        yield from (path for path in found if path.is_file() and path.suffix != DRAFT)


def _add(tar: tarfile.TarFile, path: Path, name: str) -> dict[str, Any]:
    with path.open("rb") as file:
        digest = _digest(file)
        file.seek(0)
        head = tarfile.TarInfo(name)
        head.size = os.fstat(file.fileno()).st_size
        tar.addfile(head, file)
    return {"size": head.size, "sha256": digest}


def _extract(tar: tarfile.TarFile, name: str, target: Path) -> None:
    if ".." in Path(name).parts or Path(name).is_absolute():
        raise SettingsError(f"The backup names a file outside of its place: {name[:80]}")
    target.parent.mkdir(parents=True, exist_ok=True)
    with _open(tar, name) as source, target.open("wb") as file:
        while chunk := source.read(CHUNK):
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())


def _open(tar: tarfile.TarFile, name: str) -> IO[bytes]:
    found = tar.extractfile(name)
    if found is None:
        raise SettingsError(f"The backup is damaged: {name[:80]} is no file.")
    return found


def _digest(file: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while chunk := file.read(CHUNK):
        digest.update(chunk)
    return digest.hexdigest()
