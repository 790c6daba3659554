"""Inputs as their classes: what each field takes is looked up once, where Strawberry looks again for each request."""

from __future__ import annotations

from dataclasses import MISSING
from typing import TYPE_CHECKING, Any

from strawberry.schema.compat import is_scalar
from strawberry.types.base import StrawberryObjectDefinition, StrawberryOptional
from strawberry.types.enum import StrawberryEnumDefinition, has_enum_definition

if TYPE_CHECKING:
    from collections.abc import Mapping

    import strawberry
    from strawberry.types.arguments import InputContext


def quicken(schema: strawberry.Schema) -> None:
    """Have every input of the schema made so."""
    for concrete in schema.schema_converter.type_map.values():
        definition = concrete.definition
        if isinstance(definition, StrawberryObjectDefinition) and definition.is_input:
            definition.from_input = _Maker(schema, definition)


class _Maker:
    """Of one input. Called as `StrawberryObjectDefinition.from_input` is."""

    def __init__(self, schema: strawberry.Schema, definition: StrawberryObjectDefinition) -> None:
        self._absent: dict[str, Any] = {}  # what may be left out and has no default is null
        self._fields: list[tuple[str, str, Any]] = []  # GraphQL's name, Python's, the type to convert to
        for field in definition.fields:
            if field.default_value is MISSING and field.default_factory is MISSING:
                self._absent[field.python_name] = None
            type_ = field.resolve_type(type_definition=definition)
            name = schema.config.name_converter.from_field(field)
            self._fields.append((name, field.python_name, None if _as_it_is(type_, schema) else type_))

    def __call__(self, made: type, value: Mapping[str, Any], context: InputContext) -> Any:
        given = self._absent.copy()
        for name, python_name, type_ in self._fields:
            if name in value:
                part = value[name]
                given[python_name] = part if type_ is None else context.convert(part, type_, name)
        return made(**given)


def _as_it_is(type_: Any, schema: strawberry.Schema) -> bool:
    """Whether graphql-core has made the value already."""
    inner = type_.of_type if isinstance(type_, StrawberryOptional) else type_
    leaf = isinstance(inner, StrawberryEnumDefinition) or has_enum_definition(inner)
    return leaf or is_scalar(inner, schema.schema_converter.scalar_registry)
