"""A small OpenID provider that issues real signed tokens, and misbehaves when told."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import secrets
import warnings
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus, urlencode

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from starlette.requests import Request

CLIENT, SECRET = "wuye:client", "canary oidc/secret"


@cache
def rsa_key(bits: int = 2048) -> rsa.RSAPrivateKey:
    """Made once: it takes a tenth of a second."""
    return rsa.generate_private_key(65537, bits)


class OpenIdProvider:
    """`user` are the claims of who is signed in there; `manner` changes a token's claims, `quirk` its making."""

    def __init__(self, issuer: str, now: Callable[[], datetime]) -> None:
        self.issuer = issuer
        self._now = now
        self.user: dict[str, Any] = {"sub": "u-1", "preferred_username": "resident"}
        self.manner: dict[str, Any] = {}
        self.quirk = ""
        self.hurry = asyncio.Event()
        self.redirect_uris = {"https://app.example.com/back"}
        self.methods = ["client_secret_basic"]
        self.document: dict[str, Any] = {}
        self.keys_asked = 0
        self._codes: dict[str, dict[str, str]] = {}
        self._keys: dict[str, Any] = {"k1": ec.generate_private_key(ec.SECP256R1())}

    def routes(self) -> list[Route]:
        return [
            Route("/oidc/.well-known/openid-configuration", self.configuration),
            Route("/oidc/authorize", self.authorize),
            Route("/oidc/token", self.token, methods=["POST"]),
            Route("/oidc/keys", self.keys),
        ]

    def rotate(self, key: Any = None) -> None:
        """From now on another key signs; the old ones are gone from the list."""
        self._keys = {f"k{secrets.token_hex(4)}": key or ec.generate_private_key(ec.SECP256R1())}

    async def configuration(self, request: Request) -> Response:
        known = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256", "ES256"],
            "token_endpoint_auth_methods_supported": self.methods,
        }
        return JSONResponse({**known, **self.document})

    async def keys(self, request: Request) -> Response:
        self.keys_asked += 1
        return JSONResponse({"keys": [_public(kid, key) for kid, key in self._keys.items()]})

    async def authorize(self, request: Request) -> Response:
        """The user says yes at once."""
        query = dict(request.query_params)
        if query.get("client_id") != CLIENT or query.get("redirect_uri") not in self.redirect_uris:
            return JSONResponse({"error": "invalid_request"}, 400)
        if (query.get("response_type"), query.get("code_challenge_method")) != ("code", "S256"):
            return JSONResponse({"error": "unsupported_response_type"}, 400)
        assert "openid" in query["scope"].split()
        code = secrets.token_urlsafe(16)
        self._codes[code] = query
        return RedirectResponse(f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}", 302)

    async def token(self, request: Request) -> Response:
        form = dict(await request.form())
        if self.quirk == "slow":
            await self.hurry.wait()
        if not self._known(request, form):
            return JSONResponse({"error": "invalid_client"}, 401)
        asked = self._codes.pop(str(form.get("code")), None)
        verifier = str(form.get("code_verifier", "")).encode()
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier).digest()).rstrip(b"=").decode()
        if (
            asked is None
            or form.get("grant_type") != "authorization_code"
            or form.get("redirect_uri") != asked["redirect_uri"]
            or challenge != asked["code_challenge"]
        ):
            return JSONResponse({"error": "invalid_grant"}, 400)
        token = self._signed(asked["nonce"])
        return JSONResponse({"access_token": "canary-access-token", "token_type": "Bearer", "id_token": token})

    def _known(self, request: Request, form: dict[str, Any]) -> bool:
        if "client_secret_basic" not in self.methods:
            return (form.get("client_id"), form.get("client_secret")) == (CLIENT, SECRET)
        kind, _, pair = request.headers.get("authorization", "").partition(" ")
        given = base64.b64decode(pair).decode().split(":") if kind == "Basic" else []
        return [unquote_plus(part) for part in given] == [CLIENT, SECRET]

    def _signed(self, nonce: str) -> str:
        now = int(self._now().timestamp())
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": nonce, **self.user}
        claims = {name: value for name, value in {**claims, **self.manner}.items() if value is not None}
        kid, key = next(iter(self._keys.items()))
        if self.quirk == "none":
            return jwt.encode(claims, "", algorithm="none", headers={"kid": kid})
        if self.quirk == "hs256":  # the public key as the secret: the classic confusion
            return jwt.encode(claims, SECRET.ljust(32), algorithm="HS256", headers={"kid": kid})
        if self.quirk == "other key":
            key = ec.generate_private_key(ec.SECP256R1())
        if self.quirk == "unknown key":
            kid = "made-up"
        with warnings.catch_warnings(action="ignore"):  # a short key
            token = jwt.encode(claims, key, algorithm=_algorithm(key), headers={"kid": kid})
        return token[:-2] if self.quirk == "cut" else token


def _algorithm(key: Any) -> str:
    return "RS256" if isinstance(key, rsa.RSAPrivateKey) else "ES256"


def _public(kid: str, key: Any) -> dict[str, Any]:
    of = RSAAlgorithm if isinstance(key, rsa.RSAPrivateKey) else ECAlgorithm
    return {**of.to_jwk(key.public_key(), as_dict=True), "kid": kid, "use": "sig", "alg": _algorithm(key)}
