"""gql, Python's client, over the socket: the same steps as clients/scenario.mjs."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from gql import Client, GraphQLRequest
from gql.transport.exceptions import TransportConnectionFailed, TransportQueryError
from gql.transport.websockets import WebsocketsTransport
from websockets.exceptions import ConnectionClosed

from tests.protocol.scenario import ACCESS, LAST, PLACE, SIGN_IN, TICKET, number_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from gql.client import AsyncClientSession


class GqlClient:
    """Tells what it meets by `tell`, as the clients in Node do by lines."""

    name = "gql"

    def __init__(self, url: str, wish: dict[str, Any], tell: Callable[[dict[str, Any]], None]) -> None:
        self._url = url
        self._wish = wish
        self._tell = tell
        self.back = asyncio.Event()  # the server has gone and is back

    async def play(self) -> None:
        """From signing in to the last event."""
        async with Client(transport=self._transport(None)) as stranger:
            answer = await stranger.execute(GraphQLRequest(SIGN_IN, variable_values={"input": self._wish["signIn"]}))
        token, property_id = answer["accountSignIn"]["token"], self._wish["property"]
        cursor = None
        while True:
            async with Client(transport=self._transport(token)) as session:
                if cursor is None:
                    found = await session.execute(GraphQLRequest(PLACE, variable_values={"id": property_id}))
                    cursor = found["property"]["liveCursor"]
                try:
                    return await self._follow(session, property_id, cursor)
                except TransportConnectionFailed as failed:
                    frame = failed.__cause__.rcvd if isinstance(failed.__cause__, ConnectionClosed) else None
                    self._tell({"at": "closed", "code": frame and frame.code})
                    cursor = self._cursor
            await self.back.wait()

    def _transport(self, token: str | None) -> WebsocketsTransport:
        return WebsocketsTransport(
            self._url, init_payload={"token": token} if token else {}, connect_args={"proxy": None}
        )

    async def _follow(self, session: AsyncClientSession, property_id: str, cursor: str) -> None:
        events = session.subscribe(GraphQLRequest(ACCESS, variable_values={"property": property_id, "after": cursor}))
        self._cursor = cursor
        self._tell({"at": "following"})
        async for data in events:
            self._cursor = data["accessEventRecorded"]["cursor"]
            number = number_of(data)
            self._tell({"at": "heard", "number": number})
            if number == 1:
                await self._works(session, property_id)  # what comes meanwhile waits in its queue
            if number == LAST:
                return

    async def _works(self, session: AsyncClientSession, property_id: str) -> None:
        refused: list[dict[str, Any]] = []
        try:
            async for _ in session.subscribe(GraphQLRequest(ACCESS, variable_values={"property": "no id"})):
                pass
        except TransportQueryError as error:
            refused = error.errors or []
        wish = {"propertyId": property_id, "kind": "REPAIR", "category": "照明", "text": "灯不亮"}
        request = GraphQLRequest(
            TICKET, variable_values={"input": wish}, extensions={"idempotencyKey": f"gql-{id(self)}"}
        )
        tickets = [(await session.execute(request))["ticketCreate"]["ticket"]["number"] for _ in range(2)]
        self._tell({"at": "worked", "refused": [error["extensions"]["code"] for error in refused], "tickets": tickets})
