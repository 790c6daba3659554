"""Walks a connection to its end, both ways, with every page size that matters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.client import Client


# Variables, not literals: a document of its own for each page would be validated and planned for each.
WAYS = {
    True: ("first", "after", "endCursor", "hasNextPage"),
    False: ("last", "before", "startCursor", "hasPreviousPage"),
}


async def page(
    client: Client, field: str, who: str, arguments: str, size: int, *, forward: bool = True, cursor: str | None = None
) -> dict[str, Any]:
    """One page."""
    count, side, *_ = WAYS[forward]
    found: dict[str, Any] = (
        await client.data(
            f"query ($size: Int, $cursor: Cursor) {{ x: {field}({arguments} {count}: $size {side}: $cursor) {{"
            " edges { cursor node { id } } nodes { id }"
            " pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }",
            who,
            size=size,
            cursor=cursor,
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
    cursor: str | None = None
    *_, end, more = WAYS[forward]
    while True:
        got = await page(client, field, who, arguments, size, forward=forward, cursor=cursor)
        ids = [node["id"] for node in got["nodes"]]
        found = found + ids if forward else ids + found
        info = got["pageInfo"]
        if not info[more]:
            return found
        assert len(ids) == size
        cursor = info[end]


async def check_paging(client: Client, field: str, who: str, arguments: str, expected: list[str]) -> None:
    """The list is `expected`, whatever the page, forward and backward: no gap, no duplicate, no other order."""
    assert len(expected) > 1
    for size in (1, 2, len(expected), len(expected) + 1):
        for forward in (True, False):
            assert await walk(client, field, who, arguments, size, forward=forward) == expected, (field, size, forward)
    nothing = await page(client, field, who, arguments, 0)
    assert (nothing["nodes"], nothing["pageInfo"]["hasNextPage"]) == ([], True)
