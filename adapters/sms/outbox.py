"""Messages that nobody waits for: the time of an answer must not tell whether a code was sent."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING

from adapters.sms.base import masked_phone
from adapters.web import ProviderUnavailable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.sms.base import Sms

logger = logging.getLogger("wuye.sms")
MOST_WAITING = 1_000
TROUBLE_SECONDS = 30.0


class Outbox:
    """The house's sender of messages: `send` waits for the provider, `post` does not."""

    def __init__(self, sms: Sms) -> None:
        self.sms = sms
        self._tasks: set[asyncio.Task[None]] = set()
        self._failed_at: float | None = None

    async def send(self, phone: str, template: str, params: Mapping[str, str], locale: str) -> str:
        """Send and wait; the provider's id. Raises ProviderUnavailable."""
        return await self.sms.send(phone, template, params, locale)

    def post(self, phone: str, template: str, params: Mapping[str, str], locale: str) -> None:
        """Send in the background; a failure is logged and shows in `check`. Raises ProviderUnavailable when full."""
        if len(self._tasks) >= MOST_WAITING:
            raise ProviderUnavailable("too many messages wait")
        task = asyncio.create_task(self._post(phone, template, params, locale))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def check(self) -> None:
        """Raise ProviderUnavailable while the last message of this process failed within half a minute.

        So everybody is told alike, whether a message would have gone to them or not.
        """
        if self._failed_at is not None and time.monotonic() - self._failed_at < TROUBLE_SECONDS:
            raise ProviderUnavailable("the last message failed")

    async def drain(self) -> None:
        """Wait for what is under way: each has its own time-out."""
        while self._tasks:
            await asyncio.gather(*self._tasks)

    async def _post(self, phone: str, template: str, params: Mapping[str, str], locale: str) -> None:
        try:
            await self.sms.send(phone, template, params, locale)
        except ProviderUnavailable as error:
            self._failed_at = time.monotonic()
            logger.warning("no message %s to %s: %s", template, masked_phone(phone), error)
        except Exception:
            self._failed_at = time.monotonic()
            logger.exception("no message %s to %s", template, masked_phone(phone))
        else:
            self._failed_at = None
