"""What one chunk of rows does to the database: bulk reads, rows to make, values that differ, one audit record."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from typing import TYPE_CHECKING, Any

from models import Building, Consent, Device, Entrance, Occupancy, Person, Property, Vehicle
from models import Unit as PlaceUnit
from models.predicate import Params, Predicate, all_of, eq, to_sql
from models.rules.audit import marked
from models.rules.data_import import ImportOutcome
from models.rules.sheet import Fault

if TYPE_CHECKING:
    from uuid import UUID

    from models.base import Record
    from models.rules.data_import import ImportFaultCode
    from models.rules.permission import Permission
    from models.rules.sheet import Row
    from models.viewer import Viewer
    from resolvers.unit import Unit

BULK = 500
# A chunk may begin with Units of a building that is there and go on with a new one: never by first appearance.
PARENTS_FIRST: tuple[type[Record], ...] = (
    Property,
    Building,
    Entrance,
    PlaceUnit,
    Person,
    Consent,
    Occupancy,
    Vehicle,
    Device,
)
SEALED = frozenset({"id_number_cipher", "id_number_hash"})  # the audit says that they changed, not what they are


class ChunkStale(Exception):
    """Somebody changed a row between our reading and our writing: the chunk is tried again."""


@dataclass(eq=False, slots=True)
class Entry:
    """A row of the database as this chunk leaves it; `before` has the values that it had."""

    model: type[Record]
    id: UUID
    values: dict[str, Any]
    new: bool
    before: dict[str, Any] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Any:
        return self.values[name]


class Batch:
    """Gathers what the rows ask for, and writes it at once. `viewer` is None for the house itself."""

    def __init__(self, unit: Unit, viewer: Viewer | None, *, dry_run: bool) -> None:
        self.unit = unit
        self.viewer = viewer
        self.dry_run = dry_run
        self.faults: list[Fault] = []
        self.outcomes: dict[int, ImportOutcome] = {}
        self._entries: dict[tuple[type[Record], UUID], Entry] = {}

    def may(self, permission: Permission, property_id: UUID) -> bool:
        """Whether the importer holds `permission` there."""
        return self.viewer is None or self.viewer.may(permission, property_id)

    def fault(self, row: Row, column: str | None, code: ImportFaultCode, **params: Any) -> None:
        """The row is bad."""
        self.faults.append(Fault(row.number, column, code, params))

    def took(self, row: Row, main: Entry, *changed: bool) -> None:
        """The row was taken: it made `main`, changed something, or found everything as it says."""
        outcome = ImportOutcome.CHANGED if any(changed) else ImportOutcome.UNCHANGED
        self.outcomes[row.number] = ImportOutcome.CREATED if main.new else outcome

    async def rows(self, model: type[Record], where: Predicate, *columns: str) -> list[Entry]:
        """Rows of the Organization with these columns; a row that was read before is the same Entry."""
        database = self.unit.house.database
        params = Params(database.dialect)
        names = ("id", "version", *columns)
        condition = to_sql(all_of(eq("organization_id", self.unit.organization_id), where), params)
        records = await self.unit.tx.fetch(
            f"SELECT {', '.join(names)} FROM {model._meta.db_table} t WHERE {condition} ORDER BY id",  # noqa: S608 - our own names
            *params.values,
        )
        kinds = [(name, type(model._meta.fields_map[name]).__name__) for name in names]
        found = []
        for record in records:
            values = {name: database.value(kind, record[name]) for name, kind in kinds}
            found.append(self._entries.setdefault((model, values["id"]), Entry(model, values["id"], values, new=False)))
        return found

    def add(self, model: type[Record], /, **values: Any) -> Entry:
        """A row to make."""
        id_ = self.unit.house.identity.uuid()
        entry = Entry(model, id_, {"id": id_, "version": 1, **values}, new=True)
        self._entries[model, id_] = entry
        return entry

    def change(self, entry: Entry, /, **values: Any) -> bool:
        """Whether one of `values` differs; those that do are written."""
        differing = {name: value for name, value in values.items() if entry.values.get(name) != value}
        if not entry.new:
            for name in differing:
                entry.before.setdefault(name, entry.values.get(name))
        entry.values.update(differing)
        return bool(differing)

    async def flush(self) -> None:
        """Write everything, parents first. Raises ChunkStale."""
        stamps = {
            "organization_id": self.unit.organization_id,
            "created_at": self.unit.now,
            "updated_at": self.unit.now,
        }
        for model, entries in self._made().items():
            known = model._meta.fields_db_projection  # history has no version
            rows = [
                {name: value for name, value in {**stamps, **one.values}.items() if name in known} for one in entries
            ]
            await model.bulk_create([model(**values) for values in rows], batch_size=BULK)
        for entry in self._changed():
            await self._update(entry)

    async def _update(self, entry: Entry) -> None:
        values = {name: _plain(entry.values[name]) for name in _differing(entry)}
        sets = ", ".join(f"{name} = ${n}" for n, name in enumerate(values, 4))
        written = await self.unit.tx.fetch(
            f"UPDATE {entry.model._meta.db_table} SET version = version + 1, updated_at = $3, {sets}"  # noqa: S608 - our own names
            " WHERE id = $1 AND version = $2 RETURNING id",
            entry.id,
            entry["version"],
            self.unit.now,
            *values.values(),
        )
        if not written:
            raise ChunkStale

    def audited(self) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """What was there and what is there now, by table and id, for the audit; None when nothing changed."""
        made = {model.__name__: [str(entry.id) for entry in entries] for model, entries in self._made().items()}
        before: dict[str, Any] = {}
        after: dict[str, Any] = {}
        for entry in self._changed():
            name = entry.model.__name__
            names = _differing(entry)
            for told, values in ((before, entry.before), (after, entry.values)):
                shown = {key: _shown(key, values[key]) for key in names}
                told.setdefault(name, {})[str(entry.id)] = marked(name, shown, {**entry.values, **values})
        return (before, {"created": made, "changed": after}) if made or after else None

    def _made(self) -> dict[type[Record], list[Entry]]:
        made: dict[type[Record], list[Entry]] = {}
        for entry in self._entries.values():
            if entry.new:
                made.setdefault(entry.model, []).append(entry)
        return dict(sorted(made.items(), key=lambda item: PARENTS_FIRST.index(item[0])))

    def _changed(self) -> list[Entry]:
        return [entry for entry in self._entries.values() if not entry.new and _differing(entry)]


def _differing(entry: Entry) -> list[str]:
    return [name for name, value in entry.before.items() if entry.values[name] != value]


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, Enum) else value


def _shown(name: str, value: Any) -> Any:
    if name in SEALED:
        return None if value is None else "sealed"
    value = _plain(value)
    return value.isoformat() if isinstance(value, date | datetime) else value if _json(value) else str(value)


def _json(value: Any) -> bool:
    return value is None or isinstance(value, str | int | float | bool)
