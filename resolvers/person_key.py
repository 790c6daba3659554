"""A key per Person: what is written where rows are never changed is sealed under it, and erasure destroys it."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING
from uuid import UUID

from adapters.value_key import ValueKey, new_key

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Sequence

    from adapters.database import Row
    from resolvers.ports import House
    from resolvers.unit import Unit

    Fetch = Callable[[str, Sequence[object]], Awaitable[list[Row]]]

_KNOWN = {
    "sqlite": "SELECT person_id, wrapped FROM person_key WHERE organization_id = $1"
    " AND person_id IN (SELECT value FROM json_each($2))",
    "postgres": "SELECT person_id, wrapped FROM person_key WHERE organization_id = $1 AND person_id = ANY($2)",
}
_COLUMNS = {
    "id": "uuid",
    "organization_id": "uuid",
    "person_id": "uuid",
    "wrapped": "text",
    "created_at": "timestamptz",
}


class PersonKeys:
    """The keys that one unit of work has looked up. A Person whose key was destroyed has none, and gets none again."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit
        self._known: dict[UUID, ValueKey | None] = {}

    async def load(self, people: Iterable[UUID]) -> None:
        """Have the keys of these people: one statement, and two more when some have none yet."""
        unknown = sorted(set(people) - self._known.keys())
        if not unknown:
            return
        await self._look(unknown)
        missing = [person_id for person_id in unknown if person_id not in self._known]
        if missing:
            await self._make(missing)
            await self._look(missing)  # somebody may have been faster

    def seal(self, person_id: UUID, text: str, *place: UUID) -> str | None:
        """`text` sealed for `place`; None when the Person's key was destroyed. `load` comes first."""
        key = self._known[person_id]
        return None if key is None else key.seal(text, *place)

    def open(self, person_id: UUID, sealed: str, *place: UUID) -> str | None:
        """The text; None when the Person's key was destroyed. `load` comes first. Raises VaultError."""
        key = self._known[person_id]
        return None if key is None else key.open(sealed, *place)

    def forget(self, person_id: UUID) -> None:
        """Look again the next time."""
        self._known.pop(person_id, None)

    async def _look(self, people: list[UUID]) -> None:
        unit = self._unit

        async def fetch(sql: str, args: Sequence[object]) -> list[Row]:
            return await unit.tx.fetch(sql, *args)

        self._known |= await known_keys(unit.house, unit.organization_id, people, fetch)

    async def _make(self, people: list[UUID]) -> None:
        """In the order of the ids, so that two units never wait for each other in a ring."""
        unit = self._unit
        rows = [
            (
                unit.house.identity.uuid(),
                unit.organization_id,
                person_id,
                _wrapped(unit.house, unit.organization_id, person_id),
                unit.now,
            )
            for person_id in people
        ]
        await unit.tx.insert("person_key", _COLUMNS, rows, "ON CONFLICT DO NOTHING RETURNING id")


async def known_keys(
    house: House, organization_id: UUID, people: Sequence[UUID], fetch: Fetch | None = None
) -> dict[UUID, ValueKey | None]:
    """The keys that these people have (None: destroyed) in one statement, outside a unit unless `fetch` is one's."""
    sql, args = _KNOWN[house.database.dialect], [organization_id, list(people)]
    rows = await fetch(sql, args) if fetch else await house.database.fetch(sql, args, organization_id)
    return {
        person_id: _unwrapped(house, organization_id, person_id, row["wrapped"])
        for row in rows
        for person_id in [UUID(str(row["person_id"]))]
    }


async def destroy_person_key(unit: Unit, person_id: UUID) -> None:
    """What was ever sealed for this Person opens for nobody any more, from the commit on; nothing new is sealed.

    Done twice it is done once. A copy of the database made before holds the key still: backups have an end too.
    """
    unit.keys.forget(person_id)
    gone = await unit.tx.fetch(
        "UPDATE person_key SET wrapped = NULL, destroyed_at = COALESCE(destroyed_at, $2) WHERE person_id = $1"
        " AND organization_id = $3 RETURNING id",
        person_id,
        unit.now,
        unit.organization_id,
    )
    if not gone:
        await unit.tx.insert(
            "person_key",
            {**_COLUMNS, "destroyed_at": "timestamptz"},
            [(unit.house.identity.uuid(), unit.organization_id, person_id, None, unit.now, unit.now)],
            "ON CONFLICT (person_id) DO UPDATE SET wrapped = NULL, destroyed_at = excluded.destroyed_at RETURNING id",
        )


def rewrapped(house: House, organization_id: UUID, person_id: UUID, wrapped: str) -> str:
    """The same key, sealed by the vault anew: what the rotation of the vault's keys writes back."""
    return _sealed(house, organization_id, person_id, _opened(house, organization_id, person_id, wrapped))


def _wrapped(house: House, organization_id: UUID, person_id: UUID) -> str:
    return _sealed(house, organization_id, person_id, new_key())


def _sealed(house: House, organization_id: UUID, person_id: UUID, key: bytes) -> str:
    return base64.b64encode(house.vault.seal(key, organization_id, person_id)).decode()


def _opened(house: House, organization_id: UUID, person_id: UUID, wrapped: str) -> bytes:
    return house.vault.open(base64.b64decode(wrapped), organization_id, person_id)


def _unwrapped(house: House, organization_id: UUID, person_id: UUID, wrapped: str | None) -> ValueKey | None:
    return None if wrapped is None else ValueKey(_opened(house, organization_id, person_id, wrapped))
