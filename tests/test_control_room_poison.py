"""The control room's wall and events that it cannot be told, or that come without end: it looks anew, within reason."""

from __future__ import annotations

import json
import re
import sqlite3
import time
from contextlib import closing
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest

from tests.factories.world import NOW, PASSWORD
from tests.room import Room, check_rows
from tests.screen import Screen
from tests.test_control_room import DATABASE, browser, room

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, WebSocket, WebSocketRoute

__all__ = ["browser", "room"]  # fixtures
pytestmark = [pytest.mark.servers, pytest.mark.timeout(180)]  # servers and a browser start on a busy machine
RAIN_SECONDS = 10.0  # at the most
APPEND = """INSERT INTO event
  (stream_id, position, organization_id, type, version, subject_id, occurred_at, audience, data)
  SELECT id, position, organization_id, 'alarm.changed', 1, ?, ?, ?, ? FROM event_stream WHERE id = ?"""
GOOD = {
    "change": "RAISED",
    "type": "SMOKE",
    "severity": 4,
    "count": 1,
    "escalation_level": 0,
    "active": True,
    "acknowledged": False,
    "subject_version": 1,
}
COME = """mutation ($input: AttendanceCheckInInput!) { attendanceCheckIn(input: $input) {
  attendance { id } userErrors { code } } }"""
GO = """mutation ($id: ID!, $input: AttendanceCheckOutInput!) { attendanceCheckOut(id: $id, input: $input) {
  userErrors { code } } }"""
LOOKOUT = """async () => {
  const { Lookout } = await import("/control-room/assets/lookout.js");
  window.looks = [];
  window.lookout = new Lookout(async () => {
    window.looks.push(performance.now());
    await new Promise((done) => setTimeout(done, 50));
  }, 300, 30_000);
}"""


class Said:
    """What a window says over its sockets."""

    def __init__(self, screen: Screen) -> None:
        self._page = screen.page
        self.sockets = 0
        self._frames: list[str] = []
        screen.page.on("websocket", self._opened)

    def asked(self, query: str) -> int:
        """How often until now."""
        self._page.evaluate("0")  # its answer comes behind all that it has said
        return sum(f"query {query}(" in frame for frame in self._frames)

    def _opened(self, socket: WebSocket) -> None:
        self.sockets += 1
        socket.on("framesent", lambda frame: self._frames.append(str(frame)))


@pytest.fixture(scope="module")
def window(room: Room, browser: Browser) -> tuple[Screen, Said]:
    """One for all, as that of a control room."""
    screen = Screen(browser, room.product.url)
    said = Said(screen)
    screen.open()
    screen.sign_in("acme", "control", PASSWORD)
    screen.expect_state("live")
    room.pass_gate(1)  # the stream has a row
    return screen, said


@pytest.fixture
def watching(room: Room, window: tuple[Screen, Said]) -> Iterator[tuple[Screen, Said]]:
    """The window, live."""
    window[0].expect_state("live")
    check_rows(room, window[0])
    yield window
    assert window[0].faults == []


def tell(room: Room, subject: UUID, **changes: Any) -> None:
    """An event of an alarm as the running version does not write it. The passage behind it rings for both."""
    tenant = room.tenant
    home, organization = str(tenant.keys["home"]), str(tenant.keys["organization"])
    heard_by = json.dumps({"organization_id": [organization], "property_id": [home]})
    with closing(sqlite3.connect(room.folder / DATABASE, timeout=20)) as database, database:
        moved = database.execute("UPDATE event_stream SET position = position + 1 WHERE id = ?", (home,))
        assert moved.rowcount == 1
        database.execute(APPEND, (str(subject), NOW.isoformat(" "), heard_by, json.dumps(GOOD | changes), home))
    room.pass_gate(1)


def test_an_event_that_cannot_be_told_costs_a_snapshot_and_no_connection(
    room: Room, watching: tuple[Screen, Said]
) -> None:
    screen, said = watching
    alarm = room.raise_alarm("SMOKE", "CRITICAL", "十二楼冒烟")
    screen.row("alarms", alarm).wait_for()
    before = said.asked("Snapshot")
    with closing(sqlite3.connect(room.folder / DATABASE, timeout=20)) as database, database:
        changed = "UPDATE alarm SET summary = ?, version = version + 1 WHERE summary = ? RETURNING id"
        (key,) = database.execute(changed, ("十三楼冒烟", "十二楼冒烟")).fetchone()
    tell(room, UUID(key), change="EXPLODED")  # a change that this version has no name for
    screen.page.wait_for_selector('#alarms .summary:has-text("十三楼冒烟")')
    screen.expect_state("live")
    later = room.raise_alarm("WATER_LEAK", "MAJOR", "地库积水")
    screen.row("alarms", later).wait_for()
    check_rows(room, screen)
    assert (said.sockets, said.asked("Snapshot")) == (1, before + 1), "it goes on behind what it was not told"


def test_a_change_of_shift_does_not_put_off_who_is_here(room: Room, watching: tuple[Screen, Said]) -> None:
    _, said = watching
    before, until = said.asked("Crew"), time.monotonic() + RAIN_SECONDS
    while said.asked("Crew") == before:
        assert time.monotonic() < until, "it is put off"
        came = room.do(COME, input={"propertyId": room.tenant.id("home")})["attendanceCheckIn"]
        assert came["userErrors"] == []
        room.do(GO, id=came["attendance"]["id"], input={})


def test_events_without_a_row_do_not_put_the_snapshot_off(room: Room, watching: tuple[Screen, Said]) -> None:
    """Behind the one before: each snapshot asks who is here, too."""
    _, said = watching
    before, until = said.asked("Snapshot"), time.monotonic() + RAIN_SECONDS
    while said.asked("Snapshot") == before:
        assert time.monotonic() < until, "it is put off"
        tell(room, uuid4())
    assert said.sockets == 1


def test_who_asks_without_end_is_answered_within_reason(room: Room, browser: Browser) -> None:
    """By the page's clock."""
    screen = Screen(browser, room.product.url)
    screen.page.clock.install()
    screen.open()
    screen.page.evaluate(LOOKOUT)
    screen.page.evaluate("window.asking = setInterval(() => lookout.soon(), 100)")
    screen.page.clock.run_for(60_000)
    looks = screen.page.evaluate("looks.splice(0)")
    assert [round(look - looks[0], -2) for look in looks[1:5]] == [400, 800, 1200, 1600], "at first soon"
    assert 11 <= len(looks) <= 13, "then every eight seconds"
    screen.page.evaluate("clearInterval(asking)")
    screen.page.clock.run_for(10_000)
    assert len(screen.page.evaluate("looks.splice(0)")) == 1, "who asked last"
    screen.page.clock.run_for(60_000)
    assert len(screen.page.evaluate("looks.splice(0)")) == 2, "by the clock"
    screen.page.evaluate("lookout.now(); lookout.soon()")
    screen.page.clock.run_for(1_000)
    assert len(screen.page.evaluate("looks")) == 2, "who asks while it looks gets a look of his own"
    screen.close()
    assert screen.faults == []


def test_a_server_too_busy_to_hear_the_introduction_is_tried_again(room: Room, browser: Browser) -> None:
    screen, opened = Screen(browser, room.product.url), []

    def refuse_first(socket: WebSocketRoute) -> None:
        opened.append(socket)
        if len(opened) == 1:
            socket.close(code=4408, reason="Connection initialisation timeout")
        else:
            socket.connect_to_server()

    screen.page.route_web_socket(re.compile("/graphql$"), refuse_first)
    screen.open()
    screen.sign_in("acme", "control", PASSWORD)
    screen.expect_state("live")
    assert len(opened) == 2
    screen.close()
    assert screen.faults == []
