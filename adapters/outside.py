"""Who else vouches for people and carries messages: every provider of a process, and the one pool of connections."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.classifier import HttpClassifier
from adapters.oidc import HttpOidc, Oidc
from adapters.sms import Outbox, make_sms
from adapters.web import Web
from adapters.wechat import HttpWechat, Wechat

if TYPE_CHECKING:
    from adapters.clock import Clock
    from adapters.settings import Settings


@dataclass(frozen=True)
class Outside:
    """The ports to others; `web` is what they speak through."""

    web: Web
    sms: Outbox
    oidc: Oidc
    wechat: Wechat
    classifier: HttpClassifier | None = None

    async def close(self) -> None:
        """Wait for messages under way, then close the connections."""
        await self.sms.drain()
        await self.web.close()


def make_outside(settings: Settings, clock: Clock) -> Outside:
    """The real ones; short messages as the settings say."""
    web = Web()
    return Outside(
        web=web,
        sms=make_sms(settings, web, clock),
        oidc=HttpOidc(web, clock, production=settings.production),
        wechat=HttpWechat(web, settings.wechat_endpoint),
        classifier=HttpClassifier(web, settings.classifier, clock) if settings.classifier else None,
    )
