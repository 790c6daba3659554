"""GET /health/live and /health/ready: for whoever starts, watches and balances us."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse

from adapters.database import DatabaseUnavailable

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from resolvers.ports import House


class Health:
    """`live`: the process answers. `ready`: the database does too, and we are not stopping."""

    def __init__(self, house: House) -> None:
        self._house = house
        self.stopping = False

    async def live(self, request: Request) -> Response:
        """200 while the process runs."""
        return JSONResponse({"status": "live"})

    async def ready(self, request: Request) -> Response:
        """200 when requests can be served, 503 with the reason otherwise."""
        if self.stopping:
            return JSONResponse({"status": "stopping"}, 503)
        try:
            async with asyncio.timeout(self._house.settings.limits.statement_seconds):
                await self._house.database.call("event_heads", [])
        except (DatabaseUnavailable, TimeoutError):
            return JSONResponse({"status": "unavailable", "reason": "the database does not answer"}, 503)
        return JSONResponse({"status": "ready"})
