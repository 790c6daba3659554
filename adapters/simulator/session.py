"""One signed-in account: GraphQL over HTTP as any client speaks it."""

from __future__ import annotations

import asyncio
import secrets
from typing import TYPE_CHECKING, Any

import orjson

from adapters.simulator.trouble import Failed, Refused

if TYPE_CHECKING:
    import httpx

    from adapters.simulator.photo import Photo
    from adapters.simulator.server import Server

SIGN_IN = """mutation SignIn($input: AccountSignInInput!) {
  accountSignIn(input: $input) { token refreshToken userErrors { code message } }
}"""
REFRESH = """mutation Refresh($input: SessionRefreshInput!) {
  sessionRefresh(input: $input) { token refreshToken userErrors { code message } }
}"""
UPLOAD = "mutation Upload($file: Upload!) { fileUpload(file: $file) { file { id } userErrors { code message } } }"
SIGN_INS = 3  # tries of one request; each after a new token
COPY_PAUSE = 1.0  # seconds, while the server is still busy with a copy of the request


class Session:
    """Signs in when it must: at first, and when the server does not know the session any more; refreshes otherwise."""

    def __init__(self, server: Server, account: dict[str, str]) -> None:
        self.server = server
        self._account = account
        self._token: str | None = None
        self._refresh_token: str | None = None
        self._signing_in = asyncio.Lock()

    async def read(self, document: str, **variables: Any) -> dict[str, Any]:
        """The data of a query; repeated until there is an answer. Raises Failed."""
        return await self._execute(json={"query": document, "variables": variables})

    async def act(self, document: str, **variables: Any) -> dict[str, Any]:
        """The payload of a mutation with one root field: done once, however often sent. Raises Refused, Failed."""
        body = {"query": document, "variables": variables}
        return _payload(await self._execute(headers=_new_key(), json=body))

    async def upload(self, photo: Photo) -> str:
        """Upload by the GraphQL multipart request; the file's id. Raises Refused, Failed."""
        parts = {
            "operations": (None, orjson.dumps({"query": UPLOAD, "variables": {"file": None}})),
            "map": (None, b'{"0":["variables.file"]}'),
            "0": (photo.name, photo.content, photo.media_type),
        }
        data = await self._execute(files=parts, headers={"GraphQL-Require-Preflight": "1", **_new_key()})
        return str(_payload(data)["file"]["id"])

    async def token(self) -> str:
        """A token to show; signs in at the first time."""
        return self._token or await self.renew(None)

    async def renew(self, stale: str | None) -> str:
        """Another token, unless another task of this actor has just replaced the `stale` one. Raises Refused."""
        async with self._signing_in:
            if self._token is None or self._token == stale:
                pair = await self._refresh() or await self._sign_in()
                self._token, self._refresh_token = pair["token"], pair["refreshToken"]
            return str(self._token)

    async def _refresh(self) -> dict[str, Any] | None:
        """The next pair of tokens; None when the session has ended. A lost answer is asked for again."""
        if self._refresh_token is None:
            return None
        body = {"query": REFRESH, "variables": {"input": {"refreshToken": self._refresh_token}}}
        response = await self.server.post("/graphql", json=body)
        self._refresh_token = None  # used up, whatever came of it
        return None if "UNAUTHENTICATED" in _codes(response) else _payload(_data(response))

    async def _sign_in(self) -> dict[str, Any]:
        wish = {key: self._account[key] for key in ("organization", "login", "password")}
        body = {"query": SIGN_IN, "variables": {"input": wish}}
        return _payload(_data(await self.server.post("/graphql", json=body)))

    async def _execute(self, headers: dict[str, str] | None = None, **request: Any) -> dict[str, Any]:
        for _ in range(SIGN_INS):
            token = await self.token()
            shown = {**(headers or {}), "authorization": f"Bearer {token}"}
            response = await self.server.post("/graphql", headers=shown, **request)
            while "IDEMPOTENCY_IN_PROGRESS" in _codes(response):
                await asyncio.sleep(COPY_PAUSE)
                response = await self.server.post("/graphql", headers=shown, **request)
            if response.status_code != 401 and "UNAUTHENTICATED" not in _codes(response):
                return _data(response)
            await self.renew(token)
        raise Failed("the server takes none of our tokens")


def _new_key() -> dict[str, str]:
    """The header under which a mutation may be sent again and is done once."""
    return {"Idempotency-Key": secrets.token_urlsafe(16)}


def _body(response: httpx.Response) -> dict[str, Any]:
    try:
        body = orjson.loads(response.content)
    except orjson.JSONDecodeError:
        body = None
    if not isinstance(body, dict):
        raise Failed(f"status {response.status_code}, and the body is no JSON object")
    return body


def _codes(response: httpx.Response) -> list[str]:
    return [error.get("extensions", {}).get("code", "") for error in _body(response).get("errors") or []]


def _data(response: httpx.Response) -> dict[str, Any]:
    body = _body(response)
    if body.get("errors") or not isinstance(body.get("data"), dict):
        said = "; ".join(str(error.get("message")) for error in body.get("errors") or [])
        raise Failed(f"status {response.status_code} {_codes(response)}: {said}")
    data: dict[str, Any] = body["data"]
    return data


def _payload(data: dict[str, Any]) -> dict[str, Any]:
    ((verb, payload),) = data.items()
    if payload is None:
        raise Failed(f"{verb} answered null without an error")
    if payload["userErrors"]:
        raise Refused(verb, payload["userErrors"])
    found: dict[str, Any] = payload
    return found
