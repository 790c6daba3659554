"""A mail server (RFC 5321) that keeps what it takes, and can be told to refuse, to stall or to lose the answer."""

from __future__ import annotations

import asyncio
import base64
from collections import deque
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import default
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from email.message import EmailMessage

USER, PASSWORD = "wuye", "hush"


@dataclass
class Smtp:
    """What came; `answers` are what the next letters are told after RCPT, or "stall", or "lost": taken, not told."""

    port: int = 0
    taken: list[EmailMessage] = field(default_factory=list)
    answers: deque[str] = field(default_factory=deque)
    waiting: asyncio.Event = field(default_factory=asyncio.Event)  # let go of who is stalled

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            await self._talk(reader, writer)
        writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        signed, plan = False, ""
        writer.write(b"220 mail.test ESMTP\r\n")
        while line := (await reader.readline()).decode().strip():
            verb = line.split(":")[0].split(" ")[0].upper()
            if verb == "EHLO":
                writer.write(b"250-mail.test\r\n250-AUTH PLAIN\r\n250 8BITMIME\r\n")
            elif verb == "AUTH":
                signed = base64.b64decode(line.split()[-1]).decode() == f"\0{USER}\0{PASSWORD}"
                writer.write(b"235 in\r\n" if signed else b"535 wrong\r\n")
            elif verb == "MAIL" and not signed:
                writer.write(b"530 sign in first\r\n")
            elif verb == "RCPT":
                plan = self.answers.popleft() if self.answers else ""
                if plan == "stall":
                    await self.waiting.wait()
                writer.write(f"{plan}\r\n".encode() if plan[:1].isdigit() else b"250 ok\r\n")
            elif verb == "DATA":
                writer.write(b"354 go on\r\n")
                content = (await reader.readuntil(b"\r\n.\r\n")).removesuffix(b".\r\n").replace(b"\r\n..", b"\r\n.")
                self.taken.append(message_from_bytes(content, policy=default))
                if plan == "lost":
                    return
                writer.write(b"250 taken\r\n")
            elif verb == "QUIT":
                writer.write(b"221 bye\r\n")
                return
            else:
                writer.write(b"250 ok\r\n")


@asynccontextmanager
async def serving_mail() -> AsyncIterator[Smtp]:
    """Serve in this loop."""
    smtp = Smtp()
    server = await asyncio.start_server(smtp.talk, "127.0.0.1", 0)
    smtp.port = server.sockets[0].getsockname()[1]
    try:
        yield smtp
    finally:
        smtp.waiting.set()
        server.close()
