"""The audit in the contract: read by auditors, written by every verb."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import strawberry

import models
from models.query import Query as Rows
from models.rules.audit import AuditActor
from resolvers import audit as usecase
from schema.account import Account
from schema.base import Info, ListOrder, Node, column, decode, encode, many, node, one, ref, text, to_one
from schema.base.field import Spec, declare
from schema.base.node import NODES, split
from schema.device import Device
from schema.person import Person
from schema.place import Property

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from schema.batch.row import Row

_CHANGES = {"id", "property_id", "subject_type", "before", "after"}


@strawberry.type(description="One column of what was done to, before and after.")
class AuditChange:
    """One column before and after."""

    field: str = strawberry.field(description="The column; of an import `Table.id.column`.")
    before: str | None = strawberry.field(description="What it was, as text; null when there was nothing.")
    after: str | None = strawberry.field(description="What it became, as text; null when there is nothing.")
    is_erased: bool = strawberry.field(
        description="It was about a Person whose data was erased: nobody can read it any more, and the chain holds."
    )
    is_hidden: bool = strawberry.field(description="The viewer may not see such values, wherever they stand.")


class SubjectSpec(Spec):
    """What it was done to, if it is a node that the viewer may see."""

    def needs(self, name: str) -> set[str]:
        """Type and key."""
        return {"subject_type", "subject_id"}

    def resolve(self, name: str, row: Row, arguments: Mapping[str, Any]) -> Any:
        """Batched with every other reference to the same type."""
        type_ = _node_of(row.values["subject_type"])
        return row.reader.one(type_, row.values["subject_id"]) if type_ in NODES else None


class SubjectKeySpec(SubjectSpec):
    """Its opaque id, whether the viewer may see it or not."""

    def resolve(self, name: str, row: Row, arguments: Mapping[str, Any]) -> str:
        """The id, as the node's own where it is one."""
        return encode(_node_of(row.values["subject_type"]), row.values["subject_id"])


class SealSpec(Spec):
    """The seal that has the entry's own key."""

    def resolve(self, name: str, row: Row, arguments: Mapping[str, Any]) -> Any:
        """Batched."""
        return row.reader.one("AuditSeal", row.values["id"])


class ChangesSpec(Spec):
    """Before and after, opened with the keys of whom they are about."""

    def needs(self, name: str) -> set[str]:
        """Both sides, and what decides who may read them."""
        return _CHANGES

    async def resolve(self, name: str, row: Row, arguments: Mapping[str, Any]) -> Any:
        """Keys are batched over the list."""
        people = usecase.people_of(row.values)
        keys = await row.reader.keys(people) if people else {}
        found = usecase.changes(row.values, row.reader.signed_in, keys)
        return [AuditChange(**vars(change)) for change in found]


class SummarySpec(ChangesSpec):
    """The same in one line."""

    async def resolve(self, name: str, row: Row, arguments: Mapping[str, Any]) -> str:
        """`column: before → after`, separated by semicolons."""
        return "; ".join(_line(change) for change in await super().resolve(name, row, arguments))


class ChangeCountSpec(ChangesSpec):
    """How many there are."""

    async def resolve(self, name: str, row: Row, arguments: Mapping[str, Any]) -> int:
        """All, not only those that are shown."""
        return usecase.count_changes(row.values)


@node(models.AuditSeal, "封存: the place of an AuditEntry in its company's hash chain (docs/audit.md). Never changed.")
class AuditSeal(Node):
    """A link of the hash chain."""

    sequence: str = column("The place: 1, 2, 3 … without a gap in the Organization.", convert=str)
    hash: str = column("SHA-256 in hex over the entry and the hash before.")
    previous: str = column("The hash of the seal before; 64 zeros for the first.")
    created_at: datetime = column("When it was sealed, within seconds of the commit.")


@node(models.AuditEntry, "审计记录: who did what to what, when and from where. Added by every verb, never changed.")
class AuditEntry(Node):
    """Who did what to what."""

    verb: str = column("What was done, such as `bill.issue`.")
    actor: AuditActor = column("What kind of actor did it.", convert=lambda kept: AuditActor(kept.upper()))
    account: Account | None = to_one("Who did it; null for devices, jobs and commands.")
    device: Device | None = to_one("Which Device did it, where it asked by itself.")
    property: Property | None = to_one("Where; null for what belongs to the whole company.")
    person: Person | None = to_one("Whom it is about, if the viewer may see the Person.")
    address: str | None = column("The client's address; null for what the house did by itself.")
    agent: str | None = column("The client's User-Agent, at most 200 characters.")
    subject_type: str = column("What kind of thing it was done to, such as `Bill`.")
    subject_key: strawberry.ID = declare(
        SubjectKeySpec(), "The id of what it was done to, visible or not: give it to the filter as `subjectId`."
    )
    subject: Node | None = declare(SubjectSpec(), "What it was done to, as it is now, if the viewer may see it.")
    changes: list[AuditChange] = declare(
        ChangesSpec(), "The columns that differ, at most 200; personal values for who may see them where they live."
    )
    change_count: int = declare(ChangeCountSpec(), "How many columns differ, also beyond those that `changes` shows.")
    summary: str = declare(SummarySpec(), "`changes` in one line of text, for sheets.")
    sealed_as: AuditSeal | None = declare(SealSpec(), "Its place in the hash chain; null for a few seconds when new.")
    created_at: datetime = column("When it was done.")


@strawberry.input(description="Which audit entries: all that is given holds. Each has an index in the list's order.")
class AuditEntryFilter:
    """Which audit entries."""

    account_id: strawberry.ID | None = ref("Account", "Only what this Account did.", optional=True)
    person_id: strawberry.ID | None = ref("Person", "Only what is about this Person.", optional=True)
    property_id: strawberry.ID | None = ref("Property", "Only of this Property.", optional=True)
    verb: str | None = text("Only this verb, such as `bill.issue`.", optional=True)
    verb_prefix: str | None = text(
        "Only verbs that begin with this, such as `bill.`; give `from` too where there are many entries.", optional=True
    )
    subject_type: str | None = text("Only things of this kind, such as `Bill`.", optional=True)
    subject_id: strawberry.ID | None = text("Only what was done to this.", optional=True)
    actor: AuditActor | None = text("Only actors of this kind.", optional=True)
    since: datetime | None = strawberry.field(
        name="from", default=None, description="Not before this instant, to the millisecond."
    )
    until: datetime | None = strawberry.field(
        name="to", default=None, description="Before this instant, to the millisecond."
    )
    address: str | None = text("Only from this address, in full.", optional=True)


@strawberry.type
class AuditQuery:
    """Reads of the audit (audit.read). They leave no entry themselves."""

    audit_entry: AuditEntry | None = one("An entry of the audit.", "AuditEntry")
    audit_seal: AuditSeal | None = one("A seal of the audit.", "AuditSeal")

    @many("The audit, as far as the viewer holds audit.read: of a Property, or of the company.", AuditEntry, page=500)
    def audit_entries(
        self, info: Info, filter: AuditEntryFilter | None = None, order: ListOrder = ListOrder.NEWEST
    ) -> Rows:
        """The audit."""
        return usecase.entries(info.context.viewer, order.order, _wanted(filter or AuditEntryFilter()))


def _wanted(filter_: AuditEntryFilter) -> usecase.Wanted:
    """The filter with its ids decoded. Raises Refusal BAD_USER_INPUT."""
    given = vars(filter_)
    types = {"account_id": "Account", "person_id": "Person", "property_id": "Property"}
    ids: dict[str, UUID] = {name: decode(type_, given[name], name) for name, type_ in types.items() if given[name]}
    if given["subject_id"]:
        ids["subject_id"] = _subject_key(given["subject_id"])
    return usecase.Wanted(**{**given, "subject_id": None, **dict.fromkeys(types), **ids})


def _subject_key(id_: str) -> UUID:
    """The key in a `subjectId`, of whatever type: not every subject is a node."""
    key = split(id_)[1]
    return decode(None, id_, "subject_id") if key is None else key


def _node_of(model: str) -> str:
    """The node type over a model, which has its name unless the contract says otherwise."""
    return next((node.name for node in NODES.values() if node.model.__name__ == model), model)


def _line(change: AuditChange) -> str:
    if change.is_hidden:
        return f"{change.field}: ***"
    if change.is_erased:
        return f"{change.field}: 已删除"
    return f"{change.field}: {change.before or ''} → {change.after or ''}"
