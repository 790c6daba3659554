"""Sessions through the public endpoint: refreshed, listed, revoked, limited, pruned."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from argon2 import PasswordHasher

from adapters.identity import Passwords
from adapters.settings import SettingsError
from resolvers.jobs.session import prune_sessions
from resolvers.organization import set_host
from tests.client import Client
from tests.dump import audits, dump, owner
from tests.factories.world import PASSWORD

if TYPE_CHECKING:
    from resolvers.ports import House

SIGN_IN = """mutation ($input: AccountSignInInput!) { accountSignIn(input: $input) {
    token refreshToken expiresAt refreshExpiresAt userErrors { code message field } } }"""
REFRESH = """mutation ($input: SessionRefreshInput!) { sessionRefresh(input: $input) {
    token refreshToken expiresAt refreshExpiresAt userErrors { code } } }"""
SESSIONS = """query ($filter: SessionFilter) { sessions(filter: $filter) { nodes {
    id isCurrent method address agent createdAt refreshedAt secondFactor account { login } } } }"""
REVOKE = "mutation ($id: ID!) { sessionRevoke(id: $id) { session { revokedAt } userErrors { code } } }"
REVOKE_OTHERS = "mutation { sessionRevokeOthers { count userErrors { code } } }"
VIEWER = "{ viewer { account { login } } }"


async def call(client: Client, query: str, token: str | None = None, **variables: Any) -> dict[str, Any]:
    """The data, or the code of the first error; with any token."""
    headers = {"accept-language": "en", "user-agent": "Phone/1.0", "host": "wuye.test"}
    headers |= {"authorization": f"Bearer {token}"} if token else {}
    response = await client.http.post("/graphql", json={"query": query, "variables": variables}, headers=headers)
    answer: dict[str, Any] = response.json()
    if "errors" in answer:
        return {"code": answer["errors"][0]["extensions"]["code"], **answer["errors"][0]["extensions"]}
    ((payload),) = answer["data"].values()
    found: dict[str, Any] = payload
    return found


async def sign_in(client: Client, login: str = "resident", **changes: Any) -> dict[str, Any]:
    wanted = {"organization": "acme", "login": login, "password": PASSWORD, **changes}
    return await call(client, SIGN_IN, input=wanted)


async def refresh(client: Client, token: str) -> dict[str, Any]:
    return await call(client, REFRESH, input={"refreshToken": token})


async def test_tokens_rotate_and_a_stolen_one_ends_the_session(client: Client, house: House) -> None:
    move = house.clock.move  # type: ignore[attr-defined]
    first = await sign_in(client)
    move(timedelta(minutes=15))
    assert (await call(client, VIEWER, first["token"]))["code"] == "UNAUTHENTICATED"
    second = await refresh(client, first["refreshToken"])
    assert (await call(client, VIEWER, second["token"]))["account"]["login"] == "resident"
    assert second["refreshExpiresAt"] == first["refreshExpiresAt"], "a session is not made longer"
    move(timedelta(seconds=9))
    sibling = await refresh(client, first["refreshToken"])  # the answer was lost
    assert len({sibling["token"], second["token"], first["token"]}) == 3
    for pair in (second, sibling):
        assert (await call(client, VIEWER, pair["token"]))["account"]["login"] == "resident"
    third = await refresh(client, sibling["refreshToken"])
    move(timedelta(seconds=10))
    assert (await refresh(client, first["refreshToken"]))["code"] == "UNAUTHENTICATED"
    (audit,) = await audits(house, "session.reuse")
    assert (audit["actor"], audit["account_id"]) == ("system", client.world.acme.keys["resident"])
    for pair in (second, sibling, third):
        assert (await call(client, REVOKE_OTHERS, pair["token"]))["code"] == "UNAUTHENTICATED"
        assert (await refresh(client, pair["refreshToken"]))["code"] == "UNAUTHENTICATED"
    kept = str(await dump(house))
    assert not any(pair[name] in kept for pair in (first, second, third) for name in ("token", "refreshToken"))


async def test_what_buys_nothing(client: Client, house: House) -> None:
    pair = await sign_in(client)
    before = await dump(house)
    for token in ("", "nonsense", pair["token"], pair["refreshToken"] + "x"):
        assert (await refresh(client, token))["code"] == "UNAUTHENTICATED"
    assert await dump(house) == before
    await owner(house, "UPDATE account SET disabled_at = created_at WHERE login = 'resident'")
    assert (await refresh(client, pair["refreshToken"]))["code"] == "UNAUTHENTICATED"
    await owner(house, "UPDATE account SET disabled_at = NULL WHERE login = 'resident'")
    house.clock.move(timedelta(days=30))  # type: ignore[attr-defined]
    assert (await refresh(client, pair["refreshToken"]))["code"] == "UNAUTHENTICATED", "the session is over"


async def test_sessions_are_listed_and_revoked(client: Client, house: House) -> None:
    acme = client.world.acme
    mine, other = await sign_in(client), await sign_in(client)
    listed = (await call(client, SESSIONS, mine["token"]))["nodes"]
    assert sorted((row["isCurrent"], row["agent"] or "", row["address"]) for row in listed) == [
        (False, "", None),  # the world's
        (False, "Phone/1.0", "127.0.0.1"),
        (True, "Phone/1.0", "127.0.0.1"),
    ]
    assert {(row["method"], row["account"]["login"], row["secondFactor"]) for row in listed} == {
        ("PASSWORD", "resident", False)
    }
    assert await call(client, REVOKE_OTHERS, mine["token"]) == {"count": 2, "userErrors": []}
    assert len((await call(client, SESSIONS, mine["token"]))["nodes"]) == 1
    assert (await refresh(client, other["refreshToken"]))["code"] == "UNAUTHENTICATED"
    # a neighbour and a manager neither see nor end it; an administrator does
    (current,) = (await call(client, SESSIONS, mine["token"]))["nodes"]
    before = await dump(house)
    for who in ("neighbour", "manager", "chief"):
        assert (await client.data(REVOKE, who, id=current["id"]))["sessionRevoke"]["userErrors"] == [
            {"code": "NOT_FOUND"}
        ]
    assert await dump(house) == before
    theirs = (await client.data(SESSIONS, "admin", filter={"accountId": acme.id("resident")}))["sessions"]["nodes"]
    assert [row["id"] for row in theirs] == [current["id"]]
    for _ in range(2):  # the second time nothing is left to do
        ended = (await client.data(REVOKE, "admin", id=current["id"]))["sessionRevoke"]
        assert ended == {"session": {"revokedAt": "2026-11-22T02:00:00.000000Z"}, "userErrors": []}
    assert (await refresh(client, mine["refreshToken"]))["code"] == "UNAUTHENTICATED"
    revoked = await audits(house, "session.revoke")
    assert [row["account_id"] for row in revoked] == [acme.keys["resident"]] * 2 + [acme.keys["admin"]]
    assert (await call(client, REVOKE_OTHERS))["code"] == "UNAUTHENTICATED"


async def test_aliases_and_batches_do_not_get_round_the_lock(
    client: Client, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[str] = []
    real = Passwords._verify

    def verify(self: Passwords, kept: str, password: str) -> bool:
        checked.append(password)
        return real(self, kept, password)

    monkeypatch.setattr(Passwords, "_verify", verify)
    for login in ("resident", "nobody"):
        checked.clear()
        wrong = f'accountSignIn(input: {{ organization: "acme", login: "{login}", password: "wrong" }}) {{ token }}'
        aliased = "mutation {" + " ".join(f"a{n}: {wrong}" for n in range(10)) + "}"
        answers = await asyncio.gather(*(client.post(aliased, None) for _ in range(5)))
        assert checked == ["wrong"] * 5
        refused = [error for answer in answers for error in answer.get("errors", [])]
        assert len(refused) == 45
        assert {(e["extensions"]["code"], e["extensions"]["retryAfter"], e["message"]) for e in refused} == {
            ("RATE_LIMITED", 900, "Too often. Try again in 900 seconds.")
        }
    assert (await sign_in(client))["code"] == "RATE_LIMITED", "the right password is not even looked at"
    assert (await sign_in(client, organization=" acme "))["code"] == "RATE_LIMITED"
    assert (await sign_in(client, "neighbour"))["token"], "others sign in from the same address"
    house.clock.move(timedelta(minutes=15))  # type: ignore[attr-defined]
    assert (await sign_in(client))["token"]


async def test_the_host_names_the_organization(client: Client, house: House) -> None:
    for slug, host, why in (("acme", "https://x", "name of a host"), ("nobody", "wuye.test", "no organization")):
        with pytest.raises(SettingsError, match=why):
            await set_host(house, slug, host)
    await set_host(house, "rival", " WUYE.test ")
    with pytest.raises(SettingsError, match="Another organization"):
        await set_host(house, "acme", "wuye.test")
    (audit,) = await audits(house, "organization.host")
    assert (audit["actor"], audit["after"]["host"]) == ("operator", "wuye.test")
    token = (await sign_in(client, organization=None))["token"]
    signed = await call(client, "{ viewer { organization { slug host } } }", token)
    assert signed == {"organization": {"slug": "rival", "host": "wuye.test"}}
    assert (await sign_in(client, organization=None, login="nobody"))["userErrors"][0]["code"] == "WRONG_CREDENTIALS"


async def test_a_weak_hash_is_renewed_at_sign_in(client: Client, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    before = await owner(house, "SELECT password_hash, version FROM account WHERE login = 'resident' ORDER BY id")
    dearer = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1)
    monkeypatch.setattr(house.passwords, "_hasher", dearer)
    assert (await sign_in(client))["token"]
    after = await owner(house, "SELECT password_hash, version FROM account WHERE login = 'resident' ORDER BY id")
    assert before[1] == after[1], "the other company's"
    assert before[0]["password_hash"] != after[0]["password_hash"]
    assert "$m=16,t=2,p=1$" in after[0]["password_hash"]
    assert (await sign_in(client))["token"]


async def test_sign_ins_at_once_renew_a_weak_hash_and_all_succeed(
    client: Client, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever finds the hash renewed beside it looks again; it was told that its password is wrong."""
    monkeypatch.setattr(house.passwords, "_hasher", PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    found = await asyncio.gather(*(sign_in(client) for _ in range(4)))
    assert [answer["userErrors"] for answer in found] == [[]] * 4
    assert (await sign_in(client, password="wrong"))["userErrors"][0]["code"] == "WRONG_CREDENTIALS"


async def test_what_ended_is_thrown_away(client: Client, house: House) -> None:
    async def rows() -> dict[str, int]:
        tables = ("attempt", "access_token", "refresh_token", "session")
        return {table: (await owner(house, f"SELECT count(*) AS n FROM {table}"))[0]["n"] for table in tables}

    world = await rows()
    pair = await sign_in(client)
    await sign_in(client, password="wrong")
    assert await rows() == {
        "attempt": 2,
        **{name: world[name] + 1 for name in ("access_token", "refresh_token", "session")},
    }
    await prune_sessions(house)
    assert (await rows())["attempt"] == 2
    house.clock.move(timedelta(days=1, minutes=16))  # type: ignore[attr-defined]
    await prune_sessions(house)
    assert await rows() == {**world, "attempt": 0, "refresh_token": 1, "session": world["session"] + 1}
    assert (await refresh(client, pair["refreshToken"]))["token"], "the session goes on"
    house.clock.move(timedelta(days=32))  # type: ignore[attr-defined]
    await prune_sessions(house)
    assert await rows() == {"attempt": 0, "access_token": 0, "refresh_token": 0, "session": world["session"] + 1}
    house.clock.move(timedelta(days=90))  # type: ignore[attr-defined]
    await prune_sessions(house)
    assert (await rows())["session"] == 0
