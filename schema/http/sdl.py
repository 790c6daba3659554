"""GET /graphql/schema.graphql: the SDL that the caller may see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import Response

from models.errors import ErrorCode, Refusal
from schema.http.answer import locale_of
from schema.http.error import explain
from subscriptions.ports import RequestRefused

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request

    from schema.http.scoped import Sights
    from subscriptions.ports import Caller

HEADERS = {"cache-control": "private, no-cache", "vary": "authorization", "x-content-type-options": "nosniff"}


class SdlEndpoint:
    """Whole for people; for a partner's program what its scopes reach; in production nothing for nobody (401)."""

    def __init__(self, sights: Sights, caller: Callable[[Request, str], Awaitable[Caller]]) -> None:
        self._sights = sights
        self._caller = caller

    async def __call__(self, request: Request) -> Response:
        """The text, UTF-8. Raises RequestRefused 401."""
        locale = locale_of(request)
        sight = self._sights.of((await self._caller(request, locale)).viewer)
        if not sight.introspection:
            raise RequestRefused([explain(Refusal(ErrorCode.UNAUTHENTICATED), locale)], 401)
        return Response(sight.sdl, media_type="text/plain; charset=utf-8", headers=HEADERS)
