"""Mail by SMTP (RFC 5321): the standard library's client in a thread, one connection a letter.

No further dependency for a few letters a minute; a server that is slow holds a thread, never the loop.
"""

from __future__ import annotations

import asyncio
import logging
import smtplib
import ssl
from contextlib import suppress
from typing import TYPE_CHECKING

from adapters.mail.base import masked_mail, written
from adapters.web import ProviderRefused, ProviderUnavailable

if TYPE_CHECKING:
    from email.message import EmailMessage

    from adapters.mail.base import Letter
    from adapters.provider_setting import SmtpSettings

logger = logging.getLogger("wuye.mail")
STEP_SECONDS = 5.0  # of each word of the talk
SECONDS = 20.0  # of all of it
_PERMANENT = 500


class SmtpMail:
    """Implements `Mail`. What a server says with 5xx about a letter is for good, all else is tried again."""

    def __init__(self, settings: SmtpSettings) -> None:
        self._settings = settings

    async def send(self, letter: Letter) -> str:
        """Hand it to the server. Raises ProviderUnavailable, ProviderRefused (its code, such as 550)."""
        try:
            message = written(letter, self._settings.sender)
        except ValueError:
            raise ProviderRefused("BAD_ADDRESS") from None
        try:
            async with asyncio.timeout(SECONDS):
                await asyncio.to_thread(self._talk, message)
        except (OSError, smtplib.SMTPException) as error:
            code = _code(error)
            logger.warning("no letter to %s: %s %s", masked_mail(letter.to), type(error).__name__, code or "")
            if code >= _PERMANENT and not isinstance(error, smtplib.SMTPAuthenticationError):
                raise ProviderRefused(str(code)) from None
            raise ProviderUnavailable(f"{self._settings.host}: {type(error).__name__}") from None
        return str(message["Message-ID"])

    def _talk(self, message: EmailMessage) -> None:
        settings, context = self._settings, ssl.create_default_context()
        if settings.tls:
            server: smtplib.SMTP = smtplib.SMTP_SSL(settings.host, settings.port, timeout=STEP_SECONDS, context=context)
        else:
            server = smtplib.SMTP(settings.host, settings.port, timeout=STEP_SECONDS)
        try:
            if settings.starttls:
                server.starttls(context=context)
            if settings.user:
                server.login(settings.user, settings.password)
            server.send_message(message)
        finally:
            with suppress(OSError, smtplib.SMTPException):  # it has the letter, or has said what is wrong
                server.quit()
            server.close()


def _code(error: Exception) -> int:
    """What the server said about the letter; 0 for none."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return max(code for code, _ in error.recipients.values())
    return error.smtp_code if isinstance(error, smtplib.SMTPResponseException) else 0
