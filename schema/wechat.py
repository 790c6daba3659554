"""Signing in from a WeChat mini-program."""

from __future__ import annotations

from datetime import datetime

import strawberry

from models.errors import ErrorCode
from resolvers import wechat as usecase
from schema.account import AccountSignInPayload, signed_in
from schema.base import Info, UserError, text, values, verb
from schema.messages import message


@strawberry.input(description="Who signs in from a mini-program.")
class AccountSignInByWechatInput:
    """Who signs in from a mini-program."""

    code: str = text("What `wx.login()` gave: good once, for 5 minutes.")
    organization: str | None = text(
        "The Organization's slug; not needed where the address of the server is the Organization's own.", optional=True
    )
    totp_code: str | None = text(
        "验证码: six digits of the authenticator app, or a recovery code; for an Account that has a second factor.",
        optional=True,
    )


@strawberry.type(description="Answer to accountSignInByWechat.")
class AccountSignInByWechatPayload(AccountSignInPayload):
    """A new session, or a ticket to bind."""

    bind_ticket: str | None = strawberry.field(
        default=None, description="With IDENTITY_UNBOUND: sign in otherwise, then send it in accountBindWechat."
    )
    bind_ticket_expires_at: datetime | None = strawberry.field(
        default=None, description="Until when the ticket is good: 10 minutes."
    )


@strawberry.type
class WechatMutation:
    """Verbs of signing in by WeChat."""

    @verb("Sign in from the company's WeChat mini-program. IDENTITY_UNBOUND comes with a ticket to bind it.")
    async def account_sign_in_by_wechat(
        self, info: Info, input: AccountSignInByWechatInput
    ) -> AccountSignInByWechatPayload | None:
        """Open a session."""
        found = await usecase.sign_in(info.context.house, **values(input))
        if isinstance(found, usecase.Unbound):
            code = ErrorCode.IDENTITY_UNBOUND
            error = UserError(code=code, message=message(code.value, info.context.locale, {}), field=None)
            return AccountSignInByWechatPayload(
                user_errors=[error], bind_ticket=found.ticket, bind_ticket_expires_at=found.expires_at
            )
        return await signed_in(info, found, AccountSignInByWechatPayload)
