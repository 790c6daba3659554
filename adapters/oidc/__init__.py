"""OpenID Connect: signing in at a company's own provider (authorization code flow with PKCE)."""

from adapters.oidc.base import Oidc, RelyingParty, challenge_of
from adapters.oidc.client import HttpOidc

__all__ = ["HttpOidc", "Oidc", "RelyingParty", "challenge_of"]
