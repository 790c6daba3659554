"""What an operation costs: the objects that it asks for, page sizes multiplied (limits.md).

A form is made once of each operation and kept with its document; with the variables of a request it is a number, in
microseconds. What counts: 1 an object, however it is reached; a page as many as it asks for (20 unless told); 0.1 an
object of a plain list, as many as the list declares; lists of the same declared bound inside each other are one tree,
whose bound holds for all of it. What a row holds in itself (money, an author) and what wraps (connections, edges,
userErrors) is free. `@skip` and `@include` are obeyed, alternatives of a union or an interface are added up.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graphql import get_named_type, get_nullable_type, is_leaf_type, is_list_type
from graphql.language import (
    BooleanValueNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    IntValueNode,
    NullValueNode,
    VariableNode,
)
from strawberry.schema.schema_converter import GraphQLCoreConverter

from schema.base.field import ColumnSpec, ComputedSpec, HouseField, PartSpec, ToManySpec
from schema.base.page import DEFAULT
from schema.base.resolver import page_size

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from graphql import GraphQLSchema
    from graphql.language import DocumentNode, OperationDefinitionNode, SelectionSetNode

FLAT = 0.1  # of an object of a plain list
UNDECLARED = 100  # the bound of a plain list of nodes that declares none
LEAST = 1
MOST = 2**31 - 1
OWN = (ColumnSpec, ComputedSpec, PartSpec)  # made of the row itself


@dataclass(frozen=True, slots=True)
class Size:
    """How many a page asks for."""

    first: int | str | None  # a number, the name of a variable, or nothing
    last: int | str | None
    most: int

    def of(self, variables: Mapping[str, Any]) -> int:
        """Never refuses: what is no page size is refused where the page is read."""
        for wish in (self.first, self.last):
            value = variables.get(wish) if isinstance(wish, str) else wish
            if value is not None:
                return min(max(value, 0), self.most) if type(value) is int else self.most
        return min(DEFAULT, self.most)


@dataclass(frozen=True, slots=True)
class Condition:
    """`@include(if: $variable)`, or `@skip` when `unless`."""

    variable: str
    unless: bool

    def of(self, variables: Mapping[str, Any]) -> int:
        """1 when it is asked for."""
        return int(bool(variables.get(self.variable)) is not self.unless)


Factor = Size | Condition


@dataclass(frozen=True, slots=True)
class Form:
    """`own`, and parts that are multiplied by what variables say."""

    own: float = 0.0
    parts: tuple[tuple[Factor, Form], ...] = ()

    def of(self, variables: Mapping[str, Any]) -> float:
        """The number."""
        return self.own + sum(factor.of(variables) * part.of(variables) for factor, part in self.parts)

    def plus(self, other: Form) -> Form:
        """Both."""
        return Form(self.own + other.own, self.parts + other.parts)

    def times(self, number: float) -> Form:
        """So many of it."""
        return Form(self.own * number, tuple((factor, part.times(number)) for factor, part in self.parts))

    def by(self, factor: Factor) -> Form:
        """As many of it as the factor says; a factor without variables is multiplied now."""
        if isinstance(factor, Size) and not isinstance(factor.last if factor.first is None else factor.first, str):
            return self.times(factor.of({}))
        return Form(0.0, ((factor, self),)) if self != Form() else self


class Cost:
    """The cost of one operation: a form and the defaults of its variables."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode) -> None:
        self._schema = schema
        self._fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self._defaults = {
            node.variable.name.value: _literal(node.default_value)
            for node in operation.variable_definitions or ()
            if node.default_value is not None
        }
        self._form = self._all([operation.selection_set], schema.get_root_type(operation.operation), 0)
        self._fixed = None if self._form.parts else _whole(self._form.own)

    def of(self, variables: Mapping[str, Any]) -> int:
        """Objects, rounded up; at least 1."""
        if self._fixed is not None:
            return self._fixed
        return _whole(self._form.of({**self._defaults, **variables} if self._defaults else variables))

    def _all(self, sets: Iterable[SelectionSetNode], type_: Any, bound: int) -> Form:
        """Selection sets of one object; `bound` is that of the plain list in which it lies."""
        found: dict[str, tuple[Condition | None, Any, list[FieldNode]]] = {}
        for selections in sets:
            self._gather(selections, type_, None, found)
        form = Form()
        for condition, owner, nodes in found.values():
            part = self._field(nodes, owner, bound)
            form = form.plus(part if condition is None else part.by(condition))
        return form

    def _gather(self, selections: SelectionSetNode, type_: Any, condition: Condition | None, found: Any) -> None:
        """Fields by their key in the answer: what is selected twice comes once."""
        for node in selections.selections:
            asked, own = _asked(node)
            if not asked:
                continue
            held = own or condition
            if isinstance(node, FieldNode):
                key = (node.alias or node.name).value
                before, owner, nodes = found.get(key, (held, type_, []))
                found[key] = (before if before == held else None, owner, [*nodes, node])
                continue
            part: Any = self._fragments[node.name.value] if isinstance(node, FragmentSpreadNode) else node
            narrowed = part.type_condition
            inner = self._schema.type_map[narrowed.name.value] if narrowed else type_
            self._gather(part.selection_set, inner, held, found)

    def _field(self, nodes: list[FieldNode], owner: Any, bound: int) -> Form:
        name = nodes[0].name.value
        if name == "__schema":
            return Form(float(len(self._schema.type_map)))
        field = owner.fields.get(name) if name != "__type" else None
        if field is None:  # __typename, __type
            return Form(float(name == "__type"))
        named: Any = get_named_type(field.type)
        if is_leaf_type(named):
            return Form()
        sets = [node.selection_set for node in nodes if node.selection_set is not None]
        declared = field.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
        spec = declared.spec if isinstance(declared, HouseField) else None
        most = spec.page if isinstance(spec, ToManySpec) else page_size(field)
        if most is not None and "edges" in named.fields:
            return self._page(sets, named, _size(nodes[0], most))
        if is_list_type(get_nullable_type(field.type)):
            faces = {face.name for face in getattr(named, "interfaces", ())}
            if most is None and "Node" not in faces:
                return self._all(sets, named, 0)
            most = most or UNDECLARED
            inner = self._all(sets, named, most)
            # Inside its tree: on the average one for each object, and counted with them.
            return inner if bound == most else Form(FLAT).plus(inner).times(most)
        own = isinstance(spec, OWN)
        return Form(0.0 if own else 1.0).plus(self._all(sets, named, bound if own else 0))

    def _page(self, sets: list[SelectionSetNode], connection: Any, size: Size) -> Form:
        found: dict[str, tuple[Condition | None, Any, list[FieldNode]]] = {}
        for selections in sets:
            self._gather(selections, connection, None, found)
        form = Form()
        for condition, _, nodes in found.values():
            inner = [node.selection_set for node in nodes if node.selection_set is not None]
            type_: Any = get_named_type(connection.fields[nodes[0].name.value].type) if inner else None
            match nodes[0].name.value:
                case "nodes":
                    part = Form(1.0).plus(self._all(inner, type_, 0)).by(size)
                case "edges":  # `edges.node` counts as the one object that it is
                    part = self._all(inner, type_, 0).by(size)
                case _:
                    continue
            form = form.plus(part if condition is None else part.by(condition))
        return form


def _asked(node: Any) -> tuple[bool, Condition | None]:
    """Whether a selection may be asked for at all, and on which condition."""
    condition: Condition | None = None
    for directive in node.directives or ():
        unless = directive.name.value == "skip"
        if not unless and directive.name.value != "include":
            continue
        value = directive.arguments[0].value
        if isinstance(value, VariableNode):
            condition = Condition(value.name.value, unless)
        elif isinstance(value, BooleanValueNode) and value.value is unless:
            return False, None
    return True, condition


def _size(node: FieldNode, most: int) -> Size:
    given = {argument.name.value: argument.value for argument in node.arguments or ()}
    return Size(_wish(given.get("first"), most), _wish(given.get("last"), most), most)


def _wish(value: Any, most: int) -> int | str | None:
    if value is None or isinstance(value, NullValueNode):
        return None
    if isinstance(value, VariableNode):
        return value.name.value
    return int(value.value) if isinstance(value, IntValueNode) else most


def _literal(value: Any) -> Any:
    """A variable's default, as far as it is a size or a condition."""
    if isinstance(value, IntValueNode):
        return int(value.value)
    return value.value if isinstance(value, BooleanValueNode) else None


def _whole(objects: float) -> int:
    return max(LEAST, math.ceil(min(objects, MOST) - 1e-9))
