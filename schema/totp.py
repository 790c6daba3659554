"""TOTP in the contract: the second factor of the own Account."""

from __future__ import annotations

import strawberry

from resolvers import totp as usecase
from schema.account import Account
from schema.base import Info, Payload, text, values, verb


@strawberry.type(description="Answer to accountTotpBegin.")
class AccountTotpBeginPayload(Payload):
    """What the authenticator app needs."""

    secret: str | None = strawberry.field(default=None, description="The secret in base32, shown this once.")
    uri: str | None = strawberry.field(
        default=None, description="The same as an otpauth:// address: show it as a QR code."
    )


@strawberry.input(description="A code of the authenticator app.")
class AccountTotpConfirmInput:
    """A code of the authenticator app."""

    code: str = text("验证码: six digits; a step of 30 s before and after is taken too, each step once.")


@strawberry.type(description="Answer to accountTotpConfirm.")
class AccountTotpConfirmPayload(Payload):
    """The second factor is on."""

    recovery_codes: list[str] | None = strawberry.field(
        default=None, description="恢复码: ten codes, each of which stands in for the app once. Shown this once."
    )


@strawberry.input(description="Proof of the second factor.")
class AccountTotpRemoveInput:
    """Proof of the second factor."""

    code: str = text("A code of the app, or a recovery code.")


@strawberry.type(description="Answer to accountTotpRemove.")
class AccountTotpRemovePayload(Payload):
    """The second factor is off."""

    account: Account | None = strawberry.field(default=None, description="The own Account.")


@strawberry.type
class TotpMutation:
    """Verbs of the second factor."""

    @verb("Get a secret for the authenticator app (RFC 6238: SHA-1, 6 digits, 30 s); accountTotpConfirm puts it on.")
    async def account_totp_begin(self, info: Info) -> AccountTotpBeginPayload | None:
        """A new secret."""
        enrolment = await usecase.begin(info.context.viewer, info.context.house)
        return AccountTotpBeginPayload(secret=enrolment.secret, uri=enrolment.uri)

    @verb("Put the second factor on, by a first code: from now on every way to sign in asks for one.", rights=True)
    async def account_totp_confirm(
        self, info: Info, input: AccountTotpConfirmInput
    ) -> AccountTotpConfirmPayload | None:
        """Put it on."""
        codes = await usecase.confirm(info.context.viewer, info.context.house, **values(input))
        return AccountTotpConfirmPayload(recovery_codes=codes)

    @verb("Take the second factor off.", rights=True)
    async def account_totp_remove(self, info: Info, input: AccountTotpRemoveInput) -> AccountTotpRemovePayload | None:
        """Take it off."""
        account = await usecase.remove(info.context.viewer, info.context.house, **values(input))
        return AccountTotpRemovePayload(account=await info.context.show("Account", account.id))
