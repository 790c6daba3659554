"""WeChat mini-programs: what `wx.login()` gave the client becomes the openid of who holds the phone.

https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/user-login/code2Session.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from adapters.web import ProviderRefused, ProviderUnavailable

if TYPE_CHECKING:
    from adapters.web import Web

# What the client's own code is at fault for; anything else is between WeChat and the company.
CODE_REFUSED = frozenset({40029, 40163, 41008})  # not valid, used already, missing
USER_BLOCKED = 40226
TOO_OFTEN = 45011


@dataclass(frozen=True)
class MiniProgram:
    """A company's own mini-program."""

    app_id: str
    secret: str


class Wechat(Protocol):
    """Asks WeChat who a code stands for."""

    async def openid(self, program: MiniProgram, code: str) -> str:
        """The openid. Raises ProviderRefused when the code or the user is at fault, else ProviderUnavailable."""
        ...


class HttpWechat:
    """`jscode2session`. The session_key that comes with the openid is dropped here: nothing of ours needs it."""

    def __init__(self, web: Web, endpoint: str) -> None:
        self._web = web
        self._endpoint = endpoint

    async def openid(self, program: MiniProgram, code: str) -> str:
        """One call."""
        wanted = {
            "appid": program.app_id,
            "secret": program.secret,
            "js_code": code,
            "grant_type": "authorization_code",
        }
        answer = await self._web.json("GET", f"{self._endpoint}/sns/jscode2session", params=wanted)
        said = answer.body.get("errcode") or 0
        if said in CODE_REFUSED or said == USER_BLOCKED:
            raise ProviderRefused(str(said))
        found = answer.body.get("openid")
        if said or not isinstance(found, str) or not found:
            # -1 busy, 45011 too often, 40013 and 40125 a wrong appid or secret: the log says which.
            raise ProviderUnavailable(f"jscode2session errcode {str(said)[:20]}")
        return found
