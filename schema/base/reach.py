"""What a set of permissions reaches of the contract: what a partner's program is shown of it.

Nothing is listed a second time here. Which rows a permission opens is asked of models/scope itself; a verb says its
permission (`verb(permission=)`), a field permission stands in its column; only what neither says is declared beside
the root field, as `scopes`: any one of them shows it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from graphql import GraphQLInterfaceType, GraphQLObjectType, get_named_type, is_introspection_type
from strawberry.schema.schema_converter import GraphQLCoreConverter

from models.predicate import NOTHING
from models.rules.permission import Permission, Role
from models.scope import visible
from models.viewer import Grant, Viewer
from schema.base.event import SubjectSpec
from schema.base.field import HasSpec, HouseField, ThroughSpec
from schema.base.node import NODES
from schema.base.resolver import open_to

if TYPE_CHECKING:
    from graphql import GraphQLField, GraphQLNamedType, GraphQLSchema

    from models.base import Model

_SOMEBODY = UUID(int=1)


class Reach:
    """Answers for one set of permissions, held by a program (no Person, no Staff) in all of an Organization."""

    def __init__(self, schema: GraphQLSchema, held: frozenset[Permission]) -> None:
        self._schema = schema
        self._held = held
        self._program = Viewer(
            organization_id=_SOMEBODY,
            valid_until=datetime.max.replace(tzinfo=UTC),
            account_id=_SOMEBODY,
            api_client_id=_SOMEBODY,
            scopes=held,
            grants=(Grant(Role.PARTNER, None),),
        )
        roots = (schema.query_type, schema.mutation_type, schema.subscription_type)
        self._roots = {root.name for root in roots if root}
        self._rows: dict[type[Model], bool] = {}
        self.fields = self._settle()

    def shows(self, field: GraphQLField, owner: str) -> bool:
        """Whether the field of type `owner` is reached, as far as its own declaration says."""
        declared = declaration(field)
        if owner in self._roots:
            return self._root(field, getattr(declared, "metadata", {}))
        if not isinstance(declared, HouseField):
            return True
        needed = getattr(declared.spec, "permission", None)
        if needed is not None and needed not in self._held:
            return False
        match declared.spec:
            case HasSpec(model=model):
                return self._opens(model)
            case ThroughSpec(relation=relation) if owner in NODES:
                target = NODES[owner].model._meta.fields_map[relation].model_name  # type: ignore[attr-defined]
                return self._opens(NODES[target.rpartition(".")[2]].model)
        return True

    def _root(self, field: GraphQLField, metadata: Any) -> bool:
        """By its `scopes`, else its verb's permission, else by the rows that it shows. What says nothing is hidden."""
        declared = open_to(self._held, metadata)
        if declared is not None:
            return declared
        shown = row_type(field)
        subjects = {spec.target for spec in specs(shown) if isinstance(spec, SubjectSpec)} or {shown.name}
        return all(name in NODES and self._opens(NODES[name].model) for name in subjects)

    def _opens(self, model: type[Model]) -> bool:
        """Whether such a program can see any row at all."""
        if model not in self._rows:
            self._rows[model] = visible(model, self._program) != NOTHING
        return self._rows[model]

    def _settle(self) -> dict[str, dict[str, GraphQLField]]:
        """The fields that stay, by type; a type that is left without any takes those that show it with it."""
        kept: dict[str, dict[str, GraphQLField]] = {}
        for name, type_ in self._schema.type_map.items():
            if not isinstance(type_, GraphQLObjectType | GraphQLInterfaceType) or is_introspection_type(type_):
                continue
            hidden = name in NODES and not self._opens(NODES[name].model)
            fields = {} if hidden else {key: field for key, field in type_.fields.items() if self.shows(field, name)}
            kept[name] = fields
        while True:
            gone = {name for name, fields in kept.items() if not fields}
            left = {
                name: {key: field for key, field in fields.items() if not gone & _path(field)}
                for name, fields in kept.items()
            }
            if left == kept:
                return {name: fields for name, fields in kept.items() if fields}
            kept = left


def declaration(field: GraphQLField) -> Any:
    """The Strawberry field behind a field of the schema."""
    return field.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)


def specs(type_: GraphQLNamedType) -> list[Any]:
    """How the house's own fields of a type come about."""
    fields = getattr(type_, "fields", {}).values()
    return [found.spec for found in map(declaration, fields) if isinstance(found, HouseField)]


def row_type(field: GraphQLField) -> Any:
    """The type that a field shows; of a connection, that of its nodes."""
    shown: Any = get_named_type(field.type)
    nodes = getattr(shown, "fields", {}).get("nodes")
    return get_named_type(nodes.type) if nodes is not None else shown


def _path(field: GraphQLField) -> set[str]:
    return {get_named_type(field.type).name, row_type(field).name}
