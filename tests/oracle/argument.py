"""Arguments by chance: values of every input type, as literals and as variables; ids and cursors are mostly real."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    get_named_type,
    is_required_argument,
)

from schema.base.node import NODES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphql import GraphQLArgument, GraphQLField

    from tests.oracle.choice import Chance

ABSENT = object()  # a variable that the request does not give
NAMED = {
    "post": "ForumPost",
    "board": "ForumBoard",
    "payer": "Person",
    "assignee": "Staff",
    "afterStaff": "Staff",
    "subject": "Ticket",
    "item": "StockItem",
}
MALFORMED = ["", "x", "RElWOg", "VGlja2V0OjA", "A" * 300, "水"]
INSTANTS = [
    "2026-11-22T02:00:00Z",
    "2026-11-22T10:00:00.5+08:00",
    "2020-01-01T00:00:00Z",
    "2099-12-31T23:59:59.999999Z",
]
TEXTS = ["", "水", "漏水", "canary", "temperature", "%", "_", "'", '"\\', "bill.", "💧", "acme", "1"]
BAD = ["x", 1.5, [], {}, 2**40, [None], {"no": 1}]
PAGING = {"first", "last", "after", "before"}


@dataclass(frozen=True)
class Word:
    """A member of an enum, or the name of a variable: written bare."""

    text: str


@dataclass(frozen=True)
class Stock:
    """What real arguments are made of."""

    ids: Mapping[str, list[str]]  # by type: own ones first, then foreign and missing ones
    cursors: dict[tuple[str, str], list[str]]  # by type and field


@dataclass
class Variables:
    """Of one operation: how they are declared, and one or two sets of what is given."""

    declared: list[str] = field(default_factory=list)
    given: list[dict[str, Any]] = field(default_factory=lambda: [{}, {}])

    def add(self, type_: str, default: Any, first: Any, second: Any) -> Word:
        """A new one."""
        name = f"v{len(self.declared)}"
        shown = "" if default is ABSENT else f" = {literal(default)}"
        self.declared.append(f"${name}: {type_}{shown}")
        for given, value in zip(self.given, (first, second), strict=True):
            if value is not ABSENT:
                given[name] = _json(value)
        return Word(f"${name}")


def literal(value: Any) -> str:
    """As GraphQL writes it."""
    if isinstance(value, Word):
        return value.text
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {literal(part)}" for name, part in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(literal, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def _json(value: Any) -> Any:
    if isinstance(value, Word):
        return value.text
    if isinstance(value, dict):
        return {name: _json(part) for name, part in value.items()}
    return [_json(part) for part in value] if isinstance(value, list) else value


class Arguments:
    """Writes the arguments of fields."""

    def __init__(self, chance: Chance, stock: Stock, variables: Variables) -> None:
        self._chance = chance
        self._stock = stock
        self._variables = variables
        self._nests = False  # whether a part of the value may be a variable

    def of(self, parent: str, field: GraphQLField, name: str, depth: int) -> str:
        """With their parentheses; nothing when none are given."""
        chosen: dict[str, Any] = {}
        for key, definition in field.args.items():
            if key not in PAGING and (is_required_argument(definition) or self._chance.once_in(3)):
                target = _target(field, key)
                chosen[key] = self._placed(definition, lambda type_, target=target: self._value(type_, target))
        if "first" in field.args:
            for key, value in self._paging(self._stock.cursors.get((parent, name), []), depth).items():
                chosen[key] = self._placed(field.args[key], lambda _type, value=value: value)
        return f"({', '.join(f'{key}: {literal(value)}' for key, value in chosen.items())})" if chosen else ""

    def _paging(self, cursors: list[str], depth: int) -> dict[str, Any]:
        """Deep lists say how many: 20 of 20 of 20 would cost too much."""
        chance, bad = self._chance, 40 if depth else 12
        sizes = [2, 1, 3, 0, 5] if depth else [3, 1, 2, 0, 5, 50]
        if chance.once_in(bad):
            return {"first": chance.of([-1, 100_000]), "last": chance.of([None, 2])}
        found: dict[str, Any] = {}
        if depth or not chance.once_in(4):
            found[chance.of(["first", "last"])] = chance.of(sizes)
        for key in ("after", "before"):
            if cursors and chance.once_in(3):
                found[key] = "bm8" if chance.once_in(bad) else chance.of(cursors)
            elif chance.once_in(12):
                found[key] = None
        return found

    def _placed(self, definition: GraphQLArgument, make: Any) -> Any:
        """A value as a literal, or through a variable."""
        chance = self._chance
        strict = isinstance(definition.type, GraphQLNonNull)
        if not chance.once_in(3):
            self._nests = True
            found, self._nests = make(definition.type), False
            return found
        bare = str(definition.type).removesuffix("!")
        first, second = make(definition.type), make(definition.type)
        if chance.once_in(40):
            second = chance.of(BAD)
        match chance.below(4):
            case 0:
                return self._variables.add(bare if not strict else f"{bare}!", ABSENT, first, second)
            case 1:
                return self._variables.add(bare, make(definition.type) or _anything(definition.type), first, ABSENT)
            case 2 if not is_required_argument(definition):
                return self._variables.add(bare, ABSENT, ABSENT if strict else chance.of([ABSENT, None]), second)
            case 3 if strict:
                return self._variables.add(bare, _some(make(definition.type), first), first, None)
        return self._variables.add(f"{bare}!", ABSENT, _some(first, _anything(definition.type)), second)

    def _value(self, type_: Any, target: str) -> Any:
        """A value of an input type."""
        chance = self._chance
        if isinstance(type_, GraphQLNonNull):
            return self._some(type_.of_type, target)
        if chance.once_in(12):
            return None
        return self._some(type_, target)

    def _some(self, type_: Any, target: str) -> Any:
        """A value that is not null."""
        chance, named = self._chance, get_named_type(type_)
        if isinstance(type_, GraphQLList):
            return [self._inner(f"{named.name}!", self._some(named, target)) for _ in range(chance.below(4))]
        if isinstance(named, GraphQLEnumType):
            return Word(chance.of(sorted(named.values)))
        if isinstance(named, GraphQLInputObjectType):
            names = [name for name in named.fields if chance.once_in(max(2, len(named.fields) // 2))]
            return {name: self._member(named.fields[name], name) for name in names}
        match named.name:
            case "ID":
                return self._id(target)
            case "Boolean":
                return bool(chance.below(2))
            case "Int":
                return chance.below(5)
            case "DateTime":
                return chance.of(INSTANTS)
            case "Date":
                return chance.of(["2026-11-22", "9999-12-31"])
        return chance.of(TEXTS)

    def _member(self, definition: Any, name: str) -> Any:
        """Of an input object."""
        return self._inner(str(definition.type), self._value(definition.type, _named(name)))

    def _inner(self, type_: str, value: Any) -> Any:
        """A part of a value: seldom a variable of its own."""
        if not self._nests or isinstance(value, list) or not self._chance.once_in(8):
            return value
        return self._variables.add(type_, ABSENT, value, value)

    def _id(self, target: str) -> str:
        chance = self._chance
        if chance.once_in(25):
            return chance.of(MALFORMED)
        known = self._stock.ids.get(target) if not chance.once_in(20) else None
        return chance.of(known or [id_ for ids in self._stock.ids.values() for id_ in ids])

    def boolean(self) -> Any:
        """What a condition asks: a literal or a variable, with and without a default, rarely null where none may be."""
        chance, truth = self._chance, bool(self._chance.below(2))
        match chance.below(8):
            case 0 | 1 | 2:
                return truth
            case 3 | 4 | 5:
                return self._variables.add("Boolean!", ABSENT, truth, not truth)
            case 6:
                return self._variables.add("Boolean!", truth, ABSENT, not truth)
        return self._variables.add("Boolean", truth, ABSENT, None if chance.once_in(8) else not truth)

    def node(self, id_: str) -> str:
        """The argument of `node(id)`."""
        if self._chance.once_in(3):
            return f"(id: {self._variables.add('ID!', ABSENT, id_, self._id('')).text})"
        return f"(id: {literal(id_)})"


def _some(value: Any, otherwise: Any) -> Any:
    return otherwise if value is None else value


def _anything(type_: Any) -> Any:
    """Some value of a type, the same each time."""
    named = get_named_type(type_)
    bare = type_.of_type if isinstance(type_, GraphQLNonNull) else type_
    if isinstance(bare, GraphQLList):
        return []
    if isinstance(named, GraphQLEnumType):
        return Word(next(iter(named.values)))
    if isinstance(named, GraphQLInputObjectType):
        return {}
    return {"ID": "x", "Boolean": False, "Int": 1, "DateTime": INSTANTS[0], "Cursor": "bm8"}.get(named.name, "")


def _target(field: GraphQLField, argument: str) -> str:
    """The type whose id an argument is."""
    shown = get_named_type(field.type).name
    return shown if argument == "id" and shown in NODES else _named(argument)


def _named(argument: str) -> str:
    name = argument.removesuffix("Id")
    return NAMED.get(name, name[:1].upper() + name[1:])
