"""Signing in at a company's own provider: there, and back."""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from adapters.database import UniqueViolation
from adapters.identity import token_hash
from adapters.oidc import RelyingParty
from adapters.vault import open_text, seal_text
from adapters.web import ProviderRefused, ProviderUnavailable
from models import IdentityProvider, OidcState
from models.errors import ErrorCode, Refusal
from models.rules.account import SignInMethod
from models.rules.attempt import AttemptKind
from models.rules.identity_provider import STATE_FOR, VERIFIED_BY, LoginClaim, ProviderKind
from models.rules.phone import normal_mobile
from resolvers.account_identity import (
    account_by_email,
    account_by_login,
    account_by_phone,
    bind,
    known_account,
    vouched_for,
)
from resolvers.attempt import attempt
from resolvers.identity_provider import known_provider
from resolvers.session import Tokens, open_session
from resolvers.unit import system_unit

if TYPE_CHECKING:
    from datetime import datetime

    from resolvers.attempt import Place
    from resolvers.ports import House
    from resolvers.unit import Unit

logger = logging.getLogger("wuye.oidc")


@dataclass(frozen=True)
class Departure:
    """Where to send the browser, and the handle that must come back with the code."""

    authorization_url: str
    state: str
    expires_at: datetime


@dataclass(frozen=True)
class _Question:
    """What we asked the provider, once taken from the database."""

    organization_id: UUID
    party: RelyingParty
    claim: LoginClaim
    redirect_uri: str
    nonce: str
    verifier: str = field(repr=False)


async def begin(house: House, organization: str | None, redirect_uri: str) -> Departure:
    """Ask the provider who somebody is. Raises Refusal NOT_FOUND, BAD_USER_INPUT, PROVIDER_UNAVAILABLE."""
    provider = await known_provider(house, organization, ProviderKind.OIDC)
    if redirect_uri not in provider.redirect_uris:
        raise Refusal(ErrorCode.BAD_USER_INPUT, field="redirect_uri", message="REDIRECT_NOT_REGISTERED")
    state, nonce, verifier = house.identity.token(), house.identity.token(), secrets.token_urlsafe(48)
    party = RelyingParty(provider.issuer, provider.client_id, provider.secret)
    try:
        url = await house.outside.oidc.authorization_url(party, redirect_uri, state, nonce, verifier)
    except ProviderUnavailable:
        raise Refusal(ErrorCode.PROVIDER_UNAVAILABLE) from None
    async with system_unit(house, provider.organization_id) as unit:
        id_ = house.identity.uuid()
        kept = await unit.add(
            OidcState,
            id=id_,
            provider_id=provider.id,
            state_hash=token_hash(state),
            nonce=nonce,
            verifier_cipher=seal_text(house.vault, verifier, unit.organization_id, id_),
            redirect_uri=redirect_uri,
            expires_at=unit.now + STATE_FOR,
        )
    return Departure(url, state, kept.expires_at)


async def sign_in(house: House, state: str, code: str, totp_code: str | None = None) -> Tokens:
    """Open a session for the code that the provider sent back with `state`, which is spent by it.

    Raises Refusal WRONG_CREDENTIALS for whatever is wrong with state, code, token or Account; PROVIDER_UNAVAILABLE;
    TOTP_REQUIRED, TOTP_WRONG: begin anew.
    """
    key = token_hash(state)
    async with attempt(house, AttemptKind.OIDC, key) as place:
        question = await _taken(house, key)
        place.accuse(question.organization_id)
        try:
            claims = await house.outside.oidc.claims(
                question.party, question.redirect_uri, code, question.nonce, question.verifier
            )
        except ProviderRefused as error:
            logger.info("an ID token of %s was refused: %s", question.party.issuer, error)
            raise _wrong() from None
        except ProviderUnavailable as error:
            logger.warning("no ID token of %s: %s", question.party.issuer, error)
            place.void()
            raise Refusal(ErrorCode.PROVIDER_UNAVAILABLE) from None
        async with vouched_for(house, question.party.issuer, claims["sub"]) as second:
            tokens = await _open(house, question, claims, totp_code, second)
        place.passed()
    return tokens


async def _taken(house: House, key: str) -> _Question:
    """The question behind a state, spent: of many who bring it one goes on."""
    rows = await house.database.call("oidc_state", key)
    if not rows:
        raise _wrong()
    async with system_unit(house, UUID(str(rows[0]["organization_id"]))) as unit:
        kept = await OidcState.filter(state_hash=key).select_for_update().get()
        if kept.used_at is not None or kept.expires_at <= unit.now:
            raise _wrong()
        kept.used_at = unit.now
        await kept.save(update_fields=["used_at"])
        provider = await IdentityProvider.get(id=kept.provider_id)
        if provider.archived_at is not None or kept.redirect_uri not in provider.redirect_uris:
            raise _wrong()
        wall = unit.organization_id
        secret = open_text(house.vault, provider.secret_cipher, wall, provider.id)
        return _Question(
            organization_id=wall,
            party=RelyingParty(provider.issuer, provider.client_id, secret),
            claim=LoginClaim(provider.login_claim),
            redirect_uri=kept.redirect_uri,
            nonce=kept.nonce,
            verifier=open_text(house.vault, kept.verifier_cipher, wall, kept.id),
        )


async def _open(
    house: House, question: _Question, claims: dict[str, Any], totp_code: str | None, second: Place
) -> Tokens:
    try:
        return await _open_once(house, question, claims, totp_code, second)
    except UniqueViolation:  # of two first sign-ins at once the slower one finds the subject bound by now
        pass
    except Refusal as refusal:  # the same
        if refusal.code is not ErrorCode.IDENTITY_TAKEN:
            raise
    try:
        return await _open_once(house, question, claims, totp_code, second)
    except Refusal as refusal:  # an Account that another subject is bound to is not said to be there
        if refusal.code is not ErrorCode.IDENTITY_TAKEN:
            raise
        logger.info("nobody signs in by %s: the account has another subject", question.party.issuer)
        raise _wrong() from None


async def _open_once(
    house: House, question: _Question, claims: dict[str, Any], totp_code: str | None, second: Place
) -> Tokens:
    issuer, subject = question.party.issuer, claims["sub"]
    async with system_unit(house, question.organization_id) as unit:
        account_id = await known_account(unit, issuer, subject)
        if account_id is None:
            account_id = await _claimed(unit, question.claim, claims)
            if account_id is None:
                raise _wrong()
            await bind(unit, account_id, ProviderKind.OIDC, issuer, subject)
        second.accuse(unit.organization_id, account_id)
        return await open_session(unit, account_id, SignInMethod.OIDC, totp_code=totp_code)


async def _claimed(unit: Unit, claim: LoginClaim, claims: dict[str, Any]) -> UUID | None:
    """The Account that the token's claim names, before its subject is bound to one."""
    value = claims.get(claim.value)
    checked = VERIFIED_BY.get(claim)
    if not isinstance(value, str) or not 0 < len(value) <= 254 or (checked and claims.get(checked) is not True):
        return None
    if claim is LoginClaim.PREFERRED_USERNAME:
        return await account_by_login(unit, value)
    if claim is LoginClaim.EMAIL:
        return await account_by_email(unit, value)
    mobile = normal_mobile(value)
    return None if mobile is None else await account_by_phone(unit, mobile)


def _wrong() -> Refusal:
    return Refusal(ErrorCode.WRONG_CREDENTIALS, message="OIDC_WRONG")
