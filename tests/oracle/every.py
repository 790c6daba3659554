"""Documents that ask every field of every type and every list in every order, and what is learnt of their cursors."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from graphql import GraphQLEnumType, get_named_type, is_leaf_type
from graphql.type import is_required_argument

from schema import build_schema
from schema.base.node import NODES
from tests.oracle.document import Written, kind_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from graphql import GraphQLField

SCHEMA = build_schema()._schema
REQUIRED = {"metric": '"temperature"'}
AT_ONCE = 3
MOST_FIELDS = 380  # of a document; 400 are refused
_WORD = re.compile(r"\w+")
PAGE = "{ edges { cursor node { id __typename } } nodes { id } pageInfo { __typename %s } }"
INFO = "hasNextPage hasPreviousPage startCursor endCursor"


def of_types(ids: Mapping[str, list[str]]) -> Iterator[tuple[str, Written]]:
    """For each type some of its rows: a foreign and a missing one are the last of them, where so many fit."""
    for type_ in NODES:
        kinds: dict[str, set[str]] = {}
        fields = " ".join(_fields(type_, kinds))
        fit = max(MOST_FIELDS // len(_WORD.findall(fields)), 1)
        asked = [*ids[type_][:AT_ONCE], *ids[type_][-2:]][:fit]
        rows = " ".join(f'n{n}: node(id: "{id_}") {{ ...All }}' for n, id_ in enumerate(asked))
        yield type_, Written(f"{{ {rows} }} fragment All on {type_} {{ {fields} }}", None, [{}], kinds)
        if type_ == "Account":  # what only its owner sees
            yield type_, Written(f"{{ viewer {{ account {{ {fields} }} }} }}", None, [{}], kinds)


def _fields(type_: str, kinds: dict[str, set[str]]) -> Iterator[str]:
    shown: Any = SCHEMA.type_map[type_]
    for name, field in shown.fields.items():
        if kind := kind_of(field):
            kinds[name] = {kind}
        yield f"{name}{_selection(field)}"


def _selection(field: GraphQLField) -> str:
    named: Any = get_named_type(field.type)
    required = {key: REQUIRED[key] for key, argument in field.args.items() if is_required_argument(argument)}
    if "first" in field.args:
        required["first"] = "2"
    arguments = f"({', '.join(f'{key}: {value}' for key, value in required.items())})" if required else ""
    if is_leaf_type(named):
        return arguments
    if "nodes" in named.fields:
        return f"{arguments} {PAGE % INFO}"
    if named.name in NODES or named.name == "Node":
        return f"{arguments} {{ id __typename }}"
    leaves = [key for key, leaf in named.fields.items() if is_leaf_type(get_named_type(leaf.type))]
    return f"{arguments} {{ __typename {' '.join(leaves)} }}"


def of_lists(required: Mapping[str, str]) -> Iterator[tuple[str, Written]]:
    """Each list of the root in each of its orders; `required` are the ids that some need."""
    query: Any = SCHEMA.query_type
    for name, field in query.fields.items():
        if "first" not in field.args:
            continue
        given = {**REQUIRED, **required}
        own = [f"{key}: {given[key]}" for key, argument in field.args.items() if is_required_argument(argument)]
        order: Any = get_named_type(field.args["order"].type) if "order" in field.args else None
        orders = [f"order: {word}" for word in order.values] if isinstance(order, GraphQLEnumType) else [""]
        lists = [
            f"{name}{n}: {name}({', '.join([*own, word, 'first: 5'])}) {PAGE % INFO}" for n, word in enumerate(orders)
        ]
        yield name, Written(f"{{ {' '.join(lists)} }}", None, [{}], {})


def cursors_of(data: Any, parent: str, found: dict[tuple[str, str], list[str]]) -> None:
    """Keep the cursors of an answer's objects by type and field; aliases of fields are their names and a number."""
    for key, value in (data or {}).items():
        if isinstance(value, dict) and "edges" in value:
            name = key.rstrip("0123456789")
            found.setdefault((parent, name), []).extend(edge["cursor"] for edge in value["edges"])
