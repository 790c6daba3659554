"""Signing in at the company's own identity provider."""

from __future__ import annotations

from datetime import datetime

import strawberry

from resolvers import oidc as usecase
from schema.account import AccountSignInPayload, signed_in
from schema.base import Info, Payload, text, values, verb


@strawberry.input(description="Whose provider, and where to come back to.")
class OidcBeginInput:
    """Whose provider, and where to come back to."""

    redirect_uri: str = text("One of the addresses that the company has registered, exactly.")
    organization: str | None = text(
        "The Organization's slug; not needed where the address of the server is the Organization's own.", optional=True
    )


@strawberry.input(description="What the provider sent back.")
class AccountSignInByOidcInput:
    """What the provider sent back."""

    state: str = text("`state` of oidcBegin. Compare it with the one in the address before you send it.")
    code: str = text("`code` of the address that the provider sent the browser back to.")
    totp_code: str | None = text(
        "验证码: six digits of the authenticator app, or a recovery code; for an Account that has a second factor.",
        optional=True,
    )


@strawberry.type(description="Answer to oidcBegin.")
class OidcBeginPayload(Payload):
    """Where to go."""

    authorization_url: str | None = strawberry.field(default=None, description="Send the browser there.")
    state: str | None = strawberry.field(
        default=None, description="Keep it where only this browser has it; good once. It comes back with the code."
    )
    expires_at: datetime | None = strawberry.field(default=None, description="Until when `state` is good: 10 minutes.")


@strawberry.type(description="Answer to accountSignInByOidc.")
class AccountSignInByOidcPayload(AccountSignInPayload):
    """A new session."""


@strawberry.type
class OidcMutation:
    """Verbs of signing in by OIDC."""

    @verb("Begin to sign in at the company's own provider (OpenID Connect: code flow with PKCE, state and nonce).")
    async def oidc_begin(self, info: Info, input: OidcBeginInput) -> OidcBeginPayload | None:
        """Ask the provider."""
        gone = await usecase.begin(info.context.house, **values(input))
        return OidcBeginPayload(authorization_url=gone.authorization_url, state=gone.state, expires_at=gone.expires_at)

    @verb("Sign in with what the company's provider sent back; `state` is spent by it.")
    async def account_sign_in_by_oidc(
        self, info: Info, input: AccountSignInByOidcInput
    ) -> AccountSignInByOidcPayload | None:
        """Open a session."""
        return await signed_in(
            info, await usecase.sign_in(info.context.house, **values(input)), AccountSignInByOidcPayload
        )
