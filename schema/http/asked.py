"""A request as our endpoints read it: Starlette's, whose headers are found without a search."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from starlette.datastructures import Headers
from starlette.requests import Request

from schema.http.accept import JSON, choose
from schema.messages import choose_locale

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection
    from starlette.types import Receive, Scope, Send

MULTIPART = "multipart/form-data"
MOST_KEPT = 2_048  # heads of requests
LONGEST_KEPT = 2_048  # bytes of one


class Fields(Headers):
    """Starlette's goes through all headers for each that it is asked for; a request is asked for a dozen."""

    def __init__(self, raw: list[tuple[bytes, bytes]]) -> None:
        super().__init__(raw=raw)
        self._first = dict(raw[::-1])  # of a header that comes twice the first counts
        self._single = len(self._first) == len(raw)

    def get(self, key: str, default: Any = None) -> Any:
        """The value."""
        value = self._first.get(_raw(key))
        return default if value is None else value.decode("latin-1")

    def getlist(self, key: str) -> list[str]:
        """All values of a header that may come several times."""
        if not self._single:
            return super().getlist(key)
        value = self.get(key)
        return [] if value is None else [value]


@lru_cache(maxsize=256)
def _raw(key: str) -> bytes:
    """A header's name as it is on the wire."""
    return key.lower().encode("latin-1")


@dataclass(frozen=True, slots=True)
class Head:
    """What the headers of a request say that every request is asked for."""

    locale: str
    accept: str
    media: str | None  # of the answer to a POST; None: nothing that we speak
    body_media: str
    uploads: bool  # the body is of several parts, some of which are files
    encoding: str  # of the body
    scheme: str  # of the credentials, in small letters
    token: str
    origin: str | None  # the page that asks
    agent: str
    host: str
    forwarded: tuple[str, ...]  # the addresses that proxies name
    keys: tuple[str, ...]  # Idempotency-Key


def head_of(request: HTTPConnection) -> Head:
    """The head of any request."""
    return request.head if isinstance(request, Asked) else _head(request.headers)


def _head(headers: Headers) -> Head:
    accept, media = ",".join(headers.getlist("accept")), headers.get("content-type", "")
    body_media = JSON if media == JSON else media.partition(";")[0].strip().lower()
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return Head(
        choose_locale(headers.get("accept-language")),
        accept,
        choose(accept),
        body_media,
        body_media == MULTIPART,
        headers.get("content-encoding", "identity"),
        scheme.lower(),
        token.strip(),
        headers.get("origin"),
        headers.get("user-agent", ""),
        headers.get("host", ""),
        tuple(headers.getlist("x-forwarded-for")),
        tuple(headers.getlist("idempotency-key")),
    )


_kept: dict[tuple[tuple[bytes, bytes], ...], tuple[Fields, Head]] = {}
"""Clients send the same headers again and again: what was read of them is kept."""


def _read(raw: list[tuple[bytes, bytes]]) -> tuple[Fields, Head]:
    key = tuple(raw)
    found = _kept.get(key)
    if found is None:
        fields = Fields(raw)
        found = fields, _head(fields)
        if sum(len(name) + len(value) for name, value in raw) <= LONGEST_KEPT:
            if len(_kept) >= MOST_KEPT:
                _kept.clear()
            _kept[key] = found
    return found


class Asked(Request):
    """One request."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        super().__init__(scope, receive, send)
        self._fields, self.head = _read(scope["headers"])

    @property
    def headers(self) -> Fields:
        """The headers."""
        return self._fields

    @property
    def method(self) -> str:
        """The method, in capitals."""
        method: str = self.scope["method"]
        return method
