"""WeChat's jscode2session: its answers come as text/plain, its errors with HTTP 200."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
from starlette.responses import Response
from starlette.routing import Route

if TYPE_CHECKING:
    from starlette.requests import Request

APP_ID, SECRET = "wx0123456789abcdef", "canary-wechat-secret"
SESSION_KEY = "canary-session-key=="
WORDS = {
    -1: "system error",
    40013: "invalid appid",
    40029: "invalid code",
    40125: "invalid appsecret",
    40163: "code been used",
    40226: "code blocked",
    41008: "missing code",
    45011: "api minute-quota reach limit",
}


class WechatServer:
    """`codes` are what `wx.login()` gave out, with the openid of the phone; `fault` is answered to the next call."""

    def __init__(self) -> None:
        self.codes: dict[str, str] = {}
        self.fault: int | None = None
        self._used: set[str] = set()

    def routes(self) -> list[Route]:
        return [Route("/sns/jscode2session", self.answer)]

    def login(self, openid: str) -> str:
        """What the mini-program gets."""
        code = f"0a{len(self.codes):030d}"
        self.codes[code] = openid
        return code

    async def answer(self, request: Request) -> Response:
        query, fault = request.query_params, self.fault
        self.fault = None
        code = query.get("js_code", "")
        if fault is None:
            fault = self._fault(dict(query), code)
        if fault is not None:
            return self._plain({"errcode": fault, "errmsg": f"{WORDS[fault]}, rid: 6740-1"})
        self._used.add(code)
        return self._plain({"session_key": SESSION_KEY, "openid": self.codes[code]})

    def _fault(self, query: dict[str, str], code: str) -> int | None:
        if query.get("appid") != APP_ID:
            return 40013
        if query.get("secret") != SECRET:
            return 40125
        if not code or query.get("grant_type") != "authorization_code":
            return 41008
        if code in self._used:
            return 40163
        return None if code in self.codes else 40029

    def _plain(self, body: dict[str, object]) -> Response:
        return Response(orjson.dumps(body), media_type="text/plain")
