"""The variables of an operation and the arguments of a field, as graphql-core and Strawberry coerce them.

What most requests send, texts and numbers, is looked at once and passed on; all else takes their way.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from graphql import GraphQLError, GraphQLNonNull, Undefined, is_list_type, is_scalar_type
from graphql.execution.get_variable_signature import get_variable_signature
from graphql.execution.values import VariableValues, VariableValueSource, get_argument_values
from graphql.language import VariableNode, Visitor, visit
from graphql.pyutils import UndefinedType
from strawberry.types.arguments import convert_arguments

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from graphql import GraphQLSchema, OperationDefinitionNode

    from schema.base.selection import Chosen

Values = VariableValues
TEXTS = {"ID", "String", "Cursor"}
MOST_INT = 2**31
MOST_KEPT = 256


class Variables:
    """Of one operation."""

    def __init__(self, schema: GraphQLSchema, operation: OperationDefinitionNode) -> None:
        self._known: list[tuple[str, Any, str, bool]] = []  # name, signature, the type's name, whether null may be
        for node in operation.variable_definitions or ():
            signature = get_variable_signature(schema, node)
            if isinstance(signature, GraphQLError):
                return
            type_: Any = signature.type
            strict = isinstance(type_, GraphQLNonNull)
            shown = type_.of_type if strict else type_
            self._known.append((signature.name, signature, "" if node.default_value else str(shown), not strict))

    def of(self, given: Mapping[str, Any]) -> Values | None:
        """The values, when they need no coercion; None where graphql-core is to say."""
        sources, coerced = {}, {}
        for name, signature, shown, nullable in self._known:
            value = given.get(name, Undefined)
            if value is Undefined or value is None:
                if not nullable or not shown:
                    return None
            elif not _as_it_is(value, shown):
                return None
            sources[name] = VariableValueSource(signature, value)
            if value is not Undefined:
                coerced[name] = value
        return VariableValues(sources, coerced)


def _as_it_is(value: Any, shown: str) -> bool:
    kind = type(value)
    if kind is str:
        return shown in TEXTS
    if kind is bool:
        return shown == "Boolean"
    return kind is int and shown == "Int" and -MOST_INT <= value < MOST_INT


class Arguments:
    """Of one field."""

    def __init__(self, schema: GraphQLSchema, chosen: Chosen) -> None:
        self._chosen = chosen
        strawberry = schema._strawberry_schema  # type: ignore[attr-defined]  # noqa: SLF001 - as Strawberry's own
        self._config = strawberry.config
        self._scalars = strawberry.schema_converter.scalar_registry
        self._passed: list[tuple[str, str]] = []  # an argument's Python name, and the variable that is passed on
        self._strict: list[str] = []  # such variables that may not be null
        nodes = {node.name.value: node.value for node in chosen.nodes[0].arguments or ()}
        declared = {self._config.name_converter.from_argument(one): one for one in chosen.declared.arguments}
        left = dict(chosen.field.args)  # type: ignore[union-attr]
        for name, definition in chosen.field.args.items():  # type: ignore[union-attr]
            node = nodes.get(name)
            if isinstance(node, VariableNode) and _plain(definition):
                self._passed.append((declared[name].python_name, node.name.value))
                if isinstance(definition.type, GraphQLNonNull):
                    self._strict.append(node.name.value)
                del left[name]
        self._left = left
        self._asked = _variables_in(node for name, node in nodes.items() if name in left)
        self._converted: dict[tuple[Any, ...], dict[str, Any]] = {}  # by the values of `_asked`
        self._fixed: dict[str, Any] | None = None  # what is not passed on, where no variable is asked

    def of(self, values: Values) -> dict[str, Any]:
        """By their Python names. Raises GraphQLError."""
        coerced = values.coerced
        for variable in self._strict:
            if coerced.get(variable, Undefined) is None:  # it has a default, and is null: the first such is refused
                return self._convert(values, self._chosen.field.args)  # type: ignore[union-attr]
        found = (self._kept(values) if self._fixed is None else self._fixed).copy()
        for name, variable in self._passed:
            if variable in coerced:
                found[name] = coerced[variable]
        return found

    def _kept(self, values: Values) -> dict[str, Any]:
        """What is not passed on, converted once for each choice of its variables as long as they are texts and such."""
        key = tuple(values.coerced.get(name, Undefined) for name in self._asked)
        if not all(isinstance(value, str | int | UndefinedType | None) for value in key):
            return self._convert(values, self._left)
        found = self._converted.get(key)
        if found is None:
            if len(self._converted) >= MOST_KEPT:
                self._converted.clear()
            found = self._converted[key] = self._convert(values, self._left)
            if not key:
                self._fixed = found
        return found

    def _convert(self, values: Values, definitions: Mapping[str, Any]) -> dict[str, Any]:
        field: Any = SimpleNamespace(args=definitions)
        given = get_argument_values(field, self._chosen.nodes[0], values)
        return convert_arguments(given, self._chosen.declared.arguments, self._scalars, self._config)


def _plain(definition: Any) -> bool:
    """Whether a variable's value is the argument's, and its absence the argument's."""
    strict = isinstance(definition.type, GraphQLNonNull)
    shown = definition.type.of_type if strict else definition.type
    default = definition.default_value in (None, Undefined) and definition.default is None
    return default and not is_list_type(shown) and is_scalar_type(shown)


def _variables_in(nodes: Iterable[Any]) -> tuple[str, ...]:
    seeker = _Seeker()
    for node in nodes:
        visit(node, seeker)
    return tuple(sorted(seeker.names))


class _Seeker(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def enter_variable(self, node: VariableNode, *_: object) -> None:
        self.names.add(node.name.value)
