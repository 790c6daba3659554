"""The version of rights: what moves it, what reads cost, and what happens when nobody can ask."""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import TYPE_CHECKING, Any

from adapters.database import DatabaseUnavailable
from resolvers import rights
from tests.dump import owner

if TYPE_CHECKING:
    import pytest

    from resolvers.ports import House
    from tests.client import Client

WHO = "{ viewer { roles } }"
# Of each: a statement, and whether rights are different after it.
STATEMENTS = [
    ("UPDATE session SET revoked_at = $2 WHERE id = $1", "desk_session", True),
    ("UPDATE session SET refreshed_at = $2 WHERE id = $1", "guard_session", False),
    ("UPDATE session SET expires_at = $2 WHERE id = $1", "guard_session", True),
    ("UPDATE session SET totp_at = $2 WHERE id = $1", "guard_session", True),
    ("UPDATE account SET disabled_at = $2 WHERE id = $1", "desk", True),
    ("UPDATE account SET disabled_at = disabled_at, locale = 'en', updated_at = $2 WHERE id = $1", "desk", False),
    ("UPDATE account SET staff_id = NULL, updated_at = $2 WHERE id = $1", "desk", True),
    ("UPDATE account SET person_id = NULL, updated_at = $2 WHERE id = $1", "neighbour", True),
    ("UPDATE role_assignment SET valid_until = $2 WHERE id = $1", "desk_role", True),
    ("UPDATE role_assignment SET valid_until = $2 WHERE id = $1", "desk_role", False),  # as it is already
    ("UPDATE role_assignment SET property_id = NULL, created_at = $2 WHERE id = $1", "desk_role", True),
    ("UPDATE custom_role SET permissions = '[]', updated_at = $2 WHERE id = $1", "custom_made", True),
    ("UPDATE custom_role SET archived_at = $2 WHERE id = $1", "custom_made", True),
    ("UPDATE custom_role SET name = 'x', updated_at = $2 WHERE id = $1", "custom_made", False),
    ("UPDATE occupancy SET share = 1, updated_at = $2 WHERE id = $1", "resident_occupancy", False),
    ("UPDATE occupancy SET move_out_on = '2030-01-01', updated_at = $2 WHERE id = $1", "resident_occupancy", True),
    ("UPDATE property SET name = 'x', updated_at = $2 WHERE id = $1", "away", False),
    ("UPDATE property SET time_zone = 'UTC', updated_at = $2 WHERE id = $1", "away", True),
]


async def version(house: House, organization: Any) -> int:
    rows = await owner(house, "SELECT version FROM rights_version WHERE organization_id = $1", organization)
    return rows[0]["version"] if rows else 0


async def test_each_change_of_rights_is_counted_and_nothing_else(client: Client, house: House) -> None:
    keys, rival, now = client.world.acme.keys, client.world.rival.keys, house.clock.now()
    before, theirs = await version(house, keys["organization"]), await version(house, rival["organization"])
    for sql, name, moves in STATEMENTS:
        await owner(house, sql, keys[name], now)
        after = await version(house, keys["organization"])
        assert after == before + moves, (sql, name)
        before = after
    added = "INSERT INTO role_assignment SELECT $1, organization_id, role, valid_from, valid_until, account_id,"
    added += " property_id, $2, custom_role_id FROM role_assignment WHERE id = $3"
    await owner(house, added, house.identity.uuid(), now, keys["guard_role"])
    assert await version(house, keys["organization"]) == before + 1
    everybody = "UPDATE occupancy SET move_out_on = '2031-01-01' WHERE organization_id = $1"
    await owner(house, everybody, keys["organization"])
    rows = 1 if not house.settings.on_sqlite else 3  # of a statement on PostgreSQL, of a row on SQLite
    assert await version(house, keys["organization"]) == before + 1 + rows
    assert await version(house, rival["organization"]) == theirs, "another company's rights did not move"
    before = await version(house, keys["organization"])
    sign_in = 'mutation { accountSignIn(input: { organization: "acme", login: "admin", password: "%s" }) { token } }'
    await client.data(sign_in % "correct horse battery staple", None)
    assert await version(house, keys["organization"]) == before, "a new session is nobody's change"


async def test_reads_ask_nothing_and_loads_go_together(
    client: Client, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, Any]] = []
    real = house.database.call

    async def noted(door: str, *args: Any) -> Any:
        asked.append((door, args))
        return await real(door, *args)

    monkeypatch.setattr(house.database, "call", noted)
    logins = ["manager", "control", "guard", "desk", "resident", "cleaner", "buyer", "auditor"]
    await asyncio.gather(*(client.data(WHO, login) for login in logins))
    loads = [args[0] for door, args in asked if door == "viewers"]
    assert len(loads) <= 2
    assert sum(len(keys) for keys in loads) == len(logins)
    asked.clear()
    for _ in range(10):
        await asyncio.gather(*(client.data(WHO, login) for login in logins))
    assert [door for door, _ in asked if door == "viewers"] == []


async def test_a_process_that_cannot_look_believes_nothing_for_long(
    client: Client, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = client.world.acme.keys
    assert (await client.data(WHO, "guard"))["viewer"]["roles"] == ["GUARD"]
    now = monotonic()
    real, look = house.database.call, rights.Viewers.look

    async def blind(self: rights.Viewers) -> None:
        raise DatabaseUnavailable("away")

    monkeypatch.setattr(rights.Viewers, "look", blind)
    await owner(house, "UPDATE role_assignment SET valid_until = valid_from WHERE id = $1", keys["guard_role"])
    monkeypatch.setattr(rights, "monotonic", lambda: now + rights.SURE_SECONDS + 1.5)
    assert (await client.data(WHO, "guard"))["viewer"]["roles"] == [], "loaded again, not believed"

    async def away(door: str, *args: Any) -> Any:
        raise DatabaseUnavailable("away")

    monkeypatch.setattr(house.database, "call", away)
    monkeypatch.setattr(rights, "monotonic", lambda: now + 2 * rights.SURE_SECONDS + 3)
    response = await client.http.post("/graphql", json={"query": WHO}, headers=client.headers("guard"))
    assert response.status_code == 503
    monkeypatch.setattr(house.database, "call", real)
    monkeypatch.setattr(rights.Viewers, "look", look)
    assert (await client.data(WHO, "guard"))["viewer"]["roles"] == []
