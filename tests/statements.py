"""Watches the statements that a test's own requests run; what works in the background is not among them."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

    from resolvers.ports import House

# Runners were started before it was set, and a task keeps the context that it was started in.
_asking: ContextVar[bool] = ContextVar("asking", default=False)


@contextmanager
def unwatched() -> Iterator[None]:
    """What is read within it is not the test's own."""
    token = _asking.set(False)
    try:
        yield
    finally:
        _asking.reset(token)


def watch(house: House, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A list that grows by each statement read for this test; the reload of a session is left out."""
    statements: list[str] = []

    def noting(real: Any) -> Any:
        async def noted(sql: str, *args: Any) -> Any:
            if _asking.get() and "session" not in sql:
                statements.append(sql)
            return await real(sql, *args)

        return noted

    _asking.set(True)
    monkeypatch.setattr(house.database, "fetch", noting(house.database.fetch))
    if house.database.dialect == "postgres":  # SQLite's is a fetch
        monkeypatch.setattr(house.database, "written", noting(house.database.written))
    return statements
