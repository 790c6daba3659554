"""What a resolver gets: the viewer, the house, and the reader of this operation."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

import strawberry

from schema.base.node import NODES
from schema.batch.row import Row

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
    done: dict[str, Any] = field(default_factory=dict)  # verbs that ran: by their key, the payload or what they raised
    points: bool = False  # a plan follows: what is shown is read by it, so its id is enough

    async def show(self, node: str, id_: UUID | None) -> Any:
        """A node as the viewer sees it now: what a payload carries after its verb."""
        if id_ is None:
            return None
        return Row(NODES[node], {"id": id_}, self.reader) if self.points else await self.reader.one(node, id_)


Info = strawberry.Info[Context, None]
