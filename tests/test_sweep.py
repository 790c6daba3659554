"""Thumbnails, quotas of uploads, and the sweep that removes what belongs to nothing."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import asyncpg
import pytest
from PIL import Image

from adapters.settings import Limits
from models.file import OWNERS, owner_columns, reference_columns
from models.rules.file import FileVariant
from resolvers.file import storage_key
from resolvers.jobs.file import sweep_files
from tests.dump import audits, dump, owner
from tests.test_file import UPLOAD, refused, send, ticket, uploaded
from tests.test_http import codes
from tests.test_photo import GPS, photo, with_gps

if TYPE_CHECKING:
    from resolvers.ports import House
    from tests.client import Client

URL = "query ($id: ID!) { node(id: $id) { ... on File { url } } }"
DAY = timedelta(days=1, seconds=1)


async def kept_keys(house: House) -> set[str]:
    """What lies in the storage."""
    return {key async for batch in house.storage.kept_keys() for key in batch}


async def file_ids(house: House) -> set[str]:
    return {str(row["id"]) for row in await owner(house, "SELECT id FROM file")}


class TestThumbnail:
    async def test_it_is_small_clean_and_upright(self, client: Client) -> None:
        for kind, size, shown in (
            ("JPEG", (800, 400), (320, 160)),
            ("PNG", (40, 20), (40, 20)),
            ("WEBP", (9, 999), (3, 320)),
        ):
            kept = await uploaded(client, photo(kind, size))
            response = await client.http.get(kept["thumbnailUrl"])
            image = Image.open(io.BytesIO(response.content))
            assert (response.headers["content-type"], image.format, image.size) == ("image/webp", "WEBP", shown)
            assert response.headers["x-content-type-options"] == "nosniff"
            assert response.headers["cache-control"].startswith("private")
        turned = await uploaded(client, with_gps("JPEG"))
        response = await client.http.get(turned["thumbnailUrl"])
        assert Image.open(io.BytesIO(response.content)).size == (20, 40)
        assert GPS not in response.content

    async def test_transparency_survives(self, client: Client) -> None:
        out = io.BytesIO()
        Image.new("RGBA", (640, 640), (255, 0, 0, 0)).save(out, "PNG")
        kept = await uploaded(client, out.getvalue())
        image = Image.open(io.BytesIO((await client.http.get(kept["thumbnailUrl"])).content))
        assert image.convert("RGBA").getpixel((5, 5))[3] == 0  # type: ignore[index]  # four bands

    async def test_a_link_is_for_one_variant_only(self, client: Client) -> None:
        kept = await uploaded(client, photo())
        whole, small = kept["url"], kept["thumbnailUrl"]
        swapped = [
            f"{whole.partition('?')[0]}?{small.partition('?')[2]}",
            f"{small.partition('?')[0]}?{whole.partition('?')[2]}",
        ]
        for path in (*swapped, small.partition("?")[0]):
            response = await client.http.get(path)
            assert (response.status_code, codes(response)) == (403, ["FORBIDDEN"])

    async def test_a_file_without_one_says_so(self, client: Client, house: House) -> None:
        kept = await uploaded(client, photo())
        await owner(house, "UPDATE file SET thumbnail_key = NULL")
        query = "query ($id: ID!) { node(id: $id) { ... on File { thumbnailUrl } } }"
        assert (await client.data(query, "resident", id=kept["id"]))["node"] == {"thumbnailUrl": None}
        assert (await client.http.get(kept["thumbnailUrl"])).status_code == 404


async def test_one_request_uploads_several(client: Client) -> None:
    names = ("a", "b", "c")
    query = UPLOAD.partition("fileUpload")[2].replace("$file", "$FILE")
    fields = " ".join(
        f"{name}: fileUpload{query.replace('$FILE', f'${name}').rstrip().removesuffix('}')}" for name in names
    )
    heads = ", ".join(f"${name}: Upload!" for name in names)
    operations = {"query": f"mutation ({heads}) {{ {fields} }}", "variables": dict.fromkeys(names)}
    places = {str(n): [f"variables.{name}"] for n, name in enumerate(names)}
    contents = [photo(size=(10 + n, 10)) for n in range(3)]
    answer = (await send(client, *contents, operations=operations, places=places)).json()
    assert [answer["data"][name]["file"]["width"] for name in names] == [10, 11, 12]


class TestQuota:
    @pytest.fixture
    def limits(self) -> Limits:
        return replace(Limits(), upload_loose_files=2, upload_day_bytes=3_000)

    async def test_photos_that_belong_to_nothing(self, client: Client, house: House) -> None:
        kept = [await uploaded(client, photo(size=(5, 5))) for _ in range(2)]
        before, keys = await dump(house), await kept_keys(house)
        assert await refused(client, photo(size=(5, 5))) == ["UPLOAD_LIMIT"]
        assert (await dump(house), await kept_keys(house)) == (before, keys)
        await uploaded(client, photo(size=(5, 5)), who="neighbour")  # each account has its own
        assert (await ticket(client, kept[0]["id"]))["userErrors"] == []
        await uploaded(client, photo(size=(5, 5)))
        assert await refused(client, photo(size=(5, 5))) == ["UPLOAD_LIMIT"]

    async def test_bytes_within_a_day(self, client: Client, house: House) -> None:
        noise = io.BytesIO()
        Image.effect_noise((70, 70), 200).save(noise, "PNG")
        kept = await uploaded(client, noise.getvalue())
        assert kept["sizeBytes"] > 3_000
        assert await refused(client, photo(size=(5, 5))) == ["UPLOAD_LIMIT"]
        house.clock.move(DAY)  # type: ignore[attr-defined]  # a HeldClock
        await uploaded(client, photo(size=(5, 5)))


class TestSweep:
    async def test_what_was_never_attached_goes_after_a_day(self, client: Client, house: House) -> None:
        used, loose = await uploaded(client, photo()), await uploaded(client, photo())
        assert (await ticket(client, used["id"]))["userErrors"] == []
        assert len(await kept_keys(house)) == 4
        await sweep_files(house)
        assert len(await file_ids(house)) == 2, "it is young"
        house.clock.move(DAY)  # type: ignore[attr-defined]  # a HeldClock
        young = await uploaded(client, photo())
        for _ in range(2):  # a second time changes nothing
            await sweep_files(house)
            query = "query ($id: ID!) { node(id: $id) { id } }"
            found = [(await client.data(query, "resident", id=one["id"]))["node"] for one in (used, loose, young)]
            assert [bool(node) for node in found] == [True, False, True]
            assert len(await kept_keys(house)) == 4
        (entry,) = await audits(house, "file.sweep")
        assert (entry["actor"], entry["account_id"]) == ("job", None)
        assert entry["after"]["sha256"]

    async def test_bytes_without_a_row_go_after_a_day(self, client: Client, house: House) -> None:
        orphan, running = house.identity.uuid(house.clock.now() - DAY), house.identity.uuid()
        theirs = "zz/not-ours"
        for id_ in (orphan, running):
            for variant in FileVariant:
                await house.storage.put(storage_key(id_, variant), b"x")
        await house.storage.put(theirs, b"x")
        await sweep_files(house)
        running_keys = {storage_key(running, variant) for variant in FileVariant}
        assert await kept_keys(house) == {theirs, *running_keys}, "a running upload keeps its bytes"
        house.clock.move(DAY)  # type: ignore[attr-defined]  # a HeldClock
        await sweep_files(house)
        assert await kept_keys(house) == {theirs}

    async def test_a_draft_of_a_killed_process_goes_too(self, client: Client, house: House) -> None:
        key = storage_key(house.identity.uuid(house.clock.now() - DAY))
        path = house.settings.storage_path / f"{key}.draft"
        path.parent.mkdir(parents=True)
        path.write_bytes(b"half")
        await sweep_files(house)
        assert not path.exists()

    @pytest.mark.parametrize("backend", [pytest.param("postgres", marks=pytest.mark.postgres)])
    async def test_a_file_that_is_attached_just_now_stays(self, client: Client, house: House) -> None:
        """SQLite has one writer: there the sweep waits for it."""
        kept = await uploaded(client, photo())
        house.clock.move(DAY)  # type: ignore[attr-defined]  # a HeldClock
        attaching = await asyncpg.connect(house.settings.database_admin_url)
        try:
            async with attaching.transaction():
                await attaching.execute("UPDATE file SET ticket_id = $1", client.world.acme.keys["ticket0"])
                await sweep_files(house)
                assert len(await file_ids(house)) == 1
        finally:
            await attaching.close()
        await sweep_files(house)
        assert len(await file_ids(house)) == 1
        assert (await client.http.get((await client.data(URL, "resident", id=kept["id"]))["node"]["url"])).is_success

    async def test_every_owner_of_a_file_is_known_to_it(self) -> None:
        assert sorted(OWNERS) == sorted(owner_columns()), "models/file.py OWNERS: name each column that owns a File"
        assert not {"account_id", "organization_id", "property_id", "reporter_id"} & set(owner_columns())
        assert ("data_export", "file_id") in reference_columns()
