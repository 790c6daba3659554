"""API clients, kept by who holds api_client.manage for the whole Organization."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from adapters.database import UniqueViolation
from adapters.identity import token_hash
from models import Account, ApiClient, ApiClientSecret, Property, RoleAssignment, Session
from models.errors import ErrorCode, Refusal
from models.predicate import EVERYTHING, Predicate, is_null, negate
from models.query import Order, Query
from models.rules.api_client import MAX_NAME, MAX_RATE, MOST_CLIENTS, NO_PASSWORD, login_of
from models.rules.permission import PARTNER_SCOPES, Permission, Role
from models.scope import visible
from resolvers.unit import check_version, unit_of_work

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.viewer import Viewer
    from resolvers.ports import House
    from resolvers.unit import Unit


@dataclass(frozen=True)
class Made:
    """A client and its new secret, which is shown this once."""

    client: ApiClient
    secret: str


def clients(viewer: Viewer | None, order: Order, revoked: bool | None = None) -> Query:
    """API clients that the viewer may see: all for who manages them, itself for a program."""
    ended: Predicate = EVERYTHING
    if revoked is not None:
        ended = negate(is_null("revoked_at")) if revoked else is_null("revoked_at")
    return Query(ApiClient, visible(ApiClient, viewer), order).only(ended)


async def create(viewer: Viewer | None, house: House, property_ids: Sequence[UUID] | None = None, **wish: Any) -> Made:
    """A new program with an Account of its own, and its first secret.

    `wish`: name, scopes, rate_per_minute, expires_at. Nobody gives what he does not hold there. Raises Refusal.
    """
    secret = house.identity.token()
    try:
        async with unit_of_work(house, viewer) as unit:
            may_manage(unit)
            values = await _checked(unit, {**wish, "property_ids": property_ids}, None)
            if await ApiClient.filter(organization_id=unit.organization_id, revoked_at=None).count() >= MOST_CLIENTS:
                raise Refusal(ErrorCode.BAD_USER_INPUT, message="TOO_MANY_CLIENTS", max=MOST_CLIENTS)
            id_ = house.identity.uuid()
            account = await unit.add(Account, login=login_of(id_), password_hash=NO_PASSWORD)
            client = await unit.add(ApiClient, id=id_, account_id=account.id, **values)
            await _assign(unit, client)
            unit.audit("apiClient.create", None, client)
            await add_secret(unit, client, secret)
    except UniqueViolation:  # somebody was faster
        raise Refusal(ErrorCode.NAME_TAKEN, field="name", name=wish["name"]) from None
    return Made(client, secret)


async def update(viewer: Viewer | None, house: House, id_: UUID, expected_version: int, **wish: Any) -> ApiClient:
    """Change what is sent. Running sessions have the new rights within two seconds. Raises Refusal."""
    try:
        async with unit_of_work(house, viewer) as unit:
            client = await live_client(unit, id_, expected_version)
            values = await _checked(unit, wish, client)
            before = await unit.change(client, **values)
            if client.property_ids != before.property_ids:
                await _assign(unit, client)
            unit.audit("apiClient.update", before, client)
    except UniqueViolation:
        raise Refusal(ErrorCode.NAME_TAKEN, field="name", name=wish["name"]) from None
    return client


async def revoke(viewer: Viewer | None, house: House, id_: UUID, expected_version: int) -> ApiClient:
    """End a program for good: its secrets, its sessions, its Account. Raises Refusal."""
    async with unit_of_work(house, viewer) as unit:
        client = await live_client(unit, id_, expected_version)
        before = await unit.change(client, revoked_at=unit.now)
        await ApiClientSecret.filter(api_client_id=client.id, revoked_at=None).update(revoked_at=unit.now)
        await Account.filter(id=client.account_id).update(disabled_at=unit.now)
        await end_sessions(unit, client)
        unit.audit("apiClient.revoke", before, client)
    return client


async def live_client(unit: Unit, id_: UUID, expected_version: int | None) -> ApiClient:
    """The client, locked, for who manages them. Raises Refusal, API_CLIENT_REVOKED last."""
    client = await unit.find(ApiClient, id_, "id")
    may_manage(unit)
    check_version(client, expected_version)
    if client.revoked_at is not None:
        raise Refusal(ErrorCode.API_CLIENT_REVOKED, field="id", current=client.id)
    return client


async def add_secret(unit: Unit, client: ApiClient, secret: str) -> ApiClientSecret:
    """A further secret of the client; only its hash is kept."""
    row = await unit.add(ApiClientSecret, api_client_id=client.id, secret_hash=token_hash(secret))
    unit.audit("apiClientSecret.issue", None, row)
    return row


async def end_sessions(unit: Unit, client: ApiClient) -> None:
    """Whatever token the program holds opens nothing any more; its streams end within two seconds."""
    await Session.filter(account_id=client.account_id, revoked_at=None, expires_at__gt=unit.now).update(
        revoked_at=unit.now
    )


def may_manage(unit: Unit) -> None:
    """Raise Refusal FORBIDDEN unless the viewer manages the programs of the whole Organization."""
    if Permission.API_CLIENT_MANAGE not in unit.signed_in.everywhere:
        raise Refusal(ErrorCode.FORBIDDEN, permission=Permission.API_CLIENT_MANAGE.value)


async def _checked(unit: Unit, wish: dict[str, Any], client: ApiClient | None) -> dict[str, Any]:
    """The values as they are kept. Raises Refusal BAD_USER_INPUT, NOT_FOUND, NAME_TAKEN or FORBIDDEN."""
    kept = dict(wish)
    if "name" in kept:
        kept["name"] = await _name(unit, kept["name"], client)
    rate, until = kept.get("rate_per_minute"), kept.get("expires_at")
    if rate is not None and not 1 <= rate <= MAX_RATE:
        raise Refusal(ErrorCode.BAD_USER_INPUT, field="rate_per_minute", message="NUMBER_BETWEEN", low=1, high=MAX_RATE)
    if until is not None and until <= unit.now:
        raise Refusal(ErrorCode.BAD_USER_INPUT, field="expires_at", message="IN_THE_PAST")
    if "scopes" in kept:
        kept["scopes"] = _scopes(kept["scopes"])
    if kept.get("property_ids") is not None:
        kept["property_ids"] = await _places(unit, kept["property_ids"])
    if "scopes" in kept or "property_ids" in kept:
        before = {"scopes": client and client.scopes, "property_ids": client and client.property_ids}
        _held(unit.signed_in, before | kept)
    return kept


async def _name(unit: Unit, text: str | None, client: ApiClient | None) -> str:
    name = (text or "").strip()
    if not 1 <= len(name) <= MAX_NAME:
        raise Refusal(ErrorCode.BAD_USER_INPUT, field="name", message="TEXT_LENGTH", low=1, high=MAX_NAME)
    same = ApiClient.filter(organization_id=unit.organization_id, name=name, revoked_at=None)
    if await same.exclude(id=client.id if client else None).exists():
        raise Refusal(ErrorCode.NAME_TAKEN, field="name", name=name)
    return name


def _scopes(wanted: Sequence[Permission] | None) -> list[str]:
    """As they are kept: names, in order, each once."""
    if not wanted:
        raise Refusal(ErrorCode.BAD_USER_INPUT, field="scopes", message="NOT_EMPTY")
    for scope in wanted:
        if scope not in PARTNER_SCOPES:
            raise Refusal(ErrorCode.BAD_USER_INPUT, field="scopes", message="NOT_FOR_PROGRAMS", scope=scope.value)
    return sorted({scope.value for scope in wanted})


async def _places(unit: Unit, ids: Sequence[UUID]) -> list[str]:
    if not ids:
        raise Refusal(ErrorCode.BAD_USER_INPUT, field="property_ids", message="NOT_EMPTY")
    places = [await unit.see(Property, id_, "property_ids") for id_ in dict.fromkeys(ids)]
    return sorted(str(place.id) for place in places)


def _held(viewer: Viewer, wish: dict[str, Any]) -> None:
    """Nobody gives what he does not hold there himself. Raises Refusal FORBIDDEN."""
    places = wish["property_ids"]
    for scope in map(Permission, wish["scopes"]):
        everywhere = scope in viewer.everywhere
        if not everywhere and (places is None or not all(viewer.may(scope, UUID(id_)) for id_ in places)):
            raise Refusal(ErrorCode.FORBIDDEN, permission=scope.value)


async def _assign(unit: Unit, client: ApiClient) -> None:
    """The role of the client's Account: where it may act from now on."""
    await RoleAssignment.filter(account_id=client.account_id, valid_until=None).update(valid_until=unit.now)
    for property_id in [None] if client.property_ids is None else client.property_ids:
        await unit.add(
            RoleAssignment,
            account_id=client.account_id,
            role=Role.PARTNER,
            property_id=property_id and UUID(property_id),
            valid_from=unit.now,
        )
