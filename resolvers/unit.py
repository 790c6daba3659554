"""The unit of work: one verb writes, audits and announces in one transaction, and rings after the commit.

The order of a write transaction is always: the viewer again, the rows, the audit, and last the event log.
"""

from __future__ import annotations

from contextlib import ExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import orjson

from adapters.database.column import bound, column_kinds, selected
from adapters.log import note_events
from models import AuditEntry
from models.base import audited, fresh
from models.errors import ErrorCode, Refusal
from models.predicate import Params, all_of, eq, to_sql
from models.rules.audit import PERSON_OF, Personal, marked, people_in, replaced
from models.rules.number import number
from models.scope import visible
from resolvers.deadline import may_begin, sealed
from resolvers.notification.telling import notify
from resolvers.origin import current_origin
from resolvers.person_key import PersonKeys
from resolvers.viewer import reload_viewer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from datetime import date
    from uuid import UUID

    from adapters.database import Held, Transaction
    from models import Organization
    from models.base import Record, Versioned
    from models.predicate import Predicate
    from models.viewer import Viewer
    from resolvers.ports import House
    from subscriptions.event import DomainEvent

    R = TypeVar("R", bound=Record)
    V = TypeVar("V", bound=Versioned)

MOST_NUMBERS = 1_000  # looked up at once


class Unit:
    """What a verb works with: `viewer` as of this transaction, `now`, and the three ways to leave a trace."""

    def __init__(self, house: House, tx: Transaction, viewer: Viewer | None, organization_id: UUID) -> None:
        self.house = house
        self.tx = tx
        self.viewer = viewer
        self.organization_id = organization_id
        self.now = house.clock.now()
        self.keys = PersonKeys(self)
        self._audit: list[AuditEntry] = []
        self._events: list[DomainEvent] = []

    @property
    def signed_in(self) -> Viewer:
        """The viewer, in a unit that has one."""
        assert self.viewer is not None  # noqa: S101 - unit_of_work gave it
        return self.viewer

    async def find(self, model: type[R], id_: UUID | None, field: str) -> R:
        """The row that the viewer may see, locked; raises Refusal NOT_FOUND naming the input `field`."""
        if id_ is None:
            raise Refusal(ErrorCode.NOT_FOUND, field=field)
        return await self._row(model, id_, field, locked=True)

    async def see(self, model: type[R], id_: UUID, field: str) -> R:
        """As `find`, but not locked: what a verb only refers to. Raises Refusal NOT_FOUND naming `field`."""
        return await self._row(model, id_, field, locked=False)

    async def unscoped(self, model: type[R], *where: Predicate) -> list[R]:
        """Rows of the Organization, whoever may see them, in no order: what the house itself goes by."""
        return await self._rows(model, all_of(eq("organization_id", self.organization_id), *where))

    async def _row(self, model: type[R], id_: UUID, field: str, *, locked: bool) -> R:
        found = await self._rows(model, all_of(visible(model, self.viewer), eq("id", id_)), locked=locked)
        if not found:
            raise Refusal(ErrorCode.NOT_FOUND, field=field)
        return found[0]

    async def _rows(self, model: type[R], where: Predicate, *, locked: bool = False) -> list[R]:
        """By our own text: Tortoise makes a statement anew each time, which takes longer than to run it."""
        params = Params(self.house.database.dialect)
        lock = " FOR UPDATE OF t" if locked and params.dialect == "postgres" else ""
        text = f"SELECT {selected(model)} FROM {model._meta.db_table} t WHERE {to_sql(where, params)}{lock}"  # noqa: S608 - our own names
        return [model._init_from_db(**row) for row in await self.tx.fetch(text, *params.values)]  # noqa: SLF001 - as its own queries make them

    def new(self, model: type[R], /, **values: Any) -> R:
        """A row of the Organization, keyed and stamped, not written yet: for `bulk_create`."""
        stamps = {"created_at": self.now}
        if "version" in model._meta.fields_map:
            stamps["updated_at"] = self.now
        keys = {"id": self.house.identity.uuid(), "organization_id": self.organization_id}
        return fresh(model, **{**keys, **stamps, **values})

    async def add(self, model: type[R], /, **values: Any) -> R:
        """A new row of the Organization, keyed and stamped."""
        row = self.new(model, **values)
        await self.add_all([row])
        return row

    async def add_all(self, rows: Sequence[Record]) -> None:
        """New rows of one table, keyed and stamped already, in one statement."""
        if not rows:
            return
        columns = column_kinds(type(rows[0]))
        values = [[bound(kind, getattr(row, name)) for name, kind in columns.items()] for row in rows]
        await self.tx.insert(type(rows[0])._meta.db_table, columns, values)
        for row in rows:
            row.__dict__["_saved_in_db"] = True  # as its own `save`; its __setattr__ looks at relations first

    async def numbers(self, day: date, *models: type[Record], count: int = 1) -> list[str]:
        """Numbers for people, of the Property's `day`, that no row of `models` has in the Organization."""
        free: list[str] = []
        while len(free) < count:
            wanted = min(count - len(free), MOST_NUMBERS)
            drawn = {number(day, self.house.identity.uuid().int) for _ in range(wanted)} - set(free)
            params = Params(self.house.database.dialect)
            used = f"t.organization_id = {params.add(self.organization_id)} AND t.number {params.any_of(sorted(drawn))}"
            tables = (f"SELECT t.number FROM {model._meta.db_table} t WHERE {used}" for model in models)  # noqa: S608 - our own names
            rows = await self.tx.fetch(" UNION ALL ".join(tables), *params.values)
            free += sorted(drawn - {row["number"] for row in rows})
        return free

    async def change(self, row: V, **values: Any) -> V:
        """The row as it was (a copy for audit and event), after `row` took `values` and one version more."""
        before = row.clone(pk=row.id)
        values |= {"version": row.version + 1, "updated_at": self.now}
        row.update_from_dict(values)
        kinds = column_kinds(type(row))
        sets = ", ".join(f"{name} = ${n}" for n, name in enumerate(values, 2))
        written = [bound(kinds[name], getattr(row, name)) for name in values]
        await self.tx.write(f"UPDATE {row._meta.db_table} SET {sets} WHERE id = $1", row.id, *written)  # noqa: S608 - our own names
        return before

    def audit(
        self,
        verb: str,
        before: Record | None,
        after: Record,
        actor: str = "account",
        account_id: UUID | None = None,
    ) -> None:
        """Remember who did what: the values that differ. At sign-in the account is known before the viewer is."""
        old, new = audited(before), audited(after)
        keys = [key for key in new if old.get(key) != new[key]]
        name = type(after).__name__
        was = marked(name, {key: old.get(key) for key in keys}, old) if before else None
        self.audit_values(
            verb, after, was, marked(name, {key: new[key] for key in keys}, new), actor=actor, account_id=account_id
        )

    def audit_values(
        self,
        verb: str,
        subject: Record | Organization,
        before: dict[str, Any] | None,
        after: dict[str, Any] | None,
        actor: str = "account",
        account_id: UUID | None = None,
    ) -> None:
        """Remember who did what to many rows at once: JSON-ready values of the caller's own choice.

        Values about people are wrapped as `Personal` (models/rules/audit.py) and sealed before they are written.
        """
        viewer, origin = self.viewer, current_origin()
        self._audit.append(
            fresh(
                AuditEntry,
                id=self.house.identity.uuid(),
                organization_id=self.organization_id,
                created_at=self.now,
                property_id=getattr(subject, "property_id", None),
                account_id=viewer.account_id if viewer else account_id,
                session_id=viewer.session_id if viewer else None,
                api_client_id=viewer.api_client_id if viewer else None,
                device_id=viewer.device_id if viewer else None,
                person_id=getattr(subject, PERSON_OF.get(type(subject).__name__, ""), None),
                actor="api_client" if viewer and viewer.api_client_id and actor == "account" else actor,
                verb=verb,
                subject_type=type(subject).__name__,
                subject_id=subject.id,
                before=before,
                after=after,
                address=origin.address,
                agent=origin.agent,
            )
        )

    def announce(self, event: DomainEvent) -> None:
        """Say what happened, to whoever may hear it, once it is committed."""
        self._events.append(event)

    def take(self, other: Unit) -> None:
        """Write the traces of `other` with the own ones."""
        self._audit += other._audit
        self._events += other._events

    async def finish(self) -> list[UUID]:
        """Write the audit, then the events, streams in id order; the streams to ring."""
        if self._audit:
            await self._seal_personal()
            await self.add_all(self._audit)
        by_stream: dict[UUID, list[dict[str, Any]]] = {}
        for event in self._events:
            by_stream.setdefault(event.stream, []).append(event.to_log())
        heads = await self.house.database.append_to_streams(self.tx, self.organization_id, by_stream)
        for stream, head in heads.items():
            events = by_stream[stream]
            note_events(stream, head, len(events))
            self.house.tracer.announced(stream, head, events)
        return list(by_stream)

    async def _seal_personal(self) -> None:
        """Seal what the audit is about to keep of people, each value under its Person's key and for its entry."""
        await self.keys.load(id_ for entry in self._audit for id_ in people_in([entry.before, entry.after]))
        for entry in self._audit:
            place = entry.id

            def seal(value: Personal, place: UUID = place) -> dict[str, str | None]:
                text = orjson.dumps(value.value).decode()
                return {"person": str(value.person_id), "sealed": self.keys.seal(value.person_id, text, place)}

            entry.before, entry.after = replaced(entry.before, seal), replaced(entry.after, seal)


@asynccontextmanager
async def unit_of_work(house: House, viewer: Viewer | None) -> AsyncIterator[Unit]:
    """A transaction of a signed-in viewer, with the rights as they are now. Raises Refusal UNAUTHENTICATED."""
    if viewer is None:
        raise Refusal(ErrorCode.UNAUTHENTICATED)
    async with system_unit(house, viewer.organization_id) as unit:
        if viewer.device_id is None:
            strict = house.settings.production
            unit.viewer = await reload_viewer(unit.tx, house.database, viewer, unit.now, strict=strict)
        else:
            unit.viewer = viewer
        yield unit


@asynccontextmanager
async def system_unit(house: House, organization_id: UUID) -> AsyncIterator[Unit]:
    """A transaction of the house itself (sign-in, jobs, the demo) in one Organization."""
    may_begin()
    with ExitStack() as last, house.tracer.transaction():
        async with house.database.transaction(organization_id) as tx:
            unit = Unit(house, tx, None, organization_id)
            yield unit
            held = house.database.held
            unit._events += await notify(unit, unit._events)  # noqa: SLF001 - here, where it is known who did it
            if held is not None:  # the holder finishes, last before the commit
                held.left.append(unit)
                return
            last.enter_context(sealed())
            rung = await unit.finish()
        if rung:
            await house.broker.ring(rung)


@asynccontextmanager
async def committing(house: House, held: Held, organization_id: UUID) -> AsyncIterator[Unit]:
    """The end of a held transaction: inside, the holder's own last statements; then what its units left, and commit."""
    with ExitStack() as last, house.tracer.transaction():
        await held.open(organization_id)
        async with house.database.transaction(organization_id) as tx:
            whole = Unit(house, tx, None, organization_id)
            yield whole
            for unit in held.left:
                whole.take(unit)
            last.enter_context(sealed())
            rung = await whole.finish()
        await held.commit()
        if rung:
            await house.broker.ring(rung)


def check_version(row: Versioned, expected: int | None) -> None:
    """Raise Refusal CONFLICT, carrying the row as it is, when the client saw an older one."""
    if expected is not None and row.version != expected:
        raise Refusal(
            ErrorCode.CONFLICT, field="expected_version", current=row.id, expected=expected, actual=row.version
        )
