"""Partners' programs: kept by administrators, signed in by client credentials, bound to their scopes."""

from __future__ import annotations

import asyncio
import base64
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from models.rules.permission import PARTNER_SCOPES, Permission
from schema.base import encode
from schema.base.resolver import open_to
from tests.dump import audits, dump, owner, rewrite, row
from tests.factories.world import SECRET
from tests.test_verb import hold

if TYPE_CHECKING:
    import httpx

    from resolvers.ports import House
    from tests.client import Client

SHOWN = "id identifier name scopes everywhere ratePerMinute version revokedAt properties { id }"
CREATE = f"""mutation ($input: ApiClientCreateInput!) {{ apiClientCreate(input: $input) {{
  secret apiClient {{ {SHOWN} secrets {{ nodes {{ id }} }} }} userErrors {{ code field }} }} }}"""
UPDATE = f"""mutation ($id: ID!, $input: ApiClientUpdateInput!) {{ apiClientUpdate(id: $id, input: $input) {{
  apiClient {{ {SHOWN} }} userErrors {{ code field }} }} }}"""
ROTATE = """mutation ($id: ID!, $input: ApiClientSecretRotateInput!) { apiClientSecretRotate(id: $id, input: $input) {
  secret apiClient { version } userErrors { code field } } }"""
REVOKE = """mutation ($id: ID!, $input: ApiClientRevokeInput!) { apiClientRevoke(id: $id, input: $input) {
  apiClient { revokedAt } userErrors { code field } } }"""
END_SECRET = """mutation ($id: ID!) { apiClientSecretRevoke(id: $id) {
  secret { revokedAt } userErrors { code field } } }"""
SIGN_IN = """mutation ($input: ApiClientSignInInput!) { apiClientSignIn(input: $input) {
  token expiresAt apiClient { name scopes } userErrors { code } } }"""


async def buy(client: Client, id_: str, secret: str, **more: str) -> httpx.Response:
    form = {"grant_type": "client_credentials", "client_id": id_, "client_secret": secret, **more}
    return await client.http.post("/oauth/token", data={name: value for name, value in form.items() if value})


async def ask(client: Client, token: str, query: str) -> Any:
    response = await client.http.post("/graphql", json={"query": query}, headers={"authorization": f"Bearer {token}"})
    return response.status_code if response.status_code != 200 else response.json()


def codes(answer: dict[str, Any]) -> list[Any]:
    if "errors" in answer:
        return [error["extensions"]["code"] for error in answer["errors"]]
    (payload,) = answer["data"].values()
    return [(error["code"], error["field"][-1]) for error in payload["userErrors"]]


async def test_a_program_from_its_making_to_its_end(client: Client, house: House) -> None:
    acme = client.world.acme
    wish = {"name": " 访客系统 ", "scopes": ["TICKET_READ", "GATE_READ"], "ratePerMinute": 60}
    made = (await client.data(CREATE, "admin", input=wish | {"propertyIds": [acme.id("home")]}))["apiClientCreate"]
    shown, secret = made["apiClient"], made["secret"]
    assert (shown["name"], shown["scopes"], shown["everywhere"]) == ("访客系统", ["GATE_READ", "TICKET_READ"], False)
    assert [place["id"] for place in shown["properties"]] == [acme.id("home")]
    assert not any(secret in text for rows in (await dump(house)).values() for text in rows)
    (account,) = await owner(house, "SELECT * FROM account WHERE login = $1", f"client:{shown['identifier']}")

    response = await buy(client, shown["identifier"], secret, scope="ticket.read")
    bought = response.json()
    assert response.headers["cache-control"] == "no-store"
    assert bought.keys() == {"access_token", "token_type", "expires_in", "scope"}
    assert (bought["token_type"], bought["expires_in"], bought["scope"]) == ("Bearer", 900, "gate.read ticket.read")
    token = bought["access_token"]
    ask_tickets = f'{{ tickets(propertyId: "{acme.id("home")}") {{ nodes {{ number }} }} }}'
    assert len((await ask(client, token, ask_tickets))["data"]["tickets"]["nodes"]) == 2
    away = f'{{ gates(propertyId: "{acme.id("away")}") {{ nodes {{ id }} }} }}'
    assert (await ask(client, token, away))["data"]["gates"]["nodes"] == []
    (entry,) = await audits(house, "apiClient.signIn")
    assert entry["account_id"] == house.database.value("UUIDField", account["id"])
    assert entry["after"]["method"] == "CLIENT"

    changed = {"expectedVersion": 1, "scopes": ["GATE_READ"], "propertyIds": None}
    answer = await client.data(UPDATE, "admin", id=shown["id"], input=changed)
    assert answer["apiClientUpdate"]["apiClient"]["everywhere"] is True
    token = (await buy(client, shown["identifier"], secret)).json()["access_token"]
    assert len((await ask(client, token, away))["data"]["gates"]["nodes"]) == 1
    assert codes(await ask(client, token, ask_tickets)) == ["GRAPHQL_VALIDATION_FAILED"]


async def test_a_revoked_program_is_gone_for_good(client: Client) -> None:
    acme, query = client.world.acme, "{ viewer { roles } }"
    id_, name = acme.id("client"), acme.keys["client"].hex
    token = (await buy(client, name, SECRET)).json()["access_token"]
    assert codes(await client.post(REVOKE, "admin", id=id_, input={"expectedVersion": 2})) == [
        ("CONFLICT", "expectedVersion")
    ]
    assert (await ask(client, token, query))["data"]["viewer"] == {"roles": ["PARTNER"]}
    await client.data(REVOKE, "admin", id=id_, input={"expectedVersion": 1})
    await asyncio.sleep(0.5)  # what a viewer may be stale, at most
    assert await ask(client, token, query) == 401
    assert (await buy(client, name, SECRET)).json()["error"] == "invalid_client"
    again = await client.post(UPDATE, "admin", id=id_, input={"expectedVersion": 2, "name": "x"})
    assert codes(again) == [("API_CLIENT_REVOKED", "id")]
    reborn = await client.data(CREATE, "admin", input={"name": "acme 小程序", "scopes": ["GATE_READ"]})
    assert reborn["apiClientCreate"]["userErrors"] == [], "its name is free again"


async def test_secrets_overlap_and_two_hold_at_most(client: Client, house: House) -> None:
    acme = client.world.acme
    id_, name = acme.id("client"), acme.keys["client"].hex

    async def holds(*secrets: str) -> list[bool]:
        return [(await buy(client, name, secret)).status_code == 200 for secret in secrets]

    async def rotate(version: int, hours: int) -> str:
        wish = {"expectedVersion": version, "overlapHours": hours}
        secret: str = (await client.data(ROTATE, "admin", id=id_, input=wish))["apiClientSecretRotate"]["secret"]
        return secret

    second = await rotate(1, 2)
    assert await holds(SECRET, second) == [True, True]
    assert codes(await client.post(ROTATE, "admin", id=id_, input={"expectedVersion": 1})) == [
        ("CONFLICT", "expectedVersion")
    ], "a second click does not end the secret in use"
    third = await rotate(2, 1)
    assert await holds(SECRET, second, third) == [False, True, True]
    house.clock.move(timedelta(hours=1))  # type: ignore[attr-defined]  # held
    assert await holds(second, third) == [False, True]
    fourth = await rotate(3, 0)
    assert await holds(third, fourth) == [False, True]
    for hours in (-1, 169):
        answer = await client.post(ROTATE, "admin", id=id_, input={"expectedVersion": 4, "overlapHours": hours})
        assert codes(answer) == [("BAD_USER_INPUT", "overlapHours")]
    token = (await buy(client, name, fourth)).json()["access_token"]
    (newest,) = await owner(house, "SELECT id FROM api_client_secret WHERE revoked_at IS NULL AND expires_at IS NULL"
                                   " AND api_client_id = $1", acme.keys["client"])  # fmt: skip
    ended = encode("ApiClientSecret", house.database.value("UUIDField", newest["id"]))
    for _ in range(2):
        assert codes(await client.post(END_SECRET, "admin", id=ended)) == []
    await asyncio.sleep(0.5)
    assert await ask(client, token, "{ viewer { roles } }") == 401, "a thief's tokens end with the secret"
    assert len(await audits(house, "apiClientSecret.revoke")) == 4


async def test_what_is_refused_changes_nothing(client: Client, house: House) -> None:
    acme, rival = client.world.acme, client.world.rival
    right = {"name": "n", "scopes": ["TICKET_READ"]}
    wrong: list[tuple[dict[str, Any], str, str]] = [
        ({"name": " "}, "BAD_USER_INPUT", "name"),
        ({"name": "x" * 81}, "BAD_USER_INPUT", "name"),
        ({"name": "acme 小程序"}, "NAME_TAKEN", "name"),
        ({"scopes": []}, "BAD_USER_INPUT", "scopes"),
        ({"scopes": ["PAYMENT_RECORD"]}, "BAD_USER_INPUT", "scopes"),
        ({"scopes": ["API_CLIENT_MANAGE"]}, "BAD_USER_INPUT", "scopes"),
        ({"propertyIds": []}, "BAD_USER_INPUT", "propertyIds"),
        ({"propertyIds": [rival.id("home")]}, "NOT_FOUND", "propertyIds"),
        ({"ratePerMinute": 0}, "BAD_USER_INPUT", "ratePerMinute"),
        ({"ratePerMinute": 60_001}, "BAD_USER_INPUT", "ratePerMinute"),
        ({"expiresAt": "2026-11-22T02:00:00Z"}, "BAD_USER_INPUT", "expiresAt"),
    ]
    before = await dump(house)
    for changes, code, field in wrong:
        assert codes(await client.post(CREATE, "admin", input=right | changes)) == [(code, field)], changes
    for who, code in (("chief", "FORBIDDEN"), ("resident", "FORBIDDEN"), (None, "UNAUTHENTICATED")):
        assert codes(await client.post(CREATE, who, input=right)) == [code]
    for who, of in (("chief", acme), ("admin", rival)):
        for query in (UPDATE, REVOKE, ROTATE):
            answer = await client.post(query, who, id=of.id("client"), input={"expectedVersion": 1})
            assert codes(answer) == [("NOT_FOUND", "id")]
        assert codes(await client.post(END_SECRET, who, id=of.id("client_secret"))) == [("NOT_FOUND", "id")]
    assert await dump(house) == before


async def test_nobody_gives_what_he_does_not_hold(client: Client, house: House) -> None:
    held = {Permission.API_CLIENT_MANAGE, Permission.TICKET_READ}
    await hold(house, client.world.acme, "control", held)
    answer = await client.post(CREATE, "control", input={"name": "a", "scopes": ["TICKET_READ"]})
    assert codes(answer) == []
    before = await dump(house)
    answer = await client.post(CREATE, "control", input={"name": "b", "scopes": ["TICKET_READ", "GATE_OPEN"]})
    assert codes(answer) == ["FORBIDDEN"]
    assert await dump(house) == before


def basic(text: str) -> str:
    return f"Basic {base64.b64encode(text.encode()).decode()}"


async def test_the_token_endpoint_speaks_the_rfc(client: Client, house: House) -> None:
    id_ = client.world.acme.keys["client"].hex

    async def post(content: str, media: str = "application/x-www-form-urlencoded", **headers: str) -> httpx.Response:
        return await client.http.post("/oauth/token", content=content, headers={"content-type": media, **headers})

    grant, own = "grant_type=client_credentials", f"client_id={id_}&client_secret={SECRET}"
    assert (await post(grant, authorization=basic(f"{id_}:{SECRET}"))).status_code == 200
    assert (await post(grant, authorization=basic(f"{id_}:{SECRET.replace('-', '%2D')}"))).status_code == 200
    mutation: dict[str, Any] = {"input": {"clientId": id_, "clientSecret": SECRET}}
    signed = (await client.data(SIGN_IN, None, **mutation))["apiClientSignIn"]
    assert signed["apiClient"] == {"name": "acme 小程序", "scopes": ["GATE_READ", "TICKET_READ"]}
    before = await dump(house)
    table = [
        (await post(own), 400, "invalid_request"),
        (await post(f"grant_type=password&{own}"), 400, "unsupported_grant_type"),
        (await post(f"{grant}&{grant}&{own}"), 400, "invalid_request"),
        (await post(f"{grant}&{own}", "application/json"), 400, "invalid_request"),
        (await post(f"{grant}&{own}&x=%ff"), 400, "invalid_request"),
        (await post(f"{grant}&{own}", authorization=basic(f"{id_}:{SECRET}")), 400, "invalid_request"),
        (await post(grant), 401, "invalid_client"),
        (await post(grant, authorization="Basic !"), 401, "invalid_client"),
        (await post(grant, authorization="Bearer x"), 401, "invalid_client"),
        (await post(f"{grant}&client_id=x&client_secret=y"), 401, "invalid_client"),
        (await post(f"{grant}&{own}&scope=gate.read+gate.open"), 400, "invalid_scope"),
    ]
    for response, status, error in table:
        assert (response.status_code, response.json()["error"]) == (status, error)
        assert response.headers["cache-control"] == "no-store"
    assert table[7][0].headers["www-authenticate"].startswith("Basic")
    assert await dump(house) == before
    assert (await client.http.get("/oauth/token")).status_code == 405
    statuses = [(await buy(client, id_, f"wrong{n}")).status_code for n in range(6)]
    assert statuses == [401] * 5 + [429]
    locked = await buy(client, id_, SECRET)
    assert (locked.status_code, int(locked.headers["retry-after"]) > 0) == (429, True)
    assert await client.codes(SIGN_IN, None, **mutation) == ["RATE_LIMITED"], "the mutation is no way round"


async def test_a_program_is_no_person(client: Client, house: House) -> None:
    """Its scopes are all it has, whatever it writes: also past validation, which runs on what it may see."""
    acme = client.world.acme
    me = "{ apiClients { nodes { name ratePerMinute } } viewer { roles account { login } } }"
    data = await client.data(me, "program")
    assert data["apiClients"]["nodes"] == [{"name": "acme 小程序", "ratePerMinute": 100_000}]
    assert data["viewer"] == {"roles": ["PARTNER"], "account": {"login": "program"}}
    before = await dump(house)
    for query in (CREATE, SIGN_IN.replace("apiClientSignIn", "accountSignIn")):
        assert set(await client.codes(query, "program", input={})) <= {"GRAPHQL_VALIDATION_FAILED", "BAD_USER_INPUT"}
    held = frozenset({Permission.TICKET_READ})
    assert open_to(held, {"permission": None, "scopes": None}) is False, "a verb that says nothing is for people"
    assert open_to(held, {"permission": Permission.TICKET_READ, "scopes": None}) is True
    assert not PARTNER_SCOPES & {Permission.API_CLIENT_MANAGE, Permission.ROLE_MANAGE, Permission.ACCOUNT_MANAGE}
    assert await dump(house) == before
    kept = await row(house, "api_client", acme.keys["client"])
    await rewrite(house, "UPDATE api_client SET expires_at = $1 WHERE id = $2", house.clock.now(), kept["id"])
    assert await ask(client, acme.token("program"), me) == 401, "no token outlives its program"
