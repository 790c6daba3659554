"""The contract's own rules: descriptions, names, messages, the committed SDL, the examples of GraphiQL."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING

import orjson
import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    get_named_type,
    parse,
    specified_scalar_types,
    validate,
)

import server
from models.errors import ErrorCode
from schema import build_schema
from schema.messages import LOCALES, choose_locale, message

if TYPE_CHECKING:
    from collections.abc import Iterator

SCHEMA = build_schema()._schema
ROOT = Path(__file__).parents[1]
TYPES: list[GraphQLNamedType] = [
    type_ for name, type_ in SCHEMA.type_map.items() if not name.startswith("__") and name not in specified_scalar_types
]
FIELDED = [type_ for type_ in TYPES if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType)]
# Strawberry's own scalar of multipart uploads; its text is not ours.
FOREIGN = {"Upload"}
# Subscriptions that need no id to be scoped by: they follow the stream of the viewer's own Account.
OF_THE_OWN_ACCOUNT = {"billChanged", "exportProgressed", "notificationReceived"}


def parts() -> Iterator[tuple[str, str | None]]:
    """Everything that must be described."""
    for type_ in TYPES:
        if type_.name in FOREIGN:
            continue
        yield type_.name, type_.description
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
            for name, field in type_.fields.items():
                yield f"{type_.name}.{name}", field.description
                for argument, declared in field.args.items():
                    yield f"{type_.name}.{name}({argument})", declared.description
        elif isinstance(type_, GraphQLInputObjectType):
            for name, entry in type_.fields.items():
                yield f"{type_.name}.{name}", entry.description
        elif isinstance(type_, GraphQLEnumType):
            for name, value in type_.values.items():
                yield f"{type_.name}.{name}", value.description


def test_everything_is_described() -> None:
    found = dict(parts())
    assert len(found) > 400
    assert {"ErrorCode.CONFLICT", "Mutation.gateOpen(input)", "Unit.billingArea"} <= set(found)
    assert [name for name, description in found.items() if not (description or "").strip()] == []


def test_the_committed_sdl_is_the_contract(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert server.schema(check=True) == 0, capsys.readouterr().err
    stale = tmp_path / "schema.graphql"
    stale.write_text(server.SDL.read_text() + "\n")
    monkeypatch.setattr(server, "SDL", stale)
    assert server.schema(check=True) == 1


def test_mutations_name_the_object_first_and_answer_payloads() -> None:
    assert SCHEMA.mutation_type is not None
    # A mutation about a thing whose node bears another name says it as people do: a prepayment is a LedgerAccount of
    # that kind, an export is a DataExport; DataImport is `import` wherever a client names it.
    # An AccountIdentity is `identity`; a code by SMS and a round to an OIDC provider are things without a node.
    # `stock` is what lies in the warehouses: a StockBalance, moved by StockMovements.
    others = ["stock", "export", "import", "prepayment", "role", "identity", "smsCode", "oidc"]
    objects = [*others, *(type_.name[0].lower() + type_.name[1:] for type_ in FIELDED)]
    for name, field in SCHEMA.mutation_type.fields.items():
        assert any(re.fullmatch(f"{noun}[A-Z][a-zA-Z]+", name) for noun in objects), name
        payload = get_named_type(field.type)
        assert payload.name == f"{name[0].upper()}{name[1:]}Payload"
        assert isinstance(payload, GraphQLObjectType)
        assert str(payload.fields["userErrors"].type) == "[UserError!]!"
        for other, declared in payload.fields.items():
            must_be_there = other in {"userErrors", "results", "notifications"}  # a list is never null, see below
            assert must_be_there or not isinstance(declared.type, GraphQLNonNull), f"{payload.name}.{other}"
        if "input" in field.args:
            assert str(field.args["input"].type) == f"{name[0].upper()}{name[1:]}Input!"
        if "id" in field.args:
            assert str(field.args["id"].type) == "ID!"


def test_lists_are_never_null_and_hold_no_null() -> None:
    nullable = {
        "UserError.field": "[String!]",  # null: the fault is in no field
        "AccountTotpConfirmPayload.recoveryCodes": "[String!]",  # null: nothing was confirmed
    }
    for type_ in FIELDED:
        for name, field in type_.fields.items():
            bare = field.type.of_type if isinstance(field.type, GraphQLNonNull) else field.type
            if isinstance(bare, GraphQLList):
                expected = nullable.get(f"{type_.name}.{name}")
                assert str(field.type) == (expected or f"[{get_named_type(field.type)}!]!"), f"{type_.name}.{name}"


def test_booleans_are_never_null() -> None:
    for type_ in FIELDED:
        for name, field in type_.fields.items():
            if get_named_type(field.type).name == "Boolean":
                assert str(field.type) == "Boolean!", f"{type_.name}.{name}"


def test_references_not_foreign_keys() -> None:
    for type_ in FIELDED:
        for name in type_.fields:
            assert not name.endswith("Id"), f"{type_.name}.{name}"


def test_names_are_spelled_alike() -> None:
    for type_ in TYPES:
        assert re.fullmatch(r"[A-Z][A-Za-z]*", type_.name), type_.name
        if isinstance(type_, GraphQLEnumType):
            assert all(re.fullmatch(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*", value) for value in type_.values), type_.name
        elif not isinstance(type_, GraphQLScalarType):
            fields = type_.fields  # type: ignore[attr-defined]
            assert all(re.fullmatch(r"[a-z][A-Za-z0-9]*", name) for name in fields), type_.name


def test_subscriptions_are_past_scoped_and_resumable() -> None:
    assert SCHEMA.subscription_type is not None
    for name, field in SCHEMA.subscription_type.fields.items():
        assert re.fullmatch(r"[a-z][A-Za-z]+ed", name), name
        payload = get_named_type(field.type)
        assert isinstance(payload, GraphQLObjectType)
        assert "Event" in {interface.name for interface in payload.interfaces}
        assert get_named_type(field.args["after"].type).name == "Cursor"
        own = name in OF_THE_OWN_ACCOUNT
        assert own is not any(str(argument.type) == "ID!" for argument in field.args.values()), name


def test_connections_page_by_cursor() -> None:
    for type_ in FIELDED:
        for name, field in type_.fields.items():
            if get_named_type(field.type).name.endswith("Connection"):
                assert {"first", "after", "last", "before"} <= set(field.args), f"{type_.name}.{name}"
    for type_ in FIELDED:
        if type_.name.endswith("Connection"):
            assert set(type_.fields) == {"edges", "nodes", "pageInfo"}, type_.name


def parameters(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_messages_are_the_same_in_both_languages() -> None:
    zh, en = LOCALES["zh"], LOCALES["en"]
    assert set(zh) == set(en)
    assert {key for key in zh if parameters(zh[key]) != parameters(en[key])} == set()
    of_programs = {"PERSISTED_QUERY_NOT_FOUND"}  # a text that clients' libraries compare, word for word
    assert {key for key in zh if not re.search(r"[\u4e00-\u9fff]", zh[key])} == of_programs
    assert not any(re.search(r"[\u4e00-\u9fff]", text) for text in en.values())


def test_every_code_has_a_message() -> None:
    assert {code.value for code in ErrorCode} - set(LOCALES["zh"]) == set()


def test_every_refusal_names_a_message_and_gives_its_parameters() -> None:
    """Each `Refusal(ErrorCode.X, …)` in the source, against the texts."""
    given = 0
    for folder in ("models", "resolvers", "schema", "subscriptions"):
        for path in (ROOT / folder).rglob("*.py"):
            for call in re.finditer(r"Refusal\(\s*ErrorCode\.(\w+)((?:[^()]|\([^()]*\))*)\)", path.read_text()):
                code, rest = call.groups()
                key = (re.search(r'message="(\w+)"', rest) or [None, code])[1]
                assert key in LOCALES["en"], f"{path}: {key}"
                missing = parameters(LOCALES["en"][key]) - set(re.findall(r"(\w+)=", rest))
                assert missing == set(), f"{path}: {key} lacks {missing}"
                given += 1
    assert given > 25


def test_a_parameter_is_echoed_with_200_characters_at_most() -> None:
    assert message("BAD_REQUEST", "en", {"detail": "x" * 500}).count("x") == 200


@pytest.mark.parametrize(
    ("header", "locale"),
    [
        (None, "zh"),
        ("", "zh"),
        ("en", "en"),
        ("en-GB,zh;q=0.5", "en"),
        ("zh-CN, en;q=0.9", "zh"),
        ("en;q=0.4, zh;q=0.6", "zh"),
        ("en ; q=0.9, zh; q=0.1", "en"),
        ("fr, en;q=0.3", "en"),
        ("fr", "zh"),
        ("en;q=0", "zh"),
        ("en;q=nonsense", "zh"),
    ],
)
def test_accept_language_chooses(header: str | None, locale: str) -> None:
    assert choose_locale(header) == locale


def examples() -> list[dict[str, str]]:
    path = ROOT / "schema" / "http" / "graphiql" / "assets" / "examples.json"
    found: list[dict[str, str]] = orjson.loads(path.read_bytes())
    return found


@pytest.mark.parametrize("example", examples(), ids=lambda example: example["title"])
def test_the_examples_of_graphiql_are_valid(example: dict[str, str]) -> None:
    assert validate(SCHEMA, parse(example["query"])) == []


def test_there_are_examples_for_each_role() -> None:
    assert {"resident", "technician", "manager"} <= {example["role"] for example in examples()}
    assert any("control" in example["role"] for example in examples())
