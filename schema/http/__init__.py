"""Every HTTP surface of the product, as one Starlette application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import Route

from adapters.shelf import Shelf
from models.rules.file import FileVariant
from schema.http.answer import HANDLERS
from schema.http.application import Application
from schema.http.body import PREFLIGHT
from schema.http.control_room import ControlRoom
from schema.http.error import explain
from schema.http.execution import Engine
from schema.http.file import FileEndpoint
from schema.http.graphql import GraphQLEndpoint
from schema.http.header import Guard
from schema.http.health import Health
from schema.http.home import home
from schema.http.idempotency import KEY_HEADER, REPLAYED_HEADER
from schema.http.ingest import IngestEndpoint
from schema.http.metrics import Counted, MetricsEndpoint, process_figures
from schema.http.oauth import TokenEndpoint
from schema.http.sdl import SdlEndpoint
from schema.http.traced import Traced
from schema.ingest import IngestDoor
from subscriptions.ports import Ports
from subscriptions.sse import EventStreams
from subscriptions.websocket import Sockets

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager

    import strawberry
    from starlette.applications import Starlette

    from resolvers.ports import House
    from resolvers.rights import Viewers
    from subscriptions.hub import Hub

    Lifespan = Callable[[Starlette], AbstractAsyncContextManager[None]]

__all__ = ["Surface"]
GRAPHQL_PATH = "/graphql"
HEADERS = ("accept-language", "last-event-id")  # that a page of an allowed origin may send


class Surface:
    """The wired endpoints; server.py starts and stops what stands behind them."""

    def __init__(
        self,
        schema: strawberry.Schema,
        house: House,
        viewers: Viewers,
        hub: Hub,
        accounts: Callable[[], list[dict[str, str]]],
    ) -> None:
        limits = house.settings.limits
        engine = Engine(schema, house, viewers)
        ports = Ports(viewers, engine.throttle.stranger, engine.admit, explain)
        self.listings, self.glances = engine.listings, engine.glances
        self.sockets = Sockets(hub, ports, limits, house.seats)
        self.health = Health(house)
        self.ingest = IngestDoor(house, explain)
        workers = house.settings.metrics_token is not None and house.settings.workers > 1
        self.shelf = Shelf(house.settings.state_path / "metrics", lambda: process_figures(house), shared=workers)
        self._house = house
        self._throttle = engine.throttle
        self.streams = EventStreams(hub, ports, limits, house.seats)
        self._graphql = GraphQLEndpoint(engine, self.streams, self.sockets, accounts)
        self._counted = Counted(house)
        self._traced = Traced(house)
        self._control_room = ControlRoom(house.settings, accounts)
        self._sdl = SdlEndpoint(engine.sights, self._graphql.caller, limits.compress_from_bytes)

    def application(self, lifespan: Lifespan) -> Starlette:
        """The ASGI application."""
        origins = list(self._house.settings.allowed_origins)
        cors = Middleware(
            CORSMiddleware,
            allow_origins=origins,
            allow_methods=["GET", "POST"],
            allow_headers=["authorization", "content-type", KEY_HEADER, *HEADERS, *PREFLIGHT],
            expose_headers=["retry-after", REPLAYED_HEADER],
        )
        ingest = IngestEndpoint(self.ingest, self._house.settings, self._throttle)
        graphql = self._traced(self._counted("graphql", self._graphql.http))
        asgi = Application(
            GRAPHQL_PATH,
            graphql,
            self._graphql.websocket,
            self._house.settings,
            routes=[
                Route("/", home),
                Route(GRAPHQL_PATH, graphql, methods=["GET", "POST"]),
                Route("/graphql/assets/{name}", self._graphql.asset),
                Route("/graphql/schema.graphql", self._sdl.__call__),
                *self._control_room.routes(),
                Route("/oauth/token", self._counted("oauth", TokenEndpoint(self._house).__call__), methods=["POST"]),
                Route("/ingest/events", self._traced(self._counted("ingest", ingest.__call__)), methods=["POST"]),
                Route("/files/{id:uuid}", FileEndpoint(self._house, FileVariant.ORIGINAL).__call__),
                Route("/files/{id:uuid}/thumbnail", FileEndpoint(self._house, FileVariant.THUMBNAIL).__call__),
                Route("/metrics", MetricsEndpoint(self._house, self.shelf).__call__),
                Route("/health/live", self.health.live),
                Route("/health/ready", self.health.ready),
            ],
            middleware=[Middleware(Guard, self._house.settings), *([cors] if origins else [])],
            exception_handlers=HANDLERS,
            lifespan=lifespan,
        )
        asgi.state.limits, asgi.state.health = self._house.settings.limits, self.health  # for the transport
        return asgi
