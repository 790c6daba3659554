"""A fetched row, as the declarations see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from schema.base.node import NodeType
    from schema.batch.reader import Reader


@dataclass(slots=True, eq=False)
class Row:
    """Column values (Python's own types) of one row, and the reader that fetched it."""

    node: NodeType
    values: dict[str, Any]
    reader: Reader
