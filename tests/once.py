"""What hundreds of starts of the product in one process would work out again and again: worked out once.

A deployed process starts once; a process of the tests starts the product a thousand times on the same models and the
same schema. Tortoise's binding of models and graphql-core's parsing and validation, which are functions of their
arguments alone, took half of the suite's computing.
"""

from __future__ import annotations

from asyncio import Event
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import graphql
import httpx
from redis.utils import get_lib_version
from tortoise.apps import Apps

from schema.http import document

if TYPE_CHECKING:
    from collections.abc import Collection

    import pytest
    from graphql import ASTValidationRule, DocumentNode, GraphQLError, GraphQLSchema

KEPT = 500  # documents
BOUND = (
    "filters",
    "db_default_fields",
    "db_complex_fields",
    "db_native_fields",
    "basetable",
    "basequery",
    "basequery_all_fields",
)
"""What Tortoise makes of a model for one dialect."""

_bind = Apps._build_initial_querysets
_bound: dict[tuple[str | None, type], dict[str, Any]] = {}
_right: dict[tuple[Any, ...], tuple[GraphQLSchema, DocumentNode]] = {}


def bind(self: Apps) -> None:
    """As Tortoise's; from the second time on for a connection's name, which has one dialect, what the first made."""
    models = [model for app in self.apps.values() for model in app.values()]
    if all((model._meta.default_connection, model) in _bound for model in models):
        for model in models:
            for name, value in _bound[model._meta.default_connection, model].items():
                setattr(model._meta, name, value)
        return
    for model in models:
        for name in BOUND:  # new ones: those of the other dialect are kept
            if isinstance(value := getattr(model._meta, name), dict | list):
                setattr(model._meta, name, type(value)())
    _bind(self)
    for model in models:
        _bound[model._meta.default_connection, model] = {name: getattr(model._meta, name) for name in BOUND}


@lru_cache(KEPT)
def parse(text: str, *, max_tokens: int) -> DocumentNode:
    """As graphql-core's. The product never changes a parsed document."""
    return graphql.parse(text, max_tokens=max_tokens)


def validate(
    schema: GraphQLSchema, ast: DocumentNode, rules: Collection[type[ASTValidationRule]], **options: Any
) -> list[GraphQLError]:
    """As graphql-core's; only that a document is right is remembered."""
    key = (id(schema), id(ast), *rules)
    if key in _right:
        return []
    errors = graphql.validate(schema, ast, rules, **options)
    if not errors:
        if len(_right) >= KEPT:
            _right.clear()
        _right[key] = (schema, ast)  # while they are kept, nothing else has their id
    return errors


tls = lru_cache(httpx.create_ssl_context)
"""The certificates that httpx trusts: no client of a test needs others, most speak without TLS."""


def remember(patch: pytest.MonkeyPatch) -> None:
    """Until `patch` is undone."""
    patch.setattr(Apps, "_build_initial_querysets", bind)
    patch.setattr("httpx._transports.default.create_ssl_context", tls)
    patch.setattr("httpx._transports.asgi.create_event", Event)  # it looked for trio's on the disk at each request
    patch.setattr("redis.utils.get_lib_version", lru_cache(get_lib_version))  # read from the disk at each connection
    patch.setattr(document, "parse", parse)
    patch.setattr(document, "validate", validate)
