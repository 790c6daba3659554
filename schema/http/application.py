"""The ASGI application: Starlette, and short ways to GraphQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.websockets import WebSocket

from schema.http.answer import HANDLERS
from schema.http.asked import Asked
from schema.http.exchange import EXCHANGE, Exchange, exchange_of
from schema.http.header import wanted
from schema.http.result import Result

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import Receive, Scope, Send

    from adapters.settings import Settings

    Endpoint = Callable[[Request], Awaitable[Response]]
    Talk = Callable[[WebSocket], Awaitable[None]]


class Application(Starlette):
    """A POST to one path goes to its endpoint past middleware and routes, and its result past ASGI's messages.

    Only where they would do nothing: through our own transport, without an address to measure, and without a page of
    an allowed origin to answer. The guard's headers are set here too; what is no `Result` goes the ordinary way.

    A WebSocket there goes past them too: they would wait with it for as long as it is open, in 4 KiB.
    """

    def __init__(self, path: str, endpoint: Endpoint, talk: Talk, settings: Settings, **rest: Any) -> None:
        super().__init__(**rest)
        self._path = path
        self._endpoint = endpoint
        self._talk = talk
        self._settings = settings
        self._crosses = bool(settings.allowed_origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] == "websocket" and scope["path"] == self._path:
            await self._talk(WebSocket(scope, receive, send))
            return
        exchange = exchange_of(scope)
        if exchange is None:
            await super().__call__(scope, receive, send)
            return
        try:
            if self._plain(scope):
                await self._short(scope, receive, send, exchange)
            else:
                await super().__call__(scope, receive, send)
        finally:
            del scope["extensions"][EXCHANGE]  # they hold each other: only the garbage collector would find them

    def _plain(self, scope: Scope) -> bool:
        """Whether middleware and routes would do nothing to it."""
        return (
            scope["path"] == self._path
            and scope["method"] == "POST"
            and not scope["query_string"]
            and not (self._crosses and any(name == b"origin" for name, _ in scope["headers"]))
        )

    async def _short(self, scope: Scope, receive: Receive, send: Send, exchange: Exchange) -> None:
        request = Asked(scope, receive, send)
        try:
            response = await self._endpoint(request)
        except Exception as error:  # as Starlette: answered, then told
            await (await HANDLERS[Exception](request, error))(scope, receive, send)
            raise
        headers = wanted(scope, self._settings)
        sent = (
            type(response) is Result
            and response.background is None  # there are no files to close
            and exchange.answer(response.status_code, headers.lines + response.lines, bytes(response.body))
        )
        if not sent:
            await response(scope, receive, headers.completing(send))
