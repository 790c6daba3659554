"""Signing in at a company's own provider: the whole round over real sockets, with tokens that are really signed."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from adapters.oidc import discovery
from adapters.settings import Limits
from tests.conftest import house_of
from tests.dump import audits, dump, owner
from tests.factories.world import NOW
from tests.identity import set_provider
from tests.providers import oidc
from tests.test_sms_code import SEND
from tests.test_sms_code import SIGN_IN as BY_SMS
from tests.test_totp import code_of, enrol

if TYPE_CHECKING:
    from adapters.settings import Settings
    from resolvers.ports import House
    from tests.client import Client
    from tests.providers import Others

BACK = "https://app.example.com/back"
BEGIN = """mutation ($input: OidcBeginInput!) { oidcBegin(input: $input) {
    authorizationUrl state expiresAt userErrors { code message field } } }"""
SIGN_IN = """mutation ($input: AccountSignInByOidcInput!) { accountSignInByOidc(input: $input) {
    token account { login } userErrors { code message field } } }"""
WRONG = [
    {
        "code": "WRONG_CREDENTIALS",
        "message": "The company's provider did not let you in. Begin anew; if it fails again, ask your administrator.",
        "field": None,
    }
]
MANY = pytest.mark.parametrize(
    "limits", [Limits(attempts_per_account=80, attempts_per_address=80, rate_anonymous=10_000)]
)


@pytest.fixture
def house(settings: Settings, others: Others) -> House:
    return house_of(others.settings(settings))


async def company(client: Client, others: Others, claim: str = "PREFERRED_USERNAME", **changes: Any) -> dict[str, Any]:
    wanted = {"kind": "OIDC", "issuer": others.oidc.issuer, "clientId": oidc.CLIENT, "clientSecret": oidc.SECRET}
    return await set_provider(client, **{**wanted, "loginClaim": claim, "redirectUris": [BACK], **changes})


async def begin(client: Client, **changes: str) -> dict[str, Any]:
    wanted = {"organization": "acme", "redirectUri": BACK, **changes}
    answer: dict[str, Any] = (await client.data(BEGIN, None, input=wanted))["oidcBegin"]
    return answer


async def go(client: Client) -> tuple[str, str]:
    """Begin, and be sent back by the provider: state and code."""
    begun = await begin(client)
    async with httpx.AsyncClient() as browser:
        gone = await browser.get(begun["authorizationUrl"])
    back = urlsplit(gone.headers["location"])
    assert f"{back.scheme}://{back.netloc}{back.path}" == BACK
    query = {name: values[0] for name, values in parse_qs(back.query).items()}
    assert query["state"] == begun["state"]
    return query["state"], query["code"]


async def hand_in(client: Client, state: str, code: str) -> dict[str, Any]:
    answer: dict[str, Any] = (await client.data(SIGN_IN, None, input={"state": state, "code": code}))[
        "accountSignInByOidc"
    ]
    return answer


async def sign_in(client: Client) -> dict[str, Any]:
    return await hand_in(client, *await go(client))


async def test_the_first_sign_in_binds_and_then_the_subject_counts(
    client: Client, house: House, others: Others, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", "wuye")
    await company(client, others)
    state, code = await go(client)
    made = await hand_in(client, state, code)
    assert (made["account"], made["userErrors"]) == ({"login": "resident"}, [])
    assert (await hand_in(client, state, code))["userErrors"] == WRONG, "a state is spent"
    keys = client.world.acme.keys
    (bound,) = await audits(house, "identity.bind")
    assert (bound["account_id"], bound["after"]["subject"]) == (keys["resident"], "u-1")
    (audit,) = await audits(house, "account.signIn")
    assert (audit["account_id"], audit["after"]["method"]) == (keys["resident"], "OIDC")
    others.oidc.user = {"sub": "u-1", "preferred_username": "manager"}
    assert (await sign_in(client))["account"] == {"login": "resident"}, "not the claim any more"
    others.oidc.user = {"sub": "u-2", "preferred_username": "resident"}
    before = await dump(house)
    assert (await sign_in(client))["userErrors"] == WRONG, "a name that was given away opens nobody's account"
    after = await dump(house)
    assert {name for name in after if after[name] != before[name]} == {"oidc_state"}
    others.oidc.user = {"sub": "u-1"}
    await owner(house, "UPDATE account SET disabled_at = $1 WHERE id = $2", NOW, keys["resident"])
    assert (await sign_in(client))["userErrors"] == WRONG, "disabled"
    said = caplog.text + str(await dump(house))
    for secret in (oidc.SECRET, "canary", state, code, made["token"]):
        assert secret not in said


SIGNED_IN: dict[str, tuple[str, dict[str, Any]]] = {
    "a leeway": ("", {"exp": -30}),
    "several audiences and us as the party": ("", {"aud": [oidc.CLIENT, "x"], "azp": oidc.CLIENT}),
}
REFUSED: dict[str, tuple[str, dict[str, Any]]] = {
    "alg none": ("none", {}),
    "alg HS256": ("hs256", {}),
    "another key under a known name": ("other key", {}),
    "a key that is not there": ("unknown key", {}),
    "a cut signature": ("cut", {}),
    "another issuer": ("", {"iss": "https://login.example.com"}),
    "another audience": ("", {"aud": "somebody"}),
    "several audiences, no party": ("", {"aud": [oidc.CLIENT, "x"]}),
    "another party": ("", {"azp": "somebody"}),
    "another nonce": ("", {"nonce": "x"}),
    "no nonce": ("", {"nonce": None}),
    "over": ("", {"exp": -61}),
    "no end": ("", {"exp": None}),
    "an end that is no number": ("", {"exp": "soon"}),
    "not yet": ("", {"iat": 61}),
    "not before": ("", {"nbf": 61}),
    "too old": ("", {"iat": -601}),
    "no subject": ("", {"sub": None}),
    "an empty subject": ("", {"sub": ""}),
    "a long subject": ("", {"sub": "x" * 256}),
    "an unknown login": ("", {"preferred_username": "nobody"}),
    "no login": ("", {"preferred_username": None}),
    "a login that is no text": ("", {"preferred_username": ["resident"]}),
}


@MANY
@pytest.mark.parametrize("backend", ["sqlite"])
async def test_tokens_that_open_nothing(client: Client, house: House, others: Others) -> None:
    """What is checked before any row is touched needs one database only."""
    await company(client, others)
    at = NOW.timestamp()

    def told(case: tuple[str, dict[str, Any]]) -> None:
        others.oidc.quirk = case[0]
        times = ("exp", "iat", "nbf")
        others.oidc.manner = {n: at + v if n in times and isinstance(v, int) else v for n, v in case[1].items()}

    sessions = await owner(house, "SELECT * FROM session")
    for name, case in REFUSED.items():
        told(case)
        assert (await sign_in(client))["userErrors"] == WRONG, name
    others.oidc.quirk, others.oidc.manner = "", {}
    state, code = await go(client)
    assert (await hand_in(client, state, "made up"))["userErrors"] == WRONG
    assert (await hand_in(client, state, code))["userErrors"] == WRONG, "spent by the wrong code"
    assert (await hand_in(client, "made up", code))["userErrors"] == WRONG
    state, code = await go(client)
    house.clock.move(timedelta(minutes=10))  # type: ignore[attr-defined]
    assert (await hand_in(client, state, code))["userErrors"] == WRONG, "ten minutes"
    house.clock.move(timedelta(minutes=-10))  # type: ignore[attr-defined]
    assert await owner(house, "SELECT * FROM session") == sessions
    assert await audits(house, "identity.bind") == []
    for name, case in SIGNED_IN.items():
        told(case)
        assert (await sign_in(client))["token"], name


@MANY
@pytest.mark.parametrize("backend", ["sqlite"])
async def test_keys_rotate_and_secrets_travel_as_the_provider_wants(
    client: Client, others: Others, monkeypatch: pytest.MonkeyPatch
) -> None:
    await company(client, others)
    others.oidc.methods = ["client_secret_post"]
    assert (await sign_in(client))["token"]
    assert (await sign_in(client))["token"]
    assert others.oidc.keys_asked == 1, "kept"
    others.oidc.rotate(oidc.rsa_key())
    assert (await sign_in(client))["userErrors"] == WRONG, "made-up names do not make us ask and ask"
    assert others.oidc.keys_asked == 1
    monkeypatch.setattr(discovery, "LOOK_AGAIN_SECONDS", 0.0)
    assert (await sign_in(client))["token"], "RS256, by the new key"
    assert others.oidc.keys_asked == 2
    others.oidc.rotate(oidc.rsa_key(1024))
    assert (await sign_in(client))["userErrors"] == WRONG, "a short key"


@MANY
@pytest.mark.parametrize("backend", ["sqlite"])
async def test_claims_that_find_an_account(client: Client, house: House, others: Others) -> None:
    """An address or a number counts with the provider's word that it was checked; two accounts are none."""
    keys = client.world.acme.keys
    version = (await company(client, others, "EMAIL"))["identityProvider"]["version"]
    cases: list[tuple[dict[str, Any], str | None]] = [
        ({"email": "Tech1@Example.com", "email_verified": True}, "tech1"),
        ({"email": "tech2@example.com", "email_verified": False}, None),
        ({"email": "tech2@example.com", "email_verified": "true"}, None),
        ({"email": "tech2@example.com"}, None),
        ({"email": "%@example.com", "email_verified": True}, None),
        ({"email": "nobody@example.com", "email_verified": True}, None),
    ]
    for n, (claims, login) in enumerate(cases):
        others.oidc.user = {"sub": f"mail-{n}", **claims}
        made = await sign_in(client)
        assert (made["account"] or {}).get("login") == login, claims
    await company(client, others, "PHONE_NUMBER", expectedVersion=version, clientSecret=None)
    phone = (await owner(house, "SELECT phone FROM staff WHERE id = $1", keys["tech2_staff"]))[0]["phone"]
    others.oidc.user = {"sub": "phone-1", "phone_number": f"+86 {phone}", "phone_number_verified": True}
    assert (await sign_in(client))["account"] == {"login": "tech2"}
    await owner(house, "UPDATE person SET phone = $1 WHERE id = $2", phone, keys["resident_person"])
    others.oidc.user = {**others.oidc.user, "sub": "phone-2"}
    assert (await sign_in(client))["userErrors"] == WRONG, "two accounts"


@MANY
async def test_fifty_at_once_open_one_session_and_two_first_ones_bind_once(
    client: Client, house: House, others: Others
) -> None:
    await company(client, others)
    state, code = await go(client)
    answers = await asyncio.gather(*(hand_in(client, state, code) for _ in range(50)))
    assert Counter(bool(answer["token"]) for answer in answers) == {True: 1, False: 49}
    others.oidc.user = {"sub": "u-9", "preferred_username": "neighbour"}
    trips = [await go(client) for _ in range(2)]
    both = await asyncio.gather(*(hand_in(client, *trip) for trip in trips))
    assert [answer["account"] for answer in both] == [{"login": "neighbour"}] * 2
    assert len(await audits(house, "identity.bind")) == 2


async def test_what_does_not_begin(client: Client, house: House, others: Others) -> None:
    made = (await company(client, others))["identityProvider"]
    before = await dump(house)
    refused = {
        "NOT_FOUND": [{"organization": "rival"}, {"organization": "nowhere"}],
        "BAD_USER_INPUT": [{"redirectUri": BACK + "/"}, {"redirectUri": "https://evil.example.com"}],
    }
    for code, cases in refused.items():
        for changes in cases:
            assert [error["code"] for error in (await begin(client, **changes))["userErrors"]] == [code], changes
    assert await dump(house) == before
    state, code = await go(client)
    archive = """mutation ($id: ID!) { identityProviderArchive(id: $id, input: { expectedVersion: 1 }) {
        userErrors { code } } }"""
    await client.data(archive, "admin", id=made["id"])
    assert (await hand_in(client, state, code))["userErrors"] == WRONG, "archived on the way"
    assert [error["code"] for error in (await begin(client))["userErrors"]] == ["NOT_FOUND"]


@pytest.mark.parametrize("backend", ["sqlite"])
async def test_a_provider_that_does_not_answer_right(
    client: Client, house: House, others: Others, monkeypatch: pytest.MonkeyPatch
) -> None:
    await company(client, others)
    before = await dump(house)
    documents: list[dict[str, Any]] = [
        {"issuer": "https://login.example.com"},
        {"token_endpoint": "http://login.example.com/token"},
        {"jwks_uri": "file:///etc/passwd"},
        {"authorization_endpoint": None},
    ]
    for document in documents:
        others.oidc.document = document
        assert [error["code"] for error in (await begin(client))["userErrors"]] == ["PROVIDER_UNAVAILABLE"], document
    assert await dump(house) == before
    others.oidc.document = {}
    monkeypatch.setattr(house.outside.web, "_seconds", 0.5)
    trip = await go(client)
    others.oidc.quirk = "slow"
    waiting = asyncio.create_task(hand_in(client, *trip))
    await asyncio.sleep(0)
    before = await dump(house)
    async with house.database.transaction(client.world.acme.keys["organization"]):
        pass  # the writer is free while the provider thinks
    assert [error["code"] for error in (await waiting)["userErrors"]] == ["PROVIDER_UNAVAILABLE"]
    others.oidc.quirk = ""
    assert (await sign_in(client))["token"]


@MANY
@pytest.mark.parametrize("backend", ["sqlite"])
async def test_a_second_factor_is_asked_for_whoever_vouches(client: Client, house: House, others: Others) -> None:
    """And guesses at it are counted by the person, not by the code of the provider."""
    await company(client, others)
    others.oidc.user = {"sub": "u-7", "preferred_username": "admin"}
    secret, recovery = await enrol(client, house, (await sign_in(client))["token"])
    sessions = await owner(house, "SELECT id FROM session")
    assert [error["code"] for error in (await sign_in(client))["userErrors"]] == ["TOTP_REQUIRED"]
    wish = {"state": "", "code": "", "totpCode": recovery[0]}
    wish["state"], wish["code"] = await go(client)
    assert (await client.data(SIGN_IN, None, input=wish))["accountSignInByOidc"]["account"] == {"login": "admin"}
    wish["state"], wish["code"] = await go(client)
    answer = (await client.data(SIGN_IN, None, input=wish))["accountSignInByOidc"]
    assert [error["code"] for error in answer["userErrors"]] == ["TOTP_WRONG"], "a recovery code is used once"
    phone = (await owner(house, "SELECT phone FROM staff WHERE name = $1", "acme admin"))[0]["phone"]
    await client.data(SEND, None, input={"organization": "acme", "phone": phone})
    await house.outside.sms.drain()
    by_sms = {"organization": "acme", "phone": phone, "code": others.sms.sent[-1][2]["code"]}
    for totp, expected in ((None, ["TOTP_REQUIRED"]), (code_of(house, secret), [])):
        answer = (await client.data(BY_SMS, None, input={**by_sms, "totpCode": totp}))["accountSignInBySms"]
        assert [error["code"] for error in answer["userErrors"]] == expected, "the code of the phone stays good"
    assert len(await owner(house, "SELECT id FROM session")) == len(sessions) + 2
