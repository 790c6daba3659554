"""What the house asks of a sender of short messages, and the messages there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from adapters.web import ProviderUnavailable
from models.rules.notification import NotificationKind
from models.rules.notification.text import TEXTS

if TYPE_CHECKING:
    from collections.abc import Mapping

# Texts by template and language: what a provider's approved templates must say, with its own ids in the settings.
MESSAGES: dict[str, dict[str, str]] = {
    "sign_in_code": {
        "zh": "您的登录验证码为 {code}，{minutes} 分钟内有效。请勿告知他人，物业人员不会向您索要。",
        "en": "Your sign-in code is {code}, good for {minutes} minutes. Tell nobody: our staff never ask for it.",
    },
    # A notification of each kind, such as notification_alarm_raised.
    **{
        f"notification_{kind.value.lower()}": {locale: texts[kind][1] for locale, texts in TEXTS.items()}
        for kind in NotificationKind
    },
}


class SmsError(ProviderUnavailable):
    """A message was not taken; `code` is the provider's word. The text is for the log: no number, no content."""

    unsent = True

    def __init__(self, code: str) -> None:
        super().__init__(code[:80])
        self.code = code


class Sms(Protocol):
    """Sends one message of a template."""

    async def send(self, phone: str, template: str, params: Mapping[str, str], locale: str) -> str:
        """Hand it to the provider; its id for the message. Raises ProviderUnavailable (SmsError when refused)."""
        ...


def masked_phone(phone: str) -> str:
    """A number for the log: 138****0001."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 11 else f"****{phone[-2:]}"
