"""Asks every field of every row that an account sees, and holds the answers against the expectations."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import orjson
from graphql import GraphQLObjectType, GraphQLSchema, get_named_type, is_leaf_type

from models.rules.permission import Permission
from schema import build_schema
from schema.base.node import NODES
from schema.http.scoped import narrowed
from tests.matrix.field import FIELDS, NEVER
from tests.matrix.may import SCOPES, may
from tests.visible import LOGINS, SEES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.client import Client
    from tests.factories.tenant import Tenant

SCHEMA: GraphQLSchema = build_schema()._schema
PEOPLE = [login for login in LOGINS if login != "program"]  # whom tests/matrix/fill.py ends
PARTNERS = narrowed(SCHEMA, frozenset(map(Permission, SCOPES)))
COMPANY = {"Organization", "Account", "Staff", "ForumWord"}  # rows of no Property; a Person's is that of the Unit
MOST_FIELDS = 380  # of a document's 400

Answers = dict[str, dict[str, dict[str, Any]]]  # login, row, field


def expectations(type_: str) -> Iterator[tuple[str, str]]:
    """(what it needs, field) of a type."""
    for need, names in FIELDS[type_].items():
        for name in names.split():
            yield need, name


def check_every_field_is_expected() -> None:
    """A field without an expectation, or an expectation without a field, fails."""
    for type_ in NODES:
        expected = [name for _, name in expectations(type_)]
        assert sorted(expected) == sorted(SCHEMA.type_map[type_].fields), type_  # type: ignore[attr-defined]


def _selection(type_: str, login: str) -> list[str]:
    """Its fields that the account is shown, references by their ids."""
    object_type = (PARTNERS if login == "program" else SCHEMA).type_map[type_]
    assert isinstance(object_type, GraphQLObjectType)
    parts = []
    for need, name in expectations(type_):
        field = object_type.fields.get(name)
        if need == "viewer" or field is None:
            continue
        named = get_named_type(field.type)
        if is_leaf_type(named):
            parts.append(name)
        elif "nodes" in named.fields:
            parts.append(f"{name}(first: 25) {{ nodes {{ id }} pageInfo {{ hasNextPage }} }}")
        elif need == "ref":
            parts.append(f"{name} {{ id }}")
        else:
            leaves = (key for key, leaf in named.fields.items() if is_leaf_type(get_named_type(leaf.type)))
            parts.append(f"{name} {{ {' '.join(leaves)} }}")
    return parts


def _document(type_: str, login: str, count: int) -> str:
    """Asks `count` rows of a type; the text is the same for every person, so it is parsed once."""
    fields = " ".join(_selection(type_, login))
    variables = ", ".join(f"$i{n}: ID!" for n in range(count))
    rows = " ".join(f"n{n}: node(id: $i{n}) {{ ...All }}" for n in range(count))
    return f"query ({variables}) {{ {rows} }} fragment All on {type_} {{ {fields} }}"


async def crawl(client: Client, tenant: Tenant, logins: list[str] | None = None) -> Answers:
    """Every field of every row that each account sees, by the hand-written table."""
    answers: Answers = defaultdict(dict)
    for login in logins or PEOPLE:
        for type_ in NODES:
            rows = sorted(row for row in SEES[login] if tenant.types.get(row) == type_)
            if not rows:
                continue
            most = max(1, MOST_FIELDS // (3 * len(_selection(type_, login)) + 2))
            for start in range(0, len(rows), most):
                part = rows[start : start + most]
                ids = {f"i{n}": tenant.id(row) for n, row in enumerate(part)}
                data = await client.data(_document(type_, login, len(part)), login, tenant, **ids)
                answers[login].update({row: _flat(data[f"n{n}"], type_, row) for n, row in enumerate(part)})
    return answers


def _flat(found: dict[str, Any] | None, type_: str, row: str) -> dict[str, Any]:
    """Lists as sets of ids, references as ids, other values as text to compare."""
    assert found is not None, f"{row} does not show"
    needs = {name: need for need, name in expectations(type_)}
    flat: dict[str, Any] = {}
    for name, value in found.items():
        if needs[name] != "ref" and not (isinstance(value, dict) and "nodes" in value):
            flat[name] = None if value is None else orjson.dumps(value).decode()
        elif isinstance(value, dict) and "nodes" in value:
            assert not value["pageInfo"]["hasNextPage"], f"{type_}.{name}: more rows than the crawl asks"
            flat[name] = {node["id"] for node in value["nodes"]}
        elif isinstance(value, list):
            flat[name] = {node["id"] for node in value}
        else:
            flat[name] = value and value["id"]
    return flat


def check(answers: Answers, tenant: Tenant) -> None:
    """Hold every value against its expectation; each field must have shown something somewhere."""
    shown = compare(answers, tenant)
    crawled = {(type_, name) for type_ in NODES for need, name in expectations(type_) if need != "viewer"}
    silent = {(type_, name) for type_, name in crawled - shown if name not in NEVER.get(type_, set())}
    assert not silent, f"nobody ever sees anything in {sorted(silent)}"


def compare(answers: Answers, tenant: Tenant) -> set[tuple[str, str]]:
    """Hold every value against its expectation; the fields that showed something."""
    names = {tenant.id(row): row for row, type_ in tenant.types.items() if type_ in NODES}
    shown: set[tuple[str, str]] = set()
    for type_ in NODES:
        for row in (row for row, of in tenant.types.items() if of == type_):
            seeing = [login for login in answers if row in SEES[login]]
            for need, field in expectations(type_):
                if need == "viewer":
                    continue
                values = {login: answers[login][row][field] for login in seeing if field in answers[login][row]}
                if any(value not in (None, set()) for value in values.values()):
                    shown.add((type_, field))
                if need == "ref":
                    _check_reference(values, names, (row, field))
                else:
                    place = None if type_ in COMPANY else "away" if row.startswith("away") else "home"
                    _check_value(values, need, place, (row, field))
    return shown


def _check_value(values: dict[str, Any], need: str, place: str | None, where: tuple[str, str]) -> None:
    permission, _, own = need.partition(" or ")
    mine = where[0].removesuffix("_person") if own else ""
    allowed = {login for login in values if need == "open" or login == mine or may(login, permission, place)}
    assert len({values[login] for login in allowed}) <= 1, (where, values)
    for login in values.keys() - allowed:
        assert values[login] is None, (where, login, "sees what needs", need)


def _check_reference(values: dict[str, Any], names: dict[str, str], where: tuple[str, str]) -> None:
    """What an account sees of a reference is what there is, cut down to the rows that it sees."""
    ids = {id_ for value in values.values() for id_ in (value if isinstance(value, set) else {value} - {None})}
    assert ids <= names.keys(), (where, "leads out of the world")
    for login, value in values.items():
        expected = {id_ for id_ in ids if names[id_] in SEES[login]}
        found = value if isinstance(value, set) else {value} - {None}
        assert found == expected, (where, login, {names[id_] for id_ in found ^ expected})
