"""Exports under way: progress live, rights lost, cancelled, killed, overtaken, outages; and one file in the end."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

import models
from adapters.database import DatabaseUnavailable
from models.rules.ticket import Priority, TicketKind, TicketStatus
from resolvers.jobs.export import CLAIM, MOST_ATTEMPTS, ExportRunner
from tests.dump import owner
from tests.live.websocket import talk
from tests.test_export import CANCEL, TICKETS, create, lines, quiet, runner, show

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from models.viewer import Viewer
    from resolvers.ports import Documents, House, Listing, ListPage
    from tests.client import Client
    from tests.conftest import Live
    from tests.factories.world import World

__all__ = ["quiet"]
ROWS = 1_234
PROGRESS = """subscription ($after: Cursor) { exportProgressed(after: $after) {
    cursor state rowCount version dataExport { id file { name } } } }"""
CURSOR = "{ viewer { account { liveCursor } } }"


async def many_tickets(house: House, world: World, count: int = ROWS) -> None:
    """So many more tickets at home, some of whose texts look like formulas."""
    keys = world.acme.keys
    rows = [
        models.Ticket(
            id=house.identity.uuid(),
            organization_id=keys["organization"],
            created_at=house.clock.now(),
            updated_at=house.clock.now(),
            version=1,
            property_id=keys["home"],
            number=f"M{n}",
            kind=TicketKind.INQUIRY,
            category="c",
            text=f"=SUM({n})" if n % 100 == 0 else f'文字, "{n}"\n',
            status=TicketStatus.OPEN,
            priority=Priority.NORMAL,
        )
        for n in range(count)
    ]
    async with house.database.transaction(keys["organization"]):
        await models.Ticket.bulk_create(rows)


async def the_list(client: Client) -> list[list[str]]:
    """The list itself, page by page, as the sheet shall have it."""
    document = TICKETS.replace("($p: ID!)", "($p: ID!, $after: Cursor)").replace(
        "$p)", "$p, first: 100, after: $after)"
    )
    document = document.replace("nodes {", "pageInfo { hasNextPage endCursor } nodes {")
    found, after = [], None
    while True:
        page = (await client.data(document, p=client.world.acme.id("home"), after=after))["tickets"]
        for node in page["nodes"]:
            text = f"'{node['text']}" if node["text"].startswith("=") else node["text"]
            found.append([node["number"], text, node["unit"]["number"] if node["unit"] else "", "2026-11-22 10:00:00"])
        if not page["pageInfo"]["hasNextPage"]:
            return found
        after = page["pageInfo"]["endCursor"]


async def followed(live: Live, who: str, after: str, last: str) -> list[dict[str, Any]]:
    """The events of `who` after a cursor, until one has the state `last`."""
    events: list[dict[str, Any]] = []
    async with talk(live.websocket_url, live.client.world.acme.token(who)) as socket:
        await socket.subscribe("1", PROGRESS, after=after)
        while not events or events[-1]["state"] != last:
            (result,) = await socket.results("1", 1)
            events.append(result["data"]["exportProgressed"])
    return events


async def test_a_long_list_is_followed_live_and_downloaded(live: Live, house: House, world: World) -> None:
    await many_tickets(house, world)
    cursor = (await live.client.data(CURSOR))["viewer"]["account"]["liveCursor"]
    following = asyncio.create_task(followed(live, "manager", cursor, "DONE"))
    payload = await create(live.client)
    events = await asyncio.wait_for(following, 50)
    total = ROWS + 2
    assert [(event["state"], event["rowCount"]) for event in events] == [
        ("WAITING", 0), ("RUNNING", 0), ("RUNNING", 500), ("RUNNING", 1000), ("DONE", total)
    ]  # fmt: skip
    assert [event["version"] for event in events] == [1, 2, 3, 4, 5]
    assert {event["dataExport"]["id"] for event in events} == {payload["dataExport"]["id"]}
    assert events[-1]["dataExport"]["file"] == {"name": "工单.csv"}
    export = await show(live.client, payload["dataExport"]["id"])
    rows = await lines(live.client, export)
    assert rows[0] == ["number", "text", "unit.number", "createdAt (Asia/Shanghai)"]
    assert rows[1:] == await the_list(live.client)
    again = await followed(live, "manager", events[1]["cursor"], "DONE")
    assert [event["cursor"] for event in again] == [event["cursor"] for event in events[2:]], "a resume misses nothing"


async def test_nobody_else_hears_of_it(live: Live) -> None:
    starts = {
        who: (await live.client.data(CURSOR, who))["viewer"]["account"]["liveCursor"] for who in ("manager", "chief")
    }
    mine = (await create(live.client))["dataExport"]["id"]
    theirs = (await create(live.client, who="chief"))["dataExport"]["id"]
    for who, id_ in (("manager", mine), ("chief", theirs)):
        events = await asyncio.wait_for(followed(live, who, starts[who], "DONE"), 30)
        assert {event["dataExport"]["id"] for event in events} == {id_}
    async with talk(live.websocket_url, live.client.world.acme.token("chief")) as socket:
        await socket.subscribe("1", PROGRESS, after=starts["manager"])
        (error,) = await socket.errors("1")
        assert error["extensions"]["code"] == "BAD_USER_INPUT", "another's stream is not for resuming"


@dataclass
class Hooked:
    """Documents whose pages are preceded by something that happens."""

    documents: Documents
    before: Callable[[int], Awaitable[None]]

    def listing(self, document: str, variables: Mapping[str, Any], viewer: Viewer, locale: str) -> HookedListing:
        return HookedListing(self.documents.listing(document, variables, viewer, locale), self.before)


class HookedListing:
    """A listing of `Hooked`."""

    def __init__(self, listing: Listing, before: Callable[[int], Awaitable[None]]) -> None:
        self._listing, self._before, self._pages = listing, before, 0
        self.columns, self.property_id = listing.columns, listing.property_id

    async def page(self, viewer: Viewer, after: str | None) -> ListPage:
        self._pages += 1
        await self._before(self._pages)
        return await self._listing.page(viewer, after)


def hooked(house: House, before: Callable[[int], Awaitable[None]]) -> ExportRunner:
    """One more process, in which something happens before each page."""
    return ExportRunner(house, Hooked(runner(house)._documents, before))


async def files(house: House) -> int:
    """How many files the database knows."""
    return int((await owner(house, "SELECT COUNT(*) AS n FROM file"))[0]["n"])


LOSSES = {
    "the role": ("UPDATE role_assignment SET valid_until = $1 WHERE account_id = $2", "now", "FORBIDDEN"),
    "the property": ("UPDATE role_assignment SET property_id = $1 WHERE account_id = $2", "away", "FORBIDDEN"),
    "the account": ("UPDATE account SET disabled_at = $1 WHERE id = $2", "now", "UNAUTHENTICATED"),
}


@pytest.mark.parametrize("loss", LOSSES)
async def test_rights_lost_midway_end_it(quiet: Client, house: House, world: World, loss: str) -> None:
    await many_tickets(house, world, 1_100)
    await create(quiet)
    statement, value, code = LOSSES[loss]
    keys = world.acme.keys
    given = house.clock.now() if value == "now" else keys[value]

    async def before(page: int) -> None:
        if page == 2:
            await owner(house, statement, given, keys["manager"])

    assert await hooked(house, before).run_one()
    (row,) = await owner(
        house, "SELECT state, error, file_id FROM data_export WHERE state = 'FAILED' AND name = '工单'"
    )
    assert (row["error"], row["file_id"], await files(house)) == (code, None, 0)


async def test_a_right_lost_before_it_begins_ends_it(quiet: Client, house: House, world: World) -> None:
    """Who may read the list still, and export no more."""
    await create(quiet)
    role = "UPDATE role_assignment SET role = 'CONTROL_ROOM' WHERE account_id = $1"
    await owner(house, role, world.acme.keys["manager"])
    assert await runner(house).run_one()
    (row,) = await owner(house, "SELECT error, file_id FROM data_export WHERE state = 'FAILED' AND name = '工单'")
    assert (row["error"], row["file_id"]) == ("FORBIDDEN", None)


async def test_signing_out_does_not_end_it(quiet: Client, house: House) -> None:
    await create(quiet)
    await quiet.data("mutation { accountSignOut { userErrors { code } } }")
    assert await runner(house).run_one()
    (row,) = await owner(house, "SELECT state FROM data_export WHERE name = '工单'")
    assert row["state"] == "DONE"


async def test_a_cancelled_one_stops_and_keeps_nothing(quiet: Client, house: House, world: World) -> None:
    await many_tickets(house, world, 1_100)
    id_ = (await create(quiet))["dataExport"]["id"]
    pages: list[int] = []

    async def before(page: int) -> None:
        pages.append(page)
        if page == 2:
            assert (await quiet.data(CANCEL, id=id_))["exportCancel"]["userErrors"] == []

    assert await hooked(house, before).run_one()
    export = await show(quiet, id_)
    assert (export["state"], export["file"], await files(house)) == ("CANCELLED", None, 0)
    assert max(pages) <= 6, "it stops with the next step"


async def test_what_a_killed_runner_left_is_begun_again(quiet: Client, house: House, world: World) -> None:
    await many_tickets(house, world, 1_100)
    id_ = (await create(quiet))["dataExport"]["id"]
    reached, never = asyncio.Event(), asyncio.Event()

    async def before(page: int) -> None:
        if page == 2:
            reached.set()
            await never.wait()

    killed = asyncio.create_task(hooked(house, before).run_one())
    await asyncio.wait_for(reached.wait(), 20)
    killed.cancel()
    await asyncio.wait([killed])
    assert not await runner(house).run_one(), "its claim still holds"
    house.clock.move(CLAIM + timedelta(seconds=1))  # type: ignore[attr-defined]  # a HeldClock
    assert await runner(house).run_one()
    export = await show(quiet, id_)
    assert (export["state"], export["rowCount"], await files(house)) == ("DONE", 1_102, 1)
    assert len(await lines(quiet, export)) == 1_103


async def test_an_overtaken_runner_changes_nothing(quiet: Client, house: House, world: World) -> None:
    await many_tickets(house, world, 1_100)
    id_ = (await create(quiet))["dataExport"]["id"]
    reached, go = asyncio.Event(), asyncio.Event()

    async def before(page: int) -> None:
        if page == 2:
            reached.set()
            await go.wait()

    slow = asyncio.create_task(hooked(house, before).run_one())
    await asyncio.wait_for(reached.wait(), 20)
    house.clock.move(CLAIM + timedelta(seconds=1))  # type: ignore[attr-defined]  # a HeldClock
    assert await runner(house).run_one()
    done = await owner(house, "SELECT * FROM data_export WHERE name = '工单'")
    go.set()
    assert await asyncio.wait_for(slow, 20)
    assert await owner(house, "SELECT * FROM data_export WHERE name = '工单'") == done
    assert await files(house) == 1
    assert (await show(quiet, id_))["state"] == "DONE"


async def test_a_stopped_runner_lets_go_at_once(quiet: Client, house: House) -> None:
    await create(quiet)
    reached, never = asyncio.Event(), asyncio.Event()

    async def before(_: int) -> None:
        reached.set()
        await never.wait()

    stopping = hooked(house, before)
    await stopping.start()
    await asyncio.wait_for(reached.wait(), 20)
    await stopping.stop()
    assert await runner(house).run_one()
    (row,) = await owner(house, "SELECT state FROM data_export WHERE name = '工单'")
    assert row["state"] == "DONE"


async def test_one_runner_takes_it(quiet: Client, house: House) -> None:
    await create(quiet)
    taken = await asyncio.gather(*(runner(house).run_one() for _ in range(6)))
    assert sorted(taken) == [False] * 5 + [True]
    assert await files(house) == 1


async def test_an_outage_is_waited_for_but_not_for_ever(quiet: Client, house: House) -> None:
    id_ = (await create(quiet))["dataExport"]["id"]

    async def before(_: int) -> None:
        raise DatabaseUnavailable("away")

    for attempt in range(MOST_ATTEMPTS):
        with pytest.raises(DatabaseUnavailable):
            await hooked(house, before).run_one()
        assert (await show(quiet, id_))["state"] == "RUNNING", attempt
        house.clock.move(CLAIM + timedelta(seconds=1))  # type: ignore[attr-defined]  # a HeldClock
    assert await runner(house).run_one()
    export = await show(quiet, id_)
    assert (export["state"], export["error"]) == ("FAILED", "SERVICE_UNAVAILABLE")


async def test_a_bug_ends_it_with_a_code(quiet: Client, house: House, caplog: pytest.LogCaptureFixture) -> None:
    id_ = (await create(quiet))["dataExport"]["id"]

    async def before(_: int) -> None:
        raise RuntimeError("broken")

    assert await hooked(house, before).run_one()
    export = await show(quiet, id_)
    assert (export["state"], export["error"]) == ("FAILED", "INTERNAL_SERVER_ERROR")
    assert "broken" in caplog.text
