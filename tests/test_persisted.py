"""Documents that are named instead of sent, on every transport; ETag and compression of what comes back."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from graphql import get_introspection_query

from adapters.persisted_document import MOST_DOCUMENTS, read_documents, sha256
from adapters.settings import Limits, Settings, SettingsError, load_settings
from schema.http import persisted
from schema.http.persisted import PersistedDocuments
from subscriptions.ports import RequestRefused
from tests.transport import TRANSPORTS, ask, ask_as

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

    from tests.client import Client
    from tests.conftest import Live

ROLES = "query Roles { viewer { roles } }"
BILLS = "query Bills($p: ID!) { bills(propertyId: $p, first: 1) { nodes { id } } }"
LISTED = "query Listed { viewer { account { login } } }"
GATES = "subscription Gates($p: ID!) { accessEventRecorded(propertyId: $p) { cursor } }"


@pytest.fixture
def backend() -> str:
    """The protocol is the same whatever stands behind it."""
    return "sqlite"


def hashed(text: str, **body: Any) -> dict[str, Any]:
    """A body that names `text` by Apollo's hash; with `query=text` it teaches it."""
    return {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": sha256(text)}}, **body}


def codes(answer: dict[str, Any]) -> list[str]:
    """Of its errors."""
    return [error["extensions"]["code"] for error in answer.get("errors", [])]


async def get(client: Client, who: str | None, query: dict[str, Any], **headers: str) -> httpx.Response:
    """A GET; extensions and variables are JSON there."""
    shown = {name: value if isinstance(value, str) else json.dumps(value) for name, value in query.items()}
    named = client.headers(who) | {"accept": "application/json"} | {k.replace("_", "-"): v for k, v in headers.items()}
    return await client.http.get("/graphql", params=shown, headers=named)


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_a_hash_is_missed_then_learnt_then_enough(live: Live, transport: str) -> None:
    missed = await ask_as(live, transport, hashed(ROLES))
    assert [error["message"] for error in missed["errors"]] == ["PersistedQueryNotFound"]
    assert (codes(missed), "data" in missed) == (["PERSISTED_QUERY_NOT_FOUND"], False)
    for body in (hashed(ROLES, query=ROLES), hashed(ROLES), {"documentId": f"sha256:{sha256(ROLES)}"}):
        assert (await ask_as(live, transport, body))["data"] == {"viewer": {"roles": ["MANAGER"]}}
    assert (await ask_as(live, transport, hashed(ROLES), "resident"))["data"]["viewer"]["roles"] == ["RESIDENT"]


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_what_one_caller_taught_shows_another_nothing(live: Live, transport: str) -> None:
    home = {"p": live.client.world.acme.id("home")}
    assert codes(await ask_as(live, transport, hashed(BILLS, query=BILLS, variables=home), "program")) == [
        "GRAPHQL_VALIDATION_FAILED"
    ]
    assert codes(await ask_as(live, transport, hashed(BILLS, variables=home))) == ["PERSISTED_QUERY_NOT_FOUND"]
    assert "errors" not in await ask_as(live, transport, hashed(BILLS, query=BILLS, variables=home))
    assert "errors" not in await ask_as(live, transport, hashed(BILLS, variables=home))
    assert codes(await ask_as(live, transport, hashed(BILLS, variables=home), "program")) == [
        "GRAPHQL_VALIDATION_FAILED"
    ]


WRONG: dict[str, dict[str, Any]] = {
    "another hash": hashed(ROLES, query=LISTED),
    "version 2": {"query": ROLES, "extensions": {"persistedQuery": {"version": 2, "sha256Hash": sha256(ROLES)}}},
    "no hash": {"query": ROLES, "extensions": {"persistedQuery": {"version": 1}}},
    "capitals": {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": sha256(ROLES).upper()}}},
    "a list": {"query": ROLES, "extensions": {"persistedQuery": []}},
    "both names": hashed(ROLES, documentId="x"),
    "id and text": {"documentId": "x", "query": ROLES},
    "a number": {"documentId": 1},
}


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_a_name_that_is_none_is_refused(live: Live, transport: str) -> None:
    seen = {name: codes(await ask_as(live, transport, body)) for name, body in WRONG.items()}
    assert seen == {name: ["BAD_REQUEST"] for name in WRONG}
    assert codes(await ask_as(live, transport, {"documentId": ""})) == ["PERSISTED_QUERY_NOT_FOUND"]
    assert codes(await ask_as(live, transport, hashed(ROLES))) == ["PERSISTED_QUERY_NOT_FOUND"], "nothing was learnt"


async def test_statuses_follow_the_media_type(client: Client) -> None:
    for accept, status in (("application/json", 200), ("application/graphql-response+json", 400)):
        headers = client.headers("manager") | {"accept": accept}
        response = await client.http.post("/graphql", json=hashed(ROLES), headers=headers)
        assert (response.status_code, codes(response.json())) == (status, ["PERSISTED_QUERY_NOT_FOUND"])


async def test_a_persisted_get_is_kept_by_its_etag(client: Client) -> None:
    query = {"extensions": hashed(ROLES)["extensions"]}
    assert (await get(client, "manager", {"query": ROLES, **query})).headers["cache-control"] == "no-store"
    first = await get(client, "manager", query)
    assert first.json()["data"] == {"viewer": {"roles": ["MANAGER"]}}
    assert first.headers["cache-control"] == "private, no-cache"
    named = {part.strip().lower() for part in first.headers["vary"].split(",")}
    assert named >= {"authorization", "accept-language", "accept", "accept-encoding"}
    tag = first.headers["etag"]
    for known in (tag, f'"other", {tag}', tag.removeprefix("W/"), "*"):
        again = await get(client, "manager", query, if_none_match=known)
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        assert again.headers["cache-control"] == "private, no-cache"
    assert (await get(client, "manager", query, if_none_match='W/"other"')).json() == first.json()
    resident = await get(client, "resident", query, if_none_match=tag)
    assert resident.json()["data"] == {"viewer": {"roles": ["RESIDENT"]}}
    assert resident.headers["etag"] != tag
    by_id = await get(client, "manager", {"documentId": f"sha256:{sha256(ROLES)}"}, if_none_match=tag)
    assert by_id.status_code == 304
    refused = await get(client, "manager", {"documentId": "unknown"})
    assert (refused.headers["cache-control"], "etag" in refused.headers) == ("no-store", False)


async def test_what_is_sent_in_full_is_not_kept(client: Client) -> None:
    for response in (
        await get(client, "manager", {"query": ROLES}),
        await client.http.post("/graphql", json={"query": ROLES}, headers=client.headers("manager")),
    ):
        assert (response.headers["cache-control"], "etag" in response.headers) == ("no-store", False)


async def test_large_answers_are_compressed_for_whoever_takes_it(live: Live) -> None:
    async def ask_for(query: str, coding: str, accept: str = "application/json") -> httpx.Response:
        headers = live.client.headers("manager") | {"accept-encoding": coding, "accept": accept}
        return await live.client.http.post("/graphql", json={"query": query}, headers=headers)

    for query in ("{ __schema { types { name } } }", get_introspection_query()):  # inline, and in a thread
        plain = await ask_for(query, "identity")
        assert "content-encoding" not in plain.headers
        packed = await ask_for(query, "br, gzip;q=0.8")
        assert packed.headers["content-encoding"] == "gzip"
        assert "Accept-Encoding" in packed.headers["vary"]
        assert packed.json() == plain.json()
        assert int(packed.headers["content-length"]) < len(plain.content) / 2
        for coding in ("gzip;q=0", "*;q=0", "br", "gzip;q=0.1, identity"):
            assert "content-encoding" not in (await ask_for(query, coding)).headers
        assert "content-encoding" not in (await ask_for(query, "gzip", "text/event-stream")).headers
    assert "content-encoding" not in (await ask_for(ROLES, "gzip")).headers, "a small one"
    echoed = " ".join(f"a{'x' * 600}{i}: accountSignOut {{ userErrors {{ code }} }}" for i in range(10))
    answer = await ask_for(f"mutation {{ {echoed} }}", "gzip")
    assert len(answer.content) > Limits().compress_from_bytes
    assert "content-encoding" not in answer.headers, "a mutation's answer may hold a secret beside what was sent"


async def test_the_sdl_is_compressed_and_kept(live: Live) -> None:
    first = await live.client.http.get("/graphql/schema.graphql", headers={"accept-encoding": "gzip"})
    assert (first.headers["content-encoding"], first.headers["cache-control"]) == ("gzip", "private, no-cache")
    again = await live.client.http.get("/graphql/schema.graphql", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


class TestAllowList:
    """Only what is listed runs, whoever asks and however; partners bring their own."""

    @pytest.fixture
    def settings(self, settings: Settings, tmp_path: Path) -> Settings:
        folder = tmp_path / "documents"
        folder.mkdir()
        (folder / "client.json").write_text(json.dumps({"login-1": LISTED, "gates": GATES}))
        (folder / "roles.graphql").write_text(ROLES)
        return replace(settings, persisted_documents=folder, allow_list=True)

    @pytest.mark.parametrize("transport", TRANSPORTS)
    async def test_the_listed_run(self, live: Live, transport: str) -> None:
        for body in (
            {"query": LISTED},
            hashed(LISTED),
            hashed(LISTED, query=LISTED),
            {"documentId": "login-1"},
            {"documentId": f"sha256:{sha256(LISTED)}"},
        ):
            assert (await ask_as(live, transport, body))["data"] == {"viewer": {"account": {"login": "manager"}}}
        assert (await ask_as(live, transport, {"documentId": "roles"}))["data"]["viewer"]["roles"] == ["MANAGER"]

    @pytest.mark.parametrize("transport", TRANSPORTS)
    async def test_nothing_else_does(self, live: Live, transport: str) -> None:
        other = f"{LISTED} "  # one character more is another document
        for who in ("manager", "resident", None):
            for body in ({"query": other}, hashed(other, query=other), hashed(other), {"documentId": "login-2"}):
                assert codes(await ask_as(live, transport, body, who)) == ["PERSISTED_QUERY_NOT_FOUND"]
            mixed = "{ __schema { queryType { name } } viewer { roles } }"
            assert codes(await ask(live, transport, mixed, who)) == ["PERSISTED_QUERY_NOT_FOUND"]
            assert codes(await ask(live, transport, "{ ...F } fragment F on Query { __typename }", who)) == [
                "PERSISTED_QUERY_NOT_FOUND"
            ]

    @pytest.mark.parametrize("transport", TRANSPORTS)
    async def test_the_contract_and_partners(self, live: Live, transport: str) -> None:
        assert "errors" not in await ask(live, transport, get_introspection_query())
        assert "errors" not in await ask(live, transport, "{ __typename }", None)
        own = "query Mine { viewer { roles } }"
        assert "errors" not in await ask_as(live, transport, hashed(own, query=own), "program")
        assert codes(await ask_as(live, transport, hashed(own))) == ["PERSISTED_QUERY_NOT_FOUND"]


def test_what_is_learnt_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    documents = PersistedDocuments(Settings())

    def known(text: str) -> bool:
        try:
            return documents.text(hashed(text), "en") == text
        except RequestRefused:
            return False

    monkeypatch.setattr(persisted, "MOST_KEPT", 3)
    for name in "abc":
        documents.learn(hashed(name), name, "en")
    assert known("a")  # so b is the one not asked for longest
    documents.learn(hashed("d"), "d", "en")
    assert [name for name in "abcd" if known(name)] == ["a", "c", "d"]
    monkeypatch.setattr(persisted, "MOST_KEPT_TEXT", 10)
    documents.learn(hashed("e" * 9), "e" * 9, "en")
    assert [name for name in ("a", "c", "d", "e" * 9) if known(name)] == ["d", "e" * 9]


APOLLO = {"format": "apollo-persisted-query-manifest", "version": 1}


def test_manifests_of_apollo_relay_and_folders_are_read(tmp_path: Path) -> None:
    operation = {"id": "a1", "name": "Roles", "type": "query", "body": ROLES}
    (tmp_path / "apollo.json").write_text(json.dumps({**APOLLO, "operations": [operation]}))
    (tmp_path / "deeper").mkdir()
    (tmp_path / "deeper" / "relay.json").write_text(json.dumps({"r1": LISTED, "again": ROLES}))
    (tmp_path / "own.gql").write_text(BILLS)
    (tmp_path / "notes.txt").write_text("not ours")
    found = read_documents(Settings(persisted_documents=tmp_path))
    assert found == {
        "a1": ROLES,
        "again": ROLES,
        sha256(ROLES): ROLES,
        "r1": LISTED,
        sha256(LISTED): LISTED,
        "own": BILLS,
        sha256(BILLS): BILLS,
    }


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.json", b"{", "not JSON"),
        ("a.json", b"[]", "neither"),
        ("a.json", b'{"format": "other", "operations": []}', "neither"),
        ("a.json", b'{"a": 1}', "entry"),
        ("a.json", b'{"a": ""}', "entry"),
        ("a.json", json.dumps({**APOLLO, "operations": [{"id": "a"}, 3]}).encode(), "entry"),
        ("a.json", json.dumps({"a": "x" * 16_385}).encode(), "LIMIT_DOCUMENT_BYTES"),
        ("a.json", json.dumps({str(n): str(n) + "x" for n in range(MOST_DOCUMENTS + 1)}).encode(), "at most"),
        ("a.json", json.dumps({sha256("x"): "y"} | {"b": "x"}).encode(), "two different"),
        ("a.graphql", b"\xff", "UTF-8"),
        ("a.txt", b"{ a }", "no document"),
    ],
)
def test_a_list_that_is_none_stops_the_start(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    (tmp_path / name).write_bytes(content)
    for source in (tmp_path, tmp_path / name):
        with pytest.raises(SettingsError, match=says):
            read_documents(Settings(persisted_documents=source, limits=Limits()))


def test_the_settings_of_lists(tmp_path: Path) -> None:
    own = {"STATE_PATH": str(tmp_path), "SECRET_KEY": "x" * 32}
    with pytest.raises(SettingsError, match="nothing could run"):
        load_settings({**own, "ALLOW_LIST": "1"})
    with pytest.raises(SettingsError, match="must be 1 or 0"):
        load_settings({**own, "ALLOW_LIST": "maybe"})
    chosen = load_settings({**own, "ALLOW_LIST": "1", "PERSISTED_DOCUMENTS": str(tmp_path)})
    assert (chosen.allow_list, chosen.persisted_documents) == (True, tmp_path)
    with pytest.raises(SettingsError, match="cannot be read"):
        read_documents(replace(chosen, persisted_documents=tmp_path / "nowhere.json"))
