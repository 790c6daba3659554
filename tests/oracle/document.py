"""Valid documents by chance: aliases, the same field twice, fragments of every sort, conditions, several operations."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from graphql import GraphQLInterfaceType, get_named_type, is_leaf_type, is_required_argument
from strawberry.schema.schema_converter import GraphQLCoreConverter

from schema.base.field import HouseField
from tests.oracle.argument import Arguments, Variables, literal

if TYPE_CHECKING:
    from graphql import GraphQLField, GraphQLSchema

    from tests.oracle.argument import Stock
    from tests.oracle.choice import Chance

DEEPEST, MOST_ALIASES, MOST_CONDITIONS = 8, 18, 16
MOST_FIELDS = (12, 30, 60)
LISTS = ("nodes", "edges", "pageInfo")


@dataclass
class Asked:
    """A key of the answer: what stands behind it, and what is asked below. The same key may only ask the same."""

    parent: str
    name: str
    arguments: str
    shape: str
    below: Scope


Scope = dict[str, Asked]


@dataclass(frozen=True)
class Size:
    """What the limits count."""

    fields: int = 0
    aliases: int = 0
    conditions: int = 0

    def plus(self, other: Size) -> Size:
        """Both."""
        return Size(self.fields + other.fields, self.aliases + other.aliases, self.conditions + other.conditions)

    def less(self, other: Size) -> Size:
        """What came on top of `other`."""
        return Size(self.fields - other.fields, self.aliases - other.aliases, self.conditions - other.conditions)

    def within(self, most: Size) -> bool:
        """Whether nothing is passed."""
        return self.fields <= most.fields and self.aliases <= most.aliases and self.conditions <= most.conditions


@dataclass(frozen=True)
class Fragment:
    """A named one."""

    name: str
    on: str
    text: str
    scope: Scope
    size: Size
    depth: int


@dataclass
class Written:
    """A document, two sets of variables, and which kinds of declarations stand behind its keys."""

    text: str = ""
    operation: str | None = None
    variables: list[dict[str, Any]] = field(default_factory=list)
    kinds: dict[str, set[str]] = field(default_factory=dict)


def kind_of(field: GraphQLField) -> str | None:
    """The declaration behind a field of a row, by the name of its class."""
    declared = field.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
    return type(declared.spec).__name__ if isinstance(declared, HouseField) else None


class Writer:
    """Writes one document."""

    def __init__(self, schema: GraphQLSchema, stock: Stock, chance: Chance) -> None:
        self._schema = schema
        self._stock = stock
        self._chance = chance
        self._variables = Variables()
        self._arguments = Arguments(chance, stock, self._variables)
        self._fragments: list[Fragment] = []
        self._named = 0
        self._size = Size()
        self._most = Size(chance.of(MOST_FIELDS), MOST_ALIASES, MOST_CONDITIONS)
        self._written = Written()

    def write(self) -> Written:
        """The document."""
        query: Any = self._schema.query_type
        scope: Scope = {}
        roots = [self._root(query, scope) for _ in range(1 + self._chance.below(3))]
        declared = f"({', '.join(self._variables.declared)})" if self._variables.declared else ""
        made = self._written
        made.operation = "Q" if declared or self._chance.once_in(3) else None
        text = f"query Q{declared} {{ {' '.join(roots)} }}" if made.operation else f"{{ {' '.join(roots)} }}"
        if made.operation and self._chance.once_in(8):
            text += " query Other($other: Boolean! = true) { __typename @include(if: $other) }"
        made.text = " ".join([text, *(fragment.text for fragment in self._fragments)])
        made.variables = self._variables.given if declared else [{}]
        return made

    def _root(self, query: Any, scope: Scope) -> str:
        """Half of them are single nodes of types that are taken in turn."""
        if self._chance.once_in(20):
            return self._typename(scope)
        if self._chance.below(2) and "node" in query.fields:
            type_ = self._chance.of([name for name in self._stock.ids if name in self._schema.type_map])
            return self._node(query, type_, scope)
        return self._field(query, self._chance.of(sorted(query.fields)), scope, 0)

    def _node(self, query: Any, type_: str, scope: Scope) -> str:
        arguments = self._arguments.node(self._chance.of(self._stock.ids[type_]))
        key, below = self._key(query, "node", arguments, "Node", scope)
        return f"{key}{arguments}{self._condition()} {self._selection(query.fields['node'].type, below, 1, type_)}"

    def _selection(self, type_: Any, scope: Scope, depth: int, likely: str = "") -> str:
        """What is asked of an object; `likely` is what an interface turns out to be."""
        count = 1 + self._chance.below(3)
        parts = [self._part(type_, scope, depth, likely) for _ in range(count)]
        return "{ " + " ".join(parts) + " }"

    def _part(self, type_: Any, scope: Scope, depth: int, likely: str) -> str:
        chance = self._chance
        if chance.spent or not self._size.within(self._most) or depth >= DEEPEST:
            return self._leaf(type_, scope)
        draw = chance.below(12)
        if isinstance(type_, GraphQLInterfaceType) and draw < 8:
            on = self._schema.type_map[likely if likely and not chance.once_in(8) else self._implementing(type_)]
            if draw < 2:
                return self._spread(on, scope, depth, likely)
            return self._inline(on, scope, depth, likely, within=False)
        match draw:
            case 8:
                return self._typename(scope)
            case 9:
                return self._inline(type_, scope, depth, likely)
            case 10:
                return self._spread(type_, scope, depth, likely)
            case 11:
                return self._again(type_, scope, depth)
        return self._any_field(type_, scope, depth)

    def _any_field(self, type_: Any, scope: Scope, depth: int) -> str:
        """Kinds of declarations are taken in turn: most fields are plain columns."""
        by_kind: dict[str, list[str]] = {}
        for name, shown in type_.fields.items():
            by_kind.setdefault(kind_of(shown) or "", []).append(name)
        if "nodes" in type_.fields:
            return self._field(type_, self._chance.of(LISTS), scope, depth)
        return self._field(type_, self._chance.of(by_kind[self._chance.of(list(by_kind))]), scope, depth)

    def _field(self, type_: Any, name: str, scope: Scope, depth: int) -> str:
        field: GraphQLField = type_.fields[name]
        arguments = self._arguments.of(type_.name, field, name, depth)
        key, below = self._key(type_, name, arguments, str(field.type), scope)
        if kind := kind_of(field):
            self._written.kinds.setdefault(key.partition(":")[0], set()).add(kind)
        named = get_named_type(field.type)
        likely = self._implementing(named) if isinstance(named, GraphQLInterfaceType) else ""
        selection = "" if is_leaf_type(named) else " " + self._selection(named, below, depth + 1, likely)
        return f"{key}{arguments}{self._condition()}{selection}"

    def _leaf(self, type_: Any, scope: Scope) -> str:
        """Where there is no more room."""
        names = [
            name
            for name, field in type_.fields.items()
            if is_leaf_type(get_named_type(field.type)) and not any(map(is_required_argument, field.args.values()))
        ]
        return self._field(type_, self._chance.of(names), scope, DEEPEST) if names else self._typename(scope)

    def _typename(self, scope: Scope) -> str:
        key = self._key(None, "__typename", "", "String!", scope)[0]
        return f"{key}{self._condition()}"

    def _key(self, type_: Any, name: str, arguments: str, shape: str, scope: Scope) -> tuple[str, Scope]:
        """The field with an alias where it needs one, or for fun; its key is not taken by anything else."""
        parent = "" if type_ is None else type_.name
        wish = Asked(parent, name, arguments, shape, {})
        self._size = self._size.plus(Size(fields=1))
        if not self._chance.once_in(6) and _same(scope.get(name), wish):
            return name, scope.setdefault(name, wish).below
        self._size = self._size.plus(Size(aliases=1))
        others = [] if type_ is None else [other for other in type_.fields if other not in scope]
        alias = self._chance.of(others) if others and self._chance.once_in(4) else f"a{self._size.aliases}"
        while not _same(scope.get(alias), wish):
            alias += "_"
        return f"{alias}: {name}", scope.setdefault(alias, wish).below

    def _again(self, type_: Any, scope: Scope, depth: int) -> str:
        """A field that is asked already: its selections are merged."""
        known = [key for key, asked in scope.items() if asked.parent == type_.name]
        if not known:
            return self._any_field(type_, scope, depth)
        key = self._chance.of(known)
        asked = scope[key]
        shown = get_named_type(type_.fields[asked.name].type)
        self._size = self._size.plus(Size(fields=1, aliases=key != asked.name))
        text = key if key == asked.name else f"{key}: {asked.name}"
        selection = "" if is_leaf_type(shown) else " " + self._selection(shown, asked.below, depth + 1)
        return f"{text}{asked.arguments}{self._condition()}{selection}"

    def _inline(self, type_: Any, scope: Scope, depth: int, likely: str, *, within: bool = True) -> str:
        """On the type, on one of its interfaces, or on nothing (within the type itself)."""
        conditions = [f" on {type_.name}", *(f" on {interface.name}" for interface in type_.interfaces)]
        on = self._chance.of([*conditions, ""] if within else conditions[:1])
        inner = self._schema.type_map[on.split()[-1]] if on else type_
        return f"...{on}{self._condition()} {self._selection(inner, scope, depth, likely)}"

    def _spread(self, type_: Any, scope: Scope, depth: int, likely: str) -> str:
        """A named fragment: one that is there, or a new one."""
        fitting = {type_.name, *(interface.name for interface in type_.interfaces)}
        for known in self._fragments:
            fits = self._size.plus(known.size).within(self._most) and depth + known.depth <= DEEPEST
            if fits and known.on in fitting and _mergeable(scope, known.scope) and self._chance.below(2):
                self._size = self._size.plus(known.size)
                _merge(scope, known.scope)
                return f"...{known.name}{self._condition()}"
        on = self._schema.type_map[self._chance.of(sorted(fitting))]
        name, before = f"F{self._named}", self._size
        self._named += 1
        start = max(depth, 4)
        text = f"fragment {name} on {on.name} {self._selection(on, scope, start, likely)}"
        # What else stands in `scope` is held to be of the fragment: it then fits in fewer places than it could.
        self._fragments.append(Fragment(name, on.name, text, _copy(scope), self._size.less(before), DEEPEST - start))
        return f"...{name}{self._condition()}"

    def _implementing(self, interface: GraphQLInterfaceType) -> str:
        objects = self._schema.get_implementations(interface).objects
        return self._chance.of(sorted(object_.name for object_ in objects))

    def _condition(self) -> str:
        if not self._size.within(self._most) or not self._chance.once_in(10):
            return ""
        self._size = self._size.plus(Size(conditions=1))
        word = self._chance.of(["include", "skip"])
        return f" @{word}(if: {literal(self._arguments.boolean())})"


def _same(known: Asked | None, wish: Asked) -> bool:
    if known is None:
        return True
    return (known.name, known.arguments, known.shape) == (wish.name, wish.arguments, wish.shape)


def _mergeable(scope: Scope, other: Scope) -> bool:
    return all(
        key not in scope or (_same(scope[key], asked) and _mergeable(scope[key].below, asked.below))
        for key, asked in other.items()
    )


def _copy(scope: Scope) -> Scope:
    found: Scope = {}
    _merge(found, scope)
    return found


def _merge(scope: Scope, other: Scope) -> None:
    for key, asked in other.items():
        mine = scope.setdefault(key, Asked(asked.parent, asked.name, asked.arguments, asked.shape, {}))
        _merge(mine.below, asked.below)


def shown_keys(answer: bytes) -> set[str]:
    """The keys of an answer that have a value somewhere."""
    found: set[str] = set()
    left = [json.loads(answer).get("data")]
    while left:
        value = left.pop()
        if isinstance(value, dict):
            found |= {key for key, part in value.items() if part is not None}
            left += value.values()
        elif isinstance(value, list):
            left += value
    return found
