"""Mail: the port, SMTP, and a folder that stands in for it on a laptop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.mail.base import Letter, Mail, masked_mail
from adapters.mail.folder import FolderMail
from adapters.mail.smtp import SmtpMail

if TYPE_CHECKING:
    from adapters.settings import Settings

__all__ = ["FolderMail", "Letter", "Mail", "SmtpMail", "make_mail", "masked_mail"]


def make_mail(settings: Settings) -> Mail | None:
    """SMTP when it is set up; else letters lie in a folder, but never in production: there no mail leaves."""
    if settings.mail is not None:
        return SmtpMail(settings.mail)
    return None if settings.production else FolderMail(settings.state_path / "mail")
