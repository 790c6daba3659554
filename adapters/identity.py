"""Keys, tokens and passwords: everything that needs chance."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import random
import secrets
import unicodedata
from typing import TYPE_CHECKING
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import ARGON2_VERSION

if TYPE_CHECKING:
    from datetime import datetime

    from adapters.clock import Clock


class Identity:
    """Makes UUIDv7 keys (RFC 9562) from the clock; with a `seed`, the same ones each time."""

    def __init__(self, clock: Clock, seed: int | None = None) -> None:
        self._clock = clock
        self._random = random.SystemRandom() if seed is None else random.Random(seed)  # noqa: S311 - keys, not secrets
        self._last = 0

    def uuid(self, at: datetime | None = None) -> UUID:
        """A key that sorts by time; keys of the same millisecond (and of a clock that stepped back) still ascend."""
        if at is not None:
            return self._compose(int(at.timestamp() * 1000) << 12 | self._random.getrandbits(12))
        tick = int(self._clock.now().timestamp() * 1000) << 12
        self._last = max(self._last + 1, tick)
        return self._compose(self._last)

    def _compose(self, tick: int) -> UUID:
        """`tick`: 48 bits of milliseconds, 12 bits of order inside them."""
        head = (tick >> 12) << 80 | 0x7 << 76 | (tick & 0xFFF) << 64
        return UUID(int=head | 0b10 << 62 | self._random.getrandbits(62))

    def below(self, bound: int) -> int:
        """A secret number under `bound`; never from the seed."""
        return secrets.randbelow(bound)

    def secret(self, size: int) -> bytes:
        """Secret bytes; never from the seed."""
        return secrets.token_bytes(size)

    def token(self) -> str:
        """A secret of 256 random bits, URL-safe; never from the seed."""
        return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """SHA-256 in hex: what the database keeps of a token of 256 random bits."""
    return hashlib.sha256(token.encode()).hexdigest()


class Signer:
    """Signs short texts with the installation's key (HMAC-SHA-256, 128 bits shown)."""

    def __init__(self, key: str) -> None:
        self._key = key.encode()

    def sign(self, text: str) -> str:
        """The signature in hex."""
        return hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()[:32]

    def holds(self, text: str, signature: str) -> bool:
        """Whether `signature` is ours, compared in constant time."""
        return hmac.compare_digest(self.sign(text).encode(), signature.encode())


class Passwords:
    """argon2id in a thread: a hash takes long and must not hold the loop; two at a time bound memory."""

    def __init__(self, *, cheap: bool = False) -> None:
        # `cheap` is for the demo's and the tests' many accounts; verification reads the cost from the hash.
        self._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1) if cheap else PasswordHasher()
        self._decoy = _nobodys(self._hasher)
        self._gate = asyncio.Semaphore(2)

    async def hash(self, password: str) -> str:
        """The PHC string to keep."""
        async with self._gate:
            return await asyncio.to_thread(self._hasher.hash, _normal(password))

    def stale(self, kept: str) -> bool:
        """Whether `kept` was hashed with weaker parameters than today's: hash the password anew when it is at hand."""
        return self._hasher.check_needs_rehash(kept)

    async def matches(self, kept: str | None, password: str) -> bool:
        """Whether `password` is the kept one; without one (None, or empty) it takes as long to say no."""
        async with self._gate:
            found = await asyncio.to_thread(self._verify, kept or self._decoy, _normal(password))
        return found and bool(kept)

    def _verify(self, kept: str, password: str) -> bool:
        try:
            return self._hasher.verify(kept, password)
        except (VerificationError, InvalidHashError):
            return False


def _nobodys(hasher: PasswordHasher) -> str:
    """Takes as long to compare as a real one. Composed, not computed: that took each start 64 MiB and 0.2 s."""
    salt, digest = (base64.b64encode(bytes(size)).decode().rstrip("=") for size in (hasher.salt_len, hasher.hash_len))
    cost = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    return f"$argon2id$v={ARGON2_VERSION}${cost}${salt}${digest}"


def _normal(password: str) -> str:
    """One spelling of what keyboards write in several: é as one character or as two (RFC 8265 asks for NFC)."""
    return unicodedata.normalize("NFC", password)
