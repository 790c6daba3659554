"""POST /oauth/token: client credentials as RFC 6749 words them (sections 2.3.1, 4.4, 5.1 and 5.2)."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote_plus

import orjson
from starlette.responses import Response

from models.errors import ErrorCode, Refusal
from resolvers.api_client import sign_in
from resolvers.origin import coming_from
from schema.http.answer import locale_of
from schema.http.body import read_bytes
from schema.http.origin import origin_of

if TYPE_CHECKING:
    from starlette.requests import Request

    from resolvers.ports import House

MOST_BYTES = 16 * 1024
MOST_FIELDS = 20
NO_STORE = {"cache-control": "no-store", "pragma": "no-cache"}


class TokenError(Exception):
    """An answer of section 5.2: `error` is its word, `description` for a developer (ASCII)."""

    def __init__(self, error: str, description: str, status: int = 400, **headers: str) -> None:
        super().__init__(error, description)
        self.status = status
        self.headers = headers
        self.body = {"error": error, "error_description": description}


class TokenEndpoint:
    """Where programs buy their tokens."""

    def __init__(self, house: House) -> None:
        self._house = house

    async def __call__(self, request: Request) -> Response:
        """200 with a token, or an error of the RFC; 429 with Retry-After after too many wrong secrets."""
        try:
            answer = await self._token(request)
        except TokenError as error:
            headers = {name.replace("_", "-"): value for name, value in error.headers.items()}
            return _json(error.body, error.status, headers)
        return _json(answer, 200, {})

    async def _token(self, request: Request) -> dict[str, Any]:
        form = await self._form(request)
        client_id, secret, basic = _credentials(request, form)
        if "grant_type" not in form:
            raise TokenError("invalid_request", "grant_type is missing")
        if form["grant_type"] != "client_credentials":
            raise TokenError("unsupported_grant_type", "only client_credentials is served here")
        challenge = {"www_authenticate": 'Basic realm="wuye", charset="UTF-8"'} if basic else {}
        try:
            with coming_from(origin_of(request, self._house.settings.trusted_proxies)):
                done = await sign_in(self._house, client_id, secret, form.get("scope", "").split())
        except Refusal as refusal:
            if refusal.code is ErrorCode.RATE_LIMITED:
                wait = {"retry_after": str(refusal.params["retry_after"])}
                raise TokenError("temporarily_unavailable", "too many wrong secrets, wait", 429, **wait) from None
            if refusal.code is ErrorCode.FORBIDDEN:
                raise TokenError("invalid_scope", "the client does not have every scope asked for") from None
            raise TokenError("invalid_client", "client id or secret is wrong or has ended", 401, **challenge) from None
        seconds = int((done.expires_at - self._house.clock.now()).total_seconds())
        scope = " ".join(done.client.scopes)
        return {"access_token": done.token, "token_type": "Bearer", "expires_in": seconds, "scope": scope}

    async def _form(self, request: Request) -> dict[str, str]:
        """The body's fields, each at most once; an empty one counts as absent (section 3.2)."""
        media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media != "application/x-www-form-urlencoded":
            raise TokenError("invalid_request", "Content-Type must be application/x-www-form-urlencoded")
        raw = await read_bytes(request, MOST_BYTES, self._house.settings.limits.request_seconds, locale_of(request))
        try:
            pairs = parse_qsl(raw.decode("ascii"), errors="strict", max_num_fields=MOST_FIELDS)
        except ValueError:
            raise TokenError("invalid_request", "the body is no form in UTF-8") from None
        form = dict(pairs)
        if len(form) != len(pairs):
            raise TokenError("invalid_request", "a parameter is given twice")
        return form


def _credentials(request: Request, form: dict[str, str]) -> tuple[str, str, bool]:
    """Id and secret from the header or from the body, not from both; whether it was the header."""
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if not scheme:
        if "client_id" not in form or "client_secret" not in form:
            raise TokenError("invalid_client", "client_id and client_secret are missing", 401, www_authenticate="Basic")
        return form["client_id"], form["client_secret"], False
    if "client_secret" in form:
        raise TokenError("invalid_request", "the client authenticates in two ways")
    try:
        name, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        name = secret = ""
    if scheme.lower() != "basic":
        name = secret = ""
    return unquote_plus(name), unquote_plus(secret), True


def _json(body: dict[str, Any], status: int, headers: dict[str, str]) -> Response:
    return Response(orjson.dumps(body), status, {**NO_STORE, **headers}, "application/json")
