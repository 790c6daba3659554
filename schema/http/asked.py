"""A request as our endpoints read it: Starlette's, whose headers are found without a search."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from starlette.datastructures import Headers
from starlette.requests import Request

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send


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


class Asked(Request):
    """One request."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        super().__init__(scope, receive, send)
        self._fields = Fields(scope["headers"])

    @property
    def headers(self) -> Fields:
        """The headers."""
        return self._fields

    @property
    def method(self) -> str:
        """The method, in capitals."""
        method: str = self.scope["method"]
        return method
