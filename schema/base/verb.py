"""Mutations: a verb's refusals become data when a person can mend them, and errors otherwise."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Any

import strawberry
from strawberry.utils.str_converters import to_camel_case

from models.errors import USER_CODES, ErrorCode, Refusal
from resolvers.audit import note_refusal
from schema.base.argument import described
from schema.base.resolver import open_to
from schema.messages import message

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from models.rules.permission import Permission
    from models.viewer import Viewer


@strawberry.type(description="What a person can mend: say it beside the field.")
class UserError:
    """What a person can mend."""

    code: ErrorCode = strawberry.field(description="The reason, for programs.")
    message: str = strawberry.field(description="The reason, for people, in the language of the request.")
    field: list[str] | None = strawberry.field(description='The path of the input at fault, such as ["input", "text"].')


@strawberry.interface(description="What every mutation answers.")
class Payload:
    """What every mutation answers."""

    user_errors: list[UserError] = strawberry.field(
        description="Empty when the verb was done; otherwise nothing was changed.", default_factory=list
    )


def verb(
    description: str,
    shows: str | None = None,
    *,
    permission: Permission | None = None,
    also: frozenset[Permission] = frozenset(),
    scopes: frozenset[Permission] | None = None,
    rights: bool = False,
) -> Callable[[Callable[..., Awaitable[Any]]], Any]:
    """A mutation. On CONFLICT the payload's field for the node type `shows` carries the row as it is.

    `permission` is what its use-case requires (None: nothing, or one of several), `also` what besides: introspection by
    scope and the matrix of rights read it here, `require()` enforces it. A partner's program may call only verbs whose
    permissions it holds, or one of whose `scopes`: what is for people alone is refused here, for all verbs.
    `rights`: it changes what somebody may do; this process looks before it answers, the others within a second.
    """
    metadata = {"permission": permission, "also": also, "scopes": scopes}

    def declared(run: Callable[..., Awaitable[Any]]) -> Any:
        @functools.wraps(run)
        async def guarded(self: Any, info: Any, **arguments: Any) -> Any:
            if (ran := info.context.done) and info.path.key in ran:  # its answer is written anew: nothing runs twice
                return _again(ran[info.path.key])
            info.context.reader.forget()
            _check_program(info.context.viewer, metadata)
            try:
                done = await run(self, info, **arguments)
            except Refusal as refusal:
                if refusal.code not in USER_CODES:
                    await note_refusal(info.context.house, info.context.viewer, info.field_name, refusal)
                    raise
                return await _answer(_class(run), refusal, info, shows, "input" in arguments)
            if rights:
                await info.context.viewers.look()
            return done

        return described(strawberry.mutation(guarded, description=description, metadata=metadata))

    return declared


def _check_program(viewer: Viewer | None, metadata: dict[str, Any]) -> None:
    """Raise Refusal FORBIDDEN for a partner's program that the verb is not for."""
    if viewer is not None and viewer.scopes is not None and not open_to(viewer.held, metadata):
        raise Refusal(ErrorCode.FORBIDDEN, permission=getattr(metadata["permission"], "value", ""))


def _again(outcome: Any) -> Any:
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


def told(refusal: Refusal, locale: str, *, has_input: bool) -> UserError:
    """A refusal as data, in the client's language."""
    return UserError(
        code=refusal.code,
        message=message(refusal.message, locale, refusal.params),
        field=_path(refusal.field, has_input),
    )


async def _answer(payload: type, refusal: Refusal, info: Any, shows: str | None, has_input: bool) -> Any:
    error = told(refusal, info.context.locale, has_input=has_input)
    shown = {}
    if shows is not None and refusal.current is not None:
        shown[_snake(shows)] = await info.context.show(shows, refusal.current)
    return payload(user_errors=[error], **shown)


def _path(field: str | None, has_input: bool) -> list[str] | None:
    if field is None:
        return None
    name = to_camel_case(field)
    return [name] if name == "id" or not has_input else ["input", name]


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def _class(run: Callable[..., Any]) -> type:
    """The payload class of `Payload | None`, spelled as text under postponed annotations."""
    annotation: Any = run.__annotations__["return"]
    name = annotation if isinstance(annotation, str) else annotation.__name__
    found: type = run.__globals__[name.partition("|")[0].strip()]
    return found
