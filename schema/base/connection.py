"""The keyset connection (Relay's cursor connections)."""

from __future__ import annotations

from typing import Generic, TypeVar

import strawberry

from schema.base.scalar import Cursor

T = TypeVar("T")


@strawberry.type(description="Where a page lies in its list.")
class PageInfo:
    """Where a page lies in its list."""

    has_next_page: bool = strawberry.field(description="Whether more follows (known exactly when paging forward).")
    has_previous_page: bool = strawberry.field(
        description="Whether more precedes (known exactly when paging backward)."
    )
    start_cursor: Cursor | None = strawberry.field(description="The first edge's cursor.")
    end_cursor: Cursor | None = strawberry.field(
        description="The last edge's cursor: give it as `after` for the next page."
    )


@strawberry.type(description="A node and its place in the list.")
class Edge(Generic[T]):
    """A node and its place in the list."""

    cursor: Cursor = strawberry.field(description="The place of the node in this order.")
    node: T = strawberry.field(description="The node.")


@strawberry.type(description="A page of a list.")
class Connection(Generic[T]):
    """A page of a list."""

    edges: list[Edge[T]] = strawberry.field(description="The nodes with their cursors.")
    nodes: list[T] = strawberry.field(description="The nodes alone.")
    page_info: PageInfo = strawberry.field(description="Where the page lies.")
