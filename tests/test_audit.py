"""The audit: sealed into a chain in whatever order entries were committed, and verified against every tampering."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from adapters.clock import HeldClock
from adapters.identity import Identity
from models import Vehicle
from models.rules.audit_chain import FIRST, FindingKind
from resolvers.audit import seal_audit, tell, verify
from resolvers.unit import system_unit
from tests.dump import owner
from tests.factories.world import NOW
from tests.test_server import run

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from resolvers.ports import House
    from tests.conftest import Template
    from tests.factories.world import World


@pytest.fixture
async def connected(house: House) -> AsyncIterator[House]:
    """The house without the application, so that no job runs but ours, and without an entry."""
    for table in ("audit_waiting", "audit_seal", "audit_entry"):
        await owner(house, f"DELETE FROM {table}")
    await house.database.connect()
    try:
        yield house
    finally:
        await house.database.close()


async def enter(house: House, organization_id: UUID, vehicle: Vehicle, **after: Any) -> None:
    async with system_unit(house, organization_id) as unit:
        unit.audit_values("test.note", vehicle, None, after, actor="job")


async def kinds(house: House, organization_id: UUID, head: str | None = None) -> list[tuple[FindingKind, int | None]]:
    found = (await verify(house, organization_id, head)).findings
    return [(finding.kind, finding.sequence) for finding in found]


async def seals(house: House, organization_id: UUID) -> list[dict[str, Any]]:
    sql = "SELECT * FROM audit_seal WHERE organization_id = $1 ORDER BY sequence"
    return await owner(house, sql, organization_id)


async def test_the_chain_takes_every_entry_once_whenever_it_was_committed(connected: House, world: World) -> None:
    house, acme, rival = connected, world.acme.keys["organization"], world.rival.keys["organization"]
    vehicles = {of: Vehicle(id=UUID(int=7), property_id=keys["home"]) for of, keys in _tenants(world)}
    earlier = replace(house, identity=Identity(HeldClock(NOW - timedelta(minutes=5))))
    for n in range(3):
        await enter(house, acme, vehicles[acme], n=n, deep={"b": [1.5, None], "a": "门\n\u0001"}, low=1e-7)
    await enter(house, rival, vehicles[rival], n=0)
    assert (await verify(house, acme)).waiting == 3
    await asyncio.gather(*(seal_audit(house) for _ in range(4)))
    await enter(earlier, acme, vehicles[acme], n="late")  # its id is older than those that are sealed
    await asyncio.gather(*(enter(house, acme, vehicles[acme], n=n) for n in range(4)))
    await asyncio.gather(*(seal_audit(house) for _ in range(4)))
    await seal_audit(house)
    chain = await seals(house, acme)
    assert [seal["sequence"] for seal in chain] == list(range(1, 9))
    assert [seal["previous"] for seal in chain] == [FIRST, *(seal["hash"] for seal in chain[:-1])]
    assert str(chain[3]["id"]) < str(chain[0]["id"])
    assert len(await seals(house, rival)) == 1
    verdict = await verify(house, acme, chain[2]["hash"])
    assert (verdict.findings, verdict.sealed, verdict.waiting, verdict.head) == ([], 8, 0, chain[-1]["hash"])
    assert await owner(house, "SELECT * FROM audit_waiting") == []
    # By the document and nothing of ours: docs/audit.md.
    (entry,) = await owner(house, "SELECT * FROM audit_entry WHERE id = $1", chain[1]["id"])
    assert hashlib.sha256(_by_the_document(entry, chain[1], house).encode()).hexdigest() == chain[1]["hash"]


def _tenants(world: World) -> list[tuple[UUID, dict[str, UUID]]]:
    return [(tenant.keys["organization"], tenant.keys) for tenant in (world.acme, world.rival)]


def _by_the_document(entry: dict[str, Any], seal: dict[str, Any], house: House) -> str:
    """The five lines, written out: an entry of a job of second 02:00:00, with n = 1."""
    after = '{"deep":{"a":"门\\n\\u0001","b":[1.5,null]},"low":1e-7,"n":1}'
    at = "2026-11-22T02:00:00.000000Z"
    canonical = (
        f'{{"account_id":null,"actor":"job","address":null,"after":{after},"agent":null,"api_client_id":null,'
        f'"before":null,"created_at":"{at}","device_id":null,"id":"{entry["id"]}",'
        f'"organization_id":"{entry["organization_id"]}","person_id":null,"property_id":"{entry["property_id"]}",'
        f'"session_id":null,"subject_id":"{UUID(int=7)}","subject_type":"Vehicle","verb":"test.note"}}'
    )
    return f"wuye.audit.1\n2\n{at}\n{seal['previous']}\n{canonical}"


async def test_every_tampering_is_found_and_named(connected: House, world: World) -> None:
    house, acme = connected, world.acme.keys["organization"]
    vehicle = Vehicle(id=UUID(int=7), property_id=world.acme.keys["home"])
    for n in range(9):
        await enter(house, acme, vehicle, n=n)
    await seal_audit(house)
    chain = await seals(house, acme)
    ids, noted = [seal["id"] for seal in chain], chain[-1]["hash"]
    assert await kinds(house, acme, noted) == []

    async def find(expected: list[tuple[FindingKind, int | None]], do: str, undo: str | None, *args: Any) -> None:
        await owner(house, do, *args)
        assert await kinds(house, acme) == expected, do
        if undo is not None:
            await owner(house, undo, *args)
            assert await kinds(house, acme) == [], undo

    put = "UPDATE audit_entry SET {} WHERE id = $1"
    for wrong, right in (
        ("verb = 'test.other'", "verb = 'test.note'"),
        ("after = '{\"n\": 7}'", "after = '{\"n\": 2}'"),
        ("address = '10.0.0.1'", "address = NULL"),
    ):
        await find([(FindingKind.CHANGED, 3)], put.format(wrong), put.format(right), ids[2])
    moved = "UPDATE audit_seal SET id = $2 WHERE id = $1"
    for a, b in ((ids[1], UUID(int=1)), (ids[3], ids[1]), (UUID(int=1), ids[3])):
        await owner(house, moved, a, b)
    assert await kinds(house, acme) == [(FindingKind.CHANGED, 2), (FindingKind.CHANGED, 4)]  # reordered
    for a, b in ((ids[1], UUID(int=1)), (ids[3], ids[1]), (UUID(int=1), ids[3])):
        await owner(house, moved, a, b)
    forged = f"UPDATE audit_seal SET hash = '{'f' * 64}' WHERE id = $1"
    await find(
        [(FindingKind.CHANGED, 5), (FindingKind.BROKEN, 6)],
        forged,
        f"UPDATE audit_seal SET hash = '{chain[4]['hash']}' WHERE id = $1",
        ids[4],
    )

    # Somebody rewrites the end of the chain as we would have written it: only a head noted before tells.
    await owner(house, put.format("verb = 'test.forged'"), ids[7])
    await _unsealed(house, ids[7:])
    await seal_audit(house)
    assert await kinds(house, acme) == []
    assert await kinds(house, acme, chain[6]["hash"]) == []
    assert await kinds(house, acme, noted) == [(FindingKind.HEAD, None)]
    # Cut off, with and without its entries.
    await _unsealed(house, ids[8:])
    assert (await verify(house, acme)).waiting == 1
    await find([(FindingKind.UNSEALED, None)], "DELETE FROM audit_waiting WHERE id = $1", None, ids[8])
    await find([], "DELETE FROM audit_entry WHERE id = $1", None, ids[8])
    assert await kinds(house, acme, noted) == [(FindingKind.HEAD, None)]
    # Put in: with a date of old times, and gone before it was sealed.
    old = replace(house, clock=HeldClock(NOW - timedelta(days=30)))
    await enter(old, acme, vehicle, n="old")
    await seal_audit(house)
    found = [(FindingKind.BACKDATED, 9)]
    assert await kinds(house, acme) == found
    await enter(house, acme, vehicle, n="gone")
    (waiting,) = await owner(house, "SELECT id FROM audit_waiting")
    await find([*found, (FindingKind.REMOVED, None)], "DELETE FROM audit_entry WHERE id = $1", None, waiting["id"])
    await owner(house, "DELETE FROM audit_waiting")
    # Taken out: an entry; a seal; both.
    await find([(FindingKind.REMOVED, 2), *found], "DELETE FROM audit_entry WHERE id = $1", None, ids[1])
    await find([(FindingKind.GAP, 2), *found], "DELETE FROM audit_seal WHERE id = $1", None, ids[1])
    told = await tell(house, "verify", "acme", None)
    assert (told.good, told.lines[0]) == (False, "acme: GAP at 2: seals are missing from here on")
    assert told.lines[-1].startswith("acme: FAILED, 8 sealed, 0 waiting, head ")


async def _unsealed(house: House, ids: list[Any]) -> None:
    """As if they had not been sealed yet."""
    for id_ in ids:
        await owner(house, "DELETE FROM audit_seal WHERE id = $1", id_)
        await owner(
            house,
            "INSERT INTO audit_waiting (id, organization_id, created_at)"
            " SELECT id, organization_id, created_at FROM audit_entry WHERE id = $1",
            id_,
        )


def test_the_command_line_notes_a_head_and_holds_the_chain_to_it(sqlite_template: Template, tmp_path: Path) -> None:
    shutil.copy(sqlite_template.settings.sqlite_path, tmp_path / "wuye.db")
    done = run("audit", "verify", "--head", "f" * 64, state=tmp_path)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.splitlines()[0].startswith("acme: ok, 3 sealed, 0 waiting, head ")
    assert done.stdout.splitlines()[-1].startswith("the head noted before is not in the chain")
