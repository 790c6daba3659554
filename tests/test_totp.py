"""The second factor through the public endpoint, and what sleeps without it in production."""

from __future__ import annotations

import asyncio
import base64
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from models.rules.totp import hotp
from tests.client import Client
from tests.dump import audits, dump, owner
from tests.test_password import reset
from tests.test_session import call, sign_in

if TYPE_CHECKING:
    from adapters.settings import Settings
    from resolvers.ports import House

BEGIN = "mutation { accountTotpBegin { secret uri userErrors { code } } }"
CONFIRM = """mutation ($input: AccountTotpConfirmInput!) { accountTotpConfirm(input: $input) {
    recoveryCodes userErrors { code field } } }"""
REMOVE = """mutation ($input: AccountTotpRemoveInput!) { accountTotpRemove(input: $input) {
    account { totpEnabled } userErrors { code field } } }"""
VIEWER = "{ viewer { totpRequired roles account { totpEnabled } } }"
ACCOUNTS = "{ accounts { nodes { login } } }"


def code_of(house: House, secret: str, steps: int = 0) -> str:
    return hotp(base64.b32decode(secret), int(house.clock.now().timestamp()) // 30 + steps)


def codes(answer: dict[str, Any]) -> list[str]:
    return [error["code"] for error in answer["userErrors"]]


async def enrol(client: Client, house: House, token: str) -> tuple[str, list[str]]:
    """The secret and the recovery codes; the next step's code is free."""
    secret = (await call(client, BEGIN, token))["secret"]
    confirmed = await call(client, CONFIRM, token, input={"code": code_of(house, secret, -1)})
    assert codes(confirmed) == []
    return secret, confirmed["recoveryCodes"]


async def secrets_nowhere(house: House, secret: str, recovery: list[str]) -> None:
    kept = str(await dump(house))
    assert not any(word in kept for word in (secret, *recovery, *(one.replace("-", "") for one in recovery)))


async def test_a_second_factor_from_begin_to_end(client: Client, house: House) -> None:
    token = (await sign_in(client, "admin"))["token"]
    assert codes(await call(client, CONFIRM, token, input={"code": "123456"})) == ["TOTP_OFF"]
    begun = await call(client, BEGIN, token)
    assert (
        begun["uri"]
        == f"otpauth://totp/acme%20%E7%89%A9%E4%B8%9A%3Aadmin?secret={begun['secret']}&issuer=acme%20%E7%89%A9%E4%B8%9A"
    )
    assert (await sign_in(client, "admin"))["token"], "not asked for before it is confirmed"
    assert codes(await call(client, CONFIRM, token, input={"code": "000000"})) == ["TOTP_WRONG"]
    secret, recovery = await enrol(client, house, token)
    assert len({begun["secret"], secret}) == 2
    assert len(set(recovery)) == 10
    assert (codes(await call(client, BEGIN, token))) == ["TOTP_ON"]
    assert (await call(client, VIEWER, token))["account"]["totpEnabled"] is True
    # signing in
    assert codes(await sign_in(client, "admin")) == ["TOTP_REQUIRED"]
    assert codes(await sign_in(client, "admin", password="wrong", totpCode=code_of(house, secret))) == [
        "WRONG_CREDENTIALS"
    ]
    assert codes(await sign_in(client, "admin", totpCode=code_of(house, secret, -1))) == ["TOTP_WRONG"], (
        "used to confirm"
    )
    both = await asyncio.gather(*(sign_in(client, "admin", totpCode=code_of(house, secret)) for _ in range(2)))
    assert sorted(len(codes(answer)) for answer in both) == [0, 1], "a step is taken once"
    assert (await sign_in(client, "admin", totpCode=recovery[0].lower()))["token"]
    assert codes(await sign_in(client, "admin", totpCode=recovery[0])) == ["TOTP_WRONG"]
    await secrets_nowhere(house, secret, recovery)


async def test_wrong_codes_lock_and_a_right_one_takes_it_off(client: Client, house: House) -> None:
    token, move = (await sign_in(client, "admin"))["token"], house.clock.move  # type: ignore[attr-defined]
    secret, recovery = await enrol(client, house, token)
    # five failures lock, and asking without a code does not unlock
    for _ in range(5):
        await sign_in(client, "admin", totpCode="000000")
        await sign_in(client, "admin")
    move(timedelta(seconds=30))
    assert (await sign_in(client, "admin", totpCode=code_of(house, secret)))["code"] == "RATE_LIMITED"
    move(timedelta(minutes=15))
    # off again
    strong = (await sign_in(client, "admin", totpCode=code_of(house, secret)))["token"]
    assert codes(await call(client, REMOVE, strong, input={"code": "000000"})) == ["TOTP_WRONG"]
    removed = await call(client, REMOVE, strong, input={"code": recovery[1]})
    assert removed == {"account": {"totpEnabled": False}, "userErrors": []}
    assert codes(await call(client, REMOVE, strong, input={"code": recovery[2]})) == ["TOTP_OFF"]
    assert (await sign_in(client, "admin"))["token"]
    await secrets_nowhere(house, secret, recovery)
    for verb in ("account.totpConfirm", "account.totpRemove"):
        (audit,) = await audits(house, verb)
        assert set(audit["after"]) - {"updated_at"} == {"totp_at", "version"}


async def test_a_lost_phone_is_mended_by_an_administrator(client: Client, house: House) -> None:
    await enrol(client, house, client.world.acme.token("resident"))
    assert (await reset(client, "admin", version=2, removeTotp=True))["activationCode"]
    rows = await owner(house, "SELECT totp_at FROM account WHERE login = 'resident' AND totp_at IS NOT NULL")
    assert rows == []
    assert len(await audits(house, "account.totpRemove")) == 1
    for query, variables in ((BEGIN, {}), (CONFIRM, {"input": {"code": "1"}}), (REMOVE, {"input": {"code": "1"}})):
        assert (await call(client, query, None, **variables))["code"] == "UNAUTHENTICATED"


class TestInProduction:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, production=True)

    async def test_an_administrator_without_a_second_factor_can_only_enrol(self, client: Client, house: House) -> None:
        weak = (await sign_in(client, "admin"))["token"]
        assert (
            await call(client, VIEWER, weak)
            == {"viewer": {"totpRequired": True, "roles": [], "account": {"totpEnabled": False}}}["viewer"]
        )
        assert (await call(client, ACCOUNTS, weak))["nodes"] == [{"login": "admin"}]
        assert (await reset(client, "admin"))["userErrors"] == [{"code": "NOT_FOUND"}]
        secret, _ = await enrol(client, house, weak)
        strong = (await sign_in(client, "admin", totpCode=code_of(house, secret)))["token"]
        assert (await call(client, VIEWER, strong))["totpRequired"] is False
        assert len((await call(client, ACCOUNTS, strong))["nodes"]) > 5
        # the session that was open before does not become strong by itself, and a refreshed one stays what it was
        assert (await call(client, ACCOUNTS, client.world.acme.token("admin")))["nodes"] == [{"login": "admin"}]
        chief = (await sign_in(client, "chief"))["token"]
        assert (await call(client, VIEWER, chief))["totpRequired"] is False, "a manager administers nothing"
