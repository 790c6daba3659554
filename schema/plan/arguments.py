"""The arguments of a field as its resolver takes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphql.execution.values import VariableValues, get_argument_values
from graphql.language import VariableNode, Visitor, visit
from strawberry.types.arguments import convert_arguments

if TYPE_CHECKING:
    from graphql import GraphQLSchema

    from schema.base.selection import Chosen

Values = VariableValues


class Arguments:
    """Converted by graphql-core and Strawberry; once for all requests when no variable is among them."""

    def __init__(self, schema: GraphQLSchema, chosen: Chosen) -> None:
        self._chosen = chosen
        strawberry = schema._strawberry_schema  # type: ignore[attr-defined]  # noqa: SLF001 - as Strawberry's own
        self._config = strawberry.config
        self._scalars = strawberry.schema_converter.scalar_registry
        seeker = _Seeker()
        for argument in chosen.nodes[0].arguments or ():
            visit(argument, seeker)
        self._fixed = None if seeker.found else self._convert(VariableValues({}, {}))

    def of(self, values: Values) -> dict[str, Any]:
        """By their Python names. Raises GraphQLError."""
        return dict(self._fixed) if self._fixed is not None else self._convert(values)

    def _convert(self, values: Values) -> dict[str, Any]:
        given = get_argument_values(self._chosen.field, self._chosen.nodes[0], values)  # type: ignore[arg-type]
        return convert_arguments(given, self._chosen.declared.arguments, self._scalars, self._config)


class _Seeker(Visitor):
    found = False

    def enter_variable(self, _node: VariableNode, *_: object) -> None:
        self.found = True
