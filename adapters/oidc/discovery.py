"""What a provider says about itself, kept for a while: its discovery document and its keys."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jwt import PyJWK
from jwt.exceptions import PyJWKError, PyJWTError

from adapters.web import ProviderUnavailable
from models.rules.identity_provider import address_fault

if TYPE_CHECKING:
    from adapters.web import Web

KEEP_SECONDS = 3_600.0
LOOK_AGAIN_SECONDS = 10.0  # for a key that is not among the kept ones: a rotation, or somebody making them up
MOST_KEPT = 1_000
MOST_KEYS = 50
ALGORITHMS = frozenset({"RS256", "ES256"})
SHORTEST_RSA = 2_048


@dataclass(frozen=True)
class Provider:
    """The addresses of a provider, each checked like the issuer's."""

    authorization: str
    token: str
    keys: str
    by_form: bool  # the secret travels in the form, not in Authorization


class Discovery:
    """Asks each provider at most once an hour, and for unknown keys once in ten seconds."""

    def __init__(self, web: Web, *, production: bool) -> None:
        self._web = web
        self._production = production
        self._providers: dict[str, tuple[float, Provider]] = {}
        self._keys: dict[str, tuple[float, dict[str, PyJWK]]] = {}

    async def provider(self, issuer: str) -> Provider:
        """The addresses of an issuer (OpenID Connect Discovery 1.0). Raises ProviderUnavailable."""
        kept = self._providers.get(issuer)
        if kept is not None and time.monotonic() - kept[0] < KEEP_SECONDS:
            return kept[1]
        address = issuer.rstrip("/") + "/.well-known/openid-configuration"
        answer = await self._web.json("GET", address)
        if answer.status != 200 or answer.body.get("issuer") != issuer:
            raise ProviderUnavailable(f"no discovery document of its own: HTTP {answer.status}")
        found = self._checked(answer.body)
        _room(self._providers)
        self._providers[issuer] = (time.monotonic(), found)
        return found

    async def key(self, provider: Provider, kid: str | None) -> PyJWK | None:
        """The key of that name, of the only one when the token names none. Raises ProviderUnavailable."""
        kept = self._keys.get(provider.keys)
        age = time.monotonic() - kept[0] if kept else KEEP_SECONDS
        known = kept[1] if kept and age < KEEP_SECONDS else {}
        if _chosen(known, kid) is None and age >= LOOK_AGAIN_SECONDS:
            answer = await self._web.json("GET", provider.keys)
            if answer.status != 200:
                raise ProviderUnavailable(f"no keys: HTTP {answer.status}")
            known = _usable(answer.body.get("keys"))
            _room(self._keys)
            self._keys[provider.keys] = (time.monotonic(), known)
        return _chosen(known, kid)

    def _checked(self, document: dict[str, Any]) -> Provider:
        wanted = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        addresses = [str(document.get(name) or "") for name in wanted]
        for name, address in zip(wanted, addresses, strict=True):
            if address_fault(address, production=self._production):
                raise ProviderUnavailable(f"its {name} is no https address")
        methods = document.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        by_form = "client_secret_basic" not in methods and "client_secret_post" in methods
        return Provider(addresses[0], addresses[1], addresses[2], by_form)


def _chosen(keys: dict[str, PyJWK], kid: str | None) -> PyJWK | None:
    if kid is None:
        return next(iter(keys.values())) if len(keys) == 1 else None
    return keys.get(kid)


def _usable(keys: Any) -> dict[str, PyJWK]:
    """RSA keys of at least 2,048 bits and EC keys on P-256, for signatures."""
    usable: dict[str, PyJWK] = {}
    for item in keys[:MOST_KEYS] if isinstance(keys, list) else ():
        if not isinstance(item, dict) or item.get("use", "sig") != "sig":
            continue
        try:
            key = PyJWK(item)
        except (PyJWKError, PyJWTError, TypeError, ValueError):
            continue  # of a kind that we do not use
        if key.algorithm_name in ALGORITHMS and getattr(key.key, "key_size", 0) >= _least(key):
            usable[str(item.get("kid", ""))] = key
    return usable


def _least(key: PyJWK) -> int:
    return SHORTEST_RSA if key.algorithm_name == "RS256" else 256


def _room(kept: dict[str, Any]) -> None:
    if len(kept) >= MOST_KEPT:
        kept.clear()
