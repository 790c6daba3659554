"""Where files live: the same promises on the local disk and in S3 (a real SeaweedFS)."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import httpx
import pytest

from adapters.settings import S3, SettingsError, load_settings
from adapters.storage import LocalStorage, Storage, StorageUnavailable, disposition, make_storage
from adapters.storage.s3 import S3Storage
from tests.servers.process import free_port
from tests.servers.weed import WeedServer
from tests.test_file import send, uploaded
from tests.test_http import codes
from tests.test_photo import photo

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from adapters.settings import Limits, Settings
    from tests.client import Client

pytestmark = pytest.mark.timeout(120)


@pytest.fixture(scope="session")
def weed() -> Iterator[WeedServer]:
    """A real S3, started when first asked for."""
    with WeedServer() as server:
        yield server


async def ready(storage: S3Storage) -> S3Storage:
    """The first write of a new server grows its volumes, and may be refused meanwhile."""
    deadline = time.monotonic() + 40
    while True:
        try:
            await storage.put("first", b"x")
        except StorageUnavailable:
            assert time.monotonic() < deadline
            await asyncio.sleep(0.2)
        else:
            await storage.delete("first")
            return storage


@pytest.fixture(params=["local", "s3"])
async def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    """An empty storage."""
    if request.param == "local":
        return LocalStorage(tmp_path / "files")
    server: WeedServer = request.getfixturevalue("weed")
    return await ready(S3Storage(replace(server.settings, prefix=f"test/{tmp_path.name}")))


async def keys(storage: Storage) -> list[str]:
    return sorted([key async for batch in storage.kept_keys() for key in batch])


async def test_bytes_come_back_until_they_are_deleted(storage: Storage) -> None:
    assert await keys(storage) == []
    for key, content in (("ab/one", b"1"), ("ab/one.thumbnail", b""), ("cd/two", bytes(3_000_000))):
        await storage.put(key, content)
        assert await storage.get(key) == content
    await storage.put("ab/one", b"anew")
    assert await storage.get("ab/one") == b"anew"
    assert await keys(storage) == ["ab/one", "ab/one.thumbnail", "cd/two"]
    for _ in range(2):  # a second time there is nothing to do
        await storage.delete("ab/one")
    assert await keys(storage) == ["ab/one.thumbnail", "cd/two"]
    with pytest.raises(KeyError):
        await storage.get("ab/one")


async def test_many_keys_come_in_batches(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("local", "s3"):
        monkeypatch.setattr(f"adapters.storage.{module}.BATCH", 3)
    wanted = [f"ab/{n}" for n in range(7)]
    for key in wanted:
        await storage.put(key, b"x")
    batches = [batch async for batch in storage.kept_keys()]
    assert max(map(len, batches)) <= 3
    assert sorted(key for batch in batches for key in batch) == wanted


async def test_a_storage_that_does_not_answer_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("where a folder should be")
    nobody = S3("wuye", "p", f"http://127.0.0.1:{free_port()}", "us-east-1", "k", "s")
    for storage in (LocalStorage(tmp_path / "file"), S3Storage(nobody)):
        with pytest.raises(StorageUnavailable):
            await storage.put("ab/x", b"x")
    with pytest.raises(StorageUnavailable):
        await S3Storage(nobody).get("ab/x")
    with pytest.raises(StorageUnavailable):
        await keys(S3Storage(nobody))


async def test_a_store_that_refuses_our_key_is_unavailable(weed: WeedServer) -> None:
    stranger = S3Storage(replace(weed.settings, secret_access_key="another"))
    for call in (stranger.put("ab/x", b"x"), stranger.get("ab/x"), stranger.delete("ab/x")):
        with pytest.raises(StorageUnavailable):
            await call


async def test_a_sheet_is_saved_under_its_name(weed: WeedServer) -> None:
    storage = await ready(S3Storage(weed.settings))
    await storage.put("ab/sheet", b"a,b", media_type="text/csv", name="工单.csv")
    address = await storage.address("ab/sheet", 60)
    assert address is not None
    async with httpx.AsyncClient(trust_env=False) as http:
        shown = await http.get(address)
    assert (shown.content, shown.headers["content-type"]) == (b"a,b", "text/csv")
    assert shown.headers["content-disposition"] == "attachment; filename*=UTF-8''%E5%B7%A5%E5%8D%95.csv"


def test_settings_choose_the_storage(tmp_path: Path) -> None:
    base = {"STATE_PATH": str(tmp_path), "SECRET_KEY": "x"}
    assert isinstance(make_storage(load_settings(base)), LocalStorage)
    s3 = {"STORAGE_URL": "s3://bucket/a/b/", "S3_ACCESS_KEY_ID": "k", "S3_SECRET_ACCESS_KEY": "s"}
    settings = load_settings(base | s3 | {"S3_ENDPOINT": "http://127.0.0.1:9000", "S3_REGION": "cn-north-1"})
    assert settings.s3 == S3("bucket", "a/b", "http://127.0.0.1:9000", "cn-north-1", "k", "s")
    assert isinstance(make_storage(settings), S3Storage)
    assert "'s'" not in repr(settings.s3)
    for wrong, named in (
        ({"STORAGE_URL": "ftp://x"}, "STORAGE_URL"),
        ({"STORAGE_URL": "s3://"}, "STORAGE_URL"),
        ({"S3_SECRET_ACCESS_KEY": ""}, "S3_SECRET_ACCESS_KEY"),
        ({"S3_ENDPOINT": "127.0.0.1"}, "S3_ENDPOINT"),
    ):
        with pytest.raises(SettingsError, match=named):
            load_settings(base | s3 | wrong)


def test_names_are_spelled_so_that_no_header_breaks() -> None:
    assert disposition(None) == "inline"
    assert disposition('工单\r\n"a".csv') == "attachment; filename*=UTF-8''%E5%B7%A5%E5%8D%95%0D%0A%22a%22.csv"


class TestProductOnS3:
    """The same uploads and links, served by a redirect to the store's own address."""

    @pytest.fixture
    def settings(self, settings: Settings, weed: WeedServer) -> Settings:
        return replace(settings, s3=weed.settings)

    async def test_a_link_leads_to_a_signed_address_of_seconds(self, client: Client, weed: WeedServer) -> None:
        await ready(S3Storage(weed.settings))
        kept = await uploaded(client, photo(size=(800, 400)))
        for path, media in ((kept["url"], "image/jpeg"), (kept["thumbnailUrl"], "image/webp")):
            response = await client.http.get(path)
            assert (response.status_code, response.headers["cache-control"]) == (302, "private, max-age=30")
            address = response.headers["location"]
            assert "X-Amz-Expires=60" in address
            async with httpx.AsyncClient(trust_env=False) as http:
                shown = await http.get(address)
                assert (shown.status_code, shown.headers["content-type"]) == (200, media)
                assert shown.headers["content-disposition"] == "inline"
                bare = address.partition("?")[0]
                assert (await http.get(bare)).status_code == 403, "the store itself shows it to nobody"
        assert (await client.http.get(kept["url"].partition("?")[0])).status_code == 403


class TestProductWithoutItsStore:
    """S3 is away: an upload says so, and keeps nothing."""

    @pytest.fixture
    def settings(self, settings: Settings, limits: Limits) -> Settings:
        return replace(settings, s3=S3("wuye", "p", f"http://127.0.0.1:{free_port()}", "us-east-1", "k", "s"))

    async def test_an_upload_is_told_to_try_again(self, client: Client) -> None:
        response = await send(client, photo())
        assert (response.status_code, codes(response)) == (200, ["SERVICE_UNAVAILABLE"])
