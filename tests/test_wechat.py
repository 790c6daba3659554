"""Signing in from a mini-program: unknown phones get a ticket, an account claims it, then the phone signs in."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from resolvers.jobs.identity import prune_identity
from tests.conftest import house_of
from tests.dump import audits, dump, owner
from tests.factories.world import NOW
from tests.identity import SET, set_provider
from tests.providers import wechat

if TYPE_CHECKING:
    from adapters.settings import Settings
    from resolvers.ports import House
    from tests.client import Client
    from tests.providers import Others

SIGN_IN = """mutation ($input: AccountSignInByWechatInput!) { accountSignInByWechat(input: $input) {
    token account { login } bindTicket bindTicketExpiresAt userErrors { code message field } } }"""
BIND = """mutation ($ticket: String!) { accountBindWechat(input: { ticket: $ticket }) {
    identity { id kind issuer createdAt usedAt } userErrors { code field } } }"""
REMOVE = "mutation ($id: ID!) { identityRemove(id: $id) { userErrors { code field } } }"
MINE = "{ viewer { identities { id kind issuer usedAt } } }"


@pytest.fixture
def house(settings: Settings, others: Others) -> House:
    return house_of(others.settings(settings))


@pytest.fixture
async def program(client: Client, others: Others) -> str:
    """The company has a mini-program."""
    wanted = {"kind": "WECHAT", "clientId": wechat.APP_ID, "clientSecret": wechat.SECRET}
    made = await set_provider(client, **wanted)
    assert made["userErrors"] == []
    id_: str = made["identityProvider"]["id"]
    return id_


async def sign_in(client: Client, code: str, organization: str = "acme") -> dict[str, Any]:
    answer: dict[str, Any] = (await client.data(SIGN_IN, None, input={"organization": organization, "code": code}))[
        "accountSignInByWechat"
    ]
    return answer


def codes(payload: dict[str, Any]) -> list[str]:
    return [error["code"] for error in payload["userErrors"]]


async def bind(client: Client, ticket: str, who: str) -> dict[str, Any]:
    answer: dict[str, Any] = (await client.data(BIND, who, ticket=ticket))["accountBindWechat"]
    return answer


@pytest.mark.usefixtures("program")
async def test_from_an_unknown_phone_to_a_bound_one_and_back(
    client: Client, house: House, others: Others, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", "wuye")
    first = await sign_in(client, others.wechat.login("openid-1"))
    assert first["userErrors"] == [
        {
            "code": "IDENTITY_UNBOUND",
            "message": "No account is bound to this WeChat yet. Sign in otherwise, then bind it with the ticket.",
            "field": None,
        }
    ]
    assert (first["token"], first["bindTicketExpiresAt"]) == (None, "2026-11-22T02:10:00.000000Z")
    ticket = first["bindTicket"]
    assert await client.codes(BIND, None, ticket=ticket) == ["UNAUTHENTICATED"]
    bound = await bind(client, ticket, "neighbour")
    identity = bound["identity"]
    assert (identity["kind"], identity["issuer"], identity["usedAt"]) == ("WECHAT", f"wechat:{wechat.APP_ID}", None)
    again = {"identity": None, "userErrors": [{"code": "BAD_USER_INPUT", "field": ["input", "ticket"]}]}
    assert await bind(client, ticket, "neighbour") == again, "once"
    code = others.wechat.login("openid-1")
    made = await sign_in(client, code)
    assert (made["account"], made["bindTicket"], made["userErrors"]) == ({"login": "neighbour"}, None, [])
    (audit,) = await audits(house, "account.signIn")
    assert audit["after"]["method"] == "WECHAT"
    shown = (await client.data(MINE, "neighbour"))["viewer"]["identities"]
    assert shown == [{**{n: identity[n] for n in ("id", "kind", "issuer")}, "usedAt": "2026-11-22T02:00:00.000000Z"}]
    before = await dump(house)
    for stranger in ("resident", "manager", "chief"):
        assert codes((await client.data(REMOVE, stranger, id=identity["id"]))["identityRemove"]) == ["NOT_FOUND"]
    assert await dump(house) == before
    assert codes((await client.data(REMOVE, "neighbour", id=identity["id"]))["identityRemove"]) == []
    assert (await client.data(MINE, "neighbour"))["viewer"]["identities"] == []
    assert codes(await sign_in(client, others.wechat.login("openid-1"))) == ["IDENTITY_UNBOUND"]
    (removed,) = await audits(house, "identity.remove")
    assert removed["account_id"] == client.world.acme.keys["neighbour"]
    said = caplog.text + str(await dump(house))
    for secret in (wechat.SECRET, wechat.SESSION_KEY, code, ticket, made["token"]):
        assert secret not in said


@pytest.mark.usefixtures("program")
async def test_one_phone_one_account(client: Client, house: House, others: Others) -> None:
    """Tickets race, end, and never lead to another company's account; an administrator can unbind anybody."""
    tickets = [(await sign_in(client, others.wechat.login("openid-1")))["bindTicket"] for _ in range(3)]
    both = await asyncio.gather(bind(client, tickets[0], "resident"), bind(client, tickets[1], "neighbour"))
    assert sorted(codes(one) for one in both) == [[], ["IDENTITY_TAKEN"]]
    winner, loser = ("resident", "neighbour") if both[0]["identity"] else ("neighbour", "resident")
    assert codes(await bind(client, tickets[2], loser)) == ["IDENTITY_TAKEN"]
    other = (await sign_in(client, others.wechat.login("openid-2")))["bindTicket"]
    before = await dump(house)
    assert codes(await bind(client, other, winner)) == ["IDENTITY_TAKEN"], "the account has a phone"
    rival = await client.data(BIND, "resident", client.world.rival, ticket=other)
    assert codes(rival["accountBindWechat"]) == ["BAD_USER_INPUT"], "another company"
    for wrong in ("", "made up"):
        assert codes(await bind(client, wrong, loser)) == ["BAD_USER_INPUT"]
    house.clock.move(timedelta(minutes=10))  # type: ignore[attr-defined]
    assert codes(await bind(client, other, loser)) == ["BAD_USER_INPUT"], "ten minutes"
    assert await dump(house) == before
    await owner(house, "UPDATE account SET disabled_at = $1 WHERE id = $2", NOW, client.world.acme.keys[winner])
    assert codes(await sign_in(client, others.wechat.login("openid-1"))) == ["WRONG_CREDENTIALS"], "disabled"
    await owner(house, "UPDATE account SET disabled_at = NULL WHERE id = $1", client.world.acme.keys[winner])
    mine = (await client.data(MINE, winner))["viewer"]["identities"]
    (identity,) = [one for one in mine if one["kind"] == "WECHAT"]
    assert codes((await client.data(REMOVE, "admin", id=identity["id"]))["identityRemove"]) == []
    assert codes(await sign_in(client, others.wechat.login("openid-1"))) == ["IDENTITY_UNBOUND"]
    house.clock.move(timedelta(hours=1, minutes=11))  # type: ignore[attr-defined]
    await prune_identity(house)
    assert await owner(house, "SELECT * FROM bind_ticket") == []


@pytest.mark.usefixtures("program")
async def test_what_wechat_refuses(client: Client, house: House, others: Others) -> None:
    used = others.wechat.login("openid-1")
    await sign_in(client, used)
    before = await dump(house)
    for code in ("made up", used, "", "x" * 201):
        assert codes(await sign_in(client, code)) == ["WRONG_CREDENTIALS"], code
    for fault, said in (
        (40029, "WRONG_CREDENTIALS"),
        (40226, "WRONG_CREDENTIALS"),
        (45011, "PROVIDER_UNAVAILABLE"),
        (-1, "PROVIDER_UNAVAILABLE"),
        (40013, "PROVIDER_UNAVAILABLE"),
        (40125, "PROVIDER_UNAVAILABLE"),
    ):
        others.wechat.fault = fault
        assert codes(await sign_in(client, others.wechat.login("openid-1"))) == [said], fault
    for organization in ("rival", "nowhere", ""):
        assert codes(await sign_in(client, "x", organization)) == ["NOT_FOUND"]
    assert await dump(house) == before


WISH: dict[str, Any] = {
    "kind": "OIDC",
    "issuer": "https://login.example.com",
    "clientId": "wuye",
    "clientSecret": "canary-client-secret",
    "loginClaim": "EMAIL",
    "redirectUris": ["https://app.example.com/back"],
}


async def test_who_may_set_a_provider_and_how(client: Client, house: House, program: str) -> None:
    before = await dump(house)
    for who in ("resident", "manager", "chief", "cashier"):
        assert await client.codes(SET, who, input=WISH) == ["FORBIDDEN"]
    assert await client.codes(SET, None, input=WISH) == ["UNAUTHENTICATED"]
    wechat_wish: dict[str, Any] = {"kind": "WECHAT", "clientId": wechat.APP_ID, "expectedVersion": 1}
    refused: list[tuple[dict[str, Any], str]] = [
        ({**WISH, "issuer": "http://login.example.com"}, "issuer"),
        ({**WISH, "issuer": "https://169.254.169.254"}, "issuer"),
        ({**WISH, "issuer": None}, "issuer"),
        ({**WISH, "clientId": " "}, "clientId"),
        ({**WISH, "clientSecret": None}, "clientSecret"),
        ({**WISH, "clientSecret": "x" * 201}, "clientSecret"),
        ({**WISH, "loginClaim": None}, "loginClaim"),
        ({**WISH, "redirectUris": []}, "redirectUris"),
        ({**WISH, "redirectUris": ["javascript:alert(1)"]}, "redirectUris"),
        ({**WISH, "redirectUris": [f"https://{n}.example.com" for n in range(11)]}, "redirectUris"),
        ({**wechat_wish, "clientId": "wx1"}, "clientId"),
        ({**wechat_wish, "loginClaim": "EMAIL"}, "loginClaim"),
        ({**wechat_wish, "redirectUris": ["https://app.example.com"]}, "redirectUris"),
        ({**wechat_wish, "clientId": "wx0000000000000000"}, "clientSecret"),
    ]
    for wish, field in refused:
        answer = await set_provider(client, **wish)
        assert [(e["code"], e["field"]) for e in answer["userErrors"]] == [("BAD_USER_INPUT", ["input", field])], wish
    for version in (None, 2):
        answer = await set_provider(client, **{**wechat_wish, "expectedVersion": version})
        assert codes(answer) == ["CONFLICT"]
        assert answer["identityProvider"]["id"] == program
    assert await dump(house) == before


@pytest.mark.usefixtures("program")
async def test_a_secret_stays_where_it_was_given_for(client: Client, house: House) -> None:
    made = (await set_provider(client, **WISH))["identityProvider"]
    assert made["redirectUris"] == WISH["redirectUris"]
    (kept,) = await owner(house, "SELECT secret_cipher FROM identity_provider WHERE client_id = 'wuye'")
    changed = {**WISH, "clientSecret": None, "loginClaim": "PHONE_NUMBER", "expectedVersion": 1}
    assert (await set_provider(client, **changed))["identityProvider"]["version"] == 2
    moved = {**changed, "issuer": "https://evil.example.com", "expectedVersion": 2}
    assert codes(await set_provider(client, **moved)) == ["BAD_USER_INPUT"], "the secret stays where it was given for"
    (still,) = await owner(house, "SELECT secret_cipher FROM identity_provider WHERE client_id = 'wuye'")
    assert still == kept
    listed = await client.data("{ identityProviders { nodes { kind archivedAt } } }", "admin")
    assert sorted(node["kind"] for node in listed["identityProviders"]["nodes"]) == ["OIDC", "OIDC", "WECHAT"]
    assert len(await audits(house, "identityProvider.set")) == 3
    assert "canary" not in str(await dump(house))
