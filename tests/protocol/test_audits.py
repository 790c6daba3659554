"""GraphQL over HTTP as graphql-http's own audits read the specification: MUST, SHOULD and MAY."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.protocol.node import run_node

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Live

AUDITS = 61


@pytest.fixture
def backend() -> str:
    """The protocol is the same whatever stands behind it."""
    return "sqlite"


@pytest.mark.promise(24)
@pytest.mark.timeout(150)  # the first time it installs the audits
async def test_every_audit_of_graphql_http_passes(live: Live, reached: Callable[..., None]) -> None:
    results = await run_node("audit.mjs", f"http://127.0.0.1:{live.port}/graphql")
    assert len({result["id"] for result in results}) == AUDITS
    assert [result for result in results if result["status"] != "ok"] == []
    reached(f"{AUDITS} audits of graphql-http: all pass", count=AUDITS)
