"""What the house asks of a sender of mail, and a letter as it goes over the wire (RFC 5322)."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

HOME = "wuye.invalid"  # RFC 2606: of no host


@dataclass(frozen=True)
class Letter:
    """Plain text for one receiver. `key` makes its Message-ID: who gets it twice can tell."""

    key: UUID
    to: str
    subject: str
    text: str
    at: datetime


class Mail(Protocol):
    """Sends one letter."""

    async def send(self, letter: Letter) -> str:
        """Hand it over; its Message-ID. Raises ProviderUnavailable: again later; ProviderRefused: never."""
        ...


def written(letter: Letter, sender: str) -> EmailMessage:
    """The message. Raises ValueError for a receiver or subject that would break out of its header."""
    domain = parseaddr(sender)[1].rpartition("@")[2] or HOME
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = sender, letter.to, letter.subject
    message["Date"], message["Message-ID"] = format_datetime(letter.at), f"<{letter.key}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's absence notice answers it
    message.set_content(letter.text + "\n", cte="base64")
    return message


def masked_mail(address: str) -> str:
    """An address for the log: w***@example.com."""
    name, _, host = address.rpartition("@")
    return f"{name[:1]}***@{host[:80]}"
