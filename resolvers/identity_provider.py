"""Identity providers of a company: what it sets, and what signing in reads of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

import orjson

from adapters.database import UniqueViolation
from adapters.vault import open_text, seal_text
from models import IdentityProvider
from models.errors import ErrorCode, Refusal
from models.query import Order, Query
from models.rules.identity_provider import (
    MAX_REDIRECTS,
    MAX_WORD,
    LoginClaim,
    ProviderKind,
    address_fault,
    redirect_fault,
    wechat_issuer,
)
from models.rules.permission import Permission
from models.scope import visible
from resolvers.origin import current_origin
from resolvers.unit import check_version, unit_of_work
from resolvers.viewer import require_everywhere

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.viewer import Viewer
    from resolvers.ports import House
    from resolvers.unit import Unit

_APP_ID = re.compile(r"wx[0-9a-f]{16}")


@dataclass(frozen=True)
class KnownProvider:
    """What signing in needs of a provider."""

    id: UUID
    organization_id: UUID
    issuer: str
    client_id: str
    secret: str = field(repr=False)
    redirect_uris: Sequence[str]


@dataclass(frozen=True)
class ProviderWish:
    """A provider as its company wants it."""

    kind: ProviderKind
    client_id: str
    client_secret: str | None = field(repr=False)
    issuer: str | None
    login_claim: LoginClaim | None
    redirect_uris: Sequence[str] | None


def providers(viewer: Viewer | None, order: Order) -> Query:
    """The company's providers, archived ones too, for who manages accounts everywhere."""
    return Query(IdentityProvider, visible(IdentityProvider, viewer), order)


async def set_provider(
    viewer: Viewer | None, house: House, wish: ProviderWish, expected_version: int | None
) -> IdentityProvider:
    """Make the provider of its kind, or change it. Raises Refusal CONFLICT, BAD_USER_INPUT.

    A new issuer or client needs its secret: the kept one must not travel to an address that somebody else chose.
    """
    try:
        async with unit_of_work(house, viewer) as unit:
            _require(unit)
            values = _checked(house, wish)
            kept = (
                await IdentityProvider.filter(organization_id=unit.organization_id, kind=wish.kind, archived_at=None)
                .select_for_update()
                .get_or_none()
            )
            secret = (wish.client_secret or "").strip()
            moved = kept is None or (kept.issuer, kept.client_id) != (values["issuer"], values["client_id"])
            if len(secret) > MAX_WORD or (moved and not secret):
                raise Refusal(ErrorCode.BAD_USER_INPUT, field="client_secret", message="SECRET_NEEDED")
            if kept is None:
                return await _make(unit, values, secret)
            check_version(kept, -1 if expected_version is None else expected_version)
            if secret:
                values["secret_cipher"] = seal_text(house.vault, secret, unit.organization_id, kept.id)
            before = await unit.change(kept, **values)
            unit.audit("identityProvider.set", before, kept)
            return kept
    except UniqueViolation:  # somebody was faster
        raise Refusal(ErrorCode.NAME_TAKEN, field="kind", name=wish.kind.value) from None


async def archive(viewer: Viewer | None, house: House, id_: UUID, expected_version: int) -> IdentityProvider:
    """Nobody signs in by it any more; bound identities stay, and hold again when the same issuer is set again."""
    async with unit_of_work(house, viewer) as unit:
        provider = await unit.find(IdentityProvider, id_, "id")
        _require(unit)
        check_version(provider, expected_version)
        if provider.archived_at is None:
            before = await unit.change(provider, archived_at=unit.now)
            unit.audit("identityProvider.archive", before, provider)
    return provider


async def known_provider(house: House, organization: str | None, kind: ProviderKind) -> KnownProvider:
    """The provider of an Organization (by its slug, or else by the host called), read before anybody signed in.

    Raises Refusal NOT_FOUND.
    """
    slug = None if organization is None else organization.strip()[:100]
    rows = await house.database.call("identity_provider", slug, current_origin().host, kind.value)
    if not rows:
        raise Refusal(ErrorCode.NOT_FOUND, field="organization", message="PROVIDER_MISSING")
    row = rows[0]
    id_, organization_id = UUID(str(row["id"])), UUID(str(row["organization_id"]))
    return KnownProvider(
        id=id_,
        organization_id=organization_id,
        issuer=row["issuer"],
        client_id=row["client_id"],
        secret=open_text(house.vault, row["secret_cipher"], organization_id, id_),
        redirect_uris=orjson.loads(row["redirect_uris"]),
    )


async def _make(unit: Unit, values: dict[str, Any], secret: str) -> IdentityProvider:
    id_ = unit.house.identity.uuid()
    cipher = seal_text(unit.house.vault, secret, unit.organization_id, id_)
    provider = await unit.add(IdentityProvider, id=id_, secret_cipher=cipher, archived_at=None, **values)
    unit.audit("identityProvider.set", None, provider)
    return provider


def _require(unit: Unit) -> None:
    """Who says who vouches for everybody can become anybody: he must be able to give himself any role already."""
    for permission in (Permission.ACCOUNT_MANAGE, Permission.ROLE_MANAGE):
        require_everywhere(unit.signed_in, permission)


def _checked(house: House, wish: ProviderWish) -> dict[str, Any]:
    """The columns of a wish. Raises Refusal BAD_USER_INPUT."""
    production = house.settings.production
    client_id, issuer = wish.client_id.strip(), (wish.issuer or "").strip()
    if not 1 <= len(client_id) <= MAX_WORD:
        raise Refusal(ErrorCode.BAD_USER_INPUT, field="client_id", message="TEXT_LENGTH", low=1, high=MAX_WORD)
    oidc, redirects = wish.kind is ProviderKind.OIDC, list(wish.redirect_uris or ())
    if not oidc:
        if not _APP_ID.fullmatch(client_id):
            raise Refusal(ErrorCode.BAD_USER_INPUT, field="client_id", message="APP_ID_WRONG")
        issuer = wechat_issuer(client_id)
    elif address_fault(issuer, production=production):
        raise Refusal(ErrorCode.BAD_USER_INPUT, field="issuer", message="ADDRESS_WRONG")
    if oidc != (wish.login_claim is not None):
        raise Refusal(ErrorCode.BAD_USER_INPUT, field="login_claim", message="CLAIM_NEEDED")
    if not (1 if oidc else 0) <= len(redirects) <= (MAX_REDIRECTS if oidc else 0):
        raise Refusal(ErrorCode.BAD_USER_INPUT, field="redirect_uris", message="REDIRECTS_COUNT", max=MAX_REDIRECTS)
    if any(redirect_fault(uri, production=production) for uri in redirects):
        raise Refusal(ErrorCode.BAD_USER_INPUT, field="redirect_uris", message="ADDRESS_WRONG")
    return {
        "kind": wish.kind,
        "issuer": issuer,
        "client_id": client_id,
        "login_claim": wish.login_claim,
        "redirect_uris": redirects,
    }
