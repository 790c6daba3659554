"""HTTP to providers of others: bounded in time and bytes, no redirects, JSON in the answer."""

from __future__ import annotations

import asyncio
import logging
import ssl
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx
import orjson

if TYPE_CHECKING:
    from collections.abc import Mapping

logger = logging.getLogger("wuye.web")
SECONDS = 4.0  # of one call with its retry: a request of ours may take ten
MOST_BYTES = 256 * 1024


class ProviderUnavailable(Exception):
    """A provider does not answer, or not in its own language; whoever asked may try again in a moment.

    The text is for the log: it names the host and the reason, no address with secrets, no body. `unsent`: nothing has
    reached the provider, so that to try again doubles nothing.
    """

    unsent = False


class ProviderRefused(Exception):
    """A provider answers and says no; `code` is its own word for it. The text is for the log."""

    def __init__(self, code: str, text: str = "") -> None:
        super().__init__(f"{code[:80]} {text[:120]}".strip())
        self.code = code


@dataclass(frozen=True)
class Answer:
    """What came back: the HTTP status and the JSON object."""

    status: int
    body: dict[str, Any]


class Web:
    """One pool of connections for all providers of a process, opened when first needed."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._client: httpx.AsyncClient | None = None

    async def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    async def json(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> Answer:
        """One call, with a form or a JSON body.

        A connection that could not be made or was lost before the answer is tried once more.
        A call that timed out is not: the provider may have done it. Raises ProviderUnavailable.
        """
        host = urlsplit(url).hostname or "?"
        if self._client is None:
            self._client = httpx.AsyncClient(timeout=self._seconds, follow_redirects=False, verify=_tls())
        lost = False
        try:
            async with asyncio.timeout(self._seconds):
                try:
                    return await _call(self._client, method, url, headers, params, form, body)
                except (httpx.NetworkError, httpx.RemoteProtocolError) as error:
                    lost = not isinstance(error, httpx.ConnectError)
                    return await _call(self._client, method, url, headers, params, form, body)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, ValueError) as error:
            # Not the error's own text: it may quote the address, and that a secret.
            logger.warning("%s does not answer as it should: %s", host, type(error).__name__)
            unavailable = ProviderUnavailable(f"{host}: {type(error).__name__}")
            unavailable.unsent = not lost and isinstance(error, httpx.ConnectError | httpx.ConnectTimeout)
            raise unavailable from None


@cache
def _tls() -> ssl.SSLContext:
    """The roots of trust, read once a process: it takes longer than a call."""
    return httpx.create_ssl_context()


async def _call(
    client: httpx.AsyncClient,
    method: str,
    url: str,
    headers: Mapping[str, str] | None,
    params: Mapping[str, str] | None,
    form: Mapping[str, str] | None,
    sent: Mapping[str, Any] | None,
) -> Answer:
    parts = bytearray()
    async with client.stream(method, url, headers=headers, params=params, data=form, json=sent) as response:
        async for part in response.aiter_bytes():
            parts += part
            if len(parts) > MOST_BYTES:
                raise ValueError("too long")
    body = orjson.loads(bytes(parts))
    if not isinstance(body, dict):
        raise ValueError("no object")
    return Answer(response.status_code, body)
