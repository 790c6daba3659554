"""Who else vouches for people and carries messages: every provider of a process, and the one pool of connections."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.classifier import HttpClassifier
from adapters.mail import Mail, make_mail
from adapters.oidc import HttpOidc, Oidc
from adapters.push import Push, make_push
from adapters.sms import Outbox, UnsetSms, make_sms
from adapters.web import Web
from adapters.wechat import HttpWechat, Wechat
from models.rules.notification import NotificationChannel

if TYPE_CHECKING:
    from adapters.clock import Clock
    from adapters.settings import Settings


@dataclass(frozen=True)
class Outside:
    """The ports to others; `web` is what they speak through. Without a provider there is no mail and no push."""

    web: Web
    sms: Outbox
    oidc: Oidc
    wechat: Wechat
    classifier: HttpClassifier | None = None
    mail: Mail | None = None
    push: Push | None = None

    @property
    def ways(self) -> frozenset[NotificationChannel]:
        """Those by which notifications can leave the house."""
        there = {
            NotificationChannel.SMS: not isinstance(self.sms.sms, UnsetSms),
            NotificationChannel.EMAIL: self.mail is not None,
            NotificationChannel.PUSH: self.push is not None,
        }
        return frozenset(channel for channel, is_there in there.items() if is_there)

    async def close(self) -> None:
        """Wait for messages under way, then close the connections."""
        await self.sms.drain()
        await self.web.close()


def make_outside(settings: Settings, clock: Clock) -> Outside:
    """The real ones; messages, mail and push as the settings say."""
    web = Web()
    return Outside(
        web=web,
        sms=make_sms(settings, web, clock),
        oidc=HttpOidc(web, clock, production=settings.production),
        wechat=HttpWechat(web, settings.wechat_endpoint),
        classifier=HttpClassifier(web, settings.classifier, clock) if settings.classifier else None,
        mail=make_mail(settings),
        push=make_push(settings, web),
    )
