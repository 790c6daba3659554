"""Canaries: ID numbers and faces are driven through the whole product, and then looked for in the clear everywhere.

Promise 22: not in the database's files, not in the log, not in Redis; a phone number not in the log, events or Redis.
"""

from __future__ import annotations

import asyncio
import dataclasses
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

import pytest
from redis import asyncio as redis_client

from adapters.log import JsonFormatter
from resolvers.jobs import data_import as import_job
from resolvers.jobs import export as export_job
from tests.dump import dump, owner
from tests.live.websocket import talk
from tests.sheets import CARD, CONSENT, GOOD_ID, OTHER_ID, PEOPLE, counts, imported, sheet
from tests.test_consent import do, give
from tests.test_export import create, show
from tests.test_ticket import CREATE as TICKET

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable
    from pathlib import Path

    from adapters.settings import Settings
    from tests.conftest import Live
    from tests.servers.postgres import PostgresServer

FACE, PHONE = "face-canary-5521-7788", "13655557788"
SECRETS = (GOOD_ID, OTHER_ID, FACE)
SEEN = "name phone email idNumberMasked faceReferenceMasked"
LIVE = f"""subscription ($property: ID!) {{ workOrderChanged(propertyId: $property) {{
    workOrder {{ reporter {{ {SEEN} consents {{ nodes {{ kind purpose }} }} }} steps {{ nodes {{ note }} }} }} }} }}"""
SHEET = f"query ($p: ID!) {{ people(propertyId: $p) {{ nodes {{ {SEEN} }} }} }}"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """With the log that says most."""
    return dataclasses.replace(settings, log_format="json")


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    for runner in (import_job.ImportRunner, export_job.ExportRunner):
        monkeypatch.setattr(runner, "EVERY_SECONDS", 0.02)


def holding(folder: Path, *texts: str) -> list[str]:
    """The files with one of the texts in them; one that goes away meanwhile has nothing."""
    found = []
    for path in folder.rglob("*"):
        with suppress(OSError):
            content = path.read_bytes() if path.is_file() else b""
            found += [f"{path.name}: {text}" for text in texts if text.encode() in content]
    return found


@asynccontextmanager
async def overheard(url: str) -> AsyncIterator[list[str]]:
    """Every command that Redis is given meanwhile, and at the end all that it keeps."""
    heard: list[str] = []

    async def listen(monitor: Any) -> None:
        async for command in monitor.listen():
            heard.append(str(command))

    async with redis_client.Redis.from_url(url, socket_timeout=None) as client, client.monitor() as monitor:
        task = asyncio.create_task(listen(monitor))
        yield heard
        async with redis_client.Redis.from_url(url) as other:
            heard += [f"{key!r} {await other.dump(key)!r}" async for key in other.scan_iter()]
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def drive(live: Live) -> list[str]:
    """Import, consent, set, find, reveal, refuse, export, listen; what was told to those who may not see it whole."""
    client, acme = live.client, live.client.world.acme
    person, told = acme.id("resident_person"), []
    rows = [["home", "1", "1", "301", "王伟", PHONE, "业主", "2020-01-01", OTHER_ID, *CONSENT]]
    made = await imported(client, "PEOPLE", sheet(f"{PEOPLE},{CARD}", *rows), "manager")
    assert counts(made)[0] == "DONE"
    told.append(str(await imported(client, "PEOPLE", sheet(PEOPLE, [*rows[0][:5], GOOD_ID, *rows[0][6:8]]), "manager")))
    async with talk(live.websocket_url, acme.token("manager")) as socket:
        await socket.subscribe("a", LIVE, property=acme.id("home"))
        await give(client, "resident", person, kind="FACE")
        for verb, value in (("personIdNumberSet", {"idNumber": GOOD_ID}), ("personFaceSet", {"reference": FACE})):
            version = 1 if verb == "personIdNumberSet" else 2
            done = await do(client, verb, "manager", person, expectedVersion=version, **value)
            assert done["userErrors"] == []
            stale = await do(client, verb, "manager", person, expectedVersion=1, **value)
            told += [str(done), str(stale), str(await do(client, verb, "control", person, expectedVersion=3, **value))]
        await owner(live.house, "UPDATE person SET phone = $1 WHERE id = $2", PHONE, acme.keys["resident_person"])
        wish = {"propertyId": acme.id("home"), "kind": "REPAIR", "category": "水管", "text": "漏水"}
        assert (await client.data(TICKET, "resident", input=wish))["ticketCreate"]["userErrors"] == []
        (frame,) = await socket.results("a", 1)
        assert frame["data"]["workOrderChanged"]["workOrder"]["reporter"]["idNumberMasked"] == "*" * 14 + GOOD_ID[-4:]
        told.append(str(frame))
    revealed = await do(client, "personIdNumberReveal", "manager", person, purpose="CONTRACT")
    assert revealed["idNumber"] == GOOD_ID
    assert (await do(client, "personFaceReveal", "manager", person, purpose="DEVICE_SETUP"))["reference"] == FACE
    find = "query ($p: ID!, $n: String) { people(propertyId: $p, filter: { idNumber: $n }) { nodes { id } } }"
    for number in (GOOD_ID, FACE):
        told.append(str(await client.post(find, "manager", p=acme.id("home"), n=number)))
    told.append(str(await client.post(find.replace("$n)", "$n"), "manager", p=acme.id("home"), n=GOOD_ID)))
    export = (await create(client, SHEET))["dataExport"]["id"]
    async with asyncio.timeout(15):
        while (shown := await show(client, export))["state"] in ("WAITING", "RUNNING"):  # noqa: ASYNC110 - it tells others
            await asyncio.sleep(0.02)
    content = (await client.http.get(shown["file"]["url"])).content.decode()
    assert "*" * 14 + GOOD_ID[-4:] in content
    return [*told, content]


def free_of(texts: Iterable[str], *secrets: str) -> None:
    for text in texts:
        assert not any(secret in text for secret in secrets), text[:2_000]


async def test_nothing_of_an_id_number_or_a_face_is_in_the_clear(
    live: Live, request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture, backend: str
) -> None:
    caplog.set_level("DEBUG")
    if backend == "sqlite":
        free_of(await drive(live), *SECRETS)
    else:
        async with overheard(request.getfixturevalue("redis").url) as heard:
            free_of(await drive(live), *SECRETS)
        assert any("PUBLISH" in command for command in heard), "the bell rang"
        free_of(heard, *SECRETS, PHONE)
        server: PostgresServer = request.getfixturevalue("postgres")
        await owner(live.house, "CHECKPOINT")
        if server._folder is not None:
            assert holding(server._folder, *SECRETS) == []
            assert holding(server._folder, PHONE) != [], "the files are those of this database"
    tables = await dump(live.house)
    free_of((str(rows) for rows in tables.values()), *SECRETS)
    assert PHONE in str(tables["person"])
    free_of([str(tables["event"]), str(tables["event_stream"]), str(tables["import_fault"])], PHONE)
    assert holding(live.house.settings.state_path, *SECRETS) == []
    free_of([caplog.text], *SECRETS)
    lines = [JsonFormatter().format(record) for record in caplog.records if record.levelname != "DEBUG"]
    assert any('"operationKind"' in line or '"durationMs"' in line for line in lines), "each operation has a line"
    free_of(lines, *SECRETS, PHONE)
