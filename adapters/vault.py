"""The vault: personal data that must not lie about in the clear, sealed under the installation's key.

AES-256-GCM-SIV (RFC 8452): a nonce that ever came twice would give away equality and nothing more. What is sealed is
bound to its place by associated data: a cipher text that is copied to another row does not open.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from typing import TYPE_CHECKING, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

if TYPE_CHECKING:
    from uuid import UUID

KEY_ID_BYTES, NONCE_BYTES = 4, 12


class VaultError(Exception):
    """Sealed under another key, for another place, or damaged."""


class Vault(Protocol):
    """Seals bytes for one place, opens them there again, and makes fingerprints by which equals are found."""

    def seal(self, plain: bytes, *place: UUID) -> bytes:
        """Key id, nonce, cipher text; never twice the same."""
        ...

    def open(self, sealed: bytes, *place: UUID) -> bytes:
        """What was sealed for `place`. Raises VaultError."""
        ...

    def fingerprint(self, text: str, *place: UUID) -> str:
        """HMAC-SHA-256 in hex: equal for equal texts of a place, and says nothing without the key."""
        ...


class KeyVault:
    """Under keys derived from one secret. The key's id stands in front, so that a ring of keys can come later."""

    def __init__(self, secret: str) -> None:
        encryption = _derive(secret, b"wuye personal data encryption 1")
        self._cipher = AESGCMSIV(encryption)
        self._key_id = hashlib.sha256(encryption).digest()[:KEY_ID_BYTES]
        self._hash_key = _derive(secret, b"wuye personal data fingerprint 1")

    def seal(self, plain: bytes, *place: UUID) -> bytes:
        """Key id, nonce, cipher text."""
        nonce = os.urandom(NONCE_BYTES)
        return self._key_id + nonce + self._cipher.encrypt(nonce, plain, _place(place))

    def open(self, sealed: bytes, *place: UUID) -> bytes:
        """Check the key's id, then the seal."""
        if sealed[:KEY_ID_BYTES] != self._key_id:
            raise VaultError("sealed under another key: is PERSONAL_DATA_KEY the one of this database?")
        head = KEY_ID_BYTES + NONCE_BYTES
        try:
            return self._cipher.decrypt(sealed[KEY_ID_BYTES:head], sealed[head:], _place(place))
        except (InvalidTag, ValueError):
            raise VaultError("damaged, or sealed for another place") from None

    def fingerprint(self, text: str, *place: UUID) -> str:
        """Keyed hash."""
        return hmac.new(self._hash_key, _place(place) + text.encode(), hashlib.sha256).hexdigest()


def seal_text(vault: Vault, text: str, *place: UUID) -> str:
    """A sealed text for a text column."""
    return base64.b64encode(vault.seal(text.encode(), *place)).decode()


def open_text(vault: Vault, sealed: str, *place: UUID) -> str:
    """The text that `seal_text` sealed. Raises VaultError."""
    try:
        return vault.open(base64.b64decode(sealed), *place).decode()
    except ValueError:
        raise VaultError("damaged") from None


def _derive(secret: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=purpose).derive(secret.encode())


def _place(place: tuple[UUID, ...]) -> bytes:
    return b"".join(part.bytes for part in place)
