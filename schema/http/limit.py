"""The limits of a document, measured with fragments expanded, before it is validated or run (limits.md)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from graphql import GraphQLSyntaxError, Source
from graphql.language import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    Lexer,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    TokenKind,
)

from models.errors import ErrorCode, Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.settings import Limits

INTROSPECTION = frozenset({"__schema", "__type"})
INTROSPECTION_LISTS = frozenset(
    {"types", "directives", "fields", "args", "interfaces", "possibleTypes", "inputFields", "enumValues"}
)
NESTING = 100  # selection sets inside each other, spreads too: what the recursive readers of a document can bear
LARGEST = 2**31 - 1  # fragments double: the number shown stays one that JSON's readers take

_OPEN = {TokenKind.BRACE_L, TokenKind.BRACKET_L}
_CLOSE = {TokenKind.BRACE_R, TokenKind.BRACKET_R}
_TEXT = {TokenKind.STRING, TokenKind.BLOCK_STRING}


@dataclass(frozen=True, slots=True)
class Size:
    """What a selection set amounts to."""

    fields: int = 0
    aliases: int = 0
    directives: int = 0
    depth: int = 0
    roots: int = 0
    worst_directives: int = 0  # of one field
    levels: int = 0  # selection sets and spreads
    lists: int = 0  # nested fields that are named as the lists of introspection
    introspection: int = 0  # `lists` below __schema and __type

    def beside(self, other: Size) -> Size:
        """Both, one after the other."""
        return Size(
            self.fields + other.fields,
            self.aliases + other.aliases,
            self.directives + other.directives,
            max(self.depth, other.depth),
            self.roots + other.roots,
            max(self.worst_directives, other.worst_directives),
            max(self.levels, other.levels),
            max(self.lists, other.lists),
            max(self.introspection, other.introspection),
        )


class _Measure:
    """Measures selection sets; each fragment once, however often it is spread."""

    def __init__(self, document: DocumentNode) -> None:
        self.fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self._known: dict[str, Size] = {}

    def of(self, selections: SelectionSetNode | None, level: int = 0) -> Size:
        """The size of a selection set, fragments expanded."""
        at_most("depth", level, NESTING)
        size = Size()
        for node in selections.selections if selections else ():
            if isinstance(node, FieldNode):
                part = self._field(node, level)
            else:
                inner = (
                    self.fragment(node.name.value, level + 1)
                    if isinstance(node, FragmentSpreadNode)
                    else self.of(getattr(node, "selection_set", None), level + 1)
                )
                own = len(node.directives or ())
                part = inner.beside(Size(directives=own, worst_directives=own, levels=inner.levels + 1))
            size = size.beside(part)
        return size

    def _field(self, node: FieldNode, level: int) -> Size:
        own, name = len(node.directives or ()), node.name.value
        inner = self.of(node.selection_set, level + 1)
        describes = name in INTROSPECTION
        return Size(
            inner.fields + 1,
            inner.aliases + (node.alias is not None),
            inner.directives + own,
            # The standard introspection query is deeper than any other; its lists bound it.
            (0 if describes else inner.depth) + 1,
            1,
            max(inner.worst_directives, own),
            inner.levels + 1,
            inner.lists + (name in INTROSPECTION_LISTS),
            max(inner.introspection, inner.lists if describes else 0),
        )

    def fragment(self, name: str, level: int = 0) -> Size:
        """The size of a fragment's selection set."""
        if name not in self._known:
            self._known[name] = Size()  # a cycle counts nothing more; validation refuses it
            fragment = self.fragments.get(name)
            if fragment is not None:
                own = Size(directives=len(fragment.directives or ()))
                self._known[name] = self.of(fragment.selection_set, level).beside(own)
        return self._known[name]


def check_text(text: str, limits: Limits) -> None:
    """Before parsing, whose recursion nesting would exhaust. Raises Refusal QUERY_LIMIT_EXCEEDED, BAD_USER_INPUT."""
    lexer = Lexer(Source(text))
    tokens = nesting = literal = 0
    inside = False  # parentheses: what nests there are values and types
    try:
        while (token := lexer.advance()).kind is not TokenKind.EOF:
            tokens += 1
            at_most("tokens", tokens, limits.tokens)
            if token.kind is TokenKind.PAREN_L:
                inside, literal = True, 0
            elif token.kind is TokenKind.PAREN_R:
                inside = False
            elif token.kind in _OPEN or token.kind in _CLOSE:
                step = 1 if token.kind in _OPEN else -1
                literal, nesting = (literal + step, nesting) if inside else (literal, nesting + step)
                at_most("jsonDepth", literal, limits.json_depth)
                at_most("depth", nesting, NESTING)
            elif token.kind in _TEXT:
                _check_characters(token.value or "")
    except GraphQLSyntaxError:
        return  # the parser says it better


def check_document(document: DocumentNode, limits: Limits) -> None:
    """Raise Refusal QUERY_LIMIT_EXCEEDED with {limit, max, actual} for the first limit that is passed."""
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    at_most("operations", len(operations), limits.operations)
    measure = _Measure(document)
    for operation in operations:
        variables = operation.variable_definitions or ()
        own = len(operation.directives or ()) + sum(len(variable.directives or ()) for variable in variables)
        size = measure.of(operation.selection_set).beside(Size(directives=own))
        mutation = operation.operation is OperationType.MUTATION
        at_most("variables", len(variables), limits.variables)
        at_most("rootFields", size.roots, limits.mutation_root_fields if mutation else limits.root_fields)
        _check_size(size, limits)
    for name, fragment in measure.fragments.items():  # validation reads those too that nothing spreads
        size = measure.fragment(name)
        if fragment.type_condition.name.value.startswith("__"):
            size = replace(size, depth=0, introspection=size.lists)
        _check_size(size, limits)


def _check_size(size: Size, limits: Limits) -> None:
    at_most("depth", size.depth, limits.depth)
    at_most("depth", size.levels, NESTING)
    at_most("introspectionLists", size.introspection, limits.introspection_lists)
    at_most("selectedFields", size.fields, limits.selected_fields)
    at_most("aliases", size.aliases, limits.aliases)
    at_most("directives", size.directives, limits.directives)
    at_most("fieldDirectives", size.worst_directives, limits.field_directives)


def check_variables(variables: Mapping[str, Any] | None, limits: Limits) -> None:
    """How deep lists and objects nest, and what texts hold. Raises Refusal QUERY_LIMIT_EXCEEDED, BAD_USER_INPUT."""
    depth, level = 0, list((variables or {}).values())
    while level:
        depth, inner = depth + 1, list[Any]()
        for value in level:
            if isinstance(value, str):
                _check_characters(value)
            elif isinstance(value, dict):
                inner += value.values()
            elif isinstance(value, list):
                inner += value
        level = inner
    at_most("jsonDepth", depth, limits.json_depth)


def _check_characters(text: str) -> None:
    """PostgreSQL keeps no NUL in a text."""
    if "\0" in text:
        raise Refusal(ErrorCode.BAD_USER_INPUT, detail="a text must not hold the character U+0000")


def at_most(limit: str, actual: int, most: int) -> None:
    """Raise Refusal QUERY_LIMIT_EXCEEDED when `actual` passes `most`."""
    if actual > most:
        raise Refusal(ErrorCode.QUERY_LIMIT_EXCEEDED, limit=limit, max=most, actual=min(actual, LARGEST))
