"""Root fields: functions that return descriptions (a Query, a Feed), which the engine and the hub carry out."""

from __future__ import annotations

import functools
import inspect
from collections.abc import AsyncGenerator
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import strawberry
from strawberry.schema.schema_converter import GraphQLCoreConverter

from models.query import Query
from models.rules.permission import Permission
from schema.base.argument import described, page_arguments
from schema.base.connection import Connection
from schema.base.node import NODES, decode
from schema.base.page import PAGING, Page

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from graphql import GraphQLField


# As `scopes` of a root field: shown to every program that signs in.
EVERY_PROGRAM = frozenset(Permission)


def open_to(held: frozenset[Permission], metadata: Mapping[str, Any]) -> bool | None:
    """Whether a root field is for a program with these permissions; None when its declaration leaves it to its rows."""
    scopes = metadata.get("scopes")
    if scopes is not None:
        return scopes is EVERY_PROGRAM or bool(scopes & held)
    if "permission" not in metadata:
        return None
    return metadata["permission"] in held and metadata.get("also", frozenset()) <= held


def many(
    description: str, node: type, *, page: int = 100, scopes: frozenset[Permission] | None = None
) -> Callable[[Callable[..., Query | Awaitable[Query]]], Any]:
    """A connection over the Query that the function returns (or awaits); the four paging arguments are added.

    `scopes` (here and below): any of them shows the field to a partner's program; without them the scope of its rows
    says it (schema/base/reach.py).
    """

    def declared(describe: Callable[..., Query | Awaitable[Query]]) -> Any:
        paging = page_arguments(page)

        @functools.wraps(describe)
        async def resolve(self: Any, info: Any, **arguments: Any) -> Any:
            wanted = Page.of({name: arguments.pop(name, None) for name in PAGING}, page)
            query = describe(self, info, **arguments)
            asked = await query if inspect.isawaitable(query) else query
            return await info.context.reader.page(asked, NODES[node.__name__], wanted)

        shown = Connection[node]  # type: ignore[valid-type]  # a class at run time
        signature = inspect.signature(describe).replace(return_annotation=shown)
        extra = [
            inspect.Parameter(
                argument.python_name,
                inspect.Parameter.KEYWORD_ONLY,
                default=None,
                annotation=Annotated[
                    argument.type_annotation.annotation, strawberry.argument(description=argument.description)
                ],
            )
            for argument in paging
        ]
        resolve.__signature__ = signature.replace(parameters=[*signature.parameters.values(), *extra])  # type: ignore[attr-defined]
        resolve.__annotations__["return"] = shown
        for parameter in extra:
            resolve.__annotations__[parameter.name] = parameter.annotation
        metadata = {"page": page, "scopes": scopes, "describe": describe, "node": node.__name__}
        return described(strawberry.field(resolve, description=description, metadata=metadata))

    return declared


def page_size(field: GraphQLField) -> int | None:
    """The largest page of a root list; None for a field that is none."""
    declared = field.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
    size: int | None = getattr(declared, "metadata", {}).get("page")
    return size


def one(description: str, node: str, *, name: str | None = None, scopes: frozenset[Permission] | None = None) -> Any:
    """A single node by id: null for foreign and missing alike, BAD_USER_INPUT for what is no id of the type."""

    async def resolve(info: strawberry.Info, id: strawberry.ID) -> Any:
        return await info.context.reader.one(node, decode(node, id))

    # Set here: a postponed annotation could not see `node`.
    resolve.__annotations__["id"] = Annotated[strawberry.ID, strawberry.argument(description=f"The id of a {node}.")]
    return strawberry.field(
        resolver=resolve, description=description, name=name, metadata={"scopes": scopes, "node": node}
    )


COALESCE = inspect.Parameter("coalesce", inspect.Parameter.POSITIONAL_OR_KEYWORD, default=False, annotation=bool)


def live(
    description: str, payload: type, *, scopes: frozenset[Permission] | None = None, states: bool = False
) -> Callable[[Callable[..., Any]], Any]:
    """A subscription over the Feed that the function returns (or awaits); the hub follows it.

    `states`: an event says how its subject stands, so a screen that is behind may ask for the newest of each alone.
    """

    def declared(describe: Callable[..., Any]) -> Any:
        @functools.wraps(describe)
        async def source(self: Any, info: Any, coalesce: bool = False, **arguments: Any) -> Any:
            feed = describe(self, info, **arguments)
            feed = await feed if inspect.isawaitable(feed) else feed
            return replace(feed, coalesces=True) if coalesce else feed

        signature = inspect.signature(describe)
        parameters = [*signature.parameters.values(), *([COALESCE] if states else [])]
        source.__annotations__["return"] = AsyncGenerator[payload, None]  # type: ignore[valid-type]
        source.__signature__ = signature.replace(  # type: ignore[attr-defined]
            parameters=parameters,
            return_annotation=AsyncGenerator[payload, None],  # type: ignore[valid-type]
        )
        return described(strawberry.subscription(source, description=description, metadata={"scopes": scopes}))

    return declared
