"""On a laptop a message is printed and kept; in production without a provider it is refused."""

from __future__ import annotations

import logging
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.sms.base import MESSAGES, SmsError, masked_phone

if TYPE_CHECKING:
    from collections.abc import Mapping

logger = logging.getLogger("wuye.sms")
MOST_KEPT = 50


@dataclass(frozen=True)
class Sent:
    """A message as its receiver would read it."""

    phone: str
    text: str


class ConsoleSms:
    """Says the message in the log instead of sending it. For demos and tests: `make_sms` refuses it in production."""

    def __init__(self) -> None:
        self.sent: deque[Sent] = deque(maxlen=MOST_KEPT)

    async def send(self, phone: str, template: str, params: Mapping[str, str], locale: str) -> str:
        """Print it."""
        texts = MESSAGES[template]
        message = Sent(phone, texts.get(locale, texts["zh"]).format_map(params))
        self.sent.append(message)
        logger.info("no SMS provider is set; to %s: %s", masked_phone(phone), message.text)
        return f"console-{len(self.sent)}"


class UnsetSms:
    """Production without a provider: nothing is printed, nothing is sent."""

    async def send(self, phone: str, template: str, params: Mapping[str, str], locale: str) -> str:
        """Refuse. Raises SmsError."""
        raise SmsError("SMS_ACCESS_KEY_ID is not set")
