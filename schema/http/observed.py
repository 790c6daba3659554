"""Operations of a process whose operators want a line in the log for each (LOG_FORMAT=json)."""

from __future__ import annotations

from adapters.log import operation
from schema.http.execution import CompiledOperation


class ObservedOperation(CompiledOperation):
    """As any, and the log has a line of it."""

    async def run(self) -> bytes:
        """Execute it, and say so."""
        viewer = self._caller.viewer
        name = self._chosen.name.value if self._chosen.name is not None else None
        with operation(self.kind, name, viewer.organization_id if viewer else None):
            return await super().run()
