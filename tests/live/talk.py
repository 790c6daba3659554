"""What the live tests say, to whom, and the cursor they start from."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from tests.client import passage
from tests.live.websocket import SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from subscriptions.status import Status
    from tests.client import Client
    from tests.conftest import Live
    from tests.factories.tenant import Tenant

ACCESS = """subscription Access($property: ID!, $gate: ID, $after: Cursor) {
  accessEventRecorded(propertyId: $property, gateId: $gate, after: $after) {
    cursor occurredAt result accessEvent { id reason person { id } }
  }
}"""
ORDERS = """subscription Orders($property: ID!, $after: Cursor) {
  workOrderChanged(propertyId: $property, after: $after) {
    cursor change fromStatus toStatus version workOrder { id version }
  }
}"""
WHO = "{ viewer { account { login } } }"
ASSIGN = """mutation ($id: ID!, $input: WorkOrderAssignInput!) {
  workOrderAssign(id: $id, input: $input) { workOrder { id version } userErrors { code field } }
}"""
ACCEPT = """mutation ($id: ID!, $input: WorkOrderAcceptInput!) {
  workOrderAccept(id: $id, input: $input) { workOrder { id version } userErrors { code field } }
}"""
TICKET = """mutation ($input: TicketCreateInput!) {
  ticketCreate(input: $input) { ticket { id } userErrors { code field } }
}"""


async def live_cursor(client: Client, who: str = "control", place: str = "home", tenant: Tenant | None = None) -> str:
    """Where the stream of a Property stands now: a subscription `after` it misses nothing that follows."""
    found = await client.data(
        "query ($id: ID!) { property(id: $id) { liveCursor } }", who, tenant, id=(tenant or client.world.acme).id(place)
    )
    cursor: str = found["property"]["liveCursor"]
    return cursor


async def pass_gate(client: Client, *sequences: int, tenant: Tenant | None = None, **changes: Any) -> None:
    """One passage for each of `sequences`, which is also its reason; all are recorded."""
    tenant = tenant or client.world.acme
    messages = [passage(tenant, number, reason=str(number), **changes) for number in sequences]
    answer = await client.ingest(*messages, tenant=tenant)
    assert [result["status"] for result in answer["results"]] == ["ACCEPTED"] * len(sequences), answer


async def until(live: Live, holds: Callable[[Status], bool]) -> None:
    """Wait for what the server says of itself."""
    assert live.house.watch.live is not None
    async with asyncio.timeout(SECONDS):
        while not holds(live.house.watch.live()):  # noqa: ASYNC110 - it rings no bell
            await asyncio.sleep(0.02)


async def at_rest() -> None:
    """Wait until no stream of this process looks into the log any more."""
    while any("Stream._work" in repr(task) for task in asyncio.all_tasks()):  # noqa: ASYNC110 - it rings no bell
        await asyncio.sleep(0)


def reasons(payloads: list[dict[str, Any]]) -> list[int]:
    """Which passages the results of ACCESS tell of."""
    return [int(payload["data"]["accessEventRecorded"]["accessEvent"]["reason"]) for payload in payloads]


def cursor_of(payload: dict[str, Any]) -> str:
    """The cursor of one result of ACCESS or ORDERS."""
    (event,) = payload["data"].values()
    cursor: str = event["cursor"]
    return cursor


def codes(errors: list[dict[str, Any]]) -> list[str]:
    """The codes of GraphQL errors."""
    return [error["extensions"]["code"] for error in errors]
