"""Fields that null for who may not see them, of rows that lie in no Property: the scope of the permission decides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from schema.base.field import Spec, declare

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from models.rules.permission import Permission
    from models.viewer import Viewer
    from resolvers.ports import House
    from schema.batch.row import Row


@dataclass(frozen=True)
class GuardedSpec(Spec):
    """A column (`source`), as it is or through `show`; null unless the viewer holds `permission` about the row."""

    source: str | None
    permission: Permission
    show: Callable[[House, Viewer, Mapping[str, Any]], Any] | None = None

    def needs(self, name: str) -> set[str]:
        """Its column."""
        return {self.source or name}

    def resolve(self, name: str, row: Row, arguments: Mapping[str, Any]) -> Any:
        """Nothing is asked for what is null, nor of who holds the permission everywhere; else batched over the list."""
        if row.values[self.source or name] is None:
            return None
        if self.permission in row.reader.signed_in.everywhere:
            return self._shown(name, row)
        return self._asked(name, row)

    async def _asked(self, name: str, row: Row) -> Any:
        allowed = await row.reader.permits(row.node.model, self.permission, row.values["id"])
        return self._shown(name, row) if allowed else None

    def _shown(self, name: str, row: Row) -> Any:
        if self.show is not None:
            return self.show(row.reader.house, row.reader.signed_in, row.values)
        return row.values[self.source or name]


def guarded(
    description: str,
    permission: Permission,
    *,
    source: str | None = None,
    show: Callable[[House, Viewer, Mapping[str, Any]], Any] | None = None,
) -> Any:
    """A column that only `permission` shows; models/scope/personal.py says about which rows it is held."""
    return declare(GuardedSpec(source, permission, show), description)
