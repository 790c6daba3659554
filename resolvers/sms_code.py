"""Codes by short message: asked for, and handed in to sign in."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING
from uuid import UUID

from adapters.web import ProviderUnavailable
from models import SmsCode
from models.errors import ErrorCode, Refusal
from models.rules.account import SignInMethod
from models.rules.attempt import AttemptKind
from models.rules.phone import normal_mobile
from models.rules.sms_code import DIGITS, GOOD_FOR, MOST_TRIES
from resolvers.account_identity import account_by_phone
from resolvers.attempt import attempt
from resolvers.origin import current_origin
from resolvers.session import Tokens, open_session
from resolvers.unit import system_unit

if TYPE_CHECKING:
    from resolvers.attempt import Place
    from resolvers.ports import House
    from resolvers.unit import Unit

TEMPLATE = "sign_in_code"


async def send(house: House, organization: str | None, phone: str, locale: str) -> None:
    """Send a code to a number that one Account of the Organization has; known and unknown numbers answer alike.

    Each call counts as an attempt: 5 a number and 20 an address in 15 minutes. Raises Refusal BAD_USER_INPUT for what
    is no mobile number, RATE_LIMITED, PROVIDER_UNAVAILABLE while messages do not get out.
    """
    mobile = normal_mobile(phone)
    if mobile is None:
        raise Refusal(ErrorCode.BAD_USER_INPUT, field="phone", message="PHONE_WRONG")
    organization_id = await _organization(house, organization)
    async with attempt(house, AttemptKind.SMS_SEND, f"{organization_id or organization} {mobile}") as place:
        try:
            house.outside.sms.check()
            if organization_id is None:
                return
            code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
            async with system_unit(house, organization_id) as unit:
                await _keep(unit, mobile, code)
                known = await account_by_phone(unit, mobile)
            if known is not None:
                minutes = str(int(GOOD_FOR.total_seconds() // 60))
                house.outside.sms.post(mobile, TEMPLATE, {"code": code, "minutes": minutes}, locale)
        except ProviderUnavailable:
            place.void()
            raise Refusal(ErrorCode.PROVIDER_UNAVAILABLE) from None


async def sign_in(
    house: House, organization: str | None, phone: str, code: str, totp_code: str | None = None
) -> Tokens:
    """Open a session for a code. Whatever is wrong, the answer is alike.

    Raises Refusal WRONG_CREDENTIALS, TOTP_REQUIRED (the code stays good), TOTP_WRONG, RATE_LIMITED.
    """
    mobile = normal_mobile(phone)
    organization_id = await _organization(house, organization)
    async with attempt(house, AttemptKind.SMS_CODE, f"{organization_id or organization} {mobile or phone}") as place:
        place.accuse(organization_id)
        tokens = None
        if mobile is not None and organization_id is not None and len(code) <= 2 * DIGITS:
            try:
                async with system_unit(house, organization_id) as unit:
                    tokens = await _exchange(unit, mobile, code.strip(), totp_code, place)
            except Refusal as refusal:
                if refusal.code is ErrorCode.TOTP_REQUIRED:
                    place.void()
                raise
        if tokens is None:
            raise Refusal(ErrorCode.WRONG_CREDENTIALS, message="SMS_CODE_WRONG")
        place.passed()
    return tokens


async def _keep(unit: Unit, mobile: str, code: str) -> None:
    """The newest code of a number is the only one that counts. A row for each number, known or not."""
    id_ = unit.house.identity.uuid()
    await unit.add(
        SmsCode,
        id=id_,
        phone_hash=_phone_hash(unit, mobile),
        code_hash=unit.house.signer.sign(_secret(id_, mobile, code)),
        expires_at=unit.now + GOOD_FOR,
    )


async def _exchange(unit: Unit, mobile: str, code: str, totp_code: str | None, place: Place) -> Tokens | None:
    """Tokens for the right code; None, and the try counted, for another. Refuses by value: the count must commit."""
    account_id = await account_by_phone(unit, mobile)
    place.accuse(unit.organization_id, account_id)
    kept = (
        await SmsCode.filter(organization_id=unit.organization_id, phone_hash=_phone_hash(unit, mobile))
        .order_by("-id")
        .select_for_update()
        .first()
    )
    if kept is None or kept.used_at is not None or kept.expires_at <= unit.now or kept.tries >= MOST_TRIES:
        return None
    if not unit.house.signer.holds(_secret(kept.id, mobile, code), kept.code_hash):
        kept.tries += 1
        await kept.save(update_fields=["tries"])
        return None
    kept.used_at = unit.now
    await kept.save(update_fields=["used_at"])
    if account_id is None:
        return None
    return await open_session(unit, account_id, SignInMethod.SMS, totp_code=totp_code)


async def _organization(house: House, organization: str | None) -> UUID | None:
    """By its slug, or else by the host that was called."""
    slug = None if organization is None else organization.strip()[:100]
    rows = await house.database.call("organization_named", slug, current_origin().host)
    return UUID(str(rows[0]["id"])) if rows else None


def _phone_hash(unit: Unit, mobile: str) -> str:
    return unit.house.signer.sign(f"sms phone {unit.organization_id} {mobile}")


def _secret(id_: UUID, mobile: str, code: str) -> str:
    return f"sms code {id_} {mobile} {code}"
