"""Photos: what is taken, what is refused, and who may see them."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import orjson
import pytest
from PIL import Image

from adapters.settings import Limits
from tests.test_http import codes
from tests.test_photo import GPS, TRAILER, photo, with_gps
from tests.test_ticket import CREATE

if TYPE_CHECKING:
    import httpx

    from resolvers.ports import House
    from tests.client import Client

UPLOAD = """mutation ($file: Upload!) { fileUpload(file: $file) {
    file { id url thumbnailUrl mediaType sizeBytes width height } userErrors { code field message } } }"""


async def send(
    client: Client,
    *files: bytes,
    name: str = "a.jpg",
    who: str | None = "resident",
    query: str = UPLOAD,
    operations: Any = None,
    places: Any = None,
    **headers: str,
) -> httpx.Response:
    """The GraphQL multipart request."""
    body = {"query": query, "variables": {"file": None}} if operations is None else operations
    where = {"0": ["variables.file"]} if places is None else places
    form = {"operations": orjson.dumps(body).decode(), "map": orjson.dumps(where).decode()}
    parts = {str(n): (name, content, "image/jpeg") for n, content in enumerate(files)}
    sent = client.headers(who) | {"graphql-require-preflight": "1"} | headers
    return await client.http.post("/graphql", data=form, files=parts, headers=sent)


async def uploaded(client: Client, content: bytes, who: str = "resident", name: str = "a.jpg") -> dict[str, Any]:
    """The File that was kept."""
    payload = (await send(client, content, who=who, name=name)).json()["data"]["fileUpload"]
    assert payload["userErrors"] == []
    kept: dict[str, Any] = payload["file"]
    return kept


async def refused(client: Client, content: bytes) -> list[str]:
    """The codes of the payload; nothing is kept."""
    payload = (await send(client, content)).json()["data"]["fileUpload"]
    assert payload["file"] is None
    assert [error["field"] for error in payload["userErrors"]] == [["file"]]
    return [error["code"] for error in payload["userErrors"]]


async def ticket(client: Client, *photo_ids: str, who: str = "resident") -> dict[str, Any]:
    """The payload of a ticket with photos."""
    acme = client.world.acme
    about = {"propertyId": acme.id("home"), "kind": "REPAIR", "category": f"水管 {len(photo_ids)}", "text": "漏水"}
    query = CREATE.replace("reporter {", "photos { id } reporter {")
    answer = await client.data(query, who, input={**about, "photoIds": list(photo_ids)})
    payload: dict[str, Any] = answer["ticketCreate"]
    return payload


async def test_a_photo_is_decoded_and_encoded_anew(client: Client) -> None:
    for kind, name in (("JPEG", "a.jpg"), ("PNG", "a.exe"), ("WEBP", "../../etc/passwd")):
        content = with_gps(kind)
        assert GPS in content
        kept = await uploaded(client, content, name=name)
        assert kept["mediaType"] == f"image/{kind.lower()}"
        assert (kept["width"], kept["height"]) == (20, 40)  # upright
        response = await client.http.get(kept["url"])
        assert (response.status_code, response.headers["content-type"]) == (200, kept["mediaType"])
        assert response.headers["x-content-type-options"] == "nosniff"
        assert len(response.content) == kept["sizeBytes"]
        assert response.content != content
        assert GPS not in response.content
        assert TRAILER not in response.content
        shown = Image.open(io.BytesIO(response.content))
        assert (shown.format, dict(shown.getexif())) == (kind, {})


NO_PHOTOS = {
    "empty": b"",
    "text": b"hello",
    "html": b"<html><script>alert(1)</script></html>",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"/>',
    "gif": photo("GIF"),
    "bmp": photo("BMP"),
    "tiff": photo("TIFF"),
    "cut JPEG": photo("JPEG", (400, 400))[:-2_000],
    "cut PNG": photo("PNG", (400, 400))[:-300],
    "cut WebP": photo("WEBP", (400, 400))[:-100],
    "a JPEG's head": photo("JPEG")[:20],
    "a PNG's head and noise": photo("PNG")[:40] + b"\xff" * 500,
}


async def test_what_is_no_photo_is_refused(client: Client) -> None:
    seen = {name: await refused(client, content) for name, content in NO_PHOTOS.items()}
    assert seen == {name: ["FILE_TYPE_NOT_ALLOWED"] for name in NO_PHOTOS}


async def test_too_many_pixels_are_refused_before_they_are_decoded(client: Client) -> None:
    bomb = photo("PNG", (6_400, 6_300))
    assert len(bomb) < 2_000_000
    assert await refused(client, bomb) == ["FILE_TOO_LARGE"]
    payload = (await send(client, bomb)).json()["data"]["fileUpload"]
    assert str(6_400 * 6_300) in payload["userErrors"][0]["message"]


async def test_an_anonymous_caller_uploads_nothing(client: Client) -> None:
    response = await send(client, photo(), who=None)
    assert (response.status_code, codes(response)) == (200, ["UNAUTHENTICATED"])


async def test_an_upload_needs_a_preflight_header(client: Client) -> None:
    headers = {"graphql-require-preflight": ""}
    response = await send(client, photo(), **headers)
    assert (response.status_code, codes(response)) == (400, ["BAD_REQUEST"])
    response = await send(client, photo(), **headers, **{"apollo-require-preflight": "true"})
    assert response.json()["data"]["fileUpload"]["userErrors"] == []


BODY = {"query": UPLOAD, "variables": {"file": None}}
MISPLACED: dict[str, dict[str, Any]] = {
    "no such part": {"places": {"7": ["variables.file"]}},
    "outside variables": {"places": {"0": ["query"]}},
    "nowhere": {"places": {"0": ["variables.other.deep"]}},
    "not a list": {"places": {"0": "variables.file"}},
    "a map of numbers": {"places": {"0": [1]}},
    "a list for a map": {"places": ["0"]},
    "empty path": {"places": {"0": [""]}},
    "twice": {"places": {"0": ["variables.file", "variables.file"]}},
    "index past the end": {"operations": {**BODY, "variables": {"file": []}}, "places": {"0": ["variables.file.0"]}},
    "inside a text": {"operations": {**BODY, "variables": {"file": "x"}}, "places": {"0": ["variables.file.0"]}},
    "not null": {"operations": {**BODY, "variables": {"file": "x"}}},
    "no variables": {"operations": {"query": UPLOAD}},
    "batch": {"operations": [BODY]},
    "operations of null": {"operations": 1},
    "too deep": {"places": {"0": ["variables" + ".file" * 11]}},
}


@pytest.mark.parametrize("name", MISPLACED)
async def test_a_map_that_points_elsewhere_is_refused(client: Client, name: str) -> None:
    response = await send(client, photo(), **MISPLACED[name])
    assert (response.status_code, codes(response)) == (400, ["BAD_REQUEST"])


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=x", b""),
        ("multipart/form-data; boundary=x", b"--x\r\nnonsense"),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data\r\n\r\n1\r\n--x--\r\n"),
        ("multipart/form-data; boundary=x; charset=rot13", b"--x--\r\n"),
        ("multipart/form-data; boundary=" + "x" * 5_000, b"--x--\r\n"),
    ],
)
async def test_a_broken_form_is_refused(client: Client, kind: str, content: bytes) -> None:
    headers = client.headers("resident") | {"content-type": kind, "graphql-require-preflight": "1"}
    response = await client.http.post("/graphql", content=content, headers=headers)
    assert (response.status_code, codes(response)) == (400, ["BAD_REQUEST"])


class TestSizes:
    """With small limits."""

    @pytest.fixture
    def limits(self) -> Limits:
        return replace(Limits(), upload_file_bytes=2_000, upload_total_bytes=3_000, upload_files=2, body_bytes=2_000)

    async def test_a_file_too_large(self, client: Client) -> None:
        assert await refused(client, photo() + bytes(2_000)) == ["FILE_TOO_LARGE"]
        assert (await uploaded(client, photo()))["mediaType"] == "image/jpeg"

    async def test_files_too_large_together(self, client: Client) -> None:
        response = await send(client, bytes(3_001))
        assert (response.status_code, codes(response)) == (413, ["PAYLOAD_TOO_LARGE"])
        response = await send(client, bytes(1_800), bytes(1_300))
        assert (response.status_code, codes(response)) == (413, ["PAYLOAD_TOO_LARGE"])
        response = await send(client, bytes(60_000))
        assert (response.status_code, codes(response)) == (413, ["PAYLOAD_TOO_LARGE"])

    @pytest.mark.parametrize("count", [3, 5])
    async def test_too_many_files(self, client: Client, count: int) -> None:
        response = await send(client, *[b"x"] * count)
        assert (response.status_code, codes(response)) == (413, ["PAYLOAD_TOO_LARGE"])


async def test_the_defaults_are_those_of_the_contract() -> None:
    limits = Limits()
    assert (limits.upload_file_bytes, limits.upload_total_bytes) == (10 * 2**20, 50 * 2**20)
    assert (limits.upload_files, limits.upload_pixels) == (9, 40_000_000)


async def test_photos_belong_to_the_ticket_that_they_show(client: Client) -> None:
    first, second = await uploaded(client, photo()), await uploaded(client, photo("PNG"))
    payload = await ticket(client, first["id"], second["id"])
    assert payload["userErrors"] == []
    assert {shown["id"] for shown in payload["ticket"]["photos"]} == {first["id"], second["id"]}


async def test_a_photo_is_used_once(client: Client) -> None:
    kept = await uploaded(client, photo())
    assert (await ticket(client, kept["id"]))["userErrors"] == []
    count = "query ($p: ID!) { tickets(propertyId: $p) { nodes { id } } }"
    before = await client.data(count, p=client.world.acme.id("home"))
    again = await ticket(client, kept["id"], kept["id"])
    assert again["ticket"] is None
    assert [(error["code"], error["field"]) for error in again["userErrors"]] == [
        ("FILE_ALREADY_ATTACHED", ["input", "photoIds"])
    ]
    assert await client.data(count, p=client.world.acme.id("home")) == before


async def test_anothers_photo_looks_like_a_missing_one(client: Client) -> None:
    theirs = await uploaded(client, photo(), who="neighbour")
    payload = await ticket(client, theirs["id"])
    assert payload["ticket"] is None
    assert [(error["code"], error["field"]) for error in payload["userErrors"]] == [
        ("NOT_FOUND", ["input", "photoIds"])
    ]
    assert (await ticket(client, theirs["id"], who="neighbour"))["userErrors"] == []  # it is still free


async def test_at_most_nine_photos(client: Client) -> None:
    ids = [(await uploaded(client, photo()))["id"] for _ in range(10)]
    assert [error["code"] for error in (await ticket(client, *ids))["userErrors"]] == ["BAD_USER_INPUT"]
    assert (await ticket(client, *ids[:9]))["userErrors"] == []


async def test_nobody_else_reads_the_node(client: Client) -> None:
    kept = await uploaded(client, photo())
    query = "query ($id: ID!) { node(id: $id) { ... on File { url } } }"
    assert (await client.data(query, "resident", id=kept["id"]))["node"]["url"]
    world = client.world
    for who, tenant in (("neighbour", world.acme), ("resident", world.rival), ("chief", world.rival), (None, None)):
        answer = await client.post(query, who, tenant, id=kept["id"])
        assert answer["data"]["node"] is None, who


async def test_a_link_holds_for_ten_minutes(client: Client, house: House) -> None:
    path = (await uploaded(client, photo()))["url"]
    house.clock.move(timedelta(minutes=8, seconds=59))  # type: ignore[attr-defined]  # a HeldClock
    assert (await client.http.get(path)).status_code == 200
    house.clock.move(timedelta(minutes=1, seconds=2))  # type: ignore[attr-defined]
    response = await client.http.get(path)
    assert (response.status_code, codes(response)) == (403, ["FORBIDDEN"])


async def test_a_link_that_is_not_ours_shows_nothing(client: Client) -> None:
    first, second = await uploaded(client, photo()), await uploaded(client, photo())
    path = first["url"]
    bare, _, query = path.partition("?")
    other = second["url"].partition("?")[0]
    later = query.replace("until=", "until=9")
    last = path[-1]
    for wrong in (
        bare,
        f"{other}?{query}",
        f"{bare}?{later}",
        f"{path[:-1]}{'0' if last != '0' else '1'}",
        f"{bare}?until=&signature=",
        f"{bare}?until=²&signature=²",
        f"{bare}?until=-1&signature=ü",
        f"{bare}?until={'9' * 400}&signature=x",
    ):
        response = await client.http.get(wrong)
        assert (response.status_code, codes(response)) == (403, ["FORBIDDEN"]), wrong
    assert (await client.http.get("/files/1")).status_code == 404


async def test_bytes_that_are_gone_are_told(client: Client, house: House) -> None:
    path = (await uploaded(client, photo()))["url"]
    for kept in house.settings.storage_path.rglob("*"):
        if kept.is_file():
            kept.unlink()
    response = await client.http.get(path)
    assert (response.status_code, codes(response)) == (404, ["NOT_FOUND"])


async def test_storage_that_takes_nothing_is_unavailable(client: Client, house: House) -> None:
    house.settings.storage_path.parent.mkdir(parents=True, exist_ok=True)
    house.settings.storage_path.write_text("a file where the folder should be")
    response = await send(client, photo())
    assert (response.status_code, codes(response)) == (200, ["SERVICE_UNAVAILABLE"])
