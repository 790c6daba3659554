"""GET /files/<id>: the bytes of a photo, by a path that `File.url` signed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import Response

from models.errors import ErrorCode, Refusal
from resolvers.file import LINK_SECONDS, link_holds, stored
from schema.http.answer import locale_of
from schema.http.error import explain
from subscriptions.ports import RequestRefused

if TYPE_CHECKING:
    from starlette.requests import Request

    from resolvers.ports import House


class FileEndpoint:
    """Serves signed paths; whoever holds one was allowed to see the file when it was made."""

    def __init__(self, house: House) -> None:
        self._house = house

    async def __call__(self, request: Request) -> Response:
        """403 for a path that is not ours or too old; 404 when the bytes are gone."""
        file_id, query = str(request.path_params["id"]), request.query_params
        if not link_holds(self._house, file_id, query.get("until", ""), query.get("signature", "")):
            stale = Refusal(
                ErrorCode.FORBIDDEN, message="BAD_USER_INPUT", detail="this link does not hold, ask for File.url again"
            )
            raise RequestRefused([explain(stale, locale_of(request))], 403)
        found = await stored(self._house, file_id)
        if found is None:
            raise RequestRefused([explain(Refusal(ErrorCode.NOT_FOUND), locale_of(request))], 404)
        content, media_type = found
        return Response(
            content,
            media_type=media_type,
            headers={
                "cache-control": f"private, max-age={LINK_SECONDS}",
                "x-content-type-options": "nosniff",
                "content-security-policy": "default-src 'none'; sandbox",
                "content-disposition": "inline",
            },
        )
