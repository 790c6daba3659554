"""GET /graphql/schema.graphql: the SDL that the caller may see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.errors import ErrorCode, Refusal
from schema.http.answer import locale_of
from schema.http.error import explain
from schema.http.result import TEXT, read_of
from subscriptions.ports import RequestRefused

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from schema.http.scoped import Sights
    from subscriptions.ports import Caller


class SdlEndpoint:
    """Whole for people; for a partner's program what its scopes reach; in production nothing for nobody (401)."""

    def __init__(self, sights: Sights, caller: Callable[[Request, str], Awaitable[Caller]], compress_from: int) -> None:
        self._sights = sights
        self._caller = caller
        self._compress_from = compress_from

    async def __call__(self, request: Request) -> Response:
        """The text, UTF-8, with an ETag. Raises RequestRefused 401."""
        locale = locale_of(request)
        sight = self._sights.of((await self._caller(request, locale)).viewer)
        if not sight.introspection:
            raise RequestRefused([explain(Refusal(ErrorCode.UNAUTHENTICATED), locale)], 401)
        return await read_of(request, sight.sdl.encode(), TEXT, self._compress_from, tagged=True)
