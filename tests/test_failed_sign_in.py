"""Who failed to prove who he is: in the audit by account and method, bounded, and no sign of who has an account."""

from __future__ import annotations

from collections import Counter
from contextvars import ContextVar
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from adapters.settings import Limits
from resolvers.audit import security
from tests.conftest import house_of
from tests.dump import audits, owner, rewrite
from tests.factories.world import PASSWORD, SECRET
from tests.identity import set_provider
from tests.providers import wechat
from tests.test_api_client import SIGN_IN, buy
from tests.test_oidc import company, go, hand_in
from tests.test_password import CHANGE
from tests.test_session import call, sign_in
from tests.test_sms_code import newest, other, phone_of, send
from tests.test_sms_code import sign_in as sign_in_by_sms
from tests.test_totp import codes, enrol
from tests.test_wechat import bind
from tests.test_wechat import sign_in as sign_in_by_wechat

if TYPE_CHECKING:
    from adapters.settings import Settings
    from resolvers.ports import House
    from tests.client import Client
    from tests.providers import Others

FAILED, PROOF, LOCKED = "security.signInFailed", "security.proofFailed", "security.lockedOut"


@pytest.fixture
def house(settings: Settings, others: Others) -> House:
    return house_of(others.settings(settings))


async def noted(house: House, verb: str = FAILED) -> Counter[tuple[str, UUID, str]]:
    """How many entries of a verb by kind and id of the subject and method; an Account, or a program's, is the actor."""
    entries = await audits(house, verb)
    programs = {UUID(str(row["id"])): row["account_id"] for row in await owner(house, "SELECT * FROM api_client")}
    for entry in entries:
        subject = entry["subject_id"]
        actor = {"Account": subject, "ApiClient": programs.get(subject)}.get(entry["subject_type"])
        assert str(entry["account_id"]) == str(actor)
        assert (entry["before"], entry["after"].keys()) == (None, {"method"})
    return Counter((entry["subject_type"], entry["subject_id"], entry["after"]["method"]) for entry in entries)


async def test_failures_count_and_a_lock_is_noted_once(client: Client, house: House) -> None:
    move, keys = house.clock.move, client.world.acme.keys  # type: ignore[attr-defined]
    resident = ("Account", keys["resident"], "PASSWORD")
    company_ = ("Organization", keys["organization"], "PASSWORD")
    for _ in range(4):
        assert codes(await sign_in(client, password="wrong-canary")) == ["WRONG_CREDENTIALS"]
    assert (await noted(house), await noted(house, LOCKED)) == ({resident: 4}, {})
    move(timedelta(minutes=10))
    assert codes(await sign_in(client, password="wrong-canary")) == ["WRONG_CREDENTIALS"]
    for _ in range(3):
        assert (await sign_in(client))["code"] == "RATE_LIMITED", "not checked, not noted"
    assert (await noted(house), await noted(house, LOCKED)) == ({resident: 5}, {resident: 1})
    move(timedelta(minutes=5))  # four of the five are over
    for _ in range(4):
        await sign_in(client, password="wrong-canary")
    assert (await sign_in(client))["code"] == "RATE_LIMITED"
    assert (await noted(house), await noted(house, LOCKED)) == ({resident: 9}, {resident: 1}), "once in 15 minutes"
    move(timedelta(minutes=15))
    for login in ("resident", "ghost-canary"):
        for _ in range(6):
            await sign_in(client, login, password="wrong-canary")
    await sign_in(client, "ghost-canary", organization="nowhere-canary", password="wrong-canary")
    assert await noted(house) == {resident: 14, company_: 5}
    assert await noted(house, LOCKED) == {resident: 2, company_: 1}
    entries = await owner(house, "SELECT * FROM audit_entry")
    assert "canary" not in str(entries)
    assert {entry["agent"] for entry in entries if str(entry["verb"]).startswith("security.")} == {"Phone/1.0"}


async def test_a_flood_is_cut_but_who_is_locked_out_is_told(
    client: Client, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(security, "MOST_FAILURES_AN_HOUR", 3)
    keys = client.world.acme.keys
    for n in range(6):
        await sign_in(client, f"ghost{n}", password="wrong")
    for _ in range(5):
        await sign_in(client, password="wrong")
    assert await noted(house) == {("Organization", keys["organization"], "PASSWORD"): 3}
    assert await noted(house, LOCKED) == {("Account", keys["resident"], "PASSWORD"): 1}
    house.clock.move(timedelta(hours=1, seconds=1))  # type: ignore[attr-defined]
    await sign_in(client, password="wrong")
    assert (await noted(house))["Account", keys["resident"], "PASSWORD"] == 1


async def test_a_program_that_comes_with_a_wrong_secret(client: Client, house: House) -> None:
    """Over HTTP and as a mutation alike; an id that nobody has is in nobody's audit."""
    keys, id_ = client.world.acme.keys, client.world.acme.keys["client"]
    program = ("ApiClient", id_, "CLIENT")
    assert (await buy(client, UUID(int=7).hex, "wrong-canary")).status_code == 401
    assert (await buy(client, id_.hex, SECRET)).status_code == 200
    assert await noted(house) == {}
    mutation = {"input": {"clientId": id_.hex, "clientSecret": "wrong-canary"}}
    for _ in range(2):
        assert (await buy(client, id_.hex, "wrong-canary")).status_code == 401
        assert codes(await call(client, SIGN_IN, None, **mutation)) == ["WRONG_CREDENTIALS"]
    assert (await noted(house), await noted(house, LOCKED)) == ({program: 4}, {})
    statuses = [(await buy(client, id_.hex, "wrong-canary")).status_code for _ in range(3)]
    assert (statuses, await noted(house), await noted(house, LOCKED)) == ([401, 429, 429], {program: 5}, {program: 1})
    house.clock.move(timedelta(minutes=15))  # type: ignore[attr-defined]
    await rewrite(house, "UPDATE account SET disabled_at = $1 WHERE login = 'program'", house.clock.now())
    assert (await buy(client, id_.hex, SECRET)).status_code == 401
    assert await noted(house) == {program: 6}, "a secret that holds no more is a wrong one"
    assert {entry["organization_id"] for entry in await audits(house, FAILED)} == {keys["organization"]}
    assert "canary" not in str(await owner(house, "SELECT * FROM audit_entry"))


_mine: ContextVar[bool] = ContextVar("mine", default=False)


@pytest.mark.parametrize("limits", [Limits(attempts_per_address=80, rate_anonymous=10_000)])
async def test_known_and_unknown_take_the_same_steps(
    client: Client, house: House, others: Others, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is asked of the database is the same, to the last failure, that locks."""
    steps: list[str] = []

    def watch(name: str) -> None:
        real = getattr(house.database, name)

        def step(what: Any, *args: Any) -> Any:
            if _mine.get():
                steps.append(f"{name} {what}" if isinstance(what, str) else name)
            return real(what, *args)

        monkeypatch.setattr(house.database, name, step)

    for name in ("fetch", "call", "transaction"):
        watch(name)
    phone = await phone_of(house, "resident")
    _mine.set(True)
    taken: dict[str, list[str]] = {}
    for login, number in (("resident", phone), ("ghost", "13700009999")):
        for _ in range(6):
            await sign_in(client, login, password="wrong")
        for _ in range(5):
            assert (await sign_in_by_sms(client, number, "000000"))["userErrors"]
        taken[login] = steps.copy()
        steps.clear()
    assert taken["resident"] == taken["ghost"]
    assert sum("audit_entry" in step for step in taken["ghost"]) == 12


async def test_by_each_way_to_prove_it(client: Client, house: House, others: Others) -> None:
    """Short message, second factor, the company's provider, WeChat, and who is signed in already."""
    keys = client.world.acme.keys
    organization, admin = ("Organization", keys["organization"]), ("Account", keys["admin"])
    phone = await phone_of(house, "resident")
    await send(client, house, phone)
    await sign_in_by_sms(client, phone, other(newest(others)))
    await sign_in_by_sms(client, "13700009999", "123456")
    wanted = {("Account", keys["resident"], "SMS_CODE"): 1, (*organization, "SMS_CODE"): 1}
    assert await noted(house) == wanted
    token = (await sign_in(client, "admin"))["token"]
    await enrol(client, house, token)
    assert codes(await sign_in(client, "admin")) == ["TOTP_REQUIRED"], "no failure"
    await sign_in(client, "admin", totpCode="000000")
    wanted[*admin, "TOTP"] = 1
    assert await noted(house) == wanted
    await company(client, others)
    others.oidc.user = {"sub": "u-1", "preferred_username": "nobody-canary"}
    assert (await hand_in(client, *await go(client)))["userErrors"]
    wanted[*organization, "OIDC"] = 1
    await set_provider(client, kind="WECHAT", clientId=wechat.APP_ID, clientSecret=wechat.SECRET)
    assert codes(await sign_in_by_wechat(client, "made up")) == ["WRONG_CREDENTIALS"]
    wanted[*organization, "WECHAT"] = 1
    ticket = (await sign_in_by_wechat(client, others.wechat.login("openid-1")))["bindTicket"]
    assert codes(await bind(client, ticket, "admin")) == []
    assert codes(await sign_in_by_wechat(client, others.wechat.login("openid-1"))) == ["TOTP_REQUIRED"]
    by_code = """mutation ($code: String!) { accountSignInByWechat(
        input: { organization: "acme", code: $code, totpCode: "000000" }) { userErrors { code } } }"""
    answer = await client.data(by_code, None, code=others.wechat.login("openid-1"))
    assert codes(answer["accountSignInByWechat"]) == ["TOTP_WRONG"]
    wanted[*admin, "TOTP"] = 2
    assert await noted(house) == wanted
    wrong = {"currentPassword": "wrong", "newPassword": "a long one that is new 9"}
    assert codes(await call(client, CHANGE, token, input=wrong)) == ["WRONG_CREDENTIALS"]
    remove = 'mutation { accountTotpRemove(input: { code: "000000" }) { userErrors { code } } }'
    assert codes(await call(client, remove, token)) == ["TOTP_WRONG"]
    assert await noted(house, PROOF) == {(*admin, "PASSWORD"): 1, (*admin, "TOTP"): 1}
    kept = str(await owner(house, "SELECT * FROM audit_entry WHERE verb LIKE 'security.%'"))
    assert not [word for word in (phone, "13700009999", "canary", PASSWORD, "openid", "u-1") if word in kept]
