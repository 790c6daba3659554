"""POST /ingest/events: what devices report, up to 100 messages a call, each with its own result."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeVar

import orjson
from starlette.responses import Response

from adapters.database import DatabaseUnavailable
from models.errors import ErrorCode, Refusal
from models.rules.gate import AccessDirection, AccessMethod, AccessResult, GateState
from resolvers.ingest import AccessMessage, GateStateMessage, Ingest, IngestStatus, Message, authorise_device
from schema.base import decode, encode
from schema.base.scalar import read_instant
from schema.http.accept import JSON
from schema.http.answer import bad_request, refuse
from schema.http.body import read_json
from schema.http.error import explain
from schema.messages import choose_locale
from subscriptions.ports import RequestRefused

if TYPE_CHECKING:
    from collections.abc import Callable
    from enum import Enum

    from starlette.requests import Request

    from models.viewer import Viewer
    from resolvers.ports import House

    E = TypeVar("E", bound=Enum)
    T = TypeVar("T")

MAX_SEQUENCE = 2**53 - 1
MAX_REASON = 200


class IngestEndpoint:
    """The devices' door."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._ingest = Ingest(house)

    async def __call__(self, request: Request) -> Response:
        """Answer 200 with `results` in order and the `gates` as they should stand; 401 for a wrong credential."""
        locale = choose_locale(request.headers.get("accept-language") or "en")
        try:
            device = await self._device(request, locale)
            messages = self._messages(await read_json(request, self._house.settings.limits, locale), locale)
            async with asyncio.timeout(self._house.settings.limits.request_seconds):
                return await self._answer(device, messages, locale)
        except RequestRefused as refused:
            return refuse(refused, JSON)
        except DatabaseUnavailable as error:
            return refuse(RequestRefused([explain(error, locale)], 503), JSON)
        except TimeoutError:  # what was written stays; the device sends it again and hears DUPLICATE
            return refuse(RequestRefused([explain(Refusal(ErrorCode.TIMEOUT), locale)], 504), JSON)

    async def _device(self, request: Request, locale: str) -> Viewer:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        device = await authorise_device(self._house, token.strip()) if scheme.lower() == "bearer" else None
        if device is None:
            raise RequestRefused([explain(Refusal(ErrorCode.UNAUTHENTICATED), locale)], 401)
        return device

    def _messages(self, body: Any, locale: str) -> list[Any]:
        messages = body.get("messages") if isinstance(body, dict) else None
        most = self._house.settings.limits.ingest_messages
        if not isinstance(messages, list) or len(messages) > most:
            raise bad_request(f"`messages` is a list of at most {most}", locale)
        return messages

    async def _answer(self, device: Viewer, raw: list[Any], locale: str) -> Response:
        parsed = [_parse(item) for item in raw]
        good = [item for item in parsed if not isinstance(item, Refusal)]
        receipts = iter(await self._ingest.accept(device, good) if good else [])
        results = []
        for source, item in zip(raw, parsed, strict=True):
            receipt = None if isinstance(item, Refusal) else next(receipts)
            refusal = item if isinstance(item, Refusal) else receipt.refusal if receipt else None
            status = receipt.status if receipt else IngestStatus.REJECTED
            result: dict[str, Any] = {"sequence": _sequence(source), "status": status.value}
            if refusal is not None:
                result["error"] = explain(refusal, locale)
            results.append(result)
        gates = [{"id": encode("Gate", id_), "state": state} for id_, state in await self._ingest.gates_of(device)]
        return Response(orjson.dumps({"results": results, "gates": gates}), media_type="application/json")


def _parse(item: Any) -> Message | Refusal:
    """One message, or why it is none."""
    try:
        if not isinstance(item, dict):
            raise _bad("messages", "a message is an object")
        sequence = _sequence(item)
        if sequence is None:
            raise _bad("sequence", f"a whole number from 0 to {MAX_SEQUENCE}")
        gate_id = decode("Gate", _text(item, "gateId"), "gate_id")
        occurred_at = read_instant(item.get("occurredAt"))
        match item.get("type"):
            case "access":
                return AccessMessage(
                    sequence,
                    gate_id,
                    occurred_at,
                    _member(AccessDirection, item, "direction"),
                    _member(AccessMethod, item, "method"),
                    _member(AccessResult, item, "result"),
                    _optional(item, "reason", lambda text: text[:MAX_REASON]),
                    _optional(item, "personId", lambda text: decode("Person", text, "person_id")),
                )
            case "gateState":
                return GateStateMessage(sequence, gate_id, occurred_at, _member(GateState, item, "state"))
        raise _bad("type", "access or gateState")
    except Refusal as refusal:
        return refusal
    except (ValueError, OverflowError):
        return _bad("occurred_at", "an instant with an offset, such as 2026-11-22T10:00:00+08:00")


def _sequence(item: Any) -> int | None:
    value = item.get("sequence") if isinstance(item, dict) else None
    return value if type(value) is int and 0 <= value <= MAX_SEQUENCE else None


def _text(item: dict[str, Any], name: str) -> str:
    value = item.get(name)
    if not isinstance(value, str):
        raise _bad(name, "a text is expected")
    if "\0" in value:
        raise _bad(name, "a text must not hold the character U+0000")
    return value


def _optional(item: dict[str, Any], name: str, read: Callable[[str], T]) -> T | None:
    return None if item.get(name) is None else read(_text(item, name))


def _member(enum: type[E], item: dict[str, Any], name: str) -> E:
    try:
        return enum(item.get(name))
    except ValueError:
        raise _bad(name, "one of " + ", ".join(member.value for member in enum)) from None


def _bad(field: str, detail: str) -> Refusal:
    return Refusal(ErrorCode.BAD_USER_INPUT, field=field, detail=f"{field}: {detail}")
