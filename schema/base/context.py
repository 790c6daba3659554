"""What a resolver gets: the viewer, the house, and the reader of this operation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

import strawberry

if TYPE_CHECKING:
    from models.viewer import Viewer
    from resolvers.ports import Documents, House
    from resolvers.rights import Viewers
    from schema.batch.reader import Reader


@dataclass
class Context:
    """One operation's surroundings."""

    viewer: Viewer | None
    house: House
    viewers: Viewers
    documents: Documents
    reader: Reader
    locale: str

    async def show(self, node: str, id_: UUID | None) -> Any:
        """A node as the viewer sees it now: what a payload carries after its verb."""
        return None if id_ is None else await self.reader.one(node, id_)


Info = strawberry.Info[Context, None]
