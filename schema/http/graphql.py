"""/graphql: GraphQL over HTTP, SSE and WebSocket, and GraphiQL for a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from starlette.background import BackgroundTask
from starlette.responses import Response
from starlette.websockets import WebSocketClose

from adapters.database import DatabaseUnavailable
from models.errors import ErrorCode, Refusal
from schema.http import graphiql
from schema.http.accept import EVENTS, GRAPHQL, HTML, JSON, choose
from schema.http.answer import bad_request, refuse
from schema.http.asked import head_of
from schema.http.asset import serve_asset
from schema.http.body import decode_json, read_json, read_multipart
from schema.http.error import explain
from schema.http.exchange import exchange_of
from schema.http.idempotency import with_header
from schema.http.metrics import KIND
from schema.http.origin import origin_of
from schema.http.result import read_of, result_of
from schema.messages import choose_locale, message
from subscriptions.ports import Caller, RequestRefused

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import HTTPConnection, Request
    from starlette.websockets import WebSocket

    from schema.http.execution import Engine
    from subscriptions.sse import EventStreams
    from subscriptions.websocket import Sockets

ASKING = {"query", "documentId", "extensions"}  # parameters of a GET that asks; without any a browser gets a page


class GraphQLEndpoint:
    """The endpoint's three faces."""

    def __init__(
        self, engine: Engine, streams: EventStreams, sockets: Sockets, accounts: Callable[[], list[dict[str, str]]]
    ) -> None:
        self._engine = engine
        self._streams = streams
        self._sockets = sockets
        self._accounts = accounts
        self._settings = engine.house.settings

    async def http(self, request: Request) -> Response:
        """GET and POST."""
        head = head_of(request)
        locale, media = head.locale, head.media
        if request.method == "GET" and not ASKING & request.query_params.keys():
            media = choose(head.accept, html=True)
        if media == HTML:
            return self._page()
        try:
            if media is None:
                raise bad_request(f"Accept must name {GRAPHQL}, {JSON} or {EVENTS}", locale, 406)
            response = await self._answer(request, media, locale)
        except RequestRefused as refused:
            response = refuse(refused, media or JSON, "POST" if request.method == "GET" else "GET, POST")
        except DatabaseUnavailable as error:
            response = refuse(RequestRefused([explain(error, locale)], 503), media or JSON)
        if head.uploads:
            response.background = BackgroundTask(request.close)  # its files; a stream may read them until it ends
        return response

    async def asset(self, request: Request) -> Response:
        """GraphiQL's own files."""
        if self._settings.production:
            return Response(status_code=404)
        return serve_asset(request, graphiql.ASSETS.get(request.path_params["name"]))

    async def websocket(self, websocket: WebSocket) -> None:
        """graphql-transport-ws; a foreign Origin is refused before the handshake."""
        if not self._origin_allowed(websocket):
            await WebSocketClose()(websocket.scope, websocket.receive, websocket.send)
            return
        locale = choose_locale(websocket.headers.get("accept-language"))
        origin = origin_of(websocket, self._settings.trusted_proxies)
        await self._sockets.serve(websocket, Caller(None, locale, origin=origin))

    async def caller(self, request: HTTPConnection, locale: str) -> Caller:
        """Who asks: nobody without a token. Raises RequestRefused 401 for a token that does not hold."""
        head, origin = head_of(request), origin_of(request, self._settings.trusted_proxies)
        if not head.scheme:
            return Caller(None, locale, origin=origin)
        viewer = await self._engine.viewers(head.token) if head.scheme == "bearer" else None
        if viewer is None:
            await self._engine.throttle.stranger(origin, locale)
            raise RequestRefused([explain(Refusal(ErrorCode.UNAUTHENTICATED), locale)], 401)
        return Caller(viewer, locale, head.token, origin)

    async def _answer(self, request: Request, media: str, locale: str) -> Response:
        method = request.method
        if method not in ("GET", "POST"):  # Starlette lets HEAD in with GET
            raise bad_request("GET or POST is expected", locale, 405)
        if not self._origin_allowed(request):
            raise bad_request("this Origin is not allowed", locale, 403)
        caller = await self.caller(request, locale)
        await self._engine.throttle.enter(caller)  # before the body: whoever comes too often sends it for nothing
        body = with_header(request, await self._body(request, locale), locale)
        operation = await self._engine.prepare(body, caller)
        request.scope[KIND] = operation.kind
        if method == "GET" and operation.kind == "mutation":
            raise bad_request("mutations need POST", locale, 405)
        if media == EVENTS:
            try:
                pipe, last_id = exchange_of(request.scope), request.headers.get("last-event-id")
                return await self._streams.respond(operation, caller, last_id, request.receive, pipe)
            except Refusal as refusal:
                raise RequestRefused([explain(refusal, locale)]) from None
        if operation.kind == "subscription":
            text = message("SUBSCRIPTION_TRANSPORT", locale, {})
            raise RequestRefused([{"message": text, "extensions": {"code": ErrorCode.BAD_REQUEST.value}}], 406)
        answer = await operation.run()
        if operation.kind == "mutation":
            return result_of(answer, media, replayed=operation.replayed)
        tagged = method == "GET" and "query" not in request.query_params
        return await read_of(request, answer, media, self._settings.limits.compress_from_bytes, tagged=tagged)

    async def _body(self, request: Request, locale: str) -> Any:
        limits = self._settings.limits
        if request.method == "GET":
            if request.headers.get("sec-fetch-site") == "cross-site":
                raise bad_request("GET from another site is refused", locale, 403)
            query = dict(request.query_params)
            for name in ("variables", "extensions"):
                if query.get(name):
                    query[name] = decode_json(query[name], locale)
            return query
        if head_of(request).uploads:
            return await read_multipart(request, limits, locale)
        return await read_json(request, limits, locale)

    def _origin_allowed(self, request: HTTPConnection) -> bool:
        head = head_of(request)
        origin = head.origin
        if origin is None or origin in self._settings.allowed_origins:
            return True
        try:
            return urlsplit(origin).netloc == head.host
        except ValueError:
            return False  # no address at all

    def _page(self) -> Response:
        if self._settings.production:
            return Response(status_code=404)
        return Response(
            graphiql.page(self._accounts()),
            media_type="text/html",
            headers={
                "content-security-policy": graphiql.CONTENT_SECURITY_POLICY,
                "x-content-type-options": "nosniff",
                "referrer-policy": "no-referrer",
                "cache-control": "no-store",
            },
        )
