"""GET /files/<id> and /files/<id>/thumbnail: bytes, by a path that `File.url` or `File.thumbnailUrl` signed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import RedirectResponse, Response

from adapters.storage import disposition
from models.errors import ErrorCode, Refusal
from resolvers.file import LINK_SECONDS, STORE_SECONDS, link_holds, stored
from schema.http.answer import locale_of
from schema.http.error import explain
from subscriptions.ports import RequestRefused

if TYPE_CHECKING:
    from starlette.requests import Request

    from models.rules.file import FileVariant
    from resolvers.ports import House


class FileEndpoint:
    """Serves signed paths; whoever holds one was allowed to see the file when it was made."""

    def __init__(self, house: House, variant: FileVariant) -> None:
        self._house = house
        self._variant = variant

    async def __call__(self, request: Request) -> Response:
        """403 for a path that is not ours or too old; 404 when the bytes are gone."""
        file_id, query, variant = str(request.path_params["id"]), request.query_params, self._variant
        if not link_holds(self._house, file_id, variant, query.get("until", ""), query.get("signature", "")):
            stale = Refusal(
                ErrorCode.FORBIDDEN, message="BAD_USER_INPUT", detail="this link does not hold, ask for File.url again"
            )
            raise RequestRefused([explain(stale, locale_of(request))], 403)
        found = await stored(self._house, file_id, variant)
        if found is None:
            raise RequestRefused([explain(Refusal(ErrorCode.NOT_FOUND), locale_of(request))], 404)
        headers = {"x-content-type-options": "nosniff", "content-security-policy": "default-src 'none'; sandbox"}
        if found.address is not None:  # the store serves it with the type and name that it was kept with
            headers |= {"cache-control": f"private, max-age={STORE_SECONDS // 2}", "referrer-policy": "no-referrer"}
            return RedirectResponse(found.address, 302, headers)
        headers |= {
            "cache-control": f"private, max-age={LINK_SECONDS}",
            "content-disposition": disposition(found.name),
        }
        return Response(found.content, media_type=found.media_type, headers=headers)
