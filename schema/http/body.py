"""Reading requests: bounded in bytes and time, JSON or multipart, with coded refusals."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import orjson
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from schema.http.accept import JSON
from schema.http.answer import bad_request, too_large
from schema.http.asked import head_of
from schema.http.error import MOST_ECHO
from schema.http.exchange import exchange_of

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import Message

    from adapters.settings import Limits
    from schema.http.asked import Head

FORM_FIELDS = 2  # `operations` and `map`
PREFLIGHT = ("graphql-require-preflight", "apollo-require-preflight")


async def read_json(request: Request, limits: Limits, locale: str) -> Any:
    """The decoded body. Raises RequestRefused 400, 408, 413, 415."""
    if _plain(request, locale).body_media != JSON:
        raise bad_request("Content-Type must be application/json (or multipart/form-data for uploads)", locale, 415)
    return decode_json(await read_bytes(request, limits.body_bytes, limits.request_seconds, locale), locale)


def decode_json(raw: bytes | str, locale: str) -> Any:
    """JSON, UTF-8. Raises RequestRefused 400."""
    try:
        return orjson.loads(raw)
    except (orjson.JSONDecodeError, RecursionError):
        raise bad_request("the body is not JSON in UTF-8", locale) from None


async def read_bytes(request: Request, most: int, seconds: float, locale: str) -> bytes:
    """The raw body."""
    exchange = exchange_of(request.scope)
    if exchange is not None and (whole := exchange.body()) is not None:
        if len(whole) > most:
            raise too_large(locale, most=most)
        return whole
    chunks: list[bytes] = []
    size, more = 0, True
    try:
        async with asyncio.timeout(seconds):
            while more:
                message = await request.receive()
                if message["type"] == "http.disconnect":
                    raise bad_request("the client left", locale)
                chunks.append(message.get("body", b""))
                size += len(chunks[-1])
                if size > most:
                    raise too_large(locale, most=most)
                more = message.get("more_body", False)
    except TimeoutError:
        raise bad_request("the body did not arrive in time", locale, 408) from None
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


async def read_multipart(request: Request, limits: Limits, locale: str) -> Any:
    """The GraphQL multipart request: `operations`, `map`, files. Raises RequestRefused."""
    _plain(request, locale)
    if not any(request.headers.get(name) for name in PREFLIGHT):
        raise bad_request("an upload needs the header GraphQL-Require-Preflight: 1", locale)
    form = await _read_form(request, limits, locale)
    operations, places = form.get("operations"), form.get("map")
    if not isinstance(operations, str) or not isinstance(places, str):
        raise bad_request("a multipart request has the parts `operations` and `map`, then the files", locale)
    body, targets = decode_json(operations, locale), decode_json(places, locale)
    if not isinstance(body, dict) or not isinstance(targets, dict):
        raise bad_request("`operations` and `map` are JSON objects", locale)
    for name, paths in targets.items():
        file = form.get(name)
        if not isinstance(file, UploadFile) or not isinstance(paths, list):
            raise bad_request("`map` names parts that are files, each with a list of paths", locale)
        for path in paths:
            _place(body, str(path).split("."), file, locale)
    return body


async def _read_form(request: Request, limits: Limits, locale: str) -> FormData:
    counted = _Counted(request, limits.upload_total_bytes + limits.body_bytes, locale)
    request._receive = counted.receive  # noqa: SLF001 - Starlette offers no other place to bound a form
    try:
        async with asyncio.timeout(limits.request_seconds):
            form = await request.form(
                max_files=limits.upload_files, max_fields=FORM_FIELDS, max_part_size=limits.body_bytes
            )
    except TimeoutError:
        raise bad_request("the body did not arrive in time", locale, 408) from None
    except HTTPException as error:  # Starlette's form parser
        if error.detail.startswith("Too many files"):
            raise too_large(locale, detail=f"at most {limits.upload_files} files are taken") from None
        raise bad_request(error.detail[:MOST_ECHO], locale) from None
    except ClientDisconnect:
        raise bad_request("the client left", locale) from None
    sizes = [part.size or 0 for _, part in form.multi_items() if isinstance(part, UploadFile)]
    if sum(sizes) > limits.upload_total_bytes:
        raise too_large(locale, most=limits.upload_total_bytes)
    return form


def _place(body: Any, path: list[str], file: UploadFile, locale: str) -> None:
    """Put `file` where `map` says; only below `variables`."""
    here = body
    try:
        if path[0] != "variables" or len(path) > 10:
            raise KeyError(path[0])
        for step in path[:-1]:
            here = here[int(step)] if isinstance(here, list) else here[step]
        last: Any = int(path[-1]) if isinstance(here, list) else path[-1]
        if here[last] is not None:
            raise KeyError(last)
        here[last] = file
    except (KeyError, IndexError, TypeError, ValueError):
        raise bad_request("`map` points at nulls below `variables`", locale) from None


class _Counted:
    """A receive channel that refuses what is too much."""

    def __init__(self, request: Request, most: int, locale: str) -> None:
        self._receive = request.receive
        self._most = most
        self._locale = locale
        self._size = 0

    async def receive(self) -> Message:
        message = await self._receive()
        self._size += len(message.get("body", b""))
        if self._size > self._most:
            raise too_large(self._locale, most=self._most)
        return message


def _plain(request: Request, locale: str) -> Head:
    """The head of a request whose body is as it is."""
    head = head_of(request)
    if head.encoding != "identity":
        raise bad_request("compressed request bodies are not taken", locale, 415)
    return head
