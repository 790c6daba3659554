"""Writes live events straight from the declarations: what most documents ask, an executor's walk is too dear for.

What it does not know (lists, arguments, resolvers of their own) and what goes wrong is graphql-core's to say. The bytes
are graphql-core's: tests/live/test_sharing.py compares them.
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graphql import GraphQLObjectType, GraphQLString, is_leaf_type

from schema.base.event import HappenedSpec, SubjectSpec
from schema.base.field import ColumnSpec, ComputedSpec, HouseField, IdSpec, PartSpec, ThroughSpec, ToOneSpec
from schema.base.leaf import Gone, plain
from schema.base.selection import Selections
from schema.plan.plan import Unplanned

if TYPE_CHECKING:
    from collections.abc import Callable

    from graphql import GraphQLSchema, OperationDefinitionNode
    from graphql.language import DocumentNode

    from schema.base import Happening
    from schema.base.selection import Chosen, Conditions


@dataclass(frozen=True, slots=True)
class _Leaf:
    """A value of the event or of a row; `later` when it has to be awaited."""

    prefix: str
    shown: Any
    find: Callable[[Any], Any]
    later: bool

    async def text(self, value: Any) -> str:
        """What was found."""
        return plain(self.shown, await value if inspect.isawaitable(value) else value)


@dataclass(frozen=True, slots=True)
class _Object:
    """A row, or a part of one."""

    prefix: str
    strict: bool
    find: Callable[[Any], Any]
    parts: tuple[_Leaf | _Object, ...]
    later = True

    async def text(self, value: Any) -> str:
        """What was found; raises Gone for a null that may not be."""
        row = await value if inspect.isawaitable(value) else value
        if row is None:
            if self.strict:
                raise Gone
            return "null"
        return await _written(self.parts, row)


async def _written(parts: tuple[_Leaf | _Object, ...], row: Any) -> str:
    """References are begun together and so read together; what is read already costs no turn of the loop."""
    found = [part.find(row) for part in parts]
    texts = [
        part.prefix + (await part.text(value) if part.later else plain(part.shown, value))  # type: ignore[union-attr]
        for part, value in zip(parts, found, strict=True)
    ]
    return f"{{{','.join(texts)}}}"


class Scribe:
    """Of one subscription of one document, under one choice of its conditions. Raises Unplanned."""

    def __init__(
        self,
        schema: GraphQLSchema,
        document: DocumentNode,
        operation: OperationDefinitionNode,
        conditions: Conditions,
    ) -> None:
        self._selections = Selections(schema, document, conditions)
        root: Any = schema.subscription_type
        chosen = self._selections.of([operation.selection_set], root)
        if len(chosen) != 1 or chosen[0].field is None or not isinstance(chosen[0].named, GraphQLObjectType):
            raise Unplanned("no plain subscription")
        self._head = f'{{"data":{{"{chosen[0].key}":'
        self._parts = self._fields(chosen[0])

    async def write(self, happening: Happening, extensions: bytes) -> bytes:
        """The whole result. Raises Gone where graphql-core has an error to tell, and what reading raises."""
        text = await _written(self._parts, happening)
        return b"".join((self._head.encode(), text.encode(), b'},"extensions":', extensions, b"}"))

    def _fields(self, of: Chosen) -> tuple[_Leaf | _Object, ...]:
        type_ = of.named
        if not isinstance(type_, GraphQLObjectType):
            raise Unplanned("an object of one of several types")
        return tuple(self._part(chosen, type_) for chosen in self._selections.of(of.sets, type_))

    def _part(self, chosen: Chosen, owner: GraphQLObjectType) -> _Leaf | _Object:
        prefix = f'"{chosen.key}":'
        if chosen.field is None:
            name = owner.name
            return _Leaf(prefix, GraphQLString, lambda _row: name, later=False)
        declared = chosen.declared
        if not isinstance(declared, HouseField) or chosen.field.args:
            raise Unplanned(f"{chosen.key} is not of the house, or has arguments")
        spec, name = declared.spec, declared.python_name
        match spec:
            case HappenedSpec() | ColumnSpec() | IdSpec() | ComputedSpec() | ThroughSpec():
                if not is_leaf_type(chosen.named):
                    raise Unplanned(f"{chosen.key} is an object")
                return _Leaf(
                    prefix, chosen.shown, lambda row: spec.resolve(name, row, {}), later=isinstance(spec, ThroughSpec)
                )
            case SubjectSpec() | ToOneSpec() | PartSpec():
                return _Object(prefix, chosen.strict, lambda row: spec.resolve(name, row, {}), self._fields(chosen))
        raise Unplanned(f"{chosen.key}: {type(spec).__name__}")
