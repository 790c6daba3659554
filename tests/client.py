"""Talks to the product as its users do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from tests.factories.world import Tenant, World


@dataclass
class Client:
    """GraphQL over HTTP. `who` is a login of `tenant` (acme unless told); None is anonymous."""

    http: httpx.AsyncClient
    world: World

    def headers(self, who: str | None, tenant: Tenant | None = None) -> dict[str, str]:
        """Authorization and language."""
        token = (tenant or self.world.acme).token(who) if who else None
        return {"accept-language": "en", **({"authorization": f"Bearer {token}"} if token else {})}

    async def post(
        self, query: str, who: str | None = "manager", tenant: Tenant | None = None, **variables: Any
    ) -> dict[str, Any]:
        """The whole answer."""
        response = await self._send({"query": query, "variables": variables}, self.headers(who, tenant))
        assert response.status_code == 200, response.text
        answer: dict[str, Any] = response.json()
        return answer

    async def _send(self, asked: dict[str, Any], headers: dict[str, str]) -> httpx.Response:
        """By the shortest way where there is no socket: cookies, redirects and the like take as long as the answer."""
        if not isinstance(transport := self.http._transport, httpx.ASGITransport):
            return await self.http.post("/graphql", json=asked, headers=headers)
        url = str(self.http.base_url).rstrip("/")
        response = await transport.handle_async_request(
            httpx.Request("POST", f"{url}/graphql", json=asked, headers={**self.http.headers, **headers})
        )
        await response.aread()
        return response

    async def data(
        self, query: str, who: str | None = "manager", tenant: Tenant | None = None, **variables: Any
    ) -> dict[str, Any]:
        """The data; there must be no errors."""
        answer = await self.post(query, who, tenant, **variables)
        assert "errors" not in answer, answer["errors"]
        data: dict[str, Any] = answer["data"]
        return data

    async def codes(
        self, query: str, who: str | None = "manager", tenant: Tenant | None = None, **variables: Any
    ) -> list[str]:
        """The codes of the top-level errors."""
        answer = await self.post(query, who, tenant, **variables)
        return [error["extensions"]["code"] for error in answer.get("errors", [])]

    async def ingest(self, *messages: dict[str, Any], tenant: Tenant | None = None) -> dict[str, Any]:
        """What the gates' device reports."""
        token = (tenant or self.world.acme).device_token
        response = await self.http.post(
            "/ingest/events", json={"messages": messages}, headers={"authorization": f"Bearer {token}"}
        )
        assert response.status_code == 200, response.text
        answer: dict[str, Any] = response.json()
        return answer


def passage(tenant: Tenant, sequence: int, **changes: Any) -> dict[str, Any]:
    """A device's message: somebody passed the first gate."""
    return {
        "sequence": sequence,
        "type": "access",
        "gateId": tenant.id("gate0"),
        "occurredAt": "2026-11-22T10:00:00+08:00",
        "direction": "IN",
        "method": "CARD",
        "result": "GRANTED",
        **changes,
    }
