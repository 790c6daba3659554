"""The limit: a bare ASGI app that runs one prepared statement an operation. No GraphQL, no rights, no checks.

The statements beside this file write the response by concatenation, with `to_json` only where a text may need escapes.
"""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

import asyncpg
import orjson

ARGUMENTS = {
    "tiny": ("id",),
    "page": ("property",),
    "nested": ("property",),
    "bulk": ("property",),
    "log": ("gate", "after"),
    "create": ("property", "unit", "category", "text"),
}
STATEMENTS = {name: Path(__file__).with_name(f"{name}.sql").read_text() for name in ARGUMENTS}
HEADERS = [(b"content-type", b"application/json")]


class App:
    """Ten connections, each with every statement prepared; whoever comes takes one."""

    def __init__(self) -> None:
        self._free: asyncio.LifoQueue[dict[str, Any]] = asyncio.LifoQueue()

    async def open(self) -> None:
        """Connect."""
        for _ in range(int(os.environ["POOL"])):
            connection = await asyncpg.connect(os.environ["DATABASE_URL"])
            prepared = {name: await connection.prepare(sql) for name, sql in STATEMENTS.items()}
            self._free.put_nowait(prepared)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await receive()
            await self.open()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            return
        message = await receive()
        body = message["body"]
        while message.get("more_body"):
            message = await receive()
            body += message["body"]
        text = await self._answer(orjson.loads(body))
        content = text.encode()
        length = (b"content-length", str(len(content)).encode())
        await send({"type": "http.response.start", "status": 200, "headers": [*HEADERS, length]})
        await send({"type": "http.response.body", "body": content})

    async def _answer(self, request: Any) -> str:
        name = request.get("operation")
        if name is None:
            return "{}"
        asked = request["variables"]
        prepared = await self._free.get()
        try:
            text: str = await prepared[name].fetchval(*(asked[argument] for argument in ARGUMENTS[name]))
        finally:
            self._free.put_nowait(prepared)
        return text


app = App()
