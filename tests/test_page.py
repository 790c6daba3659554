"""GraphiQL and its files, CORS, health: what a browser and a balancer meet."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

import pytest

from adapters.database import DatabaseUnavailable
from schema.http.graphiql import ASSETS, page
from tests.test_http import VIEWER, codes

if TYPE_CHECKING:
    from adapters.settings import Settings
    from resolvers.ports import House
    from tests.client import Client

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
ADDRESS = re.compile(rb"""(?:https?:|wss?:)?//([a-z0-9-]+(?:\.[a-z0-9-]+)+)""", re.IGNORECASE)
QUOTED = re.compile(rb"""["'`(](?:https?:|wss?:)//([^/"'`)\s$]+)""", re.IGNORECASE)

# Addresses in the texts of the vendored libraries (namespaces, hints in messages, links in menus): never loaded.
WORDS = {
    b"codemirror.net",
    b"commonmark.org",
    b"en.wikipedia.org",
    b"fb.me",
    b"github.com",
    b"graphql.org",
    b"reactjs.org",
    b"www.w3.org",
}


async def test_a_browser_gets_the_page(client: Client) -> None:
    response = await client.http.get("/graphql", headers={"accept": BROWSER})
    assert (response.status_code, response.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert response.headers["content-security-policy"].startswith("default-src 'none'; script-src 'self'")
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["x-content-type-options"] == "nosniff"


async def test_the_root_leads_to_the_page(client: Client) -> None:
    response = await client.http.get("/", headers={"accept": BROWSER})
    assert (response.status_code, response.headers["location"]) == (307, "/graphql")


async def test_the_page_is_complete_without_the_internet(client: Client) -> None:
    text = (await client.http.get("/graphql", headers={"accept": BROWSER})).text
    needed = re.findall(r"""(?:src|href)=["']([^"']+)["']""", text)
    assert len(needed) >= 5
    for address in needed:
        if not address.startswith("data:"):
            source = urljoin("/graphql", address)
            assert source.startswith(("/graphql/assets/", "/control-room")), source
            assert (await client.http.get(source)).status_code == 200, source
    for name in re.findall(rb"/graphql/assets/([\w.-]+)", ASSETS["page.js"].body):
        assert name.decode() in ASSETS


def test_nothing_of_ours_names_another_host() -> None:
    for body in (page([]), ASSETS["page.js"].body, ASSETS["page.css"].body, ASSETS["examples.json"].body):
        assert ADDRESS.findall(body) == []


def test_nothing_vendored_loads_from_another_host() -> None:
    for name, found in ASSETS.items():
        if name.endswith(".css"):
            assert not re.search(rb"url\(\s*[\"']?(?!data:|#)", found.body), name
            assert b"@import" not in found.body, name
        if name.endswith(".js"):
            assert not re.search(rb"(?:import\(|src\s*=|fetch\()\s*[\"'`](?:https?:)?//", found.body), name
            assert not re.search(rb"sourceMappingURL=(?!data:)", found.body), name
            assert set(QUOTED.findall(found.body)) <= WORDS, name


@pytest.mark.parametrize("name", sorted(ASSETS))
def test_an_asset_has_a_media_type_and_a_strong_etag(name: str) -> None:
    assert "/" in ASSETS[name].media_type
    assert re.fullmatch(r'"[0-9a-f]{32}"', ASSETS[name].etag)


async def test_assets_are_served_and_cached(client: Client) -> None:
    for name, asset in ASSETS.items():
        response = await client.http.get(f"/graphql/assets/{name}")
        assert (response.status_code, response.content) == (200, asset.body)
        assert response.headers["content-type"] == asset.media_type
        for known in (asset.etag, f'"other", W/{asset.etag}', "*"):
            again = await client.http.get(f"/graphql/assets/{name}", headers={"if-none-match": known})
            assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", asset.etag)
        changed = await client.http.get(f"/graphql/assets/{name}", headers={"if-none-match": '"other"'})
        assert changed.status_code == 200
    for missing in ("nothing.js", "..%2f__init__.py", "%2e%2e"):
        assert (await client.http.get(f"/graphql/assets/{missing}")).status_code == 404


def test_the_accounts_cannot_leave_their_script_block() -> None:
    shown = page([{"name": "</script><script>alert(1)</script><!--\u2028"}])
    assert shown.count(b"</script>") == page([]).count(b"</script>")
    assert "\u2028".encode() not in shown


async def test_health(client: Client) -> None:
    live, ready = await client.http.get("/health/live"), await client.http.get("/health/ready")
    assert (live.status_code, live.json()) == (200, {"status": "live"})
    assert (ready.status_code, ready.json()) == (200, {"status": "ready"})


async def test_a_house_without_its_database_is_alive_but_not_ready(
    client: Client, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def gone(*_: Any) -> Any:
        raise DatabaseUnavailable("gone")

    monkeypatch.setattr(house.database, "call", gone)
    assert (await client.http.get("/health/live")).status_code == 200
    ready = await client.http.get("/health/ready")
    assert (ready.status_code, ready.json()["status"]) == (503, "unavailable")
    refused = await client.http.post("/graphql", json={"query": VIEWER}, headers=client.headers("chief"))
    assert (refused.status_code, codes(refused)) == (503, ["SERVICE_UNAVAILABLE"])
    assert "retry-after" in refused.headers
    device = {"authorization": f"Bearer {client.world.acme.device_token}"}
    ingested = await client.http.post("/ingest/events", json={"messages": []}, headers=device)
    assert (ingested.status_code, codes(ingested)) == (503, ["SERVICE_UNAVAILABLE"])


class TestOrigins:
    """With a front end at an address of its own."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, allowed_origins=("https://app.example",))

    async def test_an_allowed_origin_may_ask_first(self, client: Client) -> None:
        wanted = "authorization, content-type, graphql-require-preflight, apollo-require-preflight, last-event-id"
        response = await client.http.options(
            "/graphql",
            headers={
                "origin": "https://app.example",
                "access-control-request-method": "POST",
                "access-control-request-headers": wanted,
            },
        )
        assert (response.status_code, response.headers["access-control-allow-origin"]) == (200, "https://app.example")
        allowed = {name.strip().lower() for name in response.headers["access-control-allow-headers"].split(",")}
        assert set(wanted.split(", ")) <= allowed

    async def test_a_foreign_origin_may_not(self, client: Client) -> None:
        asks = {"origin": "https://evil.example", "access-control-request-method": "POST"}
        response = await client.http.options("/graphql", headers=asks)
        assert response.status_code == 400
        assert "access-control-allow-origin" not in response.headers
        refused = await client.http.post("/graphql", json={"query": VIEWER}, headers={"origin": asks["origin"]})
        assert (refused.status_code, codes(refused)) == (403, ["BAD_REQUEST"])

    async def test_an_allowed_origin_is_answered(self, client: Client) -> None:
        headers = client.headers("manager") | {"origin": "https://app.example"}
        response = await client.http.post("/graphql", json={"query": VIEWER}, headers=headers)
        assert (response.status_code, response.headers["access-control-allow-origin"]) == (200, "https://app.example")


class TestProduction:
    """Anonymous callers see no IDE, no introspection, no suggestions."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, production=True)

    async def test_there_is_no_page(self, client: Client) -> None:
        assert (await client.http.get("/graphql", headers={"accept": BROWSER})).status_code == 404
        for name in ASSETS:
            assert (await client.http.get(f"/graphql/assets/{name}")).status_code == 404

    async def test_the_schema_is_not_told(self, client: Client) -> None:
        ask = "{ __schema { queryType { name } } }"
        assert set(await client.codes(ask, None)) == {"GRAPHQL_VALIDATION_FAILED"}
        assert await client.codes('{ __type(name: "Query") { name } }', None) == ["GRAPHQL_VALIDATION_FAILED"]
        assert (await client.data(ask))["__schema"] == {"queryType": {"name": "Query"}}
        assert await client.data("{ __typename }", None) == {"__typename": "Query"}

    async def test_nothing_is_suggested(self, client: Client) -> None:
        asked = "{ propertie { id } }"
        assert "Did you mean" in (await client.post(asked))["errors"][0]["message"]
        assert "Did you mean" not in (await client.post(asked, None))["errors"][0]["message"]
