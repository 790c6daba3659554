"""The viewers of a process: rights cost a read no round trip, and none outlives its end by more than two seconds.

The database counts the changes of rights of each Organization (models/migrations/0012_rights.sql). One query a second
asks how far the counters are; what was loaded under an older count is loaded again when it is next asked for. It needs
no ring: a broker that is away keeps no right alive (docs/decisions/0015-rights-version.md).
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from functools import lru_cache
from time import monotonic
from typing import TYPE_CHECKING
from uuid import UUID

from adapters.database import DatabaseUnavailable, ask_door
from adapters.gather import Gather
from adapters.identity import token_hash
from adapters.task import end
from resolvers.viewer import viewer_of

if TYPE_CHECKING:
    from adapters.clock import Clock
    from adapters.database import Database, Row
    from models.viewer import Viewer
    from subscriptions.ports import Watcher

logger = logging.getLogger("wuye.rights")
LOOK_SECONDS = 0.5
SURE_SECONDS = 2.0
"""How old the last look at an Organization's counter may be (promise 21)."""
MOST_KEPT = 20_000
_hashed = lru_cache(maxsize=2_048)(token_hash)  # clients send the same token again and again
MOST_AT_ONCE = 1_000  # loaded by one statement
SWEEP_LOOKS = 120


@dataclass(frozen=True)
class _Kept:
    """A viewer, and the count of changes under which it was loaded."""

    viewer: Viewer
    version: int


@dataclass(frozen=True)
class _Known:
    """An Organization's count, and when the statement that told it began (monotonic seconds)."""

    version: int
    at: float


class Viewers:
    """The viewers of this process, by their token's hash. Implements `Authorise` and `Rights` of subscriptions."""

    def __init__(self, database: Database, clock: Clock, *, strict: bool = False) -> None:
        """`strict`: administrators need a second factor."""
        self._database = database
        self._clock = clock
        self._strict = strict
        self._kept: dict[str, _Kept] = {}
        self._known: dict[UUID, _Known] = {}
        self._load = Gather(self._ask, MOST_AT_ONCE)
        self._looking: asyncio.Task[None] | None = None
        self._watchers: dict[Watcher, Viewer] = {}

    async def start(self) -> None:
        """Look at the counters, once a second."""
        self._looking = asyncio.create_task(self._look_forever())

    async def stop(self) -> None:
        """End what works in the background."""
        await end([self._looking])
        await self._load.stop()

    async def __call__(self, token: str) -> Viewer | None:
        """The viewer of a token; None when it does not hold. Raises DatabaseUnavailable when it cannot be asked."""
        key = _hashed(token)
        kept = self._kept.get(key)
        if kept is not None and self._sure(kept):
            return kept.viewer
        return await self._load(key)

    def forget(self, session_key: str) -> None:
        """Drop a session that has just changed."""
        self._kept.pop(session_key, None)

    def watch(self, watcher: Watcher, viewer: Viewer) -> None:
        """Tell it as soon as the viewer may hold no more: its rights' count moved on, or `valid_until` has come."""
        if self._holds(viewer):
            self._watchers[watcher] = viewer
        else:
            asyncio.get_running_loop().call_soon(watcher.stirred)

    def unwatch(self, watcher: Watcher) -> None:
        """Tell it no more."""
        self._watchers.pop(watcher, None)

    async def look(self) -> None:
        """Ask how far the counters of the Organizations held are. A verb that changes rights calls it at its end."""
        organizations = {kept.viewer.organization_id for kept in self._kept.values()}
        try:
            if organizations:
                at = monotonic()
                rows = await ask_door(self._database, "rights_versions", sorted(organizations))
                versions = {_uuid(row["organization_id"]): row["version"] for row in rows}
                for organization_id in organizations:
                    self._told(organization_id, versions.get(organization_id, 0), at)
        finally:  # `valid_until` comes whether the database answers or not
            for watcher, viewer in list(self._watchers.items()):
                if not self._holds(viewer):
                    del self._watchers[watcher]
                    watcher.stirred()

    def _told(self, organization_id: UUID, version: int, at: float) -> None:
        """Take what a statement that began at `at` said; one that began later knows better."""
        known = self._known.get(organization_id)
        if known is None or at >= known.at:
            self._known[organization_id] = _Known(version, at)

    def _sure(self, kept: _Kept) -> bool:
        """Whether it holds, as far as anybody can know who has looked within two seconds."""
        known = self._known[kept.viewer.organization_id]
        return monotonic() - known.at < SURE_SECONDS and self._current(kept, known)

    def _current(self, kept: _Kept, known: _Known) -> bool:
        return kept.version == known.version and self._clock.now() < kept.viewer.valid_until

    def _holds(self, viewer: Viewer) -> bool:
        """Whether nothing is known that speaks against it: a look that fails ends no stream."""
        kept = self._kept.get(viewer.session_key)
        if kept is None or not (kept.viewer is viewer or kept.viewer == viewer):
            return False
        return self._current(kept, self._known[viewer.organization_id])

    async def _ask(self, keys: list[str]) -> dict[str, Viewer]:
        """Those that hold, loaded by one statement for all who ask meanwhile."""
        at = monotonic()
        found = self._keep(await ask_door(self._database, "viewers", keys), at)
        for key in keys:
            if key not in found:
                self._kept.pop(key, None)
        return found

    def _keep(self, rows: list[Row], at: float) -> dict[str, Viewer]:
        """The viewers in the door's rows. Rights and count are of one statement, so they fit each other."""
        found = {}
        for row in rows:
            viewer = viewer_of([row], row["token_hash"], self._database, self._clock.now(), strict=self._strict)
            if viewer is not None:
                found[viewer.session_key] = viewer
                self._kept.pop(viewer.session_key, None)  # the newest is the last to go
                self._kept[viewer.session_key] = _Kept(viewer, row["version"])
                self._told(viewer.organization_id, row["version"], at)
        while len(self._kept) > MOST_KEPT:
            del self._kept[next(iter(self._kept))]
        return found

    async def _look_forever(self) -> None:
        """A look that fails is tried again; meanwhile viewers older than two seconds are loaded, not believed."""
        looks = 0
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await self.look()
            except DatabaseUnavailable as error:
                logger.warning("rights not readable, trying again: %s", error)
            except Exception:
                logger.exception("looking at rights failed, going on")
            looks += 1
            if looks % SWEEP_LOOKS == 0:
                self._sweep()

    def _sweep(self) -> None:
        """Let go of viewers whose token has ended, and of Organizations that nobody is of."""
        now = self._clock.now()
        for key in [key for key, kept in self._kept.items() if kept.viewer.valid_until <= now]:
            del self._kept[key]
        held = {kept.viewer.organization_id for kept in self._kept.values()}
        self._known = {key: known for key, known in self._known.items() if key in held}


def _uuid(value: UUID | str) -> UUID:
    return value if isinstance(value, UUID) else UUID(value)
