"""Accounts in the contract: made, disabled, enabled, changed."""

from __future__ import annotations

from datetime import datetime

import strawberry

from models.rules.permission import Permission
from resolvers import enrolment as usecase
from schema.account import Account
from schema.base import Info, Payload, decode, ref, text, values, verb

_VERSION = "The version the viewer saw; a newer one is a CONFLICT."


@strawberry.input(description="An Account to make, for a Person, a member of Staff, or both in one.")
class AccountCreateInput:
    """An Account to make."""

    login: str = text("Phone or staff number, 1 to 80 characters, unique in the Organization.")
    person_id: strawberry.ID | None = ref("Person", "The resident behind it.", optional=True)
    staff_id: strawberry.ID | None = ref("Staff", "The member of staff behind it.", optional=True)
    locale: str = text("Preferred language: zh or en.", default="zh")


@strawberry.input(description="Which state of the Account the viewer saw.")
class AccountDisableInput:
    """Which state of the Account the viewer saw."""

    expected_version: int = text(_VERSION)


@strawberry.input(description="Which state of the Account the viewer saw.")
class AccountEnableInput:
    """Which state of the Account the viewer saw."""

    expected_version: int = text(_VERSION)


@strawberry.input(description="What changes about an Account.")
class AccountUpdateInput:
    """What changes about an Account."""

    expected_version: int = text(_VERSION)
    locale: str = text("Preferred language: zh or en.")


@strawberry.type(description="Answer to accountCreate.")
class AccountCreatePayload(Payload):
    """The new Account."""

    account: Account | None = strawberry.field(
        default=None, description="The new Account, without a role; with ACCOUNT_EXISTS the one that is there."
    )
    activation_code: str | None = strawberry.field(
        default=None, description="激活码: sets the password by accountActivate, once. It is shown this once."
    )
    activation_expires_at: datetime | None = strawberry.field(
        default=None, description="When the code ends: after 7 days."
    )


@strawberry.type(description="Answer to accountDisable.")
class AccountDisablePayload(Payload):
    """The disabled Account."""

    account: Account | None = strawberry.field(default=None, description="The Account as it is now.")


@strawberry.type(description="Answer to accountEnable.")
class AccountEnablePayload(Payload):
    """The enabled Account."""

    account: Account | None = strawberry.field(default=None, description="The Account as it is now.")


@strawberry.type(description="Answer to accountUpdate.")
class AccountUpdatePayload(Payload):
    """The Account."""

    account: Account | None = strawberry.field(default=None, description="The Account as it is now.")


@strawberry.type
class EnrolmentMutation:
    """Verbs of accounts that somebody else manages."""

    @verb(
        "Make an Account. It signs in once accountActivate has set a password; roles are given by roleAssign.",
        shows="Account",
        permission=Permission.ACCOUNT_MANAGE,
    )
    async def account_create(self, info: Info, input: AccountCreateInput) -> AccountCreatePayload | None:
        """Make an Account."""
        context = info.context
        account, code = await usecase.create(context.viewer, context.house, **values(input))
        return AccountCreatePayload(
            account=await context.show("Account", account.id),
            activation_code=code,
            activation_expires_at=account.activation_expires_at,
        )

    @verb(
        "Disable an Account: nobody signs in by it, its sessions end, and its live streams within two seconds.",
        shows="Account",
        permission=Permission.ACCOUNT_MANAGE,
        rights=True,
    )
    async def account_disable(
        self, info: Info, id: strawberry.ID, input: AccountDisableInput
    ) -> AccountDisablePayload | None:
        """Disable it."""
        context = info.context
        account = await usecase.disable(context.viewer, context.house, decode("Account", id), **values(input))
        return AccountDisablePayload(account=await context.show("Account", account.id))

    @verb(
        "Enable a disabled Account again, with the roles it still holds.",
        shows="Account",
        permission=Permission.ACCOUNT_MANAGE,
        rights=True,
    )
    async def account_enable(
        self, info: Info, id: strawberry.ID, input: AccountEnableInput
    ) -> AccountEnablePayload | None:
        """Enable it."""
        context = info.context
        account = await usecase.enable(context.viewer, context.house, decode("Account", id), **values(input))
        return AccountEnablePayload(account=await context.show("Account", account.id))

    @verb("Change the language of an Account: the own one, or with account.manage any.", shows="Account")
    async def account_update(
        self, info: Info, id: strawberry.ID, input: AccountUpdateInput
    ) -> AccountUpdatePayload | None:
        """Change it."""
        context = info.context
        account = await usecase.update(context.viewer, context.house, decode("Account", id), **values(input))
        return AccountUpdatePayload(account=await context.show("Account", account.id))
