"""The control room's page before two processes on PostgreSQL and Redis: one is killed, one loses its database."""

from __future__ import annotations

import dataclasses
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.factories.world import PASSWORD
from tests.faults.proxy import Proxy
from tests.room import Room, check_rows
from tests.screen import Screen, one_browser

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

    from tests.conftest import Template
    from tests.servers.postgres import PostgresServer

pytestmark = [pytest.mark.servers, pytest.mark.postgres, pytest.mark.timeout(180)]
browser = pytest.fixture(scope="module")(one_browser)


@dataclasses.dataclass(frozen=True)
class Wired:
    """A room whose windows' process reaches its database over `wire`; the process elsewhere needs none."""

    room: Room
    wire: Proxy


@pytest.fixture(scope="module")
def wired(
    browser: Browser,
    postgres: PostgresServer,
    postgres_template: Template,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Wired]:
    """One for all: tests leave both processes serving."""
    settings = postgres_template.settings
    name = postgres.create_database(Path(settings.database_admin_url or "").name)
    url = urlsplit(settings.database_url)._replace(path=f"/{name}")
    with ExitStack() as stack:
        stack.callback(postgres.drop_database, name)
        wire = stack.enter_context(Proxy(lambda: url.port or 5432))
        elsewhere = {"DATABASE_URL": url.geturl(), "BROKER_URL": settings.broker_url}
        over_wire = url._replace(netloc=url.netloc.replace(f":{url.port}", f":{wire.port}"))
        here = {**elsewhere, "DATABASE_URL": over_wire.geturl()}
        room = Room(postgres_template.world.acme, tmp_path_factory.mktemp("room"), here, elsewhere)
        for product in (room.product, room.elsewhere):
            stack.callback(product.__exit__)
            product.launch()
        for product in (room.product, room.elsewhere):
            product.wait_ready()
        yield Wired(room, wire)


def opened(browser: Browser, url: str, *, held: bool = False) -> Screen:
    """A window of the control room, live; its clock can be `held`."""
    screen = Screen(browser, url)
    if held:
        screen.page.clock.install()
    screen.open()
    screen.sign_in("acme", "control", PASSWORD)
    screen.expect_state("live")
    return screen


def test_two_windows_of_two_processes_and_one_is_killed(wired: Wired, browser: Browser) -> None:
    room = wired.room
    first, second = (opened(browser, product.url) for product in (room.product, room.elsewhere))
    alarm = room.raise_alarm("WATER_LEAK", "MAJOR", "地库积水")
    first.row("alarms", alarm).locator("button").click()
    for screen in (first, second):
        expect(screen.row("alarms", alarm).locator(".noted")).to_contain_text("已确认")
        check_rows(room, screen)
    first.watch_states()
    room.product.kill()
    first.expect_state("reconnecting")
    room.pass_gate(5, room.elsewhere)
    room.assign("order0", "tech2", 1, room.elsewhere)
    missed = room.raise_alarm("LIFT", "CRITICAL", "电梯困人", room.elsewhere)
    check_rows(room, second, room.elsewhere)
    assert missed not in first.rows("alarms"), "it tells of what it cannot know"
    room.product.start()
    first.expect_state("live")
    room.pass_gate(2)
    for screen in (first, second):
        check_rows(room, screen)
        assert missed in screen.rows("alarms")
    assert first.states() == ["live", "reconnecting", "behind", "live"]
    for screen in (first, second):
        screen.close()
    assert [fault for fault in first.faults if "ERR_CONNECTION_REFUSED" not in fault] == second.faults == []


def test_a_database_that_does_not_answer_is_told_of(wired: Wired, browser: Browser) -> None:
    room, wire = wired.room, wired.wire
    screen = opened(browser, room.product.url, held=True)
    check_rows(room, screen)
    since = screen.stand_still(10)  # the database has just answered
    wire.refuse()
    screen.page.clock.fast_forward(10_000)
    screen.expect_state("behind")
    expect(screen.page.locator("#status-detail")).to_have_text(f"自 {since} 起数据库没有应答")
    missed = room.raise_alarm("GAS", "CRITICAL", "燃气泄漏", room.elsewhere)
    screen.stand_still(10)  # it has asked again
    expect(screen.page.locator("#status-detail")).to_have_text(f"自 {since} 起数据库没有应答")
    assert missed not in screen.rows("alarms")
    wire.accept()
    screen.page.clock.resume()
    screen.page.clock.fast_forward(10_000)
    screen.expect_state("live")
    expect(screen.row("alarms", missed)).to_be_visible()
    check_rows(room, screen)
    screen.close()
    assert screen.faults == []
