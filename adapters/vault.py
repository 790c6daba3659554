"""The vault: personal data that must not lie about in the clear, sealed under the installation's keys.

AES-256-GCM-SIV (RFC 8452): a nonce that ever came twice would give away equality and nothing more. What is sealed is
bound to its place by associated data: a cipher text that is copied to another row does not open.

A ring of keys: the first seals and makes fingerprints, every one opens. The key's id stands in front of each cipher
text and picks the key, so that `server.py keys rotate` can seal anew while everybody reads on.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

if TYPE_CHECKING:
    from uuid import UUID

KEY_ID_BYTES, NONCE_BYTES = 4, 12
MARK_LENGTH = 5  # characters of base64 that the key's id alone decides


class VaultError(Exception):
    """Sealed under another key, for another place, or damaged."""


class Vault(Protocol):
    """Seals bytes for one place, opens them there again, and makes fingerprints by which equals are found."""

    @property
    def marks(self) -> tuple[str, ...]:
        """How sealed texts begin, under each key of the ring, the newest first."""
        ...

    def seal(self, plain: bytes, *place: UUID) -> bytes:
        """Key id, nonce, cipher text; never twice the same."""
        ...

    def open(self, sealed: bytes, *place: UUID) -> bytes:
        """What was sealed for `place`, under any key of the ring. Raises VaultError."""
        ...

    def fingerprint(self, text: str, *place: UUID) -> str:
        """HMAC-SHA-256 in hex: equal for equal texts of a place, and says nothing without the key."""
        ...

    def fingerprints(self, text: str, *place: UUID) -> tuple[str, ...]:
        """The fingerprint under each key, the newest first: what was not rotated yet is found too."""
        ...


@dataclass(frozen=True, repr=False)
class _Key:
    """What is derived from one secret."""

    id: bytes
    cipher: AESGCMSIV
    hash_key: bytes

    @classmethod
    def of(cls, secret: str) -> _Key:
        encryption = _derive(secret, b"wuye personal data encryption 1")
        id_ = hashlib.sha256(encryption).digest()[:KEY_ID_BYTES]
        return cls(id_, AESGCMSIV(encryption), _derive(secret, b"wuye personal data fingerprint 1"))

    @property
    def mark(self) -> str:
        return base64.b64encode(self.id).decode()[:MARK_LENGTH]

    def fingerprint(self, text: str, place: bytes) -> str:
        return hmac.new(self.hash_key, place + text.encode(), hashlib.sha256).hexdigest()


class KeyVault:
    """A ring of keys, each derived from a secret: `secret` is the newest, `older` are those it took the place of."""

    def __init__(self, secret: str, *older: str) -> None:
        self._ring = tuple(_Key.of(one) for one in dict.fromkeys((secret, *older)))
        self._by_id = {key.id: key for key in self._ring}

    @property
    def marks(self) -> tuple[str, ...]:
        """By key, the newest first."""
        return tuple(key.mark for key in self._ring)

    def seal(self, plain: bytes, *place: UUID) -> bytes:
        """Under the newest key."""
        key, nonce = self._ring[0], os.urandom(NONCE_BYTES)
        return key.id + nonce + key.cipher.encrypt(nonce, plain, _place(place))

    def open(self, sealed: bytes, *place: UUID) -> bytes:
        """Find the key by its id, then break the seal."""
        key = self._by_id.get(sealed[:KEY_ID_BYTES])
        if key is None:
            raise VaultError("sealed under another key: are PERSONAL_DATA_KEY and _OLD those of this database?")
        head = KEY_ID_BYTES + NONCE_BYTES
        try:
            return key.cipher.decrypt(sealed[KEY_ID_BYTES:head], sealed[head:], _place(place))
        except (InvalidTag, ValueError):
            raise VaultError("damaged, or sealed for another place") from None

    def fingerprint(self, text: str, *place: UUID) -> str:
        """Keyed hash, by the newest key."""
        return self._ring[0].fingerprint(text, _place(place))

    def fingerprints(self, text: str, *place: UUID) -> tuple[str, ...]:
        """Keyed hashes."""
        return tuple(key.fingerprint(text, _place(place)) for key in self._ring)


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
