"""One stream in this process: what is new is read once, executed once for all who share, and handed to its members."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from adapters.database import DatabaseUnavailable
from adapters.log import about_event
from adapters.task import succeeded
from models.errors import ErrorCode, Refusal
from subscriptions.feed import newest
from subscriptions.hub.delivery import Delivery
from subscriptions.hub.ear import Ears
from subscriptions.hub.member import Bundle
from subscriptions.hub.ring import Ring

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from subscriptions.event import Entry
    from subscriptions.hub.member import Cell, Member
    from subscriptions.hub.past import Past
    from subscriptions.hub.rendering import Renderer
    from subscriptions.log import Head
    from subscriptions.ports import Batch
    from subscriptions.status import Counters

    Deliver = Callable[["Stream", Renderer, Counters, dict[Cell, list[Entry]]], Delivery]

logger = logging.getLogger("wuye.hub")
AT_ONCE = 64  # events that are executed together and leave in one write
AT_ONCE_ALONE = 8  # of those that a member who is behind executes for itself
MOST_EXECUTIONS = 512  # of one batch, where there are many groups
AGAIN_SECONDS = 0.5


@dataclass(slots=True)
class _Begun:
    """An entry on its way to a member who is behind."""

    entry: Entry
    task: asyncio.Task[Any]
    chosen: bool = False  # `task` is what this member gets, not what all share


class Stream:
    """Its ring, its live members, and how far they are."""

    def __init__(
        self, id_: UUID, head: Head, past: Past, renderer: Renderer, counters: Counters, delivery: Deliver = Delivery
    ) -> None:
        self.id = id_
        self.epoch = head.epoch
        self.ring = Ring(head.position)
        self.ears = Ears()
        self.delivered = head.position  # live members have all up to here
        self.claimed = head.position  # up to here they are being served
        self.chasing: set[Member] = set()  # members that are behind
        self.idle_since: float | None = None  # the loop's time when the last member left
        self._past = past
        self._news = False  # something may be new in the log
        self._task: asyncio.Task[None] | None = None  # while something is
        self._renderer = renderer
        self._counters = counters
        self._delivery = delivery

    def __len__(self) -> int:
        return len(self.ears) + len(self.chasing)

    @property
    def busy(self) -> bool:
        """Whether it looks into the log, or delivers."""
        return self._task is not None and not self._task.done()

    def wake(self) -> None:
        """Something may be new in the log."""
        self._news = True
        if not self.busy:
            self._task = asyncio.get_running_loop().create_task(self._work())

    async def _work(self) -> None:
        """Deliver what is new; a database that is away is waited for, a bug is logged and survived."""
        while self._news:
            self._news = False
            try:
                await self._advance()
            except DatabaseUnavailable as error:
                logger.warning("event log not readable, trying again: %s", error)
            except Exception:
                logger.exception("a stream stumbled, going on")
            else:
                continue
            self._news = True
            await asyncio.sleep(AGAIN_SECONDS)

    async def _advance(self) -> None:
        """Deliver what is new in the log, until none is left. Raises DatabaseUnavailable."""
        while entries := await self._past.read(self.id, self.epoch, self.ring.position):
            self.ring.add(entries)
            while entries:
                entries = entries[await self._deliver(entries) :]

    def join(self, member: Member) -> None:
        """Follow from its position on: live, or by a task of its own until it is."""
        self.idle_since = None
        if member.position >= self.claimed:
            self._go_live(member)
        else:
            self.chase(member)

    def remove(self, member: Member) -> None:
        """Follow no more."""
        if member.live:
            member.position, member.live = member.reached, False
            self.ears.remove(member)
        member.behind = False
        self.chasing.discard(member)
        task, member.task = member.task, None
        if task is not None and task is not asyncio.current_task():
            task.cancel()  # nothing is sent any more: its id may be in use again
        if not len(self):
            self.idle_since = asyncio.get_running_loop().time()

    def chase(self, member: Member) -> None:
        """From here on `member` has its own pace."""
        self.remove(member)
        self.idle_since, member.behind = None, True
        self.chasing.add(member)
        member.task = member.sink.spawn(self._catch_up(member))

    def stop(self) -> asyncio.Task[None] | None:
        """Look no more; the task that is to be waited for."""
        if self._task is not None:
            self._task.cancel()
        return self._task

    def end(self) -> None:
        """Its epoch is over: whoever follows starts anew."""
        self.stop()
        for member in [*self.ears.members(), *self.chasing]:
            self.finish(member, Refusal(ErrorCode.RESUME_GONE))

    def finish(self, member: Member, error: BaseException | None) -> None:
        """Tell why it ends."""
        if not member.open:
            return
        if isinstance(error, Refusal) and error.code is ErrorCode.RESUME_GONE:
            self._counters.resume_gone += 1
        self.remove(member)
        member.sink.ended(error if isinstance(error, Exception) else RuntimeError("execution was stopped"))

    def _go_live(self, member: Member) -> None:
        self.chasing.discard(member)
        member.behind, member.live, member.task = False, True, None
        self.ears.add(member)

    async def _deliver(self, entries: list[Entry]) -> int:
        """Serve live members some of `entries`: how many. Whoever comes meanwhile and has these is not touched."""
        if entries[0].position != self.claimed + 1:  # a hole: what was pruned before it was read
            self._scatter()
        heard: dict[Cell, list[Entry]] = {}
        count = 0
        try:
            count = self._gather(entries, heard)
            self.claimed = entries[count - 1].position
            if heard:
                await self._delivery(self, self._renderer, self._counters, heard).run()
        except Exception:
            about = about_event(entries[0].stream, entries[0].position)
            logger.exception("a delivery failed: each member goes on by itself", extra=about)
            count = max(count, 1)
            self.claimed = entries[count - 1].position
            self._scatter()
        self.delivered = self.claimed
        return count

    def _gather(self, entries: list[Entry], heard: dict[Cell, list[Entry]]) -> int:
        """Who hears which of them; how many were looked at, for a batch is bounded by what it costs."""
        executions = count = 0
        for entry in entries[:AT_ONCE]:
            count += 1
            cells = self.ears.hearing(entry)
            for cell in cells:
                heard.setdefault(cell, []).append(entry)
            executions += len({cell.sharing.key if cell.sharing else cell for cell in cells})
            if executions >= MOST_EXECUTIONS:
                break
        for cell, waiting in heard.items():
            if cell.coalesces:
                heard[cell] = newest(waiting)
        return count

    def _scatter(self) -> None:
        for member in self.ears.members():
            self.chase(member)

    async def _catch_up(self, member: Member) -> None:
        """Bring it from its position to where the live ones are."""
        try:
            while member.behind:
                if not await self._hand(member, await self._found(member)):
                    self._go_live(member)
                    return
        except asyncio.CancelledError:
            self.remove(member)
            raise
        except Exception as error:  # noqa: BLE001 - the transport tells its client, and the log what is a bug
            self.finish(member, error)

    async def _hand(self, member: Member, entries: list[Entry]) -> bool:
        """Some of these, or all where most may fall away; False: there is none."""
        if not entries:
            return False
        most = AT_ONCE if member.operation.sharing else AT_ONCE_ALONE
        if not member.feed.coalesces:
            del entries[most:]
        last = member.position + len(entries)
        if [entry.position for entry in entries] != list(range(member.position + 1, last + 1)):
            raise Refusal(ErrorCode.RESUME_GONE)
        entries = member.feed.chosen(entries)  # whoever reads slowly holds no others
        while entries and member.behind:
            await self._tell(member, entries[:most])
            del entries[:most]
        if member.behind:
            member.position = last
        return True

    async def _tell(self, member: Member, entries: list[Entry]) -> None:
        """Execute together, send in order; whatever is ready leaves in one write."""
        batch: Batch = {}
        begun = [_Begun(entry, self._renderer.begin(member.operation, entry, batch)) for entry in entries]
        while begun:
            payloads, stuck = self._ready(member, begun)
            if payloads:
                await member.sink.send(Bundle([one.entry for one in begun[: len(payloads)]], payloads))
                self._counters.deliveries += len(payloads)
                if not member.behind:
                    return
                member.position = begun[len(payloads) - 1].entry.position
                begun = begun[len(payloads) :]
            elif stuck is not None:
                await asyncio.wait([stuck])
                stuck.result()  # raises why there is none
            if not member.behind:
                return

    def _ready(self, member: Member, begun: list[_Begun]) -> tuple[list[bytes], asyncio.Task[Any] | None]:
        """The payloads before the first that is not there, and what that waits for."""
        payloads: list[bytes] = []
        for one in begun:
            if not one.chosen and one.task.done():
                found = self._renderer.chosen(member.operation, one.entry, one.task)
                if isinstance(found, bytes):
                    payloads.append(found)
                    continue
                one.task, one.chosen = found, True  # asked again, it might be executed again
            if not (one.chosen and succeeded(one.task)):
                return payloads, one.task
            payloads.append(one.task.result())
        return payloads, None

    async def _found(self, member: Member) -> list[Entry]:
        """What comes next up to where live members are being served: from the ring, or from the log."""
        while True:
            until = self.claimed
            found = self.ring.since(member.position, until)
            if found is not None:
                return found
            try:
                found = await self._past.block(self.id, self.epoch, member.position, until)
            except (DatabaseUnavailable, Refusal) as error:
                if isinstance(error, Refusal) and error.code is not ErrorCode.TIMEOUT:
                    raise
                await asyncio.sleep(AGAIN_SECONDS)  # it comes back, and so do we
                continue
            if not found:
                raise Refusal(ErrorCode.RESUME_GONE)
            return found
