"""The messages of graphql-transport-ws that a client may send, checked to the letter; and how a socket is closed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import orjson

MAX_ID = 128
WITH_PAYLOAD = ("connection_init", "ping", "pong")


class Closed(Exception):
    """The socket is to be closed with a code of the protocol."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(code, reason)
        self.code = code
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Message:
    """What a client said. `id` names an operation of `subscribe` and `complete`."""

    type: str
    id: str = ""
    payload: dict[str, Any] = field(default_factory=dict)


def read_message(text: str) -> Message:
    """Raises Closed 4400 for whatever is no message of the protocol."""
    try:
        decoded = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise Closed(4400, "Message is not JSON") from None
    if not isinstance(decoded, dict) or not isinstance(decoded.get("type"), str):
        raise Closed(4400, "Message is not an object with a type")
    kind, payload = decoded["type"], decoded.get("payload")
    if kind in WITH_PAYLOAD:
        return Message(kind, payload=_object({} if payload is None else payload, kind))
    if kind == "complete":
        return Message(kind, _id(decoded, kind))
    if kind == "subscribe":
        return Message(kind, _id(decoded, kind), _request(_object(payload, kind)))
    raise Closed(4400, "Unknown message type")


def _id(decoded: dict[str, Any], kind: str) -> str:
    id_ = decoded.get("id")
    if not isinstance(id_, str) or not 1 <= len(id_) <= MAX_ID:
        raise Closed(4400, f"{kind} needs an id of 1 to {MAX_ID} characters")
    return id_


def _object(payload: Any, kind: str) -> dict[str, Any]:
    if not isinstance(payload, dict):
        raise Closed(4400, f"The payload of {kind} is an object")
    return payload


def _request(payload: dict[str, Any]) -> dict[str, Any]:
    """The form only: what is wrong with the document is an `error` of its operation."""
    extensions = payload.get("extensions")
    named = payload.get("documentId") is not None or (isinstance(extensions, dict) and "persistedQuery" in extensions)
    if not isinstance(payload.get("query"), str | None) or (payload.get("query") is None and not named):
        raise Closed(4400, "subscribe needs a payload with a query, or with the name of a persisted one")
    if not isinstance(payload.get("operationName"), str | None):
        raise Closed(4400, "operationName is a text or null")
    for name in ("variables", "extensions"):
        if not isinstance(payload.get(name), dict | None):
            raise Closed(4400, f"{name} is an object or null")
    return payload
