"""On a laptop a note is printed and kept."""

from __future__ import annotations

import logging
from collections import deque
from typing import TYPE_CHECKING
from uuid import uuid4

if TYPE_CHECKING:
    from adapters.push.base import Note

logger = logging.getLogger("wuye.push")
MOST_KEPT = 50


class ConsolePush:
    """Says the note in the log instead of pushing it. For demos and tests: `make_push` refuses it in production."""

    def __init__(self) -> None:
        self.sent: deque[Note] = deque(maxlen=MOST_KEPT)

    async def once_key(self) -> str:
        """A new one."""
        return f"console-{uuid4()}"

    async def send(self, note: Note, once_key: str) -> str:
        """Print its title; the text names orders and places."""
        self.sent.append(note)
        logger.info("no push service is set; to %s devices: %s", len(note.tokens), note.title)
        return once_key
