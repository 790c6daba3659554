"""Passwords in the contract: change, reset, activation."""

from __future__ import annotations

from datetime import datetime

import strawberry

from models.rules.permission import Permission
from resolvers import password as usecase
from schema.account import Account
from schema.base import Info, Payload, decode, text, values, verb

_RULES = "10 to 200 characters, not one that everybody tries first, without the login in it"


@strawberry.input(description="The own password, and the one to come.")
class AccountPasswordChangeInput:
    """The own password, and the one to come."""

    current_password: str = text("The password as it is.")
    new_password: str = text(f"The password to come: {_RULES}.")


@strawberry.type(description="Answer to accountPasswordChange.")
class AccountPasswordChangePayload(Payload):
    """The password has changed."""

    account: Account | None = strawberry.field(default=None, description="The own Account.")


@strawberry.input(description="How a password is reset.")
class AccountPasswordResetInput:
    """How a password is reset."""

    expected_version: int = text("The version that the viewer has seen.")
    remove_totp: bool = text("Also take the second factor away: the phone with the app is lost.", default=False)


@strawberry.type(description="Answer to accountPasswordReset.")
class AccountPasswordResetPayload(Payload):
    """The password is gone."""

    account: Account | None = strawberry.field(default=None, description="The Account.")
    activation_code: str | None = strawberry.field(
        default=None, description="激活码: sets the next password by accountActivate, once. It is shown this once."
    )
    activation_expires_at: datetime | None = strawberry.field(
        default=None, description="When the code ends: after 7 days."
    )


@strawberry.input(description="Who sets a password by an activation code.")
class AccountActivateInput:
    """Who sets a password by an activation code."""

    organization: str | None = text("As for accountSignIn.", optional=True)
    login: str = text("Phone or staff number.")
    code: str = text("激活码: twelve letters and digits, in any spelling.")
    password: str = text(f"The password to come: {_RULES}.")


@strawberry.type(description="Answer to accountActivate.")
class AccountActivatePayload(Payload):
    """The password is set: sign in with it."""


@strawberry.type
class PasswordMutation:
    """Verbs of passwords."""

    @verb("Change the own password; every other session of the Account ends.", rights=True)
    async def account_password_change(
        self, info: Info, input: AccountPasswordChangeInput
    ) -> AccountPasswordChangePayload | None:
        """Change the own password."""
        wish = values(input)
        account = await usecase.change(
            info.context.viewer, info.context.house, wish["current_password"], wish["new_password"]
        )
        return AccountPasswordChangePayload(account=await info.context.show("Account", account.id))

    @verb(
        "Take the password of an Account away, end its sessions, and get a code by which its owner sets another."
        " Not of an Account that administers more than the viewer.",
        "Account",
        permission=Permission.ACCOUNT_MANAGE,
        rights=True,
    )
    async def account_password_reset(
        self, info: Info, id: strawberry.ID, input: AccountPasswordResetInput
    ) -> AccountPasswordResetPayload | None:
        """Reset a password."""
        account, code = await usecase.reset(
            info.context.viewer, info.context.house, decode("Account", id), **values(input)
        )
        return AccountPasswordResetPayload(
            account=await info.context.show("Account", account.id),
            activation_code=code,
            activation_expires_at=account.activation_expires_at,
        )

    @verb(
        "Set a password by an activation code, which is used up; then sign in. Failures count as at accountSignIn.",
        rights=True,
    )
    async def account_activate(self, info: Info, input: AccountActivateInput) -> AccountActivatePayload | None:
        """Activate."""
        await usecase.activate(info.context.house, **values(input))
        return AccountActivatePayload()
