"""Errors as clients get them: a code, a text in their language, and never more than we mean to say."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from graphql import GraphQLError
from graphql.language import VariableDefinitionNode
from strawberry.utils.str_converters import to_camel_case

from adapters.database import DatabaseUnavailable
from adapters.log import note_error
from adapters.storage import StorageUnavailable
from models.errors import ErrorCode, Refusal
from schema.messages import message

if TYPE_CHECKING:
    from collections.abc import Iterable

logger = logging.getLogger("wuye.error")
MOST_ERRORS = 20
MOST_ECHO = 200
UNAVAILABLE = (DatabaseUnavailable, StorageUnavailable)


def explain(error: Exception, locale: str) -> dict[str, Any]:
    """One exception as a GraphQL error. A bug is masked: the log has it under `errorId`."""
    if isinstance(error, Refusal):
        return _refusal(error, locale)
    if isinstance(error, UNAVAILABLE):
        logger.warning("unavailable: %s: %s", type(error).__name__, error)
        return _error(ErrorCode.SERVICE_UNAVAILABLE, message("SERVICE_UNAVAILABLE", locale, {}))
    if isinstance(error, GraphQLError):
        return _located(error, locale)
    return _bug(error, locale)


def explain_all(errors: Iterable[GraphQLError], locale: str, code: ErrorCode | None = None) -> list[dict[str, Any]]:
    """The errors of one stage of a request, at most 20; `code` is for those that carry no cause of ours."""
    return [_located(error, locale, code) for error in list(errors)[:MOST_ERRORS]]


def timed_out(errors: Iterable[GraphQLError]) -> Refusal | None:
    """What says that a statement among them was cut off by its time."""
    causes = (error.original_error for error in errors)
    return next((one for one in causes if isinstance(one, Refusal) and one.code is ErrorCode.TIMEOUT), None)


def _refusal(refusal: Refusal, locale: str) -> dict[str, Any]:
    extra: dict[str, Any] = {}
    if refusal.field is not None:
        extra["field"] = to_camel_case(refusal.field)
    if refusal.code is ErrorCode.QUERY_LIMIT_EXCEEDED:
        extra |= refusal.params
    if "retry_after" in refusal.params:
        extra["retryAfter"] = refusal.params["retry_after"]
    params = {"permission": "", "detail": "", **refusal.params}
    return _error(refusal.code, message(refusal.message, locale, params), **extra)


def _located(error: GraphQLError, locale: str, code: ErrorCode | None = None) -> dict[str, Any]:
    cause = error.original_error
    while isinstance(cause, GraphQLError) and cause.original_error is not None:
        cause = cause.original_error
    if isinstance(cause, (Refusal, *UNAVAILABLE)):
        shown = explain(cause, locale)
    elif code is ErrorCode.INTERNAL_SERVER_ERROR or (code is None and _unforeseen(cause)):
        shown = _bug(cause or error, locale)
    else:
        stage = code or ErrorCode.BAD_USER_INPUT
        shown = _error(stage, message(stage.value, locale, {"detail": error.message[:MOST_ECHO]}), **_variable(error))
    if error.locations:
        shown["locations"] = [{"line": place.line, "column": place.column} for place in error.locations[:5]]
    if error.path and sum(len(str(key)) for key in error.path) <= MOST_ECHO:  # aliases are the client's words
        shown["path"] = error.path
    return shown


def _unforeseen(cause: Exception | None) -> bool:
    """Whether nobody raised it for a client to read."""
    return cause is not None and not isinstance(cause, GraphQLError)


def _variable(error: GraphQLError) -> dict[str, str]:
    """The variable at fault, when it is one."""
    node = error.nodes[0] if error.nodes else None
    at_fault = isinstance(node, VariableDefinitionNode) and len(node.variable.name.value) <= MOST_ECHO
    return {"field": node.variable.name.value} if at_fault else {}  # type: ignore[union-attr]  # at_fault says so


def _bug(error: Exception, locale: str) -> dict[str, Any]:
    error_id = uuid4().hex[:12]
    logger.error("internal error %s", error_id, exc_info=error, extra=note_error(error_id))
    text = message("INTERNAL_SERVER_ERROR", locale, {"error_id": error_id})
    return _error(ErrorCode.INTERNAL_SERVER_ERROR, text, errorId=error_id)


def _error(code: ErrorCode, text: str, **extra: Any) -> dict[str, Any]:
    return {"message": text, "extensions": {"code": code.value, **extra}}
