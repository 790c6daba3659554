"""What the house asks of an OpenID provider."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True)
class RelyingParty:
    """Us, as the provider knows us."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)


class Oidc(Protocol):
    """Sends people to a provider, and learns from it who came back."""

    async def authorization_url(
        self, party: RelyingParty, redirect_uri: str, state: str, nonce: str, verifier: str
    ) -> str:
        """Where the browser goes. Raises ProviderUnavailable."""
        ...

    async def claims(
        self, party: RelyingParty, redirect_uri: str, code: str, nonce: str, verifier: str
    ) -> dict[str, Any]:
        """The checked claims of the ID token that `code` buys. Raises ProviderRefused, ProviderUnavailable."""
        ...


def challenge_of(verifier: str) -> str:
    """PKCE's S256 (RFC 7636)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
