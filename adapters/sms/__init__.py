"""Short messages: the port, a real provider, and what stands in for one on a laptop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.sms.aliyun import AliyunSms
from adapters.sms.base import MESSAGES, Sms, SmsError, masked_phone
from adapters.sms.console import ConsoleSms, UnsetSms
from adapters.sms.outbox import Outbox

if TYPE_CHECKING:
    from adapters.clock import Clock
    from adapters.settings import Settings
    from adapters.web import Web

__all__ = ["MESSAGES", "AliyunSms", "ConsoleSms", "Outbox", "Sms", "SmsError", "UnsetSms", "make_sms", "masked_phone"]


def make_sms(settings: Settings, web: Web, clock: Clock) -> Outbox:
    """Aliyun when it is set up; else the console, but never in production: there the caller is told."""
    if settings.sms is not None:
        return Outbox(AliyunSms(settings.sms, web, clock))
    return Outbox(UnsetSms() if settings.production else ConsoleSms())
