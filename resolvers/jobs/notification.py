"""Takes notifications out of the house: rows that any number of workers claim, one effect each.

A delivery is claimed, begun (its provider's key for repeats is kept before it is used), handed over, ended. What a
provider does never touches the verb. What a worker that died may or may not have handed over:
- a push is sent again: its key makes the provider answer as the first time;
- a letter is sent again, with the same Message-ID;
- a short message is not: nobody pays, or is woken, twice. It is kept aside as OUTCOME_UNKNOWN.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from adapters.mail import Letter
from adapters.push import Note
from adapters.web import ProviderRefused, ProviderUnavailable
from models import Account, Notification, NotificationDelivery, Person, PushDevice, Staff
from models.rules.notification import (
    MOST_TRIES,
    URGENT,
    DeliveryState,
    NotificationChannel,
    again_in,
    filled,
    text_of,
    title_of,
)
from resolvers.jobs.looker import Looker
from resolvers.unit import system_unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from resolvers.ports import House
    from resolvers.unit import Unit

logger = logging.getLogger("wuye.notification")
CLAIM = timedelta(minutes=2)  # longer than any provider is waited for
AT_ONCE = 10
NEWS_FOR = timedelta(hours=24)  # what could not be told by then is told by the inbox alone
_C, _S = NotificationChannel, DeliveryState


@dataclass(frozen=True)
class Claim:
    """One worker's hold on a delivery: `attempts` tells it from every other one's."""

    id: UUID
    organization_id: UUID
    channel: NotificationChannel
    attempts: int
    once_key: str | None


@dataclass(frozen=True)
class Parcel:
    """What is to be handed over, and to which addresses."""

    notification: Notification
    addresses: Sequence[str]
    locale: str
    at: datetime


@dataclass(frozen=True)
class Outcome:
    """How a try ended; WAITING: it is tried again."""

    state: DeliveryState
    error: str | None = None
    provider_key: str | None = None


class _Lost(Exception):
    """The delivery is another worker's by now."""


class DeliveryRunner(Looker):
    """Claims and hands over deliveries in this process; any number of processes may."""

    WORK = "deliveries"

    def __init__(self, house: House) -> None:
        super().__init__(house)
        self._outside = house.outside

    async def run_one(self) -> bool:
        """Claim and hand over some that are due; False when none is."""
        now = self._house.clock.now()
        if not await self._house.database.call("delivery_due", now):
            return False
        rows = await self._house.database.call("delivery_claim", now, now + CLAIM, AT_ONCE)
        found = await asyncio.gather(*(self._run(_claimed(row)) for row in rows), return_exceptions=True)
        for error in found:
            if error is not None:
                raise error
        return bool(rows)

    async def _run(self, claim: Claim) -> None:
        """One delivery. An outage of ours is raised: the claim lapses and it is begun again."""
        with suppress(_Lost):
            outcome = await self._try(claim)
            async with system_unit(self._house, claim.organization_id) as unit:
                await _end(unit, claim, outcome)
            self._house.watch.metrics.deliveries.add(claim.channel.value, outcome.state.value)
            logger.info(
                "delivery %s by %s: %s %s", claim.id, claim.channel.value, outcome.state.value, outcome.error or ""
            )

    async def _try(self, claim: Claim) -> Outcome:
        """Begin and hand over. Raises _Lost."""
        if claim.channel is _C.SMS and claim.once_key:
            return Outcome(_S.FAILED, "OUTCOME_UNKNOWN")
        try:
            once_key = claim.once_key or await self._once_key(claim)
            async with system_unit(self._house, claim.organization_id) as unit:
                parcel = await _begin(unit, claim, once_key)
            if isinstance(parcel, Outcome):
                return parcel
            key = await self._hand_over(claim, parcel, once_key)
        except ProviderRefused as error:
            return Outcome(_S.FAILED, error.code[:80])
        except ProviderUnavailable as error:
            if claim.channel is _C.SMS and not error.unsent:
                return Outcome(_S.FAILED, "OUTCOME_UNKNOWN")
            over = claim.attempts >= MOST_TRIES
            return Outcome(_S.FAILED if over else _S.WAITING, str(error)[:80])
        return Outcome(_S.SENT, None, key[:200]) if key else Outcome(_S.WAITING, "THROTTLED")

    async def _once_key(self, claim: Claim) -> str:
        """What tells a repeat from the first time; "" where the delivery's own id does."""
        if claim.channel is _C.PUSH and self._outside.push is not None:
            return await self._outside.push.once_key()
        return "begun" if claim.channel is _C.SMS else ""

    async def _hand_over(self, claim: Claim, parcel: Parcel, once_key: str) -> str:
        """The provider's id for it; "" when it takes no more for this receiver now."""
        news, locale, outside = parcel.notification, parcel.locale, self._outside
        title, text = title_of(news.kind, locale, news.params), text_of(news.kind, locale, news.params)
        if claim.channel is _C.SMS:
            template = f"notification_{news.kind.value.lower()}"
            return await outside.sms.send(parcel.addresses[0], template, filled(locale, news.params), locale)
        if claim.channel is _C.EMAIL and outside.mail is not None:
            return await outside.mail.send(Letter(claim.id, parcel.addresses[0], title, text, parcel.at))
        if claim.channel is _C.PUSH and outside.push is not None:
            extras = {"notificationId": str(news.id), "kind": news.kind.value}
            seconds = int(NEWS_FOR.total_seconds())
            note = Note(parcel.addresses, title, text, extras, news.kind in URGENT, seconds)
            return await outside.push.send(note, once_key)
        raise ProviderUnavailable(f"no provider of {claim.channel.value} is set")


def _claimed(row: Any) -> Claim:
    channel, key = NotificationChannel(row["channel"]), row["once_key"]
    return Claim(UUID(str(row["id"])), UUID(str(row["organization_id"])), channel, row["attempts"], key)


async def _held(unit: Unit, claim: Claim) -> NotificationDelivery:
    """The delivery, locked, while it is ours. Raises _Lost."""
    mine = NotificationDelivery.filter(id=claim.id, attempts=claim.attempts, state=_S.WAITING)
    delivery = await mine.select_for_update().get_or_none()
    if delivery is None:
        raise _Lost
    return delivery


async def _begin(unit: Unit, claim: Claim, once_key: str) -> Parcel | Outcome:
    """What to hand over; or why nobody needs it any more. The key is kept before it is used."""
    delivery = await _held(unit, claim)
    news = await Notification.get(id=delivery.notification_id)
    account = await Account.get(id=delivery.account_id)
    if news.read_at is not None:
        return Outcome(_S.DROPPED, "READ")
    if account.disabled_at is not None:
        return Outcome(_S.DROPPED, "ACCOUNT_DISABLED")
    if unit.now - delivery.due_at > NEWS_FOR or unit.now - news.created_at > 2 * NEWS_FOR:
        return Outcome(_S.DROPPED, "TOO_LATE")
    if await _had_enough(unit, delivery):
        return Outcome(_S.DROPPED, "TOO_MANY")
    addresses = await _addresses(account, claim.channel)
    if not addresses:
        return Outcome(_S.DROPPED, "NO_ADDRESS")
    if once_key and delivery.once_key is None:
        await unit.change(delivery, once_key=once_key)
    return Parcel(news, addresses, account.locale, unit.now)


async def _had_enough(unit: Unit, delivery: NotificationDelivery) -> bool:
    """Whether the Account was told so often by this way within the hour that it is a storm: nobody reads, we pay."""
    same = NotificationDelivery.filter(account_id=delivery.account_id, channel=delivery.channel, state=_S.SENT)
    lately = await same.filter(sent_at__gt=unit.now - timedelta(hours=1)).count()
    return lately >= unit.house.settings.limits.deliveries_per_hour


async def _addresses(account: Account, channel: NotificationChannel) -> list[str]:
    """Where the Account is reached now: nothing of it is kept with the delivery."""
    if channel is _C.PUSH:
        devices = PushDevice.filter(account_id=account.id, removed_at=None)
        return [device.token for device in await devices.order_by("id")]
    column = "phone" if channel is _C.SMS else "email"
    staff = await Staff.get_or_none(id=account.staff_id) if account.staff_id else None
    person = await Person.get_or_none(id=account.person_id) if account.person_id else None
    found = [getattr(owner, column) for owner in (staff, person) if owner is not None]
    return [address for address in found if address][:1]


async def _end(unit: Unit, claim: Claim, outcome: Outcome) -> None:
    """Keep how it ended. A try that surely reached nobody leaves no trace that would forbid the next one."""
    delivery = await _held(unit, claim)
    values: dict[str, Any] = {"state": outcome.state, "error": outcome.error, "locked_until": None}
    if outcome.state is _S.SENT:
        values |= {"provider_key": outcome.provider_key, "sent_at": unit.now}
    if outcome.state is _S.WAITING:
        values["due_at"] = unit.now + again_in(claim.attempts)
        if claim.channel is _C.SMS:
            values["once_key"] = None
    await unit.change(delivery, **values)
