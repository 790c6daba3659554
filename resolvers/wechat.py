"""Signing in from a WeChat mini-program."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.identity import token_hash
from adapters.web import ProviderRefused, ProviderUnavailable
from adapters.wechat import MiniProgram
from models.errors import ErrorCode, Refusal
from models.rules.account import SignInMethod
from models.rules.attempt import AttemptKind
from models.rules.identity_provider import ProviderKind
from resolvers.account_identity import bind_ticket, known_account, vouched_for
from resolvers.attempt import attempt
from resolvers.identity_provider import KnownProvider, known_provider
from resolvers.session import Tokens, open_session
from resolvers.unit import system_unit

if TYPE_CHECKING:
    from datetime import datetime

    from resolvers.attempt import Place
    from resolvers.ports import House

logger = logging.getLogger("wuye.wechat")
MAX_CODE = 200


@dataclass(frozen=True)
class Unbound:
    """The phone is known to WeChat and to no Account: `ticket` lets one that is signed in claim it."""

    ticket: str
    expires_at: datetime


async def sign_in(house: House, organization: str | None, code: str, totp_code: str | None = None) -> Tokens | Unbound:
    """Open a session for the code of `wx.login()`.

    Raises Refusal NOT_FOUND, WRONG_CREDENTIALS, PROVIDER_UNAVAILABLE; TOTP_REQUIRED, TOTP_WRONG: with another code.
    """
    provider = await known_provider(house, organization, ProviderKind.WECHAT)
    async with attempt(house, AttemptKind.WECHAT, token_hash(code)) as place:
        place.accuse(provider.organization_id)
        if not 0 < len(code) <= MAX_CODE:
            raise Refusal(ErrorCode.WRONG_CREDENTIALS, message="WECHAT_WRONG")
        try:
            openid = await house.outside.wechat.openid(MiniProgram(provider.client_id, provider.secret), code)
        except ProviderRefused as error:
            logger.info("WeChat refused a code: %s", error)
            raise Refusal(ErrorCode.WRONG_CREDENTIALS, message="WECHAT_WRONG") from None
        except ProviderUnavailable as error:
            logger.warning("WeChat does not say who it is: %s", error)
            place.void()
            raise Refusal(ErrorCode.PROVIDER_UNAVAILABLE) from None
        async with vouched_for(house, provider.issuer, openid) as second:
            found = await _open(house, provider, openid, totp_code, second)
        place.passed()
    return found


async def _open(
    house: House, provider: KnownProvider, openid: str, totp_code: str | None, second: Place
) -> Tokens | Unbound:
    async with system_unit(house, provider.organization_id) as unit:
        account_id = await known_account(unit, provider.issuer, openid)
        if account_id is None:
            return Unbound(*await bind_ticket(unit, provider.issuer, openid))
        second.accuse(unit.organization_id, account_id)
        return await open_session(unit, account_id, SignInMethod.WECHAT, totp_code=totp_code)
