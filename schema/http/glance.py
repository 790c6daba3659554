"""What a subscription looks at before it begins, read together for a crowd that begins at the same time.

Ten thousand residents who come back to one post need the post once, and each is judged by its own scope.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adapters.gather import Gather
from models.predicate import holds
from models.scope import visible
from schema.base.node import NODES
from schema.batch.reader import Reader
from schema.batch.row import Row
from schema.batch.wide import read_wide, scope_look

if TYPE_CHECKING:
    from uuid import UUID

    from adapters.database import Database
    from models.predicate import Look

    Asked = tuple[str, UUID, Look, UUID]  # type, Organization, what else is read, id

MOST = 500


class Glances:
    """Those of a process."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.find = Gather(self._read, MOST)

    async def start(self) -> None:
        """Nothing is read until somebody asks."""

    async def stop(self) -> None:
        """Read no more."""
        await self.find.stop()

    async def _read(self, asked: list[Asked]) -> dict[Asked, dict[str, Any]]:
        """In one statement for all that look for the same type in the same Organization."""
        kinds: dict[tuple[str, UUID, Look], list[UUID]] = {}
        for target, organization_id, look, id_ in asked:
            kinds.setdefault((target, organization_id, look), []).append(id_)
        found: dict[Asked, dict[str, Any]] = {}
        for (target, organization_id, look), ids in kinds.items():
            rows = await read_wide(self._database, organization_id, target, ids, look)
            known = ((id_, values) for id_, values in rows.items() if not isinstance(values, Exception))
            found |= {(target, organization_id, look, id_): values for id_, values in known}
        return found


class Glancing(Reader):
    """Reads single rows with all who ask at the same time; whatever they do not say is asked by the viewer's scope."""

    def __init__(self, reader: Reader, glances: Glances) -> None:
        super().__init__(reader.house, reader.viewer, reader.locale)
        self._glances = glances

    async def one(self, target: str, key: UUID) -> Row | None:
        """The visible node."""
        scope = visible(NODES[target].model, self.viewer)
        look = scope_look(target, scope)
        if self.viewer is None or look is None:
            return await self._alone(target, key)
        values = await self._glances.find((target, self.viewer.organization_id, look, key))
        sees = values is not None and holds(scope, values)
        if sees is None:
            return await self._alone(target, key)
        return Row(NODES[target], values, self) if sees and values else None

    async def _alone(self, target: str, key: UUID) -> Row | None:
        row: Row | None = await super().one(target, key)
        return row
