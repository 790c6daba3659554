"""A key of one Person's values. It is random, so that destroying it is the end of everything sealed under it."""

from __future__ import annotations

import base64
import os
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

from adapters.vault import NONCE_BYTES, VaultError

if TYPE_CHECKING:
    from uuid import UUID

KEY_BYTES = 32


def new_key() -> bytes:
    """A key of 256 random bits."""
    return os.urandom(KEY_BYTES)


class ValueKey:
    """Seals texts for one place (AES-256-GCM-SIV, as the vault does) and opens them there again."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCMSIV(key)

    def seal(self, text: str, *place: UUID) -> str:
        """Nonce and cipher text in base64; never twice the same."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._cipher.encrypt(nonce, text.encode(), b"".join(part.bytes for part in place))
        return base64.b64encode(nonce + sealed).decode()

    def open(self, sealed: str, *place: UUID) -> str:
        """What was sealed for `place`. Raises VaultError."""
        try:
            raw = base64.b64decode(sealed)
            nonce, rest = raw[:NONCE_BYTES], raw[NONCE_BYTES:]
            return self._cipher.decrypt(nonce, rest, b"".join(part.bytes for part in place)).decode()
        except (InvalidTag, ValueError):
            raise VaultError("damaged, or sealed for another place") from None
