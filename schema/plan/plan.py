"""Plans: an operation compiled once, for every viewer and all values of its variables but those of its conditions."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graphql import OperationType

from schema.base.coerce import Arguments
from schema.base.node import NODES
from schema.base.selection import Selections
from schema.plan.layout import Layout
from schema.plan.listing import Listing
from schema.plan.statement import Statements

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from graphql import GraphQLSchema, OperationDefinitionNode
    from graphql.language import DocumentNode

    from adapters.database import Database
    from models.viewer import Viewer
    from schema.base.node import NodeType
    from schema.base.selection import Chosen
    from schema.plan.statement import Choices

MOST_KEPT = 4_096  # SQL texts of all documents and viewers, 1 to 4 KB each

_kept: OrderedDict[Any, tuple[Layout, Viewer, Statements]] = OrderedDict()  # the last used of a process


class Unplanned(Exception):
    """What the plan leaves to graphql-core; the text says why."""


@dataclass(frozen=True)
class Many:
    """A root list: the function that describes its Query, and how it is written."""

    chosen: Chosen
    describe: Callable[..., Any]
    most: int
    arguments: Arguments
    listing: Listing


@dataclass(frozen=True)
class One:
    """A root node by its id; of type `target`, or of any."""

    chosen: Chosen
    target: str | None
    arguments: Arguments


@dataclass(frozen=True)
class Other:
    """A root field with a resolver of its own."""

    chosen: Chosen
    arguments: Arguments


class Plan:
    """One operation of one document on one schema."""

    def __init__(
        self,
        schema: GraphQLSchema,
        document: DocumentNode,
        operation: OperationDefinitionNode,
        conditions: Mapping[str, bool],
        database: Database,
        *,
        in_sql: bool,
    ) -> None:
        self.schema = schema
        self.database = database
        self.in_sql = in_sql
        self.selections = Selections(schema, document, conditions)
        self._layouts: dict[tuple[tuple[int, ...], str], Layout] = {}
        self._aliases = 0
        root: Any = schema.get_root_type(operation.operation)
        self.root = root
        self.verbs = operation.operation is OperationType.MUTATION  # one after the other
        self.roots = [self._root(chosen) for chosen in self.selections.of([operation.selection_set], root)]

    def type(self, node: NodeType) -> Any:
        """The object type of a node in this schema. Raises Unplanned."""
        found = self.schema.type_map.get(node.name)
        if found is None:
            raise Unplanned(f"{node.name} is not in the caller's schema")
        return found

    def fields(self, chosen: Chosen, type_: Any) -> list[Chosen]:
        """What is selected of an object below a field."""
        return self.selections.of(chosen.sets, type_)

    def arguments(self, chosen: Chosen) -> Arguments:
        """Of a field."""
        return Arguments(self.schema, chosen)

    def layout(self, node: NodeType, outputs: Sequence[Iterable[Chosen]]) -> Layout:
        """A new layout."""
        return Layout(self, node, outputs)

    def node_layout(self, chosen: Chosen, node: NodeType) -> Layout:
        """How a single node is read that `chosen` shows: made when its type is first met."""
        key = (tuple(id(part) for part in chosen.nodes), node.name)
        found = self._layouts.get(key)
        if found is None:
            found = self._layouts[key] = self.layout(node, [self.fields(chosen, self.type(node))])
        return found

    def alias(self, kind: str) -> str:
        """A new name for a table."""
        self._aliases += 1
        return f"{kind}{self._aliases}"

    def statements(self, layout: Layout, viewer: Viewer, choices: Choices) -> Statements:
        """The SQL of a layout for a viewer: viewers are kept by their sessions, and so is this."""
        key = (id(layout), id(viewer), choices)
        found = _kept.get(key)
        if found is not None and found[0] is layout and found[1] is viewer:
            _kept.move_to_end(key)
            return found[2]
        made = Statements(layout, viewer, choices, self.database.dialect)
        _kept[key] = (layout, viewer, made)
        if len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
        return made

    def _root(self, chosen: Chosen) -> Many | One | Other | str:
        if chosen.field is None:
            if chosen.nodes[0].name.value == "__typename":
                return f'"{chosen.key}":"{self.root.name}"'
            raise Unplanned("introspection")
        metadata, arguments = chosen.declared.metadata, self.arguments(chosen)
        if "describe" in metadata:
            listing = Listing(self, chosen, NODES[metadata["node"]], connection=True)
            return Many(chosen, metadata["describe"], metadata["page"], arguments, listing)
        if "node" in metadata:
            target = metadata["node"]
            if target is not None:
                self.node_layout(chosen, NODES[target])
            return One(chosen, target, arguments)
        return Other(chosen, arguments)
