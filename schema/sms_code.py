"""Codes by short message, and signing in by one."""

from __future__ import annotations

import strawberry

from resolvers import sms_code as usecase
from schema.account import AccountSignInPayload, signed_in
from schema.base import Info, Payload, text, values, verb


@strawberry.input(description="Who wants a code.")
class SmsCodeSendInput:
    """Who wants a code."""

    phone: str = text("手机号: a mobile number of 11 digits, with or without +86.")
    organization: str | None = text(
        "The Organization's slug; not needed where the address of the server is the Organization's own.", optional=True
    )


@strawberry.input(description="Who signs in by a code.")
class AccountSignInBySmsInput:
    """Who signs in by a code."""

    phone: str = text("手机号: the number that the code went to.")
    code: str = text("验证码: the newest one, 6 digits, good once, for 5 minutes and 5 tries.")
    organization: str | None = text(
        "The Organization's slug; not needed where the address of the server is the Organization's own.", optional=True
    )
    totp_code: str | None = text(
        "验证码: six digits of the authenticator app, or a recovery code; for an Account that has a second factor.",
        optional=True,
    )


@strawberry.type(description="Answer to smsCodeSend: the same whether an Account has the number or not.")
class SmsCodeSendPayload(Payload):
    """A code is on its way, if an Account has the number."""


@strawberry.type(description="Answer to accountSignInBySms.")
class AccountSignInBySmsPayload(AccountSignInPayload):
    """A new session."""


@strawberry.type
class SmsCodeMutation:
    """Verbs of codes."""

    @verb(
        "Send a sign-in code to a number, if exactly one Account of the Organization has it. At most 5 for a number and"
        " 20 from an address in 15 minutes."
    )
    async def sms_code_send(self, info: Info, input: SmsCodeSendInput) -> SmsCodeSendPayload | None:
        """Send it."""
        await usecase.send(info.context.house, **values(input), locale=info.context.locale)
        return SmsCodeSendPayload()

    @verb("Sign in with a number and the code that was sent to it.")
    async def account_sign_in_by_sms(
        self, info: Info, input: AccountSignInBySmsInput
    ) -> AccountSignInBySmsPayload | None:
        """Open a session."""
        return await signed_in(
            info, await usecase.sign_in(info.context.house, **values(input)), AccountSignInBySmsPayload
        )
