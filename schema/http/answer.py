"""Refusals as HTTP answers: the statuses, media types and headers of limits.md, in one place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from starlette.exceptions import HTTPException
from starlette.responses import Response

from adapters.database import DatabaseUnavailable
from adapters.storage import StorageUnavailable
from models.errors import ErrorCode, Refusal
from schema.http.accept import GRAPHQL, JSON
from schema.http.error import explain
from schema.http.secure import SECURE
from schema.messages import choose_locale
from subscriptions.ports import RequestRefused

if TYPE_CHECKING:
    from starlette.requests import Request

_CODES = {404: ErrorCode.NOT_FOUND}


def bad_request(detail: str, locale: str, status: int = 400) -> RequestRefused:
    """A request that is none; `detail` says what is expected."""
    return RequestRefused([explain(Refusal(ErrorCode.BAD_REQUEST, detail=detail), locale)], status)


def too_large(locale: str, *, most: int | None = None, detail: str = "") -> RequestRefused:
    """413: more than `most` bytes, or more of whatever `detail` says."""
    key = None if most is not None else "BAD_REQUEST"
    refusal = Refusal(ErrorCode.PAYLOAD_TOO_LARGE, message=key, max=most, detail=detail)
    return RequestRefused([explain(refusal, locale)], 413)


def refuse(refused: RequestRefused, media: str, allow: str = "GET, POST") -> Response:
    """A refusal in the media type asked for.

    With application/json a document that fails gets 200 and a body that is no request 400; everywhere else the
    status speaks. `allow` are the methods that a 405 names.
    """
    codes = {error["extensions"]["code"] for error in refused.errors}
    status = refused.status
    if status == 400 and media == JSON and codes != {ErrorCode.BAD_REQUEST.value}:
        status = 200
    headers = dict(SECURE)  # here too: a bug's answer is made outside of all middleware
    match status:
        case 405:
            headers["allow"] = allow
        case 401:
            headers["www-authenticate"] = "Bearer"
        case 429:
            headers["retry-after"] = str(refused.errors[0]["extensions"]["retryAfter"])
        case 503:
            headers["retry-after"] = "5"
        case 408 | 413:
            headers["connection"] = "close"  # what is left of the body is not read
    shown = GRAPHQL if media == GRAPHQL else JSON
    return Response(
        orjson.dumps({"errors": refused.errors}), status_code=status, headers=headers, media_type=with_charset(shown)
    )


def with_charset(media: str) -> str:
    """The media type as a header says it."""
    return f"{media}; charset=utf-8"


def locale_of(request: Request) -> str:
    """The language to answer in."""
    return choose_locale(request.headers.get("accept-language"))


async def _routed(request: Request, error: Exception) -> Response:
    """No such address, or no such method there."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    headers = (error.headers if isinstance(error, HTTPException) else None) or {}
    detail = "this method is not taken here" if status == 405 else "the address or the request is wrong"
    refusal = Refusal(_CODES.get(status, ErrorCode.BAD_REQUEST), detail=detail)
    refused = RequestRefused([explain(refusal, locale_of(request))], status)
    return refuse(refused, JSON, headers.get("Allow", "GET"))


async def _refused(request: Request, error: Exception) -> Response:
    """A refusal that an endpoint raised."""
    return refuse(error, JSON) if isinstance(error, RequestRefused) else await _failed(request, error)


async def _unavailable(request: Request, error: Exception) -> Response:
    """The database or the storage does not answer."""
    return refuse(RequestRefused([explain(error, locale_of(request))], 503), JSON)


async def _failed(request: Request, error: Exception) -> Response:
    """A bug of ours, masked; the log has it."""
    return refuse(RequestRefused([explain(error, locale_of(request))], 500), JSON)


HANDLERS: dict[Any, Any] = {
    HTTPException: _routed,
    RequestRefused: _refused,
    DatabaseUnavailable: _unavailable,
    StorageUnavailable: _unavailable,
    Exception: _failed,
}
