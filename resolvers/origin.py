"""The origin of the request that is being served: units of work note it, without each verb passing it on."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from models.origin import Origin

if TYPE_CHECKING:
    from collections.abc import Iterator

_origin: ContextVar[Origin] = ContextVar("origin", default=Origin())  # noqa: B039 - frozen


@contextmanager
def coming_from(origin: Origin) -> Iterator[None]:
    """Serve a request of `origin` inside."""
    token = _origin.set(origin)
    try:
        yield
    finally:
        _origin.reset(token)


def current_origin() -> Origin:
    """Whence the request under way came; empty for what the house does by itself."""
    return _origin.get()
