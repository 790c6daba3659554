"""Signing in and out through the public endpoint, and who the viewer is."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from adapters.identity import token_hash
from tests.client import Client
from tests.dump import audits, dump, owner
from tests.factories.world import NOW, PASSWORD

if TYPE_CHECKING:
    from resolvers.ports import House

SIGN_IN = """mutation ($input: AccountSignInInput!) { accountSignIn(input: $input) {
    token expiresAt account { login person { name } staff { name } } userErrors { code message field } } }"""
SIGN_OUT = "mutation { accountSignOut { userErrors { code } } }"
VIEWER = """{ viewer { account { id login } organization { id slug } person { id } staff { id } roles
    properties { id } } }"""


async def sign_in(client: Client, who: str | None = None, **changes: Any) -> dict[str, Any]:
    wanted = {"organization": "acme", "login": "resident", "password": PASSWORD, **changes}
    answer: dict[str, Any] = (await client.data(SIGN_IN, who, input=wanted))["accountSignIn"]
    return answer


async def viewer_of(client: Client, token: str) -> Any:
    response = await client.http.post("/graphql", json={"query": VIEWER}, headers={"authorization": f"Bearer {token}"})
    return response.status_code, response.json()


async def test_the_right_password_opens_a_session(client: Client, house: House) -> None:
    answer = await sign_in(client)
    assert answer["userErrors"] == []
    assert answer["account"] == {"login": "resident", "person": {"name": "acme resident"}, "staff": None}
    assert answer["expiresAt"] == "2026-11-22T02:15:00.000000Z"
    status, shown = await viewer_of(client, answer["token"])
    assert (status, shown["data"]["viewer"]["account"]["login"]) == (200, "resident")
    (audit,) = await audits(house, "account.signIn")
    keys = client.world.acme.keys
    assert (audit["account_id"], audit["organization_id"]) == (keys["resident"], keys["organization"])
    assert audit["before"] is None


async def test_the_database_keeps_no_token_and_no_password(client: Client, house: House) -> None:
    token = (await sign_in(client))["token"]
    kept = str(await dump(house))
    assert token not in kept
    assert PASSWORD not in kept
    assert kept.count(token_hash(token)) == 1, "once, in the session; not in the audit"
    for entry in await owner(house, "SELECT * FROM audit_entry"):
        assert "hash" not in str(entry)


WRONG = {
    "password": {"password": "wrong"},
    "login": {"login": "nobody"},
    "organization": {"organization": "nowhere"},
    "other company": {"organization": "rival", "login": "resident ", "password": "wrong"},
    "empty": {"organization": "", "login": "", "password": ""},
    "long password": {"password": "x" * 201},
    "long login": {"login": "x" * 201},
    "long organization": {"organization": "x" * 201},
    "password with a space": {"password": PASSWORD + " "},
}


async def test_whatever_is_wrong_the_answer_is_the_same(client: Client, house: House) -> None:
    before = await dump(house)
    for case, changes in WRONG.items():
        assert await sign_in(client, **changes) == {
            "token": None,
            "expiresAt": None,
            "account": None,
            "userErrors": [
                {"code": "WRONG_CREDENTIALS", "message": "Organization, login or password is wrong.", "field": None}
            ],
        }, case
    assert await dump(house) == before


async def test_an_unknown_login_costs_the_same_work(
    client: Client, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[str] = []
    real = house.passwords._verify

    def verify(kept: str, password: str) -> bool:
        checked.append(kept)
        return real(kept, password)

    monkeypatch.setattr(house.passwords, "_verify", verify)
    for changes in ({"password": "wrong"}, {"login": "nobody"}, {"organization": "nowhere"}):
        checked.clear()
        await sign_in(client, **changes)
        assert len(checked) == 1


async def test_a_disabled_account_does_not_sign_in_and_its_sessions_end(client: Client, house: House) -> None:
    token = (await sign_in(client))["token"]
    await owner(house, "UPDATE account SET disabled_at = $1 WHERE id = $2", NOW, client.world.acme.keys["resident"])
    assert (await sign_in(client))["userErrors"][0]["code"] == "WRONG_CREDENTIALS"
    create = """mutation ($input: TicketCreateInput!) { ticketCreate(input: $input) { userErrors { code } } }"""
    wanted = {"propertyId": client.world.acme.id("home"), "kind": "INQUIRY", "category": "c", "text": "t"}
    before = await dump(house)
    response = await client.http.post(
        "/graphql",
        json={"query": create, "variables": {"input": wanted}},
        headers={"authorization": f"Bearer {token}"},
    )
    codes = [error["extensions"]["code"] for error in response.json()["errors"]]
    assert codes == ["UNAUTHENTICATED"], "a verb asks again inside its transaction"
    assert await dump(house) == before


async def test_a_nul_is_refused(client: Client) -> None:
    for field in ("organization", "login", "password"):
        wanted = {"organization": "acme", "login": "resident", "password": PASSWORD, field: "a\0b"}
        assert await client.codes(SIGN_IN, None, input=wanted) == ["BAD_USER_INPUT"]


async def test_signing_out_ends_the_session_and_only_this_one(client: Client, house: House) -> None:
    first, second = (await sign_in(client))["token"], (await sign_in(client))["token"]
    response = await client.http.post(
        "/graphql", json={"query": SIGN_OUT}, headers={"authorization": f"Bearer {first}"}
    )
    assert response.json()["data"] == {"accountSignOut": {"userErrors": []}}
    assert (await viewer_of(client, first))[0] == 401
    assert (await viewer_of(client, second))[0] == 200
    (audit,) = await audits(house, "account.signOut")
    assert audit["account_id"] == client.world.acme.keys["resident"]
    assert audit["before"] == {"revoked_at": None}
    assert audit["after"]["revoked_at"].startswith("2026-11-22T02:00:00")


async def test_nobody_cannot_sign_out(client: Client, house: House) -> None:
    before = await dump(house)
    assert await client.codes(SIGN_OUT, None) == ["UNAUTHENTICATED"]
    assert await dump(house) == before


async def test_a_token_ends_by_itself(client: Client, house: House) -> None:
    token = (await sign_in(client))["token"]
    house.clock.move(timedelta(minutes=15) - timedelta(microseconds=1))  # type: ignore[attr-defined]
    assert (await viewer_of(client, token))[0] == 200
    house.clock.move(timedelta(microseconds=1))  # type: ignore[attr-defined]
    status, answer = await viewer_of(client, token)
    assert (status, answer["errors"][0]["extensions"]["code"]) == (401, "UNAUTHENTICATED")


EXPECTED = {
    "resident": ("person", ["RESIDENT"], ["home"]),
    "neighbour": ("person", ["RESIDENT"], ["home"]),
    "away_resident": ("person", ["RESIDENT"], ["away"]),
    "manager": ("staff", ["MANAGER"], ["home"]),
    "away_manager": ("staff", ["MANAGER"], ["away"]),
    "control": ("staff", ["CONTROL_ROOM"], ["home"]),
    "tech1": ("staff", ["TECHNICIAN"], ["home"]),
    "chief": ("staff", ["MANAGER"], ["home", "away"]),
}


async def test_the_viewer_of_each_role(client: Client) -> None:
    acme = client.world.acme
    for login, (side, roles, places) in EXPECTED.items():
        other = "staff" if side == "person" else "person"
        assert (await client.data(VIEWER, login))["viewer"] == {
            "account": {"id": acme.id(login), "login": login},
            "organization": {"id": acme.id("organization"), "slug": "acme"},
            side: {"id": acme.id(f"{login}_{side}")},
            other: None,
            "roles": roles,
            "properties": [{"id": acme.id(place)} for place in places],
        }


async def test_nobody_is_null(client: Client) -> None:
    assert await client.data("{ viewer { account { id } } }", None) == {"viewer": None}
