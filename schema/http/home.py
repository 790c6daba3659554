"""GET /: sends a browser to GraphiQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import RedirectResponse

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response


async def home(request: Request) -> Response:
    """To /graphql."""
    return RedirectResponse("/graphql", 307)
