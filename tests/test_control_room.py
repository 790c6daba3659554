"""The control room's page in a real browser: what is there, what happens, two windows, a server that dies."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
from collections import Counter
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from playwright.sync_api import expect

from adapters.demo.still import draw_still
from schema.base.node import encode
from tests.factories.world import NOW, PASSWORD
from tests.live.talk import ASSIGN
from tests.room import Room, check_rows
from tests.screen import Screen, one_browser, post

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

    from tests.conftest import Template
    from tests.servers.product import Product

pytestmark = [pytest.mark.servers, pytest.mark.timeout(180)]  # servers and a browser start on a busy machine
SIGN_OUT = "mutation { accountSignOut { userErrors { code } } }"
RAISE_TICKET = """mutation ($input: TicketCreateInput!) { ticketCreate(input: $input) {
  ticket { workOrders(first: 1) { nodes { id number version } } } userErrors { code } } }"""
RULE = "mutation ($input: DispatchRuleSetInput!) { dispatchRuleSet(input: $input) { userErrors { code } } }"
COME = "mutation ($input: AttendanceCheckInInput!) { attendanceCheckIn(input: $input) { userErrors { code } } }"
CANCEL = """mutation ($id: ID!, $input: WorkOrderCancelInput!) { workOrderCancel(id: $id, input: $input) {
  userErrors { code } } }"""
# A day goes by for one order: it was to be accepted and dealt with then; those who look have not looked yet.
AGED = (
    """UPDATE sla_clock SET due_at = started_at, warn_at = started_at
       WHERE ticket_id = (SELECT ticket_id FROM work_order WHERE number = ?)""",
    """UPDATE work_order SET created_at = (SELECT min(created_at) FROM work_order), dispatch_due_at = created_at
       WHERE number = ?""",
    """UPDATE job SET run_at = (SELECT min(created_at) FROM work_order) WHERE kind = 'sla.watch' AND ? <> ''""",
)
FINE: dict[str, Any] = {"userErrors": []}
MAIN_TEXT = ("header select", ".figure.work b", ".alarm .summary", ".order .summary", ".passage .who", "h2")
SOFT_TEXT = (".figure.alarming b", ".figure span", ".alarm .about", ".order .about", ".passage time", "#status-detail")
WORK_TEXT = (".card .summary", ".card .about", ".card .clock", ".held .reason", ".held .about", ".person .about")
BAR = ("#status-word", "#tools button", "#views button", '#views [aria-selected="true"]')
MARKS = (".alarm .mark", ".alarm button", ".order .mark", ".passage.denied .where", ".camera .empty", ".camera .name")
DATABASE = "wuye.db"
FORBIDDEN_PICTURE = """address => new Promise((told) => {
  addEventListener("securitypolicyviolation", (event) => told(event.effectiveDirective), { once: true });
  const picture = new Image();
  picture.onload = () => told("it is shown");
  setTimeout(() => told("nothing forbids it"), 5000);
  picture.src = address;
})"""
browser = pytest.fixture(scope="module")(one_browser)


@pytest.fixture(scope="module")
def room(browser: Browser, sqlite_template: Template, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    """One for all: tests leave it serving."""
    folder = tmp_path_factory.mktemp("room")
    shutil.copy(sqlite_template.settings.sqlite_path, folder / DATABASE)
    found = Room(sqlite_template.world.acme, folder, {"DATABASE_URL": f"sqlite://{folder / DATABASE}"})
    with found.product:
        yield found


@pytest.fixture(scope="module")
def windows(browser: Browser, room: Room) -> list[Screen]:
    """Two, signed in: one dark and Chinese, one light and English. They stay open, as those of a control room do."""
    opened = [Screen(browser, room.product.url), Screen(browser, room.product.url, locale="en-GB", scheme="light")]
    for screen in opened:
        screen.open()
        screen.sign_in("acme", "control", PASSWORD)
        screen.expect_state("live")  # the first sign-in of all renews the password's cheap hash
    return opened


@pytest.fixture
def screens(windows: list[Screen]) -> Iterator[list[Screen]]:
    """The windows, live; whatever goes wrong in them is a fault of the test."""
    for screen in windows:
        screen.expect_state("live")
    yield windows
    for screen in windows:
        assert screen.faults == []


@contextmanager
def rows(room: Room) -> Iterator[sqlite3.Connection]:
    """The database, past the product."""
    with closing(sqlite3.connect(room.folder / DATABASE, timeout=20)) as database, database:
        yield database


@contextmanager
def silent(product: Product) -> Iterator[None]:
    """It does nothing, and keeps its sockets."""
    (process,) = product.worker_ids()
    os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process, signal.SIGCONT)


def give_by_house(room: Room, version: int, *, enabled: bool) -> None:
    """Whether the house gives the orders from now on; the rule had this version."""
    wish = {"propertyId": room.tenant.id("home"), "expectedVersion": version, "enabled": enabled}
    assert room.do(RULE, input=wish)["dispatchRuleSet"] == FINE


def test_the_form_refuses_and_lets_in(browser: Browser, room: Room) -> None:
    screen = Screen(browser, room.product.url)
    screen.open()
    screen.sign_in("acme", "control", "wrong")
    expect(screen.page.locator("#sign-in-say")).to_contain_text("登录失败")
    screen.sign_in("acme", "control", PASSWORD)
    screen.expect_state("live")
    check_rows(room, screen)
    assert screen.page.evaluate("JSON.stringify(sessionStorage)") == "{}", "tokens are in memory alone"
    screen.page.reload()
    screen.expect_state("live")
    check_rows(room, screen)
    screen.page.click("#sign-out")
    screen.sign_in("acme", "tech1", PASSWORD)
    expect(screen.page.locator("#alarms .empty")).to_have_text("此账号无权查看")  # not: there is no alarm
    assert screen.rows("alarms") == []
    screen.close()
    assert screen.faults == []


def test_what_happens_is_seen_and_no_panel_moves(room: Room, screens: list[Screen]) -> None:
    chinese, english = screens
    boxes = [screen.boxes() for screen in screens]
    order = room.tenant.id("order0")
    expect(chinese.row("orders", order).locator(".mark")).to_have_text("待派")
    room.assign("order0", "tech1", 1)
    expect(chinese.row("orders", order).locator(".mark")).to_have_text("已派")
    expect(english.row("orders", order).locator(".mark")).to_have_text("Assigned")
    expect(chinese.figure("待派")).to_have_text("0")
    expect(english.figure("Assigned")).to_have_text("2")
    for pressed in ("true", "false"):
        chinese.page.click("#sound")
        expect(chinese.page.locator("#sound")).to_have_attribute("aria-pressed", pressed)
    room.pass_gate(30)
    room.pass_gate(1, result="DENIED", reason="expired")
    fire = room.raise_alarm("SMOKE", "CRITICAL", "十二楼冒烟")
    for screen in screens:
        expect(screen.page.locator("#gates li").first).to_contain_text("expired")
        expect(screen.row("alarms", fire)).to_contain_text("十二楼冒烟")
        check_rows(room, screen)
        assert screen.rows("alarms")[0] == fire, "the worst that nobody has noted, the newest of them"
    expect(english.page.locator("#say-loud")).to_have_text("Critical alarm: 十二楼冒烟")
    assert [screen.boxes() for screen in screens] == boxes


def test_what_one_acknowledges_the_other_sees(room: Room, screens: list[Screen]) -> None:
    first, second = screens
    alarm = room.raise_alarm("WATER_LEAK", "MAJOR", "地库积水")
    button = first.row("alarms", alarm).locator("button")
    button.focus()
    first.page.keyboard.press("Enter")
    for screen, words in ((first, "已确认"), (second, "noted by")):
        expect(screen.row("alarms", alarm).locator(".noted")).to_contain_text(words)
        expect(screen.row("alarms", alarm).locator("button")).to_be_hidden()
        check_rows(room, screen)


def test_readable_at_three_metres(room: Room, screens: list[Screen]) -> None:
    room.pass_gate(1, result="DENIED")
    room.raise_alarm("FORCED_DOOR", "MINOR", "门未关")
    for screen in screens:  # one is dark, one is light
        screen.page.wait_for_selector(".passage.denied")
        for selector in (*MAIN_TEXT, *SOFT_TEXT, *BAR, *MARKS):
            contrast, size = screen.look(selector)
            assert contrast >= (7 if selector in MAIN_TEXT else 4.5), (selector, contrast)
            assert size >= (48 if selector.startswith(".figure") and selector.endswith("b") else 24), (selector, size)


def test_a_killed_server_costs_no_row_and_doubles_none(room: Room, screens: list[Screen]) -> None:
    room.pass_gate(3)
    for screen in screens:
        check_rows(room, screen)
        screen.watch_states()
    room.product.kill()
    for screen in screens:
        screen.expect_state("reconnecting")
        expect(screen.page.locator("#status-detail")).to_contain_text(":")
    with room.elsewhere as other:  # what the first server did not live to see
        room.pass_gate(5, other)
        room.assign("order1", "tech2", 1, other)
        missed = room.raise_alarm("LIFT", "CRITICAL", "电梯困人", other)
    for screen in screens:
        assert missed not in screen.rows("alarms"), "it tells of what it cannot know"
    room.product.start()
    for screen in screens:
        screen.expect_state("live")
        check_rows(room, screen)  # which waits: what was missed comes a moment after "live"
        assert missed in screen.rows("alarms")
        assert screen.states() == ["live", "reconnecting", "behind", "live"], "connected is not yet caught up"
    room.pass_gate(2)
    for screen in screens:
        check_rows(room, screen)
        screen.faults[:] = [fault for fault in screen.faults if "ERR_CONNECTION_REFUSED" not in fault]


def test_a_silent_server_is_not_called_live(room: Room, browser: Browser) -> None:
    screen = Screen(browser, room.product.url)
    screen.page.clock.install()
    screen.open()
    screen.sign_in("acme", "control", PASSWORD)
    screen.expect_state("live")
    since = screen.stand_still(5)  # the server has just answered a ping
    detail = screen.page.locator("#status-detail")
    with silent(room.product):
        for seconds in (13, 8):  # longer than a wall is quiet, then than it waits for an answer of the database
            screen.page.clock.fast_forward(1000 * seconds)
            screen.expect_state("behind")
            expect(detail).to_have_text(f"自 {since} 起画面未更新")
        screen.page.clock.fast_forward(5000)
        screen.expect_state("reconnecting")  # it has dropped a connection that says nothing
        expect(detail).to_have_text(f"自 {since} 起画面未更新")
    screen.page.clock.resume()
    screen.expect_state("live")
    room.pass_gate(2)
    check_rows(room, screen)
    screen.close()
    assert screen.faults == []


def test_a_camera_shows_what_it_saw(room: Room, screens: list[Screen]) -> None:
    camera = room.tenant.id("camera1")
    pictures = [screen.page.locator(f'#cameras li[data-id="{camera}"] img') for screen in screens]
    for picture in pictures:
        expect(picture).to_be_hidden()
    photo = room.upload(draw_still(random.Random(7), "大堂", NOW))
    room.raise_alarm("LOITERING", "MINOR", "大堂有人逗留", cameraId=camera, photoIds=[photo["id"]])
    for screen, picture in zip(screens, pictures, strict=True):
        expect(picture).to_be_visible()
        address, width, height = picture.evaluate("img => [img.src, img.naturalWidth, img.naturalHeight]")
        assert (width, height) == (320, 180), "all of the small one"
        assert address.partition("?")[0] == screen.url + photo["thumbnailUrl"].partition("?")[0]
    elsewhere = f"{room.elsewhere.url}/still.jpg"
    assert screens[0].page.evaluate(FORBIDDEN_PICTURE, elsewhere) == "img-src", "from us alone"
    screens[0].faults[:] = [fault for fault in screens[0].faults if elsewhere not in fault]


def test_a_cursor_that_leads_nowhere_begins_anew(room: Room, screens: list[Screen]) -> None:
    with rows(room) as database:
        assert database.execute("UPDATE event_stream SET epoch = epoch + 1").rowcount > 0
    room.pass_gate(2)
    for screen in screens:
        while not any("RESUME_GONE" in frame for frame in screen.refusals):  # the test's time-out ends it
            screen.page.wait_for_timeout(50)
        screen.expect_state("live")
        check_rows(room, screen)
    room.pass_gate(2)
    for screen in screens:
        check_rows(room, screen)


def test_a_session_goes_on_until_it_is_ended(room: Room, browser: Browser) -> None:
    screen = Screen(browser, room.product.url)
    screen.page.clock.install()
    screen.open()
    screen.sign_in("acme", "control", PASSWORD)
    screen.expect_state("live")
    before = screen.tokens[-1]
    with screen.page.expect_websocket() as renewed:
        screen.page.clock.fast_forward("14:30")  # a token lives for 15 minutes
    assert renewed.value.url.endswith("/graphql")
    screen.expect_state("live")
    alarm = room.raise_alarm("INTRUSION", "MAJOR", "周界报警")
    screen.row("alarms", alarm).locator("button").click()
    expect(screen.row("alarms", alarm).locator(".noted")).to_be_visible()
    assert screen.tokens[-1] != before
    post(room.product, SIGN_OUT, {}, screen.tokens[-1])
    expect(screen.page.locator("#sign-in-say")).to_have_text("登录已失效，请重新登录")
    screen.close()
    assert screen.faults == []


def test_what_is_late_or_held_up_is_seen_at_once(room: Room, screens: list[Screen]) -> None:
    home, (chinese, english) = room.tenant.id("home"), screens
    for screen in screens:
        screen.page.keyboard.press("2")
        expect(screen.page.locator("#view-work")).to_have_attribute("aria-selected", "true")
        expect(screen.page.locator("#gates")).to_be_hidden()
    boxes = [screen.boxes() for screen in screens]
    give_by_house(room, 1, enabled=True)
    wish = {"propertyId": home, "kind": "REPAIR", "category": "水管", "text": "地库水管爆了"}
    (order,) = room.do(RAISE_TICKET, input=wish)["ticketCreate"]["ticket"]["workOrders"]["nodes"]
    card = chinese.page.locator(f'[data-group="WAITING"] li[data-id="{order["id"]}"]')
    expect(card.locator(".clock")).to_contain_text("响应 计时")
    expect(chinese.row("queue", order["id"])).to_contain_text("派不出")
    late, held = (int(chinese.figure(label).inner_text()) for label in ("超时", "待人工"))
    with rows(room) as database:
        for statement in AGED:
            assert database.execute(statement, (order["number"],)).rowcount > 0
    for screen, clock, state in ((chinese, "响应 超时", "无人接单"), (english, "Reply late", "Escalated")):
        expect(screen.row("queue", order["id"])).to_contain_text(state)
        expect(screen.row("board", order["id"]).locator('.clock[data-state="BREACHED"]')).to_contain_text(clock)
    expect(chinese.figure("超时")).to_have_text(str(late + 1))
    expect(chinese.figure("待人工")).to_have_text(str(held))
    assert card.evaluate("card => card === card.parentElement.firstElementChild"), "what is due first is on top"
    assert room.do(COME, input={"propertyId": home})["attendanceCheckIn"] == FINE
    for screen in screens:
        check_work(screen, order["id"])
    assert [screen.boxes() for screen in screens] == boxes
    give_by_house(room, 2, enabled=False)
    cancel = {"expectedVersion": room_version(room, order["id"]), "note": "已转外包"}
    assert room.do(CANCEL, id=order["id"], input=cancel)["workOrderCancel"] == FINE
    for screen in screens:
        expect(screen.row("board", order["id"])).to_have_count(0)
        screen.page.keyboard.press("1")


def check_work(screen: Screen, order: str) -> None:
    """Who came is there; it is readable; and who wants to know why asks with the keyboard."""
    screen.page.wait_for_selector('.person[data-state="offRoster"]')
    for selector in WORK_TEXT:
        contrast, size = screen.look(selector)
        assert contrast >= 4.5, (selector, contrast)
        assert size >= 24, (selector, size)
    screen.row("queue", order).locator("button").focus()
    screen.page.keyboard.press("Enter")
    expect(screen.page.locator("#story .decision").first).to_have_attribute("data-outcome", "ESCALATED")
    expect(screen.page.locator("#story .candidates li.out").first).to_be_visible()
    screen.page.keyboard.press("Escape")
    expect(screen.page.locator("#story")).to_be_hidden()


def test_the_figures_count_what_the_list_has_no_room_for(room: Room, browser: Browser) -> None:
    """Last: the orders that it makes were never announced to the other windows."""
    ids = [UUID(int=number) for number in range(1, 231)]
    with rows(room) as database:
        columns = [row[1] for row in database.execute("PRAGMA table_info(work_order)")]
        made = {"id": "?", "number": "?", "status": "'CREATED'", "updated_at": "created_at"}
        made |= dict.fromkeys(("assignee_id", "dispatch_state"), "NULL")
        shown = ", ".join(made.get(name, name) for name in columns)
        key = str(room.tenant.keys["order0"])
        counted = "SELECT status, count(*) FROM work_order WHERE property_id = ? GROUP BY status"
        before = Counter(dict(database.execute(counted, (str(room.tenant.keys["home"]),))))
        values = [(str(id_), f"x{id_.int}", key) for id_ in ids]
        copied = f"INSERT INTO work_order ({', '.join(columns)}) SELECT {shown} FROM work_order WHERE id = ?"
        assert [name for name in columns if made.get(name) == "?"] == ["id", "number"]
        database.executemany(copied, values)
    screen = Screen(browser, room.product.url)
    screen.open()
    screen.sign_in("acme", "control", PASSWORD)
    waiting, given = 230 + before["CREATED"] + before["REJECTED"], before["ASSIGNED"]
    expect(screen.figure("待派")).to_have_text(str(waiting))
    assert len(screen.rows("orders")) == 200
    wish = {
        "staffId": room.tenant.id("tech1_staff"),
        "expectedVersion": room_version(room, encode("WorkOrder", ids[0])),
    }
    answer = room.do(ASSIGN, id=encode("WorkOrder", ids[0]), input=wish)
    assert answer["workOrderAssign"]["userErrors"] == []
    expect(screen.figure("待派")).to_have_text(str(waiting - 1))
    expect(screen.figure("已派")).to_have_text(str(given + 1))
    screen.close()
    assert screen.faults == []


def room_version(room: Room, order: str) -> int:
    """Of an order now."""
    found = room.do("query ($i: ID!) { workOrder(id: $i) { version } }", i=order)
    return int(found["workOrder"]["version"])
