"""How an Account wants to be told: ways and quiet hours of each kind, and the phones that it is pushed to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.database import UniqueViolation
from models import Account, NotificationDelivery, NotificationPreference, PushDevice
from models.errors import ErrorCode, Refusal
from models.predicate import EVERYTHING, eq, is_in, is_null, to_q
from models.query import Order, Query
from models.rules.notification import (
    MOST_DEVICES,
    DeliveryState,
    NotificationChannel,
    NotificationKind,
    PushPlatform,
    is_token,
)
from models.rules.shift import is_clock
from models.scope import visible
from resolvers.unit import check_version, unit_of_work

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from models.viewer import Viewer
    from resolvers.ports import House
    from resolvers.unit import Unit


@dataclass(frozen=True)
class Wish:
    """How to be told of one kind; `kind` None: of every kind that has no wish of its own."""

    channels: Sequence[NotificationChannel]
    kind: NotificationKind | None = None
    quiet_from: str | None = None
    quiet_until: str | None = None
    expected_version: int | None = None


def preferences(viewer: Viewer | None, order: Order) -> Query:
    """What the viewer has said."""
    return Query(NotificationPreference, visible(NotificationPreference, viewer), order)


def devices(viewer: Viewer | None, order: Order) -> Query:
    """The phones that the viewer is pushed to."""
    return Query(PushDevice, visible(PushDevice, viewer), order).only(is_null("removed_at"))


def deliveries(
    viewer: Viewer | None,
    order: Order,
    state: Sequence[DeliveryState] | None = None,
    channel: NotificationChannel | None = None,
) -> Query:
    """What became of news on its way out, of whom the viewer may see it."""
    return Query(NotificationDelivery, visible(NotificationDelivery, viewer), order).only(
        EVERYTHING if state is None else is_in("state", [one.value for one in state]),
        EVERYTHING if channel is None else eq("channel", channel.value),
    )


async def set_preference(viewer: Viewer | None, house: House, wish: Wish) -> NotificationPreference:
    """Say it, for the first time or anew; a change needs the version. Raises Refusal BAD_USER_INPUT, CONFLICT."""
    _check_quiet(wish)
    quiet = {"quiet_from": wish.quiet_from, "quiet_until": wish.quiet_until}
    # In the order of the enum; the inbox is always on.
    channels = [one.value for one in NotificationChannel if one in wish.channels and one is not NotificationChannel.APP]
    async with unit_of_work(house, viewer) as unit:
        account_id = await _own_account(unit)
        same = is_null("kind") if wish.kind is None else eq("kind", wish.kind.value)
        known = NotificationPreference.filter(to_q(visible(NotificationPreference, unit.viewer))).filter(to_q(same))
        row = await known.select_for_update().get_or_none()
        if row is None:
            row = await unit.add(
                NotificationPreference, account_id=account_id, kind=wish.kind, channels=channels, **quiet
            )
            unit.audit("notificationPreference.set", None, row)
            return row
        if wish.expected_version is None:
            raise Refusal(ErrorCode.CONFLICT, field="expected_version", current=row.id, expected=0, actual=row.version)
        check_version(row, wish.expected_version)
        before = await unit.change(row, channels=channels, **quiet)
        unit.audit("notificationPreference.set", before, row)
    return row


async def register(viewer: Viewer | None, house: House, platform: PushPlatform, token: str) -> PushDevice:
    """This phone is the viewer's: whoever was pushed to on it before is no more. Again changes nothing."""
    if not is_token(token):
        raise Refusal(ErrorCode.BAD_USER_INPUT, field="token", message="PUSH_TOKEN")
    for _ in range(2):  # two Accounts at once: whoever comes second takes it from the first
        try:
            async with unit_of_work(house, viewer) as unit:
                return await _register(unit, platform, token)
        except UniqueViolation:
            continue
    raise Refusal(ErrorCode.CONFLICT, field="token", expected=0, actual=1)


async def remove(viewer: Viewer | None, house: House, id_: UUID) -> PushDevice:
    """Push to it no more, as before signing out. Again changes nothing."""
    async with unit_of_work(house, viewer) as unit:
        device = await unit.find(PushDevice, id_, "id")
        if device.removed_at is None:
            before = await unit.change(device, removed_at=unit.now)
            unit.audit("pushDevice.remove", before, device)
    return device


async def _register(unit: Unit, platform: PushPlatform, token: str) -> PushDevice:
    account_id = await _own_account(unit)
    # A phone changes hands: the one row beyond the own that a verb of the inbox may end.
    live = PushDevice.filter(organization_id=unit.organization_id, token=token, removed_at=None)
    known = await live.select_for_update().get_or_none()
    if known is not None and known.account_id == account_id:
        return known
    if known is not None:
        before = await unit.change(known, removed_at=unit.now)
        unit.audit("pushDevice.remove", before, known)
    mine = PushDevice.filter(to_q(visible(PushDevice, unit.viewer))).filter(removed_at=None)
    count = await mine.count()
    if count >= MOST_DEVICES:
        raise Refusal(ErrorCode.BAD_USER_INPUT, field="token", message="PUSH_DEVICE_LIMIT", max=MOST_DEVICES)
    device = await unit.add(PushDevice, account_id=account_id, platform=platform, token=token)
    unit.audit("pushDevice.register", None, device)
    return device


async def _own_account(unit: Unit) -> UUID:
    """The viewer's Account, locked: its wishes and phones count in turn. Raises Refusal for who is no person."""
    viewer = unit.signed_in
    if viewer.account_id is None or viewer.api_client_id is not None:
        raise Refusal(ErrorCode.UNAUTHENTICATED)
    await Account.filter(id=viewer.account_id).select_for_update().get()
    return viewer.account_id


def _check_quiet(wish: Wish) -> None:
    given = (wish.quiet_from, wish.quiet_until)
    if given == (None, None):
        return
    for name, value in zip(("quiet_from", "quiet_until"), given, strict=True):
        if value is None or not is_clock(value):
            raise Refusal(ErrorCode.BAD_USER_INPUT, field=name, message="QUIET_HOURS")
