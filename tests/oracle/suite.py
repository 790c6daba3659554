"""The queries of the other tests run both ways too: in the modules below, in all with ORACLE=suite (make faults)."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from schema.http.execution import CompiledOperation
from tests.oracle.both import BUGS, answers, by_core, canonical
from tests.statements import unwatched

if TYPE_CHECKING:
    from collections.abc import Iterator

WHOLE = os.environ.get("ORACLE") == "suite"
CHOSEN = {
    f"tests.test_{name}" for name in ("audit_read", "connection", "device", "field_permission", "forum", "telemetry")
}
"""Modules whose queries cover the kinds of declarations that rows made behind the product's back do not reach."""
TRIES = 5  # jobs work beside a test: what changed meanwhile is asked again


@contextmanager
def both_ways(module: str) -> Iterator[list[str]]:
    """Within it every planned query is also asked of graphql-core. Gives the differences, as they are found."""
    different: list[str] = []
    planned = CompiledOperation._planned

    async def compared(operation: CompiledOperation, *, in_sql: bool) -> bytes | None:
        got = await planned(operation, in_sql=in_sql)
        if got is None or operation._request.explain:
            return got
        with unwatched():
            for _ in range(TRIES):
                found = await answers(operation, (False, True) if in_sql else (False,), planned)
                if found.bugs or not found.wrong:
                    break
                if canonical(await by_core(operation)) == canonical(found.core):  # nothing moved meanwhile
                    different.append(f"{operation._request.query}\n{operation._request.variables}\n{found}")
                    break
        BUGS.found += found.bugs
        return got

    if not WHOLE and module not in CHOSEN:
        yield different
        return
    CompiledOperation._planned = compared  # type: ignore[method-assign, assignment]
    try:
        yield different
    finally:
        CompiledOperation._planned = planned  # type: ignore[method-assign]


@contextmanager
def watched(module: str) -> Iterator[None]:
    """A plan that fails fails the test, whatever graphql-core made of it; and so does one that differs."""
    BUGS.take()
    with both_ways(module) as different:
        yield
    assert not (bugs := BUGS.take()), f"the plan failed: {bugs[0]}"
    assert not different, f"graphql-core answers otherwise: {different[0]}"
