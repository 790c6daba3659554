"""Passwords through the public endpoint: changed by their owner, reset by an administrator, set by a code."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from argon2.exceptions import VerifyMismatchError

from adapters.identity import Passwords
from models.rules.permission import Role
from tests.client import Client
from tests.dump import audits, dump, owner
from tests.factories.world import NOW, PASSWORD
from tests.test_session import REVOKE_OTHERS, call, refresh, sign_in

if TYPE_CHECKING:
    from resolvers.ports import House

CHANGE = """mutation ($input: AccountPasswordChangeInput!) { accountPasswordChange(input: $input) {
    account { login version } userErrors { code message field } } }"""
RESET = """mutation ($id: ID!, $input: AccountPasswordResetInput!) { accountPasswordReset(id: $id, input: $input) {
    account { login version } activationCode activationExpiresAt userErrors { code } } }"""
ACTIVATE = """mutation ($input: AccountActivateInput!) { accountActivate(input: $input) {
    userErrors { code field message } } }"""
NEW = "物业 password of my own"


async def change(client: Client, token: str, current: str = PASSWORD, new: str = NEW) -> Any:
    return await call(client, CHANGE, token, input={"currentPassword": current, "newPassword": new})


async def activate(client: Client, code: str, **changes: Any) -> Any:
    wanted = {"organization": "acme", "login": "resident", "code": code, "password": NEW, **changes}
    answer = await call(client, ACTIVATE, input=wanted)
    return answer.get("code") or [(error["code"], error["field"]) for error in answer["userErrors"]]


async def reset(client: Client, who: str, name: str = "resident", version: int = 1, **more: Any) -> dict[str, Any]:
    wanted = {"expectedVersion": version, **more}
    answer: dict[str, Any] = (await client.data(RESET, who, id=client.world.acme.id(name), input=wanted))[
        "accountPasswordReset"
    ]
    return answer


async def test_the_own_password_changes_and_other_sessions_end(client: Client, house: House) -> None:
    mine, other = await sign_in(client), await sign_in(client)
    before = await dump(house)
    for current, new, code, field in (
        ("wrong", NEW, "WRONG_CREDENTIALS", "currentPassword"),
        (PASSWORD, "short", "BAD_USER_INPUT", "newPassword"),
        (PASSWORD, "my Resident password", "BAD_USER_INPUT", "newPassword"),
        (PASSWORD, "1234567890", "BAD_USER_INPUT", "newPassword"),
    ):
        (error,) = (await change(client, mine["token"], current, new))["userErrors"]
        assert (error["code"], error["field"]) == (code, ["input", field]), error["message"]
    assert await dump(house) == before
    assert await change(client, mine["token"]) == {"account": {"login": "resident", "version": 2}, "userErrors": []}
    assert (await refresh(client, other["refreshToken"]))["code"] == "UNAUTHENTICATED"
    assert (await refresh(client, mine["refreshToken"]))["token"]
    assert (await sign_in(client))["userErrors"][0]["code"] == "WRONG_CREDENTIALS"
    assert (await sign_in(client, password=NEW))["token"]
    (audit,) = await audits(house, "account.passwordChange")
    assert set(audit["after"]) == {"version"}
    assert [await call(client, CHANGE, None, input={"currentPassword": "x", "newPassword": NEW})][0]["code"] == (
        "UNAUTHENTICATED"
    )
    wrong = [await change(client, mine["token"], "wrong", "another long password") for _ in range(6)]
    assert wrong[-1]["code"] == "RATE_LIMITED", "a stolen session does not guess the password"


async def test_a_reset_takes_the_password_and_a_code_sets_the_next(client: Client, house: House) -> None:
    mine = await sign_in(client)
    given = await reset(client, "admin")
    code = given.pop("activationCode")
    assert given == {
        "account": {"login": "resident", "version": 2},
        "activationExpiresAt": "2026-11-29T02:00:00.000000Z",
        "userErrors": [],
    }
    assert (await refresh(client, mine["refreshToken"]))["code"] == "UNAUTHENTICATED"
    assert (await sign_in(client))["userErrors"][0]["code"] == "WRONG_CREDENTIALS"
    assert (await sign_in(client, password=""))["userErrors"][0]["code"] == "WRONG_CREDENTIALS"
    assert (await sign_in(client, password="nobody"))["userErrors"][0]["code"] == "WRONG_CREDENTIALS"
    before = await dump(house)
    assert await activate(client, "0000-0000-0000") == [("ACTIVATION_WRONG", None)]
    assert await activate(client, code, login="neighbour") == [("ACTIVATION_WRONG", None)]
    assert await activate(client, code, organization="rival") == [("ACTIVATION_WRONG", None)]
    assert await activate(client, code, login="nobody") == [("ACTIVATION_WRONG", None)]
    assert await activate(client, code, password="1234567890") == [("BAD_USER_INPUT", ["input", "password"])]
    assert await dump(house) == before
    spelled = code.lower().replace("-", " ").replace("0", "o")
    answers = await asyncio.gather(*(activate(client, spelled) for _ in range(4)))
    assert sorted(answers, key=len) == [[], *[[("ACTIVATION_WRONG", None)]] * 3], "once"
    assert (await sign_in(client, password=NEW))["token"]
    # a later code replaces an earlier one, and ends by itself
    first = (await reset(client, "admin", version=3))["activationCode"]
    second = (await reset(client, "admin", version=4))["activationCode"]
    house.clock.move(timedelta(minutes=15))  # type: ignore[attr-defined]
    assert await activate(client, first) == [("ACTIVATION_WRONG", None)]
    house.clock.move(timedelta(days=7, minutes=-15))  # type: ignore[attr-defined]
    assert await activate(client, second) == [("ACTIVATION_WRONG", None)]
    kept = str(await dump(house))
    assert not any(secret in kept for secret in (code, code.replace("-", ""), NEW))
    assert "hash" not in str([row["after"] for row in await audits(house, "account.passwordReset")])


async def test_codes_cannot_be_guessed(client: Client) -> None:
    code = (await reset(client, "admin"))["activationCode"]
    answers = [await activate(client, "0000-0000-0000") for _ in range(6)]
    assert answers == [[("ACTIVATION_WRONG", None)]] * 5 + ["RATE_LIMITED"]
    assert await activate(client, code) == "RATE_LIMITED"


async def test_who_may_reset(client: Client, house: House) -> None:
    acme = client.world.acme
    before = await dump(house)
    wanted = {"expectedVersion": 1}
    for who, code in (("resident", "FORBIDDEN"), ("chief", "FORBIDDEN"), (None, "UNAUTHENTICATED")):
        name = who or "resident"
        assert await client.codes(RESET, who, id=acme.id(name), input=wanted) == [code]
    assert (await reset(client, "manager"))["userErrors"] == [{"code": "NOT_FOUND"}]
    assert (await reset(client, "admin", version=7))["userErrors"] == [{"code": "CONFLICT"}]
    assert await dump(house) == before
    # a helper with account.manage alone does not take the administrator's account
    role = acme.keys["resident"]
    await owner(
        house,
        "INSERT INTO custom_role (id, organization_id, name, description, permissions, created_at, updated_at, version)"
        " VALUES ($1, $2, 'help', '', '[\"account.manage\", \"account.read\"]', $3, $3, 1)",
        role,
        acme.keys["organization"],
        NOW,
    )
    await owner(
        house,
        "INSERT INTO role_assignment (id, organization_id, account_id, role, custom_role_id, valid_from, created_at)"
        " VALUES ($1, $2, $3, $4, $1, $5, $5)",
        role,
        acme.keys["organization"],
        acme.keys["chief"],
        Role.CUSTOM.value,
        NOW,
    )
    assert await client.codes(RESET, "chief", id=acme.id("admin"), input=wanted) == ["FORBIDDEN"]
    assert (await reset(client, "chief", "neighbour"))["activationCode"]
    assert (await call(client, REVOKE_OTHERS, acme.token("neighbour")))["code"] == "UNAUTHENTICATED"


async def test_an_account_that_is_not_there_takes_as_long_to_refuse() -> None:
    passwords = Passwords()
    assert not passwords.stale(passwords._decoy), "other costs than those of a password of today"
    with pytest.raises(VerifyMismatchError):  # it was computed, and not refused for its form
        passwords._hasher.verify(passwords._decoy, PASSWORD)
    assert not await passwords.matches(None, PASSWORD)
