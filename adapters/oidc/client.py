"""The authorization code flow with PKCE, and the check of the ID token (OpenID Connect Core 1.0, 3.1.3.7)."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus, urlencode

import jwt

from adapters.oidc.base import challenge_of
from adapters.oidc.discovery import ALGORITHMS, Discovery
from adapters.web import ProviderRefused, ProviderUnavailable

if TYPE_CHECKING:
    from adapters.clock import Clock
    from adapters.oidc.base import RelyingParty
    from adapters.oidc.discovery import Provider
    from adapters.web import Web

SCOPES = "openid profile email phone"
LEEWAY = timedelta(seconds=60)  # clocks differ
OLDEST = timedelta(minutes=10)  # a token comes fresh from the provider
LONGEST_SUBJECT = 255


class HttpOidc:
    """A relying party for any number of providers."""

    def __init__(self, web: Web, clock: Clock, *, production: bool) -> None:
        self._web = web
        self._clock = clock
        self._discovery = Discovery(web, production=production)

    async def authorization_url(
        self, party: RelyingParty, redirect_uri: str, state: str, nonce: str, verifier: str
    ) -> str:
        """The provider's own address with our question."""
        provider = await self._discovery.provider(party.issuer)
        question = {
            "response_type": "code",
            "client_id": party.client_id,
            "redirect_uri": redirect_uri,
            "scope": SCOPES,
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge_of(verifier),
            "code_challenge_method": "S256",
        }
        return f"{provider.authorization}{'&' if '?' in provider.authorization else '?'}{urlencode(question)}"

    async def claims(
        self, party: RelyingParty, redirect_uri: str, code: str, nonce: str, verifier: str
    ) -> dict[str, Any]:
        """Buy the token, check it."""
        provider = await self._discovery.provider(party.issuer)
        token = await self._token(provider, party, redirect_uri, code, verifier)
        return await self._checked(provider, party, token, nonce)

    async def _token(self, provider: Provider, party: RelyingParty, redirect_uri: str, code: str, verifier: str) -> str:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        }
        headers = {"accept": "application/json"}
        if provider.by_form:
            form |= {"client_id": party.client_id, "client_secret": party.client_secret}
        else:  # RFC 6749, 2.3.1: both are form-encoded first
            pair = f"{quote_plus(party.client_id)}:{quote_plus(party.client_secret)}"
            headers["authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
        answer = await self._web.json("POST", provider.token, headers=headers, form=form)
        said = answer.body.get("error")
        if said == "invalid_grant":
            raise ProviderRefused("invalid_grant")
        token = answer.body.get("id_token")
        if answer.status != 200 or not isinstance(token, str):
            raise ProviderUnavailable(f"no ID token: HTTP {answer.status} {str(said)[:40]}")
        return token

    async def _checked(self, provider: Provider, party: RelyingParty, token: str, nonce: str) -> dict[str, Any]:
        try:
            header = jwt.get_unverified_header(token)
            if header.get("alg") not in ALGORITHMS:
                raise ProviderRefused("alg", "the ID token is not signed by RS256 or ES256")
            kid = header.get("kid")
            key = await self._discovery.key(provider, kid if isinstance(kid, str) else None)
            if key is None or key.algorithm_name != header["alg"]:
                raise ProviderRefused("key", "the ID token's key is not among the provider's")
            # The house's clock judges the times below.
            claims = jwt.decode(
                token,
                key,
                algorithms=[header["alg"]],
                audience=party.client_id,
                issuer=party.issuer,
                options={
                    "require": ["iss", "sub", "aud", "exp", "iat"],
                    "verify_exp": False,
                    "verify_iat": False,
                    "verify_nbf": False,
                },
            )
        except (jwt.PyJWTError, binascii.Error, ValueError) as error:
            raise ProviderRefused(type(error).__name__) from None
        check_claims(claims, party.client_id, nonce, self._clock.now())
        return claims


def check_claims(claims: dict[str, Any], client_id: str, nonce: str, now: datetime) -> None:
    """What a right signature does not say: to whom, when and on which question. Raises ProviderRefused."""
    audience = claims["aud"]
    if isinstance(audience, list) and len(audience) > 1 and "azp" not in claims:
        raise ProviderRefused("azp", "several audiences, no authorized party")
    if claims.get("azp", client_id) != client_id:
        raise ProviderRefused("azp", "issued to another party")
    if claims.get("nonce") != nonce:
        raise ProviderRefused("nonce", "the answer to another question")
    times = [claims[name] for name in ("exp", "iat", "nbf") if name in claims]
    if not all(isinstance(time, int | float) and not isinstance(time, bool) for time in times):
        raise ProviderRefused("times", "no numbers")
    at = now.timestamp()
    if claims["exp"] <= at - LEEWAY.total_seconds():
        raise ProviderRefused("exp", "over")
    if max(claims["iat"], claims.get("nbf", 0)) > at + LEEWAY.total_seconds():
        raise ProviderRefused("iat", "not yet")
    if claims["iat"] < at - OLDEST.total_seconds():
        raise ProviderRefused("iat", "too old")
    if not isinstance(claims["sub"], str) or not 0 < len(claims["sub"]) <= LONGEST_SUBJECT:
        raise ProviderRefused("sub", "no subject")
