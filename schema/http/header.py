"""What every answer carries, whoever made it; and the one length that every address has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.datastructures import MutableHeaders
from starlette.requests import Request

from schema.http.accept import JSON
from schema.http.answer import bad_request, locale_of, refuse
from schema.http.origin import from_trusted
from schema.http.secure import SECURE

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from adapters.settings import Settings

TRANSPORT_SECURITY = "max-age=31536000; includeSubDomains"


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
        request = Request(scope)
        secure = self._settings.production and self._encrypted(request)

        async def complete(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURE.items():
                    headers.setdefault(name, value)
                if secure:
                    headers["strict-transport-security"] = TRANSPORT_SECURITY
            await send(message)

        if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > self._settings.limits.url_bytes:
            refused = refuse(bad_request("the URL is too long, use POST", locale_of(request), 414), JSON)
            await refused(scope, receive, complete)
            return
        await self._app(scope, receive, complete)

    def _encrypted(self, request: Request) -> bool:
        """Whether the client came over TLS, to us or to a trusted proxy."""
        if from_trusted(request, self._settings.trusted_proxies):
            return request.headers.get("x-forwarded-proto", "").strip().lower() == "https"
        return request.url.scheme == "https"
