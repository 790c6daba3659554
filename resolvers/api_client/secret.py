"""The secrets of API clients: a new one holds beside the old one until a partner has moved over."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from models import ApiClient, ApiClientSecret
from models.errors import ErrorCode, Refusal
from models.rules.api_client import MAX_OVERLAP_HOURS, overlap_end
from resolvers.api_client.keeping import Made, add_secret, end_sessions, live_client, may_manage
from resolvers.unit import unit_of_work

if TYPE_CHECKING:
    from uuid import UUID

    from models.viewer import Viewer
    from resolvers.ports import House
    from resolvers.unit import Unit

LATEST = datetime.max.replace(tzinfo=UTC)


async def rotate(
    viewer: Viewer | None, house: House, id_: UUID, expected_version: int, overlap_hours: int = 24
) -> Made:
    """A new secret. The newest old one holds for `overlap_hours` more (0: no longer), any older one ends now.

    The version guards the overlap: a second click does not end the secret that the partner still uses.
    """
    if not 0 <= overlap_hours <= MAX_OVERLAP_HOURS:
        raise Refusal(
            ErrorCode.BAD_USER_INPUT, field="overlap_hours", message="NUMBER_BETWEEN", low=0, high=MAX_OVERLAP_HOURS
        )
    secret = house.identity.token()
    async with unit_of_work(house, viewer) as unit:
        client = await live_client(unit, id_, expected_version)
        until = overlap_end(unit.now, overlap_hours)
        old = await ApiClientSecret.filter(api_client_id=client.id, revoked_at=None).select_for_update()
        old.sort(key=lambda row: row.expires_at or LATEST, reverse=True)  # the one in use has no end yet
        for n, row in enumerate(old):
            if n > 0 or overlap_hours == 0:
                await _end(unit, row)
            else:
                row.expires_at = min(until, row.expires_at or until)
                await row.save(update_fields=["expires_at"])
        before = await unit.change(client)
        await add_secret(unit, client, secret)
        unit.audit("apiClient.rotateSecret", before, client)
    return Made(client, secret)


async def revoke_secret(viewer: Viewer | None, house: House, id_: UUID) -> ApiClientSecret:
    """End a secret at once, and every session of its client: a thief may have bought tokens. Again does nothing."""
    async with unit_of_work(house, viewer) as unit:
        seen = await unit.see(ApiClientSecret, id_, "id")
        may_manage(unit)
        client = await ApiClient.filter(id=seen.api_client_id).select_for_update().get()  # first, as sign-in does
        secret = await ApiClientSecret.filter(id=id_).select_for_update().get()
        if secret.revoked_at is None:
            await _end(unit, secret)
            await end_sessions(unit, client)
    return secret


async def _end(unit: Unit, secret: ApiClientSecret) -> None:
    before = secret.clone(pk=secret.id)
    secret.revoked_at = unit.now
    await secret.save(update_fields=["revoked_at"])
    unit.audit("apiClientSecret.revoke", before, secret)
