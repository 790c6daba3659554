"""The server as its clients see it: POST with patience. One line in the log when it goes, one when it is back."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

import httpx

from adapters.simulator.trouble import CannotStart

if TYPE_CHECKING:
    from collections.abc import Iterator

logger = logging.getLogger("wuye.simulator")
LONGEST_WAIT = 2.0  # seconds between two tries


def waits() -> Iterator[float]:
    """Seconds between tries, doubling: 0.1 to LONGEST_WAIT. No chance in it: a seed's day stays its day."""
    seconds = 0.1
    while True:
        yield seconds
        seconds = min(2 * seconds, LONGEST_WAIT)


class Server:
    """All actors share its connections and its idea of whether it is there."""

    def __init__(self, url: str, transport: httpx.AsyncBaseTransport | None = None) -> None:
        """`transport` stands in for the network in tests."""
        self.url = url.rstrip("/")
        self._there = True
        self._client = httpx.AsyncClient(
            base_url=self.url,
            headers={"accept-language": "en"},
            timeout=15.0,
            limits=httpx.Limits(max_connections=64, keepalive_expiry=2.0),  # shorter than the server's: no stale one
            transport=transport,
            trust_env=False,  # a proxy of the machine knows nothing of our own address
        )

    async def close(self) -> None:
        """Give the connections back."""
        await self._client.aclose()

    async def wait_until_ready(self, seconds: float) -> None:
        """Return when /health/ready answers 200. Raises CannotStart when it does not in time."""
        pauses, answer = waits(), "no answer"
        try:
            async with asyncio.timeout(seconds):
                while True:
                    try:
                        response = await self._client.get("/health/ready")
                    except httpx.TransportError:
                        answer = "no answer"
                    else:
                        if response.status_code == 200:
                            return
                        answer = f"status {response.status_code}"
                    await asyncio.sleep(next(pauses))
        except TimeoutError:
            raise CannotStart(
                f"{self.url}/health/ready: {answer} for {seconds:g} s. Start the server (`python server.py serve`),"
                " or say where it is with --url."
            ) from None

    async def post(self, path: str, **request: Any) -> httpx.Response:
        """Send until there is an answer below 500; what must not be done twice carries its own key or sequence."""
        pauses = waits()
        while True:
            try:
                response = await self._client.post(path, **request)
            except httpx.TransportError as error:
                self._gone(error)
            else:
                if response.status_code < 500 and response.status_code != 429:
                    self._back()
                    return response
                if response.status_code != 429:
                    self._gone(response.status_code)
                await asyncio.sleep(_retry_after(response))
            await asyncio.sleep(next(pauses))

    def _gone(self, why: object) -> None:
        if self._there:
            logger.info("the server does not answer (%s): trying again", why or type(why).__name__)
        self._there = False

    def _back(self) -> None:
        if not self._there:
            logger.info("the server answers again")
        self._there = True


def _retry_after(response: httpx.Response) -> float:
    """What the server asks for, when it asks."""
    text = response.headers.get("retry-after", "")
    return min(float(text), 60.0) if text.isdigit() else 0.0


def silence_libraries() -> None:
    """Their line per request would bury ours."""
    for name in ("httpx", "httpcore", "websockets"):
        logging.getLogger(name).setLevel(logging.WARNING)
