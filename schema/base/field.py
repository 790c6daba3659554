"""Field declarations: what a field needs of its row and how its value comes about. The read engine serves them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from strawberry.types.field import StrawberryField

from models.predicate import EVERYTHING
from models.query import Order
from schema.base.argument import page_arguments
from schema.base.page import Page

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from models.base import Model
    from models.predicate import Predicate
    from models.rules.permission import Permission
    from models.viewer import Viewer
    from schema.batch.row import Row


class Spec(ABC):
    """How a field of a row comes about."""

    basic = True  # takes no arguments

    def needs(self, name: str) -> set[str]:
        """The columns it reads; `name` is the field's own."""
        return set()

    @abstractmethod
    def resolve(self, name: str, row: Row, arguments: Mapping[str, Any]) -> Any:
        """The value, or an awaitable of it."""


class HouseField(StrawberryField):
    """A Strawberry field whose value comes from its `Spec`."""

    @property
    def spec(self) -> Spec:
        """The declaration."""
        spec: Spec = self.metadata["house"]
        return spec

    @property
    def is_basic_field(self) -> bool:
        """Without arguments Strawberry need not build an Info."""
        return self.spec.basic

    def get_result(self, source: Any, info: Any, args: list[Any], kwargs: Any) -> Any:
        """Called by the executor."""
        return self.spec.resolve(self.python_name, source, kwargs)


@dataclass(frozen=True)
class ColumnSpec(Spec):
    """A column as it is, or through `convert`; null for a viewer without `permission` in the row's Property."""

    source: str | None
    convert: Callable[[Any], Any] | None
    permission: Permission | None

    def needs(self, name: str) -> set[str]:
        """Its column."""
        return {self.source or name}

    def resolve(self, name: str, row: Row, arguments: Mapping[str, Any]) -> Any:
        """The column's value."""
        value = row.values[self.source or name]
        if self.permission is not None and not row.reader.may(self.permission, row.values.get("property_id")):
            return None
        return value if value is None or self.convert is None else self.convert(value)


@dataclass(frozen=True)
class IdSpec(Spec):
    """The opaque node id."""

    def resolve(self, name: str, row: Row, arguments: Mapping[str, Any]) -> Any:
        """Type and key, encoded."""
        from schema.base.node import encode

        return encode(row.node.name, row.values["id"])


@dataclass(frozen=True)
class ToOneSpec(Spec):
    """The row that a foreign key points at, if the viewer may see it (and holds `permission` in our Property)."""

    source: str | None
    permission: Permission | None = None

    def needs(self, name: str) -> set[str]:
        """Its foreign key."""
        return {f"{self.source or name}_id"}

    def resolve(self, name: str, row: Row, arguments: Mapping[str, Any]) -> Any:
        """Batched with every other reference to the same type."""
        relation = self.source or name
        key = row.values[f"{relation}_id"]
        if key is None:
            return None
        if self.permission is not None and not row.reader.may(self.permission, row.values.get("property_id")):
            return None
        target = row.node.model._meta.fields_map[relation].model_name.rpartition(".")[2]  # type: ignore[attr-defined]
        return row.reader.one(target, key)


@dataclass(frozen=True)
class ThroughSpec(Spec):
    """A column of the row that a foreign key points at; null when there is none or the viewer may not see it."""

    relation: str
    source: str
    convert: Callable[[Any], Any] | None = None

    def needs(self, name: str) -> set[str]:
        """The foreign key."""
        return {f"{self.relation}_id"}

    async def resolve(self, name: str, row: Row, arguments: Mapping[str, Any]) -> Any:
        """Batched with the references of `to_one`."""
        if row.values[f"{self.relation}_id"] is None:
            return None
        other = await ToOneSpec(self.relation).resolve(name, row, arguments)
        value = None if other is None else other.values[self.source]
        return value if value is None or self.convert is None else self.convert(value)


@dataclass(frozen=True)
class ToManySpec(Spec):
    """The visible rows of `target` whose `via` column is our id: a connection, or a plain list of at most `most`."""

    target: str
    via: str
    order: Order
    page: int
    connection: bool
    where: Predicate = EVERYTHING  # a further condition on its rows

    @property
    def basic(self) -> bool:  # type: ignore[override]  # a connection takes arguments, a list does not
        """Whether it takes no arguments."""
        return not self.connection

    def wanted(self, arguments: Mapping[str, Any]) -> tuple[ToManySpec, Page]:
        """Which rows, and which page of them. Raises Refusal BAD_USER_INPUT."""
        return self, Page.of(arguments, self.page) if self.connection else Page(first=self.page)

    def resolve(self, name: str, row: Row, arguments: Mapping[str, Any]) -> Any:
        """Batched over all parents of the list."""
        spec, page = self.wanted(arguments)
        return row.reader.many(spec, page, row.values["id"])


@dataclass(frozen=True)
class ComputedSpec(Spec):
    """A pure function of some columns and, if `personal`, the viewer."""

    columns: tuple[str, ...]
    compute: Callable[[dict[str, Any], Viewer], Any]
    personal: bool = True

    def needs(self, name: str) -> set[str]:
        """The columns named."""
        return set(self.columns)

    def resolve(self, name: str, row: Row, arguments: Mapping[str, Any]) -> Any:
        """The function's value."""
        return self.compute(row.values, row.reader.signed_in)


@dataclass(frozen=True)
class LiveCursorSpec(Spec):
    """Where the stream that bears the id in `source` stands, read before any other statement of the operation."""

    source: str = "id"

    def needs(self, name: str) -> set[str]:
        """The stream's id."""
        return {self.source}

    def resolve(self, name: str, row: Row, arguments: Mapping[str, Any]) -> Any:
        """A cursor for `after`."""
        return row.reader.live_cursor(row.values[self.source])


@dataclass(frozen=True)
class HasSpec(Spec):
    """Whether a row of `model` that the viewer sees has our id in `via`."""

    model: type[Model]
    via: str

    def resolve(self, name: str, row: Row, arguments: Mapping[str, Any]) -> Any:
        """Batched over all parents of the list."""
        return row.reader.has(self.model, self.via, row.values["id"])


@dataclass(frozen=True)
class PartSpec(Spec):
    """An object of the row's own columns, such as who wrote it: its fields are declared like the row's."""

    columns: tuple[str, ...]

    def needs(self, name: str) -> set[str]:
        """What its fields read."""
        return set(self.columns)

    def resolve(self, name: str, row: Row, arguments: Mapping[str, Any]) -> Any:
        """The row itself."""
        return row


def declare(spec: Spec, description: str, deprecation: str | None = None) -> Any:
    """A field of `spec`."""
    return HouseField(
        description=description,
        deprecation_reason=deprecation,
        metadata={"house": spec},
    )


def node_id() -> Any:
    """The id of a node."""
    return declare(IdSpec(), "Opaque and stable; `node(id)` finds the object again.")


def column(
    description: str,
    *,
    source: str | None = None,
    convert: Callable[[Any], Any] | None = None,
    permission: Permission | None = None,
) -> Any:
    """A column of the row (`source` when its name differs)."""
    return declare(ColumnSpec(source, convert, permission), description)


def to_one(description: str, *, source: str | None = None, permission: Permission | None = None) -> Any:
    """The node that a foreign key points at. Nullable wherever the viewer may not see it."""
    return declare(ToOneSpec(source, permission), description)


def through(description: str, relation: str, source: str, *, convert: Callable[[Any], Any] | None = None) -> Any:
    """The column `source` (declared on its own type) of the node that `relation` points at, if it is to be seen."""
    return declare(ThroughSpec(relation, source, convert), description)


def to_many(
    description: str,
    target: str,
    via: str,
    *,
    order: Order | None = None,
    page: int = 100,
    connection: bool = True,
    where: Predicate = EVERYTHING,
) -> Any:
    """The nodes, for which `where` holds, whose foreign key `via` points at us: pages, or a list of at most `page`."""
    field = declare(ToManySpec(target, via, order or Order(), page, connection, where), description)
    if connection:
        field.arguments = page_arguments(page)
    return field


def computed(
    description: str,
    *,
    needs: tuple[str, ...],
    compute: Callable[[dict[str, Any], Viewer], Any],
    personal: bool = True,
) -> Any:
    """A value made of columns and the viewer, without I/O; not `personal`: whoever asks, it is the same."""
    return declare(ComputedSpec(needs, compute, personal), description)


def live_cursor(description: str, *, source: str = "id") -> Any:
    """The cursor of the stream that bears the id in `source`, the row's own unless told."""
    return declare(LiveCursorSpec(source), description)


def has(description: str, model: type[Model], via: str) -> Any:
    """Whether the viewer sees a row of `model` whose `via` is our id, such as the own like."""
    return declare(HasSpec(model, via), description)


def part(description: str, *, needs: tuple[str, ...]) -> Any:
    """An object type whose fields are declared over this same row and read the columns `needs`."""
    return declare(PartSpec(needs), description)
