"""What an operation selects of an object: fragments spread, directives obeyed, what is selected twice merged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graphql import (
    BooleanValueNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLInterfaceType,
    GraphQLNonNull,
    GraphQLObjectType,
    VariableNode,
    get_named_type,
    visit,
)
from graphql.language import Visitor
from strawberry.schema.schema_converter import GraphQLCoreConverter

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graphql import DirectiveNode, DocumentNode, GraphQLField, GraphQLSchema, SelectionSetNode

Conditions = Mapping[str, bool]  # the variables that @skip and @include ask


@dataclass(frozen=True)
class Chosen:
    """A field of the answer: its key, its definition (none of `__typename`) and its places in the document."""

    key: str
    field: GraphQLField | None
    nodes: tuple[FieldNode, ...]

    @property
    def shown(self) -> Any:
        """The type of what it shows."""
        return None if self.field is None else self.field.type

    @property
    def strict(self) -> bool:
        """Whether null may not be."""
        return isinstance(self.shown, GraphQLNonNull)

    @property
    def named(self) -> Any:
        """The type of what it shows, without lists and non-nulls."""
        return get_named_type(self.field.type) if self.field is not None else None

    @property
    def declared(self) -> Any:
        """The field as the contract declares it."""
        return None if self.field is None else self.field.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)

    @property
    def sets(self) -> list[SelectionSetNode]:
        """What is selected below it."""
        return [node.selection_set for node in self.nodes if node.selection_set is not None]


class Selections:
    """Reads the selection sets of one document under one choice of its conditions."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, conditions: Conditions) -> None:
        self.schema = schema
        self._conditions = conditions
        self._fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }

    def of(self, sets: Iterable[SelectionSetNode], type_: GraphQLObjectType) -> list[Chosen]:
        """The fields of an object of `type_`, in the order of the answer."""
        found: dict[str, list[FieldNode]] = {}
        for selections in sets:
            self._gather(selections, type_, found)
        return [Chosen(key, type_.fields.get(nodes[0].name.value), tuple(nodes)) for key, nodes in found.items()]

    def _gather(self, selections: SelectionSetNode, type_: Any, found: dict[str, list[FieldNode]]) -> None:
        for node in selections.selections:
            if not self._asked(node):
                continue
            if isinstance(node, FieldNode):
                found.setdefault((node.alias or node.name).value, []).append(node)
                continue
            part: Any = self._fragments[node.name.value] if isinstance(node, FragmentSpreadNode) else node
            if part.type_condition is None or self._applies(part.type_condition.name.value, type_):
                self._gather(part.selection_set, type_, found)

    def _applies(self, condition: str, type_: GraphQLObjectType) -> bool:
        asked: Any = self.schema.type_map[condition]
        return asked is type_ or (isinstance(asked, GraphQLInterfaceType) and self.schema.is_sub_type(asked, type_))

    def _asked(self, node: Any) -> bool:
        for directive in node.directives or ():
            unless = directive.name.value == "skip"
            if not unless and directive.name.value != "include":
                continue
            value = directive.arguments[0].value
            truth = value.value if isinstance(value, BooleanValueNode) else self._conditions[value.name.value]
            if truth is unless:
                return False
        return True


def conditions_of(document: DocumentNode) -> tuple[str, ...]:
    """The variables that `@skip` and `@include` ask anywhere in the document."""
    seeker = _Seeker()
    visit(document, seeker)
    return tuple(sorted(seeker.names))


class _Seeker(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def enter_directive(self, node: DirectiveNode, *_: object) -> None:
        for argument in node.arguments or ():
            if node.name.value in ("skip", "include") and isinstance(argument.value, VariableNode):
                self.names.add(argument.value.name.value)
