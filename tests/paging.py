"""Walks a connection to its end, both ways, with every page size that matters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.client import Client


async def page(client: Client, field: str, who: str, arguments: str) -> dict[str, Any]:
    """One page."""
    found: dict[str, Any] = (
        await client.data(
            f"{{ x: {field}({arguments}) {{ edges {{ cursor node {{ id }} }} nodes {{ id }}"
            " pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }",
            who,
        )
    )["x"]
    shown = [edge["node"] for edge in found["edges"]]
    assert shown == found["nodes"]
    cursors = [edge["cursor"] for edge in found["edges"]]
    info = found["pageInfo"]
    assert (info["startCursor"], info["endCursor"]) == ((cursors[0], cursors[-1]) if cursors else (None, None))
    return found


async def walk(client: Client, field: str, who: str, arguments: str, size: int, *, forward: bool) -> list[str]:
    """Every id of the list, in its order, fetched page by page."""
    found: list[str] = []
    cursor = ""
    while True:
        count = f"first: {size}" if forward else f"last: {size}"
        got = await page(client, field, who, f"{arguments} {count} {cursor}")
        ids = [node["id"] for node in got["nodes"]]
        found = found + ids if forward else ids + found
        info = got["pageInfo"]
        if not info["hasNextPage" if forward else "hasPreviousPage"]:
            return found
        assert len(ids) == size
        cursor = f'after: "{info["endCursor"]}"' if forward else f'before: "{info["startCursor"]}"'


async def check_paging(client: Client, field: str, who: str, arguments: str, expected: list[str]) -> None:
    """The list is `expected`, whatever the page, forward and backward: no gap, no duplicate, no other order."""
    assert len(expected) > 1
    for size in (1, 2, len(expected), len(expected) + 1):
        for forward in (True, False):
            assert await walk(client, field, who, arguments, size, forward=forward) == expected, (field, size, forward)
    nothing = await page(client, field, who, f"{arguments} first: 0")
    assert (nothing["nodes"], nothing["pageInfo"]["hasNextPage"]) == ([], True)
