"""The control room's page without a browser: whom it offers, what may run in it, and that it can be taken away."""

from __future__ import annotations

import re

import httpx
from starlette.applications import Starlette

from adapters.settings import S3, Settings, load_settings
from schema.http.control_room import ASSETS, PATH, ControlRoom

LONGEST = 300  # lines of a file, as of every other


async def page_of(settings: Settings, accounts: list[dict[str, str]], path: str, **headers: str) -> httpx.Response:
    """What the page's routes answer."""
    transport = httpx.ASGITransport(Starlette(routes=ControlRoom(settings, lambda: accounts).routes()))
    async with httpx.AsyncClient(transport=transport, base_url="http://wuye.test") as http:
        return await http.get(path, headers=headers)


async def test_the_page_is_a_setting_and_lets_in_no_stranger() -> None:
    accounts = [{"login": "</script>", "role": role} for role in ("CONTROL_ROOM", "RESIDENT")]
    page = await page_of(Settings(), accounts, PATH, **{"accept-language": "en;q=0.9,zh;q=0.1"})
    assert page.text.count("\\u003c/script") == 1, "those who watch are offered, and their names run nothing"
    assert '<html lang="en">' in page.text
    assert "unsafe" not in page.headers["content-security-policy"]
    assert not re.findall(r"<script(?![^>]*\b(?:src|type=\"application/json\"))|\bon\w+=|style=|https?:", page.text)
    for name in re.findall(r'"(control-room/assets/[^"]+)"', page.text):
        found = await page_of(Settings(), [], f"/{name}")
        assert found.status_code == 200
        again = await page_of(Settings(), [], f"/{name}", **{"if-none-match": found.headers["etag"]})
        assert again.status_code == 304
    assert (await page_of(Settings(), [], f"{PATH}/assets/__init__.py")).status_code == 404
    assert (await page_of(Settings(control_room=False), [], PATH)).status_code == 404
    assert not load_settings({"CONTROL_ROOM": "0", "SECRET_KEY": "x", "PERSONAL_DATA_KEY": "y" * 32}).control_room
    store = Settings(s3=S3("photos", endpoint="https://store.example:9000/x"))
    pictures = (await page_of(store, [], PATH)).headers["content-security-policy"]
    assert "img-src 'self' https://store.example:9000;" in pictures, "links of files lead there"


def test_its_scripts_keep_the_rules_of_the_house() -> None:
    scripts = {name: asset.body.decode() for name, asset in ASSETS.items() if name.endswith(".js")}
    for name, text in scripts.items():
        assert text.startswith("//"), f"{name} says what it is for"
        assert len(text.splitlines()) < LONGEST, name
        assert not re.findall(r"innerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", text), name
        for module in re.findall(r' from "\./([^"]+)"', text):
            assert module in scripts, f"{name} imports {module}"
    keys = re.findall(r"^  (\w+):", scripts["texts.js"], re.MULTILINE)
    assert keys == keys[: len(keys) // 2] * 2, "both languages have the same texts, in the same order"
