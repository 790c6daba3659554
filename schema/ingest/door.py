"""The devices' door behind every transport: a decoded call in, an answer out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from models.errors import ErrorCode, Refusal
from models.rules.ingest import Transport
from resolvers.ingest import Incoming, Ingest, authorise_device
from schema.base import encode
from schema.ingest.parse import parse

if TYPE_CHECKING:
    from collections.abc import Callable

    from models.viewer import Viewer
    from resolvers.ports import House

    Explain = Callable[[Exception, str], dict[str, Any]]


class IngestDoor:
    """One for the process, so that calls of all transports share their commits."""

    def __init__(self, house: House, explain: Explain) -> None:
        self._limits = house.settings.limits
        self._house = house
        self._ingest = Ingest(house)
        self.explain = explain

    async def authorise(self, token: str) -> Viewer | None:
        """The device whose credential `token` is; None when it does not hold. Raises DatabaseUnavailable."""
        return await authorise_device(self._house, token)

    async def take(
        self, device: Viewer, body: Any, locale: str, transport: Transport = Transport.HTTP
    ) -> dict[str, Any]:
        """`results` in the order of `messages`, and the `gates` as they should stand, after the commit.

        Raises Refusal BAD_REQUEST when `body` is no call, DatabaseUnavailable.
        """
        messages = [parse(item) for item in self._messages(body)]
        receipts = await self._ingest.accept(device, messages, transport)
        results = []
        for message, receipt in zip(messages, receipts, strict=True):
            result: dict[str, Any] = {"sequence": message.sequence, "status": receipt.status.value}
            if receipt.refusal is not None:
                result["error"] = self.explain(receipt.refusal, locale)
            results.append(result)
        gates = [{"id": encode("Gate", id_), "state": state} for id_, state in await self._ingest.gates_of(device)]
        return {"results": results, "gates": gates}

    async def set_aside(self, device: Viewer, source: Any, refusal: Refusal, transport: Transport) -> None:
        """Keep what a device sent and was no call."""
        await self._ingest.accept(device, [Incoming(source, None, fault=refusal)], transport)

    def _messages(self, body: Any) -> list[Any]:
        messages = body.get("messages") if isinstance(body, dict) else None
        most = self._limits.ingest_messages
        if not isinstance(messages, list) or len(messages) > most:
            raise Refusal(ErrorCode.BAD_REQUEST, detail=f"`messages` is a list of at most {most}")
        return messages
