"""What every answer carries, whoever made it; the one length that every address has; the short way to GraphQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.requests import Request

from schema.http.accept import JSON
from schema.http.answer import bad_request, locale_of, refuse
from schema.http.origin import from_trusted
from schema.http.secure import RAW_SECURE

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from adapters.settings import Settings

TRANSPORT_SECURITY = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")


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
        wanted = RAW_SECURE
        if self._settings.production and self._encrypted(Request(scope)):
            wanted = [*RAW_SECURE, TRANSPORT_SECURITY]

        async def complete(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = message.setdefault("headers", [])
                there = dict(headers)
                headers.extend(pair for pair in wanted if pair[0] not in there)
            await send(message)

        if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > self._settings.limits.url_bytes:
            locale = locale_of(Request(scope))
            refused = refuse(bad_request("the URL is too long, use POST", locale, 414), JSON)
            await refused(scope, receive, complete)
            return
        await self._app(scope, receive, complete)

    def _encrypted(self, request: Request) -> bool:
        """Whether the client came over TLS, to us or to a trusted proxy."""
        if from_trusted(request, self._settings.trusted_proxies):
            return request.headers.get("x-forwarded-proto", "").strip().lower() == "https"
        return request.url.scheme == "https"


class Direct:
    """Middleware inside everything else: GET and POST of one path go to their endpoint without a search for a route."""

    def __init__(self, app: ASGIApp, path: str, endpoint: ASGIApp) -> None:
        self._app = app
        self._path = path
        self._endpoint = endpoint

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] == "http" and scope["path"] == self._path and scope["method"] in ("GET", "POST"):
            await self._endpoint(scope, receive, send)
        else:
            await self._app(scope, receive, send)
