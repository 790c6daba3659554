"""The limits of a document, measured with fragments expanded, before it is validated or run (limits.md)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphql.language import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
)

from models.errors import ErrorCode, Refusal

if TYPE_CHECKING:
    from adapters.settings import Limits

INTROSPECTION = frozenset({"__schema", "__type"})


@dataclass(frozen=True, slots=True)
class Size:
    """What a selection set amounts to."""

    fields: int = 0
    aliases: int = 0
    directives: int = 0
    depth: int = 0
    roots: int = 0
    worst_directives: int = 0  # of one field

    def beside(self, other: Size) -> Size:
        """Both, one after the other."""
        return Size(
            self.fields + other.fields,
            self.aliases + other.aliases,
            self.directives + other.directives,
            max(self.depth, other.depth),
            self.roots + other.roots,
            max(self.worst_directives, other.worst_directives),
        )


class _Measure:
    """Measures selection sets; each fragment once, however often it is spread."""

    def __init__(self, document: DocumentNode) -> None:
        self._fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self._known: dict[str, Size] = {}

    def of(self, selections: SelectionSetNode | None) -> Size:
        """The size of a selection set, fragments expanded."""
        size = Size()
        for node in selections.selections if selections else ():
            own = len(node.directives or ())
            if isinstance(node, FieldNode):
                inner = self.of(node.selection_set)
                # The standard introspection query is deeper than any other; its own rule bounds it.
                deep = 0 if node.name.value in INTROSPECTION else inner.depth
                part = Size(
                    inner.fields + 1,
                    inner.aliases + (node.alias is not None),
                    inner.directives + own,
                    deep + 1,
                    1,
                    max(inner.worst_directives, own),
                )
            else:
                inner = (
                    self._fragment(node.name.value)
                    if isinstance(node, FragmentSpreadNode)
                    else self.of(node.selection_set)
                )
                part = inner.beside(Size(directives=own, worst_directives=own))
            size = size.beside(part)
        return size

    def _fragment(self, name: str) -> Size:
        if name not in self._known:
            self._known[name] = Size()  # a cycle counts nothing more; validation refuses it
            fragment = self._fragments.get(name)
            if fragment is not None:
                self._known[name] = self.of(fragment.selection_set)
        return self._known[name]


def check_document(document: DocumentNode, limits: Limits) -> None:
    """Raise Refusal QUERY_LIMIT_EXCEEDED with {limit, max, actual} for the first limit that is passed."""
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    _at_most("operations", len(operations), limits.operations)
    measure = _Measure(document)
    for operation in operations:
        size = measure.of(operation.selection_set)
        mutation = operation.operation is OperationType.MUTATION
        _at_most("variables", len(operation.variable_definitions or ()), limits.variables)
        _at_most("depth", size.depth, limits.depth)
        _at_most("selectedFields", size.fields, limits.selected_fields)
        _at_most("aliases", size.aliases, limits.aliases)
        _at_most("rootFields", size.roots, limits.mutation_root_fields if mutation else limits.root_fields)
        _at_most("directives", size.directives + len(operation.directives or ()), limits.directives)
        _at_most("fieldDirectives", size.worst_directives, limits.field_directives)


def json_depth(value: object) -> int:
    """How deep lists and objects nest; 0 for a scalar."""
    depth, level = 0, [value]
    while True:
        level = [
            item
            for parent in level
            if isinstance(parent, dict | list)
            for item in (parent.values() if isinstance(parent, dict) else parent)
        ]
        if not level:
            return depth
        depth += 1


def _at_most(limit: str, actual: int, most: int) -> None:
    if actual > most:
        raise Refusal(ErrorCode.QUERY_LIMIT_EXCEEDED, limit=limit, max=most, actual=actual)
