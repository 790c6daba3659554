"""A result on the wire: its headers, its ETag, compressed where that is worth it."""

from __future__ import annotations

import asyncio
import hashlib
import zlib
from typing import TYPE_CHECKING

from starlette.responses import Response

from schema.http.accept import GRAPHQL, JSON, takes_gzip
from schema.http.answer import with_charset
from schema.http.idempotency import REPLAYED_HEADER

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection

LEVEL = 1  # two and a half times as fast as level 6, a quarter to a third larger (docs/performance.md)
MOST_INLINE = 64 * 1024  # bytes that are compressed where we stand: a quarter of a millisecond
GZIP = 16 + zlib.MAX_WBITS
VARY = (b"vary", b"Authorization, Accept-Language, Accept, Accept-Encoding")
KEPT = b"private, no-cache"  # a client may keep it, and asks each time whether it still holds
TEXT = "text/plain"
_TYPES = {media: (b"content-type", with_charset(media).encode()) for media in (JSON, GRAPHQL, TEXT)}


class Result(Response):
    """Bytes with headers that are ready to be sent."""

    def __init__(self, body: bytes, headers: list[tuple[bytes, bytes]], status: int = 200) -> None:
        """`headers` is ours from here on."""
        self.status_code = status
        self.body = body
        self.background = None
        self.raw_headers = headers

    @property
    def lines(self) -> bytes:
        """The headers as they go over the wire."""
        return b"".join([b"%s: %s\r\n" % header for header in self.raw_headers])


def result_of(answer: bytes, media: str, *, replayed: bool) -> Result:
    """A mutation's result; it may hold a secret beside what the caller wrote, so it is never compressed."""
    headers = [VARY, _TYPES[media], (b"content-length", b"%d" % len(answer))]
    if replayed:
        headers.append((REPLAYED_HEADER.encode(), b"true"))
    return Result(answer, headers)


async def read_of(request: HTTPConnection, answer: bytes, media: str, compress_from: int, *, tagged: bool) -> Result:
    """What was read. `tagged`, it carries an ETag, and is 304 without a body for whoever has it already."""
    headers = [VARY, _TYPES[media]]
    if tagged:
        tag = etag_of(answer)
        headers += [(b"cache-control", KEPT), (b"etag", tag.encode())]
        if has(request, tag):
            return Result(b"", headers, 304)
    if len(answer) >= compress_from and takes_gzip(request.headers.get("accept-encoding", "")):
        answer = await compress(answer)
        headers.append((b"content-encoding", b"gzip"))
    headers.append((b"content-length", b"%d" % len(answer)))
    return Result(answer, headers)


def etag_of(content: bytes) -> str:
    """Weak: it stands for the content, whatever its coding."""
    return f'W/"{hashlib.blake2b(content, digest_size=16).hexdigest()}"'


def has(request: HTTPConnection, tag: str) -> bool:
    """Whether If-None-Match names what we would send (RFC 9110, 13.1.2: the weak comparison)."""
    known = {each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")}
    return bool(known & {"*", tag.removeprefix("W/")})


async def compress(content: bytes) -> bytes:
    """As gzip. What is large is compressed in a thread: zlib lets the loop go on."""
    if len(content) <= MOST_INLINE:
        return zlib.compress(content, LEVEL, GZIP)
    return await asyncio.to_thread(zlib.compress, content, LEVEL, GZIP)
