"""Who answers: the product as `server.py serve`, peers as their documentation runs them, and the limit."""

from __future__ import annotations

import os
import shutil
import sys
import time
from abc import ABC, abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import orjson

from models.query import Order
from schema.base.page import encode_position
from tests.benchmarks.npm import install, node
from tests.benchmarks.read.data import DATABASE, PEER, PEER_PASSWORD
from tests.benchmarks.read.fire import request
from tests.benchmarks.read.operation import PEERS, POSTGRAPHILE, PRODUCT, Keys, node_id, plain_id, variables
from tests.conftest import ROLE, ROLE_PASSWORD
from tests.factories.world import PASSWORD
from tests.servers.process import HOST, Guarded, GuardedProcess, free_port
from tests.servers.product import ROOT, Product

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from tests.benchmarks.cluster import Cluster

POOL = 10
START_SECONDS = 60.0
SOURCES = Path(__file__).parents[1] / "peers"


class Contender(ABC):
    """One server."""

    documents: Mapping[str, str] = PEERS
    path = "/graphql"

    def __init__(self, name: str, cluster: Cluster, folder: Path) -> None:
        self.name = name
        self.cluster = cluster
        self.folder = folder
        self.port = 0
        self.headers = {"Content-Type": "application/json", "Accept": "application/json"}

    @abstractmethod
    def start(self) -> None:
        """Start and wait until it answers."""

    @property
    @abstractmethod
    def pid(self) -> int:
        """The process that serves."""

    @abstractmethod
    def stop(self) -> None:
        """End it."""

    def name_id(self, type_: str, key: UUID) -> str:
        """How it writes an id."""
        return plain_id(type_, key)

    def cursor(self, passage: Mapping[str, str]) -> str:
        """The cursor that stands for a passage, given as its key."""
        return passage["after"]

    def requests(self, operation: str, keys: Keys) -> list[bytes]:
        """What is sent, in turn."""
        asked = variables(operation, keys, self.name_id)
        if operation == "log":
            asked = [{**one, "after": self.cursor(one)} for one in asked]
        document = self.documents[operation]
        return [
            request(f"{HOST}:{self.port}", self.path, self.headers, self.body(operation, document, one))
            for one in asked
        ]

    def body(self, operation: str, document: str, asked: Mapping[str, str]) -> bytes:
        """A GraphQL request with only the variables that its document declares."""
        declared = {name: value for name, value in asked.items() if f"${name}:" in document}
        return orjson.dumps({"query": document, "variables": declared})

    def ask(self, body: bytes) -> Any:
        """One answer, decoded. Raises AssertionError."""
        response = httpx.post(
            f"http://{HOST}:{self.port}{self.path}", content=body, headers=self.headers, timeout=30, trust_env=False
        )
        assert response.status_code == 200, f"{self.name}: {response.status_code} {response.text[:500]}"
        answer = response.json()
        assert not answer.get("errors"), f"{self.name}: {answer['errors']}"
        return answer["data"]


class Ours(Contender):
    """The product: one worker, every right, rate limits and cost out of the way."""

    documents = PRODUCT
    login = "manager"  # of the whole company

    def __init__(self, name: str, cluster: Cluster, folder: Path) -> None:
        super().__init__(name, cluster, folder)
        self.product = Product(
            folder,
            DATABASE_URL=cluster.url(DATABASE, ROLE, ROLE_PASSWORD),
            LOG_LEVEL="warning",
            LIMIT_REQUEST_SECONDS="120",  # 32 clients of a heavy operation queue on one core
            LIMIT_COST_STAFF="1000000",
            LIMIT_COST_PER_MINUTE="1000000000000",
            LIMIT_ACCESS_EVENT_RETENTION_DAYS="10000",
            ACCESS_MINUTES="1440",
        )

    def start(self) -> None:
        """Start, and sign in as anybody would."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.product.start()
        self.port = self.product.port
        sign_in = (
            'mutation ($login: String!, $password: String!) { accountSignIn(input: {organization: "bench",'
            " login: $login, password: $password}) { token userErrors { code } } }"
        )
        signed = {"login": self.login, "password": PASSWORD}
        token = self.ask(orjson.dumps({"query": sign_in, "variables": signed}))["accountSignIn"]["token"]
        self.headers["Authorization"] = f"Bearer {token}"

    @property
    def pid(self) -> int:
        """The one worker."""
        return self.product.worker_ids()[0]

    def stop(self) -> None:
        """End it."""
        self.product.kill()

    def name_id(self, type_: str, key: UUID) -> str:
        """Node ids."""
        return node_id(type_, key)

    def cursor(self, passage: Mapping[str, str]) -> str:
        """As its page info writes it."""
        from uuid import UUID

        return encode_position(Order(), None, UUID(passage["after"]))


class District(Ours):
    """The product, asked by somebody who manages each of the estates by an assignment of its own."""

    login = "district"


class Peer(Guarded, Contender):
    """A server of its own program, on the same database as a role that row-level security does not hold back."""

    @abstractmethod
    def command(self) -> list[str | Path]:
        """What to run."""

    def start(self) -> None:
        """Start and wait for an answer to the smallest query."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        environment = {
            "PATH": os.environ["PATH"],
            "PORT": str(self.port),
            "DATABASE_URL": self.cluster.url(DATABASE, PEER, PEER_PASSWORD),
            "POOL": str(POOL),
            "NODE_ENV": "production",
            "GRAPHILE_ENV": "production",
            "PYTHONPATH": str(ROOT),
        }
        self._process = GuardedProcess(self.command(), self.folder / "log", environment=environment, folder=self.folder)
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            assert self._process.poll() is None, f"{self.name} ended:\n{self._process.tail(40)}"
            assert time.monotonic() < deadline, f"{self.name} is not ready:\n{self._process.tail(40)}"
            time.sleep(0.1)

    def _answers(self) -> bool:
        try:
            httpx.post(
                f"http://{HOST}:{self.port}{self.path}",
                json={"query": "{ __typename }"},
                timeout=5,
                trust_env=False,
            )
        except httpx.TransportError:
            return False
        return True


class NodePeer(Peer):
    """A Node server; its packages are installed into the run's folder, with exact versions."""

    def command(self) -> list[str | Path]:
        """Node and the server, copied beside its packages."""
        source = SOURCES / self.name
        for path in (*source.iterdir(), *SOURCES.glob("*.js"), *SOURCES.glob("*.graphql")):
            shutil.copy(path, self.folder / path.name)
        install(self.folder, (source / "package.json").read_text())
        return [node(self.folder.parent), self.folder / "server.js"]


class PostGraphile(NodePeer):
    """Its generated schema has names of its own."""

    documents = POSTGRAPHILE

    def cursor(self, passage: Mapping[str, str]) -> str:
        """As its own edges write it."""
        query = (
            "query ($gate: UUID!, $after: UUID!) { allAccessEvents(condition: {gateId: $gate, rowId: $after},"
            " orderBy: ROW_ID_ASC) { edges { cursor } } }"
        )
        found = self.ask(orjson.dumps({"query": query, "variables": {k: passage[k] for k in ("gate", "after")}}))
        cursor: str = found["allAccessEvents"]["edges"][0]["cursor"]
        return cursor


class PythonPeer(Peer):
    """A Python server of this repository."""

    def command(self) -> list[str | Path]:
        """Uvicorn on uvloop and httptools, as the product runs it."""
        uvicorn = "uvicorn", f"tests.benchmarks.peers.{self.name}.app:app", "--port", str(self.port)
        flags = ["--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning"]
        return [sys.executable, "-m", *uvicorn, *flags]


class Limit(PythonPeer):
    """Not GraphQL: the operation's name and its arguments, one prepared statement, its text as the body."""

    def body(self, operation: str, document: str, asked: Mapping[str, str]) -> bytes:
        """Nothing to parse but JSON."""
        return orjson.dumps({"operation": operation, "variables": asked})


KINDS: dict[str, type[Contender]] = {
    "product": Ours,
    "limit": Limit,
    "postgraphile": PostGraphile,
    "mercurius": NodePeer,
    "yoga": NodePeer,
    "strawberry": PythonPeer,
    "district": District,
}
USUAL = tuple(name for name in KINDS if name != "district")
