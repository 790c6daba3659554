"""Every list of the contract, in every order, narrowed by every filter, and below its parents: as fields to ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLObjectType,
    get_named_type,
    get_nullable_type,
    is_list_type,
)
from strawberry.schema.schema_converter import GraphQLCoreConverter

from schema import build_schema
from schema.base.field import ToManySpec
from schema.base.node import NODES
from schema.base.resolver import page_size

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphql import GraphQLArgument, GraphQLField, GraphQLInputField, GraphQLSchema

    from tests.factories.tenant import Tenant

SCHEMA: GraphQLSchema = build_schema()._schema
PAGING = {"first", "after", "last", "before"}
# Which row of the world an id argument names, and what a text is.
IDS = {
    "propertyId": "home",
    "deviceId": "lift",
    "cameraId": "camera0",
    "postId": "post",
    "gateId": "gate0",
    "personId": "resident_person",
    "payerId": "resident_person",
    "accountId": "tech1",
    "assigneeId": "tech1_staff",
    "unitId": "unit0",
    "staffId": "tech1_staff",
    "buildingId": "building",
    "boardId": "board",
    "subjectId": "ticket0",
    "warehouseId": "warehouse",
    "itemId": "tube",
    "ticketCategoryId": "category1",
    "handlerId": "tech1_staff",
}
TEXTS = {
    "metric": "temperature",
    "plate": "京A12345",
    "phone": "13800000000",
    "idNumber": "11010519491231002X",
    "category": "电梯",
    "search": "电梯",
    "verb": "ticket.create",
    "verbPrefix": "ticket.",
    "subjectType": "Ticket",
    "address": "10.0.0.1",
    "barcode": "6901234567892",
    "number": "261122-100000",
}
INSTANTS = {
    "at": "2026-11-10T00:00:00Z",
    "from": "2026-11-01T00:00:00Z",
    "until": "2026-11-20T00:00:00Z",
    "to": "2026-11-20T00:00:00Z",
}


def values(name: str, of: GraphQLArgument | GraphQLInputField, tenant: Tenant) -> list[str]:
    """What to give for an argument or a filter, as GraphQL text. A new one that is not named above fails here."""
    kind = get_named_type(of.type)
    if isinstance(kind, GraphQLEnumType):
        members = list(kind.values)
        return (
            [f"[{members[0]}]", f"[{', '.join(members[:2])}]"] if is_list_type(get_nullable_type(of.type)) else members
        )
    match kind.name:
        case "ID":
            return [f'"{tenant.id(IDS[name])}"']
        case "Boolean":
            return ["true", "false"]
        case "DateTime":
            return [f'"{INSTANTS[name]}"']
        case "Date":
            return ['"2026-11-20"']
    return [f'"{TEXTS[name]}"']


def filters(argument: GraphQLArgument, tenant: Tenant) -> Iterator[str]:
    """Each field of a filter alone."""
    kind = get_named_type(argument.type)
    assert isinstance(kind, GraphQLInputObjectType)
    for name, field in kind.fields.items():
        for value in values(name, field, tenant)[:2]:
            yield f"{{ {name}: {value} }}"


def variants(field: GraphQLField, tenant: Tenant) -> Iterator[tuple[str, bool]]:
    """The arguments of a root list, paging aside, and whether it is the list unnarrowed: each order, each filter."""
    needed = {
        name: values(name, argument, tenant)[0]
        for name, argument in field.args.items()
        if name not in PAGING | {"order", "filter"} and argument.type is not get_nullable_type(argument.type)
    }
    fixed = "".join(f"{name}: {value}, " for name, value in needed.items())
    orders = values("order", field.args["order"], tenant) if "order" in field.args else []
    for order in orders:
        yield f"{fixed}order: {order}, ", True
    for name, argument in field.args.items():
        if name == "filter":
            for chosen in filters(argument, tenant):
                yield f"{fixed}filter: {chosen}, ", False
        elif name not in PAGING | {"order"} and name not in needed:
            for value in values(name, argument, tenant):
                yield f"{fixed}{name}: {value}, ", False


def root_lists(tenant: Tenant) -> Iterator[tuple[str, str, bool]]:
    """(field, arguments, whether unnarrowed) of each root list."""
    query = SCHEMA.query_type
    assert query is not None
    for name, field in query.fields.items():
        if page_size(field) is not None:
            for arguments, plain in variants(field, tenant):
                yield name, arguments, plain


def specs() -> Iterator[tuple[str, str, ToManySpec]]:
    """(type, field, declaration) of each list below a node: a connection, or a list of at most so many."""
    for type_ in NODES:
        kind = SCHEMA.type_map[type_]
        assert isinstance(kind, GraphQLObjectType)
        for name, field in kind.fields.items():
            declared = field.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
            spec = getattr(declared, "metadata", {}).get("house")
            if isinstance(spec, ToManySpec):
                yield type_, name, spec


def below(tenant: Tenant) -> Iterator[tuple[str, str, str, bool]]:
    """(type, field, arguments, whether it has pages) of each of them."""
    for type_, name, spec in specs():
        field = SCHEMA.type_map[type_].fields[name]  # type: ignore[attr-defined]
        needed = {
            key: values(key, argument, tenant)[0]
            for key, argument in field.args.items()
            if argument.type is not get_nullable_type(argument.type)
        }
        yield type_, name, "".join(f"{key}: {value}, " for key, value in needed.items()), spec.connection
