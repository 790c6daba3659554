"""Providers as they answer, on a real socket: Alibaba Cloud SMS, JPush, WeChat and an OpenID provider."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import uvicorn
from starlette.applications import Starlette

from adapters.provider_setting import AliyunSmsSettings, JPushSettings
from tests.providers import aliyun
from tests.providers.aliyun import Aliyun
from tests.providers.jpush import KEY, SECRET, JPushServer
from tests.providers.model import ModelServer
from tests.providers.oidc import OpenIdProvider
from tests.providers.wechat import WechatServer
from tests.servers.process import free_port

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from adapters.settings import Settings

__all__ = ["Others", "serving_others"]


@dataclass
class Others:
    """All of them behind one port; `clock` is what they go by."""

    url: str
    clock: list[datetime] = field(default_factory=lambda: [datetime(2026, 11, 22, 2, 0, tzinfo=UTC)])

    def __post_init__(self) -> None:
        self.sms = Aliyun(self.now)
        self.wechat = WechatServer()
        self.model = ModelServer()
        self.push = JPushServer()
        self.oidc = OpenIdProvider(f"{self.url}/oidc", self.now)

    def settings(self, settings: Settings) -> Settings:
        """Settings that lead to them."""
        templates = {"sign_in_code.zh": "SMS_100", "sign_in_code.en": "SMS_101"}
        templates["notification_alarm_raised.zh"] = "SMS_200"
        sms = AliyunSmsSettings(aliyun.KEY, aliyun.SECRET, aliyun.SIGN, templates, self.url)
        push = JPushSettings(KEY, SECRET, self.url)
        return replace(settings, sms=sms, push=push, wechat_endpoint=self.url)

    def now(self) -> datetime:
        """What time it is for them."""
        return self.clock[0]


@asynccontextmanager
async def serving_others() -> AsyncIterator[Others]:
    """Serve them in this loop."""
    port = free_port()
    others = Others(f"http://127.0.0.1:{port}")
    app = Starlette(
        routes=[
            *others.oidc.routes(),
            *others.wechat.routes(),
            *others.model.routes(),
            *others.sms.routes(),
            *others.push.routes(),
        ]
    )
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning", lifespan="off", ws="none"))
    task = asyncio.create_task(server._serve())
    while not server.started:
        assert not task.done(), "uvicorn did not start"
        await asyncio.sleep(0.01)
    try:
        yield others
    finally:
        others.oidc.hurry.set()
        server.should_exit = True
        await task
