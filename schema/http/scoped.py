"""The contract as each caller may see it: whole for people, cut down to what its scopes reach for a partner's program.

It serves validation, introspection and the SDL. It is no wall: rights are decided by scope and `require()`, whatever
schema a document was checked against.
"""

from __future__ import annotations

from collections import OrderedDict
from functools import cached_property
from typing import TYPE_CHECKING, Any

from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    get_named_type,
    is_introspection_type,
    is_specified_scalar_type,
    print_type,
)

from schema.base.reach import Reach

if TYPE_CHECKING:
    from models.rules.permission import Permission
    from models.viewer import Viewer

MOST_KEPT = 64  # sets of permissions; a schema takes some hundred KB


class Sight:
    """One caller's schema, and how it is told of it."""

    def __init__(self, schema: GraphQLSchema, *, introspection: bool = True, suggestions: bool = True) -> None:
        self.schema = schema
        self.introspection = introspection
        self.suggestions = suggestions

    @cached_property
    def sdl(self) -> str:
        """The schema as text, types by name: descriptions and deprecations with it."""
        types = [type_ for _, type_ in sorted(self.schema.type_map.items())]
        ours = [type_ for type_ in types if not is_introspection_type(type_) and not is_specified_scalar_type(type_)]
        return "\n\n".join(print_type(type_) for type_ in ours) + "\n"


class Sights:
    """Whom we show what. Schemas of programs are made once for each set of permissions, and the last ones are kept."""

    def __init__(self, schema: GraphQLSchema, *, production: bool) -> None:
        self._whole = Sight(schema)
        self._nobody = Sight(schema, introspection=False, suggestions=False) if production else self._whole
        self._kept: OrderedDict[frozenset[Permission], Sight] = OrderedDict()

    def of(self, viewer: Viewer | None) -> Sight:
        """What `viewer` may see of the contract."""
        if viewer is None:
            return self._nobody
        if viewer.scopes is None:
            return self._whole
        sight = self._kept.get(viewer.held)
        if sight is None:
            sight = self._kept[viewer.held] = Sight(narrowed(self._whole.schema, viewer.held), suggestions=False)
            if len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(viewer.held)
        return sight


def narrowed(schema: GraphQLSchema, held: frozenset[Permission]) -> GraphQLSchema:
    """The part of `schema` that a program with these permissions reaches; what nothing leads to any more is gone."""
    fields = Reach(schema, held).fields
    made: dict[str, Any] = {}
    for name in fields:
        made[name] = _copy(schema.type_map[name], fields[name], made)
    query, mutation, subscription = (
        made.get(root.name) if root else None
        for root in (schema.query_type, schema.mutation_type, schema.subscription_type)
    )
    narrow = GraphQLSchema(
        query,
        mutation,
        subscription,
        types=[made[name] for name in sorted(_behind_interfaces(schema, fields))],
        directives=schema.directives,
        description=schema.description,
        extensions=schema.extensions,
    )
    narrow._strawberry_schema = schema._strawberry_schema  # type: ignore[attr-defined]  # noqa: SLF001 - `info.schema`
    return narrow


def _copy(type_: Any, fields: dict[str, GraphQLField], made: dict[str, Any]) -> Any:
    """An object or interface with these of its fields, which show `made` types; leaves and inputs are the same."""

    def again(shown: Any) -> Any:
        if isinstance(shown, GraphQLNonNull | GraphQLList):
            return type(shown)(again(shown.of_type))
        return made.get(shown.name, shown)

    changed = {
        "fields": lambda: {
            key: GraphQLField(**{**field.to_kwargs(), "type_": again(field.type)}) for key, field in fields.items()
        },
        "interfaces": lambda: [again(interface) for interface in type_.interfaces],
    }
    return type(type_)(**{**type_.to_kwargs(), **changed})


def _behind_interfaces(schema: GraphQLSchema, fields: dict[str, dict[str, GraphQLField]]) -> set[str]:
    """Types that only an interface leads to, such as those that `node(id)` finds."""
    asked = {get_named_type(field.type).name for kept in fields.values() for field in kept.values()}
    return {
        object_.name
        for name in asked & fields.keys()
        if isinstance(interface := schema.type_map[name], GraphQLInterfaceType)
        for object_ in schema.get_implementations(interface).objects
        if object_.name in fields
    }
