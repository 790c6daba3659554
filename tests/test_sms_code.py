"""Signing in by a code: through the public endpoint, to a provider that checks signatures."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from adapters.settings import Limits
from resolvers.jobs.identity import prune_identity
from tests.conftest import house_of
from tests.dump import audits, dump, owner
from tests.factories.world import NOW

if TYPE_CHECKING:
    from adapters.settings import Settings
    from resolvers.ports import House
    from tests.client import Client
    from tests.providers import Others

SEND = "mutation ($input: SmsCodeSendInput!) { smsCodeSend(input: $input) { userErrors { code message field } } }"
SIGN_IN = """mutation ($input: AccountSignInBySmsInput!) { accountSignInBySms(input: $input) {
    token refreshToken account { login } userErrors { code message field } } }"""
WRONG = {"code": "WRONG_CREDENTIALS", "message": "The code is wrong or over. Ask for a new one.", "field": None}
MANY = pytest.mark.parametrize(
    "limits", [Limits(attempts_per_account=80, attempts_per_address=80, rate_anonymous=10_000)]
)


@pytest.fixture
def house(settings: Settings, others: Others) -> House:
    return house_of(others.settings(settings))


async def phone_of(house: House, login: str) -> str:
    sql = "SELECT p.phone FROM person p JOIN account a ON a.person_id = p.id WHERE a.login = $1 ORDER BY p.id LIMIT 1"
    (row,) = await owner(house, sql, login)
    phone: str = row["phone"]
    return phone


async def send(client: Client, house: House, phone: str, organization: str = "acme") -> dict[str, Any]:
    answer = await client.post(SEND, None, input={"organization": organization, "phone": phone})
    await house.outside.sms.drain()
    return answer


async def sign_in(client: Client, phone: str, code: str, organization: str = "acme") -> dict[str, Any]:
    wanted = {"organization": organization, "phone": phone, "code": code}
    answer: dict[str, Any] = (await client.data(SIGN_IN, None, input=wanted))["accountSignInBySms"]
    return answer


def newest(others: Others) -> str:
    return others.sms.sent[-1][2]["code"]


def other(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


DONE: dict[str, Any] = {"smsCodeSend": {"userErrors": []}}


async def test_a_code_opens_one_session(
    client: Client, house: House, others: Others, caplog: pytest.LogCaptureFixture
) -> None:
    phone = await phone_of(house, "resident")
    assert (await send(client, house, f" +86 {phone[:3]}-{phone[3:]} "))["data"] == DONE
    (to, template, params) = others.sms.sent[0]
    assert (to, template, params["minutes"], len(params["code"])) == (phone, "SMS_101", "5", 6)
    code = params["code"]
    for kept in await owner(house, "SELECT * FROM sms_code"):
        assert code not in str(kept["code_hash"])
        assert phone not in str(kept)
    assert (await sign_in(client, phone, other(code)))["userErrors"] == [WRONG]
    assert (await sign_in(client, phone, code, "rival"))["userErrors"] == [WRONG]
    made = await sign_in(client, phone, f"{code} ")
    assert (made["account"], made["userErrors"]) == ({"login": "resident"}, [])
    response = await client.http.post(
        "/graphql",
        json={"query": "{ viewer { account { login } } }"},
        headers={"authorization": f"Bearer {made['token']}"},
    )
    assert response.json()["data"] == {"viewer": {"account": {"login": "resident"}}}
    (audit,) = await audits(house, "account.signIn")
    assert (audit["account_id"], audit["after"]["method"]) == (client.world.acme.keys["resident"], "SMS")
    assert (await sign_in(client, phone, code))["userErrors"] == [WRONG], "once"
    assert phone not in caplog.text
    assert code not in caplog.text


@MANY
async def test_which_codes_count(client: Client, house: House, others: Others) -> None:
    phone = await phone_of(house, "resident")
    others.sms.per_minute = False
    await send(client, house, phone)
    first = newest(others)
    house.clock.move(timedelta(seconds=1))  # type: ignore[attr-defined]
    await send(client, house, phone)
    if newest(others) != first:
        assert (await sign_in(client, phone, first))["userErrors"] == [WRONG], "only the newest"
    for _ in range(5):
        assert (await sign_in(client, phone, other(newest(others))))["userErrors"] == [WRONG]
    kept = await owner(house, "SELECT tries FROM sms_code ORDER BY id")
    assert [row["tries"] for row in kept] == [0, 5]
    assert (await sign_in(client, phone, newest(others)))["userErrors"] == [WRONG], "five tries"
    await send(client, house, phone)
    house.clock.move(timedelta(minutes=5))  # type: ignore[attr-defined]
    assert (await sign_in(client, phone, newest(others)))["userErrors"] == [WRONG], "five minutes"
    await send(client, house, phone)
    assert (await sign_in(client, phone, newest(others)))["token"]
    await send(client, house, phone)
    await owner(house, "UPDATE account SET disabled_at = $1 WHERE id = $2", NOW, client.world.acme.keys["resident"])
    assert (await sign_in(client, phone, newest(others)))["userErrors"] == [WRONG], "disabled since"
    house.clock.move(timedelta(hours=1, minutes=6))  # type: ignore[attr-defined]
    await prune_identity(house)
    assert await owner(house, "SELECT * FROM sms_code") == []


async def test_nobody_learns_who_has_an_account(client: Client, house: House, others: Others) -> None:
    known = await phone_of(house, "resident")
    keys = client.world.acme.keys
    # The neighbour takes the away resident's number: two accounts, no way to tell.
    shared = await phone_of(house, "away_resident")
    await owner(house, "UPDATE person SET phone = $1 WHERE id = $2", f"+86{shared}", keys["neighbour_person"])
    for phone, organization in ((known, "acme"), (shared, "acme"), ("15800000000", "acme"), (known, "nowhere")):
        assert (await send(client, house, phone, organization))["data"] == DONE
    assert [to for to, _, _ in others.sms.sent] == [known]
    rows = await owner(house, "SELECT count(*) AS n FROM sms_code")
    assert rows[0]["n"] == 3, "a row for each number, known or not"
    before = await dump(house)
    wrong = await send(client, house, "12345")
    assert wrong["data"]["smsCodeSend"]["userErrors"] == [
        {"code": "BAD_USER_INPUT", "message": "Give a mobile number of 11 digits.", "field": ["input", "phone"]}
    ]
    assert await dump(house) == before
    for phone, code in ((shared, "000000"), ("15800000000", "000000"), ("12345", "1"), ("", "x" * 300)):
        assert (await sign_in(client, phone, code))["userErrors"] == [WRONG]


async def test_five_in_fifteen_minutes(client: Client, house: House, others: Others) -> None:
    """Each send counts, known or not; wrong codes too, whatever organization they try."""
    others.sms.per_minute = False
    known = await phone_of(house, "resident")
    for phone in (known, "15800000000"):
        for _ in range(5):
            assert (await send(client, house, phone))["data"] == DONE
        for _ in range(2):
            answer = await send(client, house, phone)
            assert [error["extensions"]["code"] for error in answer["errors"]] == ["RATE_LIMITED"]
    assert len(others.sms.sent) == 5
    code = newest(others)
    for _ in range(5):
        assert (await sign_in(client, known, other(code)))["userErrors"] == [WRONG]
    answer = await client.post(SIGN_IN, None, input={"organization": "acme", "phone": known, "code": code})
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["RATE_LIMITED"]
    house.clock.move(timedelta(minutes=15, seconds=1))  # type: ignore[attr-defined]
    others.clock[0] += timedelta(minutes=15)
    assert (await send(client, house, known))["data"] == DONE
    assert (await sign_in(client, known, newest(others)))["token"]


@MANY
async def test_fifty_at_once_open_one_session(client: Client, house: House, others: Others) -> None:
    phone = await phone_of(house, "neighbour")
    await send(client, house, phone)
    before = await owner(house, "SELECT id FROM session")
    answers = await asyncio.gather(*(sign_in(client, phone, newest(others)) for _ in range(50)))
    outcomes = Counter(answer["userErrors"][0]["code"] if answer["userErrors"] else "opened" for answer in answers)
    assert outcomes == {"opened": 1, "WRONG_CREDENTIALS": 49}
    assert len(await owner(house, "SELECT id FROM session")) == len(before) + 1


async def test_when_messages_do_not_get_out_everybody_is_told(
    client: Client, house: House, others: Others, caplog: pytest.LogCaptureFixture
) -> None:
    phone = await phone_of(house, "resident")
    others.sms.down = True
    assert (await send(client, house, phone))["data"] == DONE, "the first does not wait for the provider"
    before = await dump(house)
    for number in (phone, "15800000000"):
        answer = await send(client, house, number)
        codes = [error["code"] for error in answer["data"]["smsCodeSend"]["userErrors"]]
        assert codes == ["PROVIDER_UNAVAILABLE"], "known or not"
    assert await dump(house) == before
    assert f"{phone[:3]}****{phone[-4:]}: ServiceUnavailable" in caplog.text
    assert phone not in caplog.text


async def test_production_never_prints_a_code(
    settings: Settings, others: Others, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    bare = house_of(replace(settings, production=True))
    bare.outside.sms.post("13800000001", "sign_in_code", {"code": "123456", "minutes": "5"}, "zh")
    await bare.outside.sms.drain()
    assert "123456" not in caplog.text
    with pytest.raises(Exception, match="the last message failed"):
        bare.outside.sms.check()
    await house_of(settings).outside.sms.send("13800000001", "sign_in_code", {"code": "123456", "minutes": "5"}, "zh")
    assert "138****0001: 您的登录验证码为 123456，5 分钟内有效" in caplog.text
