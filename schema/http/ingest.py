"""POST /ingest/events: what devices report, up to 100 messages a call, each with its own result."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import orjson
from starlette.responses import Response

from adapters.database import DatabaseUnavailable
from models.errors import ErrorCode, Refusal
from schema.http.accept import JSON
from schema.http.answer import refuse
from schema.http.body import read_json
from schema.http.error import explain
from schema.http.origin import origin_of
from schema.messages import choose_locale
from subscriptions.ports import RequestRefused

if TYPE_CHECKING:
    from starlette.requests import Request

    from adapters.settings import Settings
    from models.viewer import Viewer
    from schema.http.throttle import Throttle
    from schema.ingest import IngestDoor

_STATUS = {ErrorCode.BAD_REQUEST: 400, ErrorCode.TIMEOUT: 504}


class IngestEndpoint:
    """The devices' door over HTTP."""

    def __init__(self, door: IngestDoor, settings: Settings, throttle: Throttle) -> None:
        self._door = door
        self._limits = settings.limits
        self._trusted = settings.trusted_proxies
        self._throttle = throttle

    async def __call__(self, request: Request) -> Response:
        """Answer 200 with `results` in order and the `gates` as they should stand; 401 for a wrong credential."""
        locale = choose_locale(request.headers.get("accept-language") or "en")
        try:
            device = await self._device(request, locale)
            body = await read_json(request, self._limits, locale)
            async with asyncio.timeout(self._limits.request_seconds):
                return _json(await self._door.take(device, body, locale))
        except RequestRefused as refused:
            return refuse(refused, JSON)
        except Refusal as refusal:
            return refuse(RequestRefused([explain(refusal, locale)], _STATUS.get(refusal.code, 403)), JSON)
        except DatabaseUnavailable as error:
            return refuse(RequestRefused([explain(error, locale)], 503), JSON)
        except TimeoutError:  # what was written stays; the device sends it again and hears DUPLICATE
            return refuse(RequestRefused([explain(Refusal(ErrorCode.TIMEOUT), locale)], 504), JSON)

    async def _device(self, request: Request, locale: str) -> Viewer:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        device = await self._door.authorise(token.strip()) if scheme.lower() == "bearer" else None
        if device is None:
            await self._throttle.stranger(origin_of(request, self._trusted), locale)
            raise RequestRefused([explain(Refusal(ErrorCode.UNAUTHENTICATED), locale)], 401)
        return device


def _json(answer: dict[str, Any]) -> Response:
    return Response(orjson.dumps(answer), media_type="application/json")
