"""On a laptop letters lie in a folder, as they would have gone out: any mail program opens them."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from adapters.mail.base import HOME, masked_mail, written
from adapters.web import ProviderRefused

if TYPE_CHECKING:
    from pathlib import Path

    from adapters.mail.base import Letter

logger = logging.getLogger("wuye.mail")
MOST_KEPT = 200


class FolderMail:
    """Writes each letter as `.eml` instead of sending it. For demos and tests: `make_mail` refuses it in production."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def send(self, letter: Letter) -> str:
        """Write it; the oldest make room."""
        try:
            message = written(letter, f"wuye@{HOME}")
        except ValueError:
            raise ProviderRefused("BAD_ADDRESS") from None
        await asyncio.to_thread(self._keep, letter, message.as_bytes())
        logger.info("no SMTP server is set; a letter to %s lies in %s", masked_mail(letter.to), self._folder)
        return str(message["Message-ID"])

    def _keep(self, letter: Letter, content: bytes) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        (self._folder / f"{letter.at:%Y%m%d-%H%M%S}-{letter.key}.eml").write_bytes(content)
        for old in sorted(self._folder.glob("*.eml"))[:-MOST_KEPT]:
            old.unlink(missing_ok=True)
