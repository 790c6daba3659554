"""What a document selects, fragments spread and directives obeyed: the columns of an export."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLIncludeDirective,
    GraphQLObjectType,
    GraphQLSkipDirective,
    get_directive_values,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
    is_list_type,
)

from models.errors import ErrorCode, Refusal
from models.rules.export import CellKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from graphql import GraphQLSchema
    from graphql.execution.values import VariableValues
    from graphql.language import DocumentNode, SelectionSetNode

Found = list[tuple[FieldNode, Any]]  # nodes of one response key, each with the type that it is a field of
Path = tuple[str, ...]
_KINDS = {
    "Int": CellKind.NUMBER,
    "Float": CellKind.NUMBER,
    "Decimal": CellKind.NUMBER,
    "Boolean": CellKind.FLAG,
    "Date": CellKind.DAY,
    "DateTime": CellKind.INSTANT,
}


class Selections:
    """Reads the selection sets of one validated document with its variables."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, values: VariableValues) -> None:
        self._schema = schema
        self._values = values
        self._fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }

    def fields(self, sets: Iterable[SelectionSetNode], type_: Any) -> dict[str, Found]:
        """The selected fields by their key in the answer, in the order of the document."""
        found: dict[str, Found] = {}
        for selections in sets:
            self._gather(selections, type_, found)
        return found

    def columns(self, sets: Iterable[SelectionSetNode], type_: Any, path: Path = ()) -> Iterator[tuple[Path, CellKind]]:
        """Every leaf of a row. Raises Refusal BAD_USER_INPUT for a list of objects."""
        for key, found in self.fields(sets, type_).items():
            here = (*path, key)
            node, owner = found[0]
            if node.name.value == "__typename":
                yield here, CellKind.TEXT
                continue
            shown = owner.fields[node.name.value].type
            named, many = get_named_type(shown), is_list_type(get_nullable_type(shown))
            if is_leaf_type(named):
                yield here, CellKind.TEXT if many else _KINDS.get(named.name, CellKind.TEXT)
            elif many or "edges" in getattr(named, "fields", {}):
                column = ".".join(here)
                raise Refusal(ErrorCode.BAD_USER_INPUT, field="document", message="EXPORT_LIST_INSIDE", column=column)
            else:
                yield from self.columns(inner(found), named, here)

    def _gather(self, selections: SelectionSetNode, type_: Any, found: dict[str, Found]) -> None:
        for node in selections.selections:
            if not self._included(node):
                continue
            if isinstance(node, FieldNode):
                key = (node.alias or node.name).value
                found.setdefault(key, []).append((node, type_))
                continue
            part: Any = self._fragments[node.name.value] if isinstance(node, FragmentSpreadNode) else node
            condition = part.type_condition
            # A fragment on an interface of an object asks for fields that the object has too.
            other = condition is not None and not isinstance(type_, GraphQLObjectType)
            self._gather(part.selection_set, self._schema.type_map[condition.name.value] if other else type_, found)

    def _included(self, node: Any) -> bool:
        skip = get_directive_values(GraphQLSkipDirective, node, self._values)
        include = get_directive_values(GraphQLIncludeDirective, node, self._values)
        return not (skip and skip["if"]) and (include is None or include["if"])


def inner(found: Found) -> list[SelectionSetNode]:
    """The selection sets below the nodes of one key."""
    return [node.selection_set for node, _ in found if node.selection_set is not None]
