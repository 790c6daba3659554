"""What every answer carries, whoever made it; the one length that every address has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.requests import Request

from schema.http.accept import JSON
from schema.http.answer import bad_request, locale_of, refuse
from schema.http.origin import from_trusted
from schema.http.secure import SECURE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from adapters.settings import Settings

TRANSPORT_SECURITY = {"strict-transport-security": "max-age=31536000; includeSubDomains"}


class Wanted:
    """Headers that an answer has, unless it has them already."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
        self.lines = b"".join(b"%s: %s\r\n" % pair for pair in self._pairs)

    def completing(self, send: Send) -> Send:
        """`send`, with them."""

        async def complete(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = message.setdefault("headers", [])
                there = dict(headers)
                headers.extend(pair for pair in self._pairs if pair[0] not in there)
            await send(message)

        return complete


PLAIN, ENCRYPTED = Wanted(SECURE), Wanted({**SECURE, **TRANSPORT_SECURITY})


class Guard:
    """Middleware around everything else: refuses long addresses, completes the headers of every answer."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        complete = wanted(scope, self._settings).completing(send)
        if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > self._settings.limits.url_bytes:
            locale = locale_of(Request(scope))
            refused = refuse(bad_request("the URL is too long, use POST", locale, 414), JSON)
            await refused(scope, receive, complete)
            return
        await self._app(scope, receive, complete)


def wanted(scope: Scope, settings: Settings) -> Wanted:
    """What an answer to this request carries."""
    return ENCRYPTED if settings.production and _encrypted(Request(scope), settings) else PLAIN


def _encrypted(request: Request, settings: Settings) -> bool:
    """Whether the client came over TLS, to us or to a trusted proxy."""
    if from_trusted(request, settings.trusted_proxies):
        return request.headers.get("x-forwarded-proto", "").strip().lower() == "https"
    return request.url.scheme == "https"
