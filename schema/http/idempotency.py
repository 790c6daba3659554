"""Idempotency keys at the door: the header or `extensions.idempotencyKey`, and what makes two requests the same."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import orjson
from graphql import get_named_type, print_ast
from starlette.datastructures import UploadFile

from models.errors import ErrorCode, Refusal
from models.rules.idempotency_key import LONGEST_KEY, is_key
from resolvers.erasure import ERASABLE
from resolvers.idempotency_key import Keyed
from schema.base.field import HouseField
from schema.base.reach import declaration
from schema.http.answer import bad_request
from schema.http.asked import head_of
from schema.http.selection import Selections, inner

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphql import Executor
    from graphql.language import SelectionSetNode
    from starlette.requests import Request as HTTPRequest

    from models.viewer import Viewer
    from schema.http.document import Document
    from subscriptions.ports import Request

KEY_HEADER = "idempotency-key"
REPLAYED_HEADER = "idempotency-replayed"
EXTENSION = "idempotencyKey"
CHUNK = 1024 * 1024


def key_of(body: Mapping[str, Any], locale: str) -> str | None:
    """The key in a decoded request. Raises RequestRefused BAD_REQUEST for one that is none."""
    key = (body.get("extensions") or {}).get(EXTENSION)
    if key is not None and not is_key(key):
        raise bad_request(f"an idempotency key has 1 to {LONGEST_KEY} visible ASCII characters, no spaces", locale)
    return key


def with_header(request: HTTPRequest, body: Any, locale: str) -> Any:
    """The body with the header's key in its extensions. Raises RequestRefused BAD_REQUEST when the two differ."""
    sent = head_of(request).keys
    if not sent or not isinstance(body, dict) or not isinstance(body.get("extensions") or {}, dict):
        return body
    keys, extensions = set(sent), body.get("extensions") or {}
    if extensions.get(EXTENSION) is not None:
        keys.add(extensions[EXTENSION] if isinstance(extensions[EXTENSION], str) else "")
    if len(keys) > 1:
        raise bad_request("Idempotency-Key and extensions.idempotencyKey name different keys: send one", locale)
    return {**body, "extensions": {**extensions, EXTENSION: keys.pop()}}


async def keyed_request(request: Request, document: Document, executor: Executor[Any], viewer: Viewer | None) -> Keyed:
    """The request's key with its digest. Raises Refusal BAD_REQUEST for what cannot be keyed."""
    if viewer is None or viewer.account_id is None:
        raise Refusal(ErrorCode.BAD_REQUEST, detail="an idempotency key needs a token: sign in without one")
    selections = Selections(executor.schema, document.ast, executor.variable_values)
    root: Any = executor.schema.mutation_type
    selected = [document.operation(request.operation_name).selection_set]
    if len(selections.fields(selected, root)) != 1:
        raise Refusal(
            ErrorCode.BAD_REQUEST, detail="a mutation with an idempotency key has exactly one root field: send several"
        )
    variables = await _without_files(request.variables)
    same = [print_ast(document.ast), request.operation_name, variables]
    digest = hashlib.sha256(orjson.dumps(same, option=orjson.OPT_SORT_KEYS)).hexdigest()
    return Keyed(str(request.idempotency_key), digest, personal=_shows_people(selections, selected, root))


def _shows_people(selections: Selections, sets: list[SelectionSetNode], type_: Any) -> bool:
    """Whether the answer may carry what an erasure empties: such a column, or a field that is marked `personal`."""
    for found in selections.fields(sets, type_).values():
        node, owner = found[0]
        if node.name.value == "__typename":
            continue
        field = owner.fields[node.name.value]
        declared, erasable = declaration(field), ERASABLE.get(owner.name)
        if getattr(declared, "metadata", {}).get("personal"):
            return True
        if erasable and isinstance(declared, HouseField) and declared.spec.needs(declared.python_name) & erasable:
            return True
        if _shows_people(selections, inner(found), get_named_type(field.type)):
            return True
    return False


async def _without_files(value: Any) -> Any:
    """Variables with the digest of each file in its place: the same bytes are the same request."""
    if isinstance(value, UploadFile):
        digest = hashlib.sha256()
        await value.seek(0)
        while chunk := await value.read(CHUNK):
            digest.update(chunk)
        await value.seek(0)
        return {"file": digest.hexdigest()}
    if isinstance(value, dict):
        return {key: await _without_files(item) for key, item in value.items()}
    return [await _without_files(item) for item in value] if isinstance(value, list) else value


class KeyedOutcome:
    """An execution result. Implements resolvers.idempotency_key.Outcome."""

    def __init__(self, result: dict[str, Any]) -> None:
        self._result = result
        self.answer = orjson.dumps(result)
        self.codes = frozenset(ErrorCode(error["extensions"]["code"]) for error in result.get("errors", []))
        self.given = any(value is not None for value in (result["data"] or {}).values())

    def nothing(self) -> bytes:
        """The errors alone."""
        return orjson.dumps({**self._result, "data": None})
