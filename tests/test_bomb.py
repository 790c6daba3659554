"""Documents that are small to send and large to read are answered at once, on every transport."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from tests.test_limit import VIEWER
from tests.transport import TRANSPORTS, ask

if TYPE_CHECKING:
    from tests.client import Client
    from tests.conftest import Live

BOMBS = {
    "cycle": "{ viewer { ...A } } fragment A on Viewer { ...B } fragment B on Viewer { ...A }",
    "self": "{ viewer { ...A } } fragment A on Viewer { ...A roles }",
    "doubling": "{ viewer { ...F0 } } "
    + " ".join(f"fragment F{n} on Viewer {{ ...F{n + 1} ...F{n + 1} }}" for n in range(150))
    + " fragment F150 on Viewer { roles }",
    "chain": "{ viewer { ...F0 } } "
    + " ".join(f"fragment F{n} on Viewer {{ ...F{n + 1} }}" for n in range(200))
    + " fragment F200 on Viewer { roles }",
    "unused": f"{VIEWER} fragment F on Viewer {{ {'roles ' * 1900} }}",
    "inline": "{ " + "... { " * 400 + "viewer { roles }" + " }" * 400 + " }",
    "braces": "{ a " * 600,
    "brackets": "{ node(id: " + "[" * 1900,
    "types": "query ($a: " + "[" * 900 + "ID" + "]" * 900 + ") { viewer { roles } }",
    "parentheses": "{ a" + "(" * 1900,
}


@pytest.fixture
def backend() -> str:
    """The protocol is the same whatever stands behind it."""
    return "sqlite"


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_a_bomb_is_answered_fast(live: Live, transport: str) -> None:
    seen = {}
    for name, query in BOMBS.items():
        start = time.monotonic()
        answer = await ask(live, transport, query)
        assert time.monotonic() - start < 2, name
        assert "data" not in answer, name
        error = answer["errors"][0]["extensions"]
        seen[name] = error.get("limit") or error["code"]
    assert seen == {
        "cycle": "GRAPHQL_VALIDATION_FAILED",
        "self": "GRAPHQL_VALIDATION_FAILED",
        "doubling": "depth",
        "chain": "depth",
        "unused": "selectedFields",
        "inline": "depth",
        "braces": "depth",
        "brackets": "jsonDepth",
        "types": "jsonDepth",
        "parentheses": "GRAPHQL_PARSE_FAILED",
    }


async def test_a_doubling_fragment_is_counted_without_being_expanded(client: Client) -> None:
    chain = " ".join(f"fragment F{n} on Viewer {{ ...F{n + 1} ...F{n + 1} }}" for n in range(90))
    answer = await client.post(f"{{ viewer {{ ...F0 }} }} {chain} fragment F90 on Viewer {{ roles }}")
    assert answer["errors"][0]["extensions"] == {
        "code": "QUERY_LIMIT_EXCEEDED",
        "limit": "selectedFields",
        "max": 400,
        "actual": 2**31 - 1,
    }
