"""GET /control-room: the wall of a control room, a page of our own on the public API alone (docs/control-room.md).

It holds no secret and asks for nothing outside; in the demo it names the demo's accounts, as GraphiQL does.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from starlette.responses import Response
from starlette.routing import Route

from schema.http.answer import locale_of
from schema.http.asset import load_assets, script_data, serve_asset

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from adapters.settings import S3, Settings

PATH: Final = "/control-room"
_FOLDER: Final = Path(__file__).parent
_LOCALE: Final = '<html lang="zh">'
_ACCOUNTS: Final = '<script type="application/json" id="accounts">[]</script>'
_ROLES: Final = {"CONTROL_ROOM", "MANAGER", "GUARD"}

ASSETS: Final = load_assets(_FOLDER / "assets")
"""What `/control-room/assets/<name>` serves, by name."""


class ControlRoom:
    """The page and its files. Without CONTROL_ROOM all of it is 404."""

    def __init__(self, settings: Settings, accounts: Callable[[], list[dict[str, str]]]) -> None:
        self._shown = settings.control_room
        self._accounts = accounts
        self._policy = content_security_policy(settings.s3)

    def routes(self) -> list[Route]:
        """The page, and its files."""
        return [Route(PATH, self.page), Route(f"{PATH}/assets/{{name}}", self.asset)] if self._shown else []

    async def page(self, request: Request) -> Response:
        """In the language of Accept-Language; the demo's accounts of those who watch are offered."""
        start, between, end = _template()
        offered = [account for account in self._accounts() if account["role"] in _ROLES]
        html = f'{start}<html lang="{locale_of(request)}">{between}{_ACCOUNTS.replace("[]", script_data(offered))}{end}'
        headers = {"content-security-policy": self._policy, "vary": "accept-language"}
        return Response(html, media_type="text/html", headers=headers)

    async def asset(self, request: Request) -> Response:
        """One file of the page."""
        return serve_asset(request, ASSETS.get(request.path_params["name"]))


def content_security_policy(s3: S3 | None) -> str:
    """Scripts, styles and calls only from and to us; pictures also from the store that our file links lead to."""
    pictures = " ".join(("'self'", *_stores(s3)))
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            f"img-src {pictures}",
            "connect-src 'self'",  # the WebSocket of the same origin too
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    )


def _stores(s3: S3 | None) -> list[str]:
    if s3 is None:
        return []
    if s3.endpoint:
        address = urlsplit(s3.endpoint)
        return [f"{address.scheme}://{address.netloc}"]
    return [f"https://s3.{s3.region}.amazonaws.com", f"https://{s3.bucket}.s3.{s3.region}.amazonaws.com"]


@cache
def _template() -> tuple[str, str, str]:
    """The page's text before its language, between it and the accounts, and after them."""
    start, locale, rest = (_FOLDER / "index.html").read_text(encoding="utf-8").partition(_LOCALE)
    between, accounts, end = rest.partition(_ACCOUNTS)
    if not (locale and accounts):
        raise RuntimeError(f"index.html has lost its placeholders {_LOCALE} and {_ACCOUNTS}")
    return start, between, end
