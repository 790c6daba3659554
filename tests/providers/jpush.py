"""JPush's side of its REST API v3: keys, cids, registration ids, and its words for what is wrong."""

from __future__ import annotations

import base64
import re
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import orjson
from starlette.responses import JSONResponse
from starlette.routing import Route

if TYPE_CHECKING:
    from starlette.requests import Request

KEY, SECRET = "7d431e42dfa6a6d693ac2d04", "5e987ac6d2e04d95a9d8f0d1"
_PLATFORMS = {"android", "ios"}


@dataclass
class JPushServer:
    """`known` are the devices; `pushed` what reached them; `broken` how many of the next calls fail, and how."""

    known: set[str] = field(default_factory=set)
    pushed: list[dict[str, Any]] = field(default_factory=list)
    calls: int = 0
    broken: deque[tuple[int, int]] = field(default_factory=deque)  # HTTP status and code
    _cids: set[str] = field(default_factory=set)
    _done: dict[str, str] = field(default_factory=dict)

    def routes(self) -> list[Route]:
        """Where it answers."""
        return [
            Route("/v3/push/cid", self.cid, methods=["GET"]),
            Route("/v3/push", self.push, methods=["POST"]),
        ]

    async def cid(self, request: Request) -> JSONResponse:
        """Some keys of the app's pool."""
        if (refused := self._refused(request)) is not None:
            return refused
        cids = [f"{KEY}-{uuid4()}" for _ in range(int(request.query_params.get("count", "1")))]
        self._cids |= set(cids)
        return JSONResponse({"cidlist": cids})

    async def push(self, request: Request) -> JSONResponse:
        """Once for each cid; again it answers as the first time."""
        self.calls += 1
        if (refused := self._refused(request)) is not None:
            return refused
        body = orjson.loads(await request.body())
        cid = body.get("cid", "")
        if cid in self._done:
            return JSONResponse({"sendno": "0", "msg_id": self._done[cid]})
        if cid not in self._cids or not re.fullmatch(rf"{KEY}-[0-9a-f-]{{36}}", cid):
            return _error(400, 1003, "cid is invalid")
        if set(body.get("platform", ())) - _PLATFORMS or not body.get("notification") or "audience" not in body:
            return _error(400, 1002, "Missing parameter")
        devices = body["audience"].get("registration_id", [])
        if not 1 <= len(devices) <= 1_000:
            return _error(400, 1003, "registration_id")
        if not self.known & set(devices):
            return _error(400, 1011, "cannot find user by this audience")
        self._done[cid] = str(18_100_000_000 + len(self._done))
        self.pushed.append(body)
        return JSONResponse({"sendno": "0", "msg_id": self._done[cid]})

    def _refused(self, request: Request) -> JSONResponse | None:
        pair = base64.b64encode(f"{KEY}:{SECRET}".encode()).decode()
        if request.headers.get("authorization") != f"Basic {pair}":
            return _error(401, 1004, "Basic authentication failed")
        return _error(*self.broken.popleft(), "not now") if self.broken else None


def _error(status: int, code: int, message: str) -> JSONResponse:
    return JSONResponse({"error": {"code": code, "message": message}}, status)
