"""Backup and restore on both databases: consistent under writers, checked before anything changes, then a new epoch."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import tarfile
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from adapters.backup import backup, restore, verified
from adapters.settings import Settings, SettingsError
from tests.conftest import house_of, serving
from tests.dump import Dump, dump, owner
from tests.factories.world import NOW
from tests.live.talk import ACCESS, live_cursor, pass_gate, reasons
from tests.live.websocket import talk
from tests.servers.binaries import postgres_folder

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from tests.conftest import Live
    from tests.factories.world import World
    from tests.servers.postgres import PostgresServer

KEYS: dict[str, Any] = {"secret_key": "s" * 32, "personal_data_key": "p" * 32}
LATER = NOW + timedelta(hours=1)
RENEWED = (
    "event_stream",
    "rights_version",
    "session",
    "idempotency_key",
)  # what a restore changes, and what tells of the future


@pytest.fixture
def settings(settings: Settings, backend: str, monkeypatch: pytest.MonkeyPatch) -> Settings:
    if backend == "postgres":
        monkeypatch.setenv("PATH", f"{postgres_folder()}{os.pathsep}{os.environ['PATH']}")
    return replace(settings, **KEYS)


@pytest.fixture
def elsewhere(request: pytest.FixtureRequest, backend: str, settings: Settings, tmp_path: Path) -> Iterator[Settings]:
    """A place without anything, with the same keys."""
    folder = tmp_path / "elsewhere"
    if backend == "sqlite":
        yield replace(settings, database_url=f"sqlite://{folder / 'wuye.db'}", state_path=folder)
        return
    postgres: PostgresServer = request.getfixturevalue("postgres")
    name = postgres.create_database()
    application = settings.database_url.rpartition("/")[0]
    yield replace(
        settings, database_url=f"{application}/{name}", database_admin_url=postgres.url(name), state_path=folder
    )
    postgres.drop_database(name)


@asynccontextmanager
async def writing(live: Live) -> AsyncIterator[None]:
    """A gate reports without a pause."""

    async def write() -> None:
        for number in range(1_000, 100_000):
            await pass_gate(live.client, number)

    task = asyncio.create_task(write())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def still(found: Dump) -> Dump:
    return {table: rows for table, rows in found.items() if table not in RENEWED}


async def test_there_and_back(
    live: Live, settings: Settings, elsewhere: Settings, world: World, tmp_path: Path
) -> None:
    photo = settings.storage_path / "photo" / "ab" / "one"
    photo.parent.mkdir(parents=True)
    photo.write_bytes(b"a photo")
    quiet = await backup(settings, tmp_path, NOW)
    then = still(await dump(live.house))
    async with writing(live):
        await pass_gate(live.client, 1)
        busy = await backup(settings, tmp_path / "busy.tar", NOW)
        old = await live_cursor(live.client)
    assert still(await dump(live.house)) != then
    assert oct(quiet.stat().st_mode & 0o777) == "0o600"
    assert set(verified(quiet)["entries"]) == {"database", "files/photo/ab/one"}
    # A backup under writers is one instant of the log: every position up to its head, none after it.
    done = await restore(elsewhere, busy, LATER)
    house = house_of(elsewhere)
    found = await dump(house)
    positions = sorted(row["position"] for row in await owner(house, "SELECT position FROM event"))
    heads = await owner(house, "SELECT * FROM event_stream")
    assert [row["position"] for row in heads if str(world.acme.keys["home"]) in map(str, row.values())] == positions[
        -1:
    ]
    assert len(found["event"]) == len(set(found["event"]))
    # The quiet one is what was there then, to the row; not over data, unless told.
    with pytest.raises(SettingsError, match="--replace"):
        await restore(elsewhere, quiet, LATER)
    assert await dump(house) == found
    done = await restore(elsewhere, quiet, LATER, replace=True)
    assert (done.migrations, done.files, done.epoch) == ([], 1, int(LATER.timestamp() * 1000))
    restored = await dump(house)
    assert still(restored) == then
    assert {row["epoch"] for row in await owner(house, "SELECT epoch FROM event_stream")} == {done.epoch}
    assert (elsewhere.storage_path / "photo" / "ab" / "one").read_bytes() == b"a photo"
    await comes_back(elsewhere, world, old)


async def comes_back(settings: Settings, world: World, old: str) -> None:
    """An old cursor is told that it is gone; a fresh one goes on, also on a stream that had no event."""
    house = house_of(settings)
    async with serving(house, world) as live:
        refused = await live.client.http.post(
            "/graphql", json={"query": "{ viewer { roles } }"}, headers=live.client.headers("control")
        )
        assert refused.status_code == 401, "nobody is signed in"
        async with house.database.transaction(world.acme.keys["organization"]) as tx:  # signed in again
            await tx.fetch("UPDATE session SET revoked_at = NULL RETURNING id")
        async with talk(live.websocket_url, world.acme.token("control")) as socket:
            await socket.subscribe("old", ACCESS, property=world.acme.id("home"), after=old)
            assert [error["extensions"]["code"] for error in await socket.errors("old")] == ["RESUME_GONE"]
            fresh = await live_cursor(live.client)
            await socket.subscribe("new", ACCESS, property=world.acme.id("home"), after=fresh)
            await pass_gate(live.client, 5)
            assert reasons(await socket.results("new", 1)) == [5]


async def test_a_key_that_was_changed_since_still_opens_a_backup(
    settings: Settings, elsewhere: Settings, tmp_path: Path
) -> None:
    """Every key that the backup may be sealed under must be in the ring, wherever in it; SECRET_KEY stays one."""
    before = replace(settings, personal_data_old_keys=("o" * 32,))
    path = await backup(before, tmp_path, NOW)
    for ring, missing in (((), 2), (("p" * 32,), 1), (("o" * 32,), 1)):
        with pytest.raises(SettingsError, match=r"made under another") as refused:
            await restore(replace(elsewhere, personal_data_key="n" * 32, personal_data_old_keys=ring), path, LATER)
        assert str(refused.value).count("(id ") == missing
    with pytest.raises(SettingsError, match="another SECRET_KEY"):
        await restore(replace(elsewhere, secret_key="n" * 32, personal_data_old_keys=("o" * 32,)), path, LATER)
    after = replace(elsewhere, personal_data_key="n" * 32, personal_data_old_keys=("o" * 32, "p" * 32))
    assert (await restore(after, path, LATER)).migrations == []


async def test_what_a_restore_refuses(
    settings: Settings, elsewhere: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = await backup(settings, tmp_path, NOW)
    with pytest.raises(SettingsError, match="exists"):
        await backup(settings, path, NOW)
    text = path.read_bytes()
    for key in KEYS.values():
        assert key.encode() not in text, "keys are not in the same file"

    async def refused(source: Path, says: str, **other: Any) -> None:
        with pytest.raises(SettingsError, match=says):
            await restore(replace(elsewhere, **other), source, LATER)
        assert not elsewhere.on_sqlite or not elsewhere.sqlite_path.exists()

    await refused(path, r"PERSONAL_DATA_KEY \(id [0-9a-f]{8}\)", personal_data_key="q" * 32)
    (tmp_path / "cut.tar").write_bytes(text[: len(text) // 2])
    await refused(tmp_path / "cut.tar", "no whole backup|damaged")
    (tmp_path / "bent.tar").write_bytes(text[:2_000] + b"\xff" + text[2_001:])
    await refused(tmp_path / "bent.tar", "damaged")
    newer = _with_manifest(path, tmp_path / "newer.tar", migrations={"9999_future": "x"})
    await refused(newer, "9999_future.*newer version")
    other = _with_manifest(path, tmp_path / "other.tar", database="oracle")
    await refused(other, "oracle")
    if not settings.on_sqlite:
        await refused(path, "DATABASE_ADMIN_URL", database_admin_url=None)
        monkeypatch.setenv("PATH", str(tmp_path))
        await refused(path, "pg_restore is not on the PATH.*postgresql-client")
        tool = tmp_path / "pg_restore"
        tool.write_text("#!/bin/sh\necho 'pg_restore (PostgreSQL) 9.6'\n")
        tool.chmod(0o700)
        await refused(path, "is version 9, the server is")


def _with_manifest(source: Path, target: Path, **changes: Any) -> Path:
    shutil.copy(source, target)
    manifest = {**verified(source), **changes}
    draft = target.with_suffix(".json")
    draft.write_text(json.dumps(manifest))
    with tarfile.open(source) as old, tarfile.open(target, "w") as new:
        for member in old:
            if member.name != "manifest.json":
                new.addfile(member, old.extractfile(member))
        new.add(draft, "manifest.json")
    return target
