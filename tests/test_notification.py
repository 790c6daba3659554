"""The inbox through the public endpoint: who is told by which verb, what is read, and the stream of it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import orjson

from resolvers.jobs.ticket import remind_of_appointments
from tests.client import Client
from tests.dump import audits, dump, owner
from tests.live.websocket import talk
from tests.paging import check_paging

if TYPE_CHECKING:
    from resolvers.ports import House
    from tests.conftest import Live

INBOX = """query ($unread: Boolean! = false) { unreadNotificationCount notifications(unreadOnly: $unread) { nodes {
  id kind urgent title text readAt version property { id }
  subject { id } } } }"""
READ = """mutation ($ids: [ID!]!) { notificationRead(input: { ids: $ids }) {
  notifications { id readAt version } unreadCount userErrors { code field } } }"""
READ_ALL = "mutation { notificationReadAll { unreadCount userErrors { code } } }"
STREAM = """subscription ($after: Cursor) { notificationReceived(after: $after) {
  cursor kind version notification { text readAt subject { id } } } }"""
RAISE = """mutation ($input: TicketCreateInput!) { x: ticketCreate(input: $input) {
  ticket { id remindAt } userErrors { message } } }"""
REMINDED = "query ($id: ID!) { ticket(id: $id) { remindAt remindedAt } }"
CURSOR = "{ viewer { account { liveCursor } } }"


async def news(client: Client, who: str) -> list[tuple[str, str | None]]:
    """What is new since the world began: kind and subject, oldest first."""
    nodes = (await client.data(INBOX, who))["notifications"]["nodes"]
    old = {client.world.acme.id(name) for name in ("news0", "news1", "resident_news", "guard_news")}
    fresh = [node for node in reversed(nodes) if node["id"] not in old]
    return [(node["kind"], node["subject"] and node["subject"]["id"]) for node in fresh]


async def do(client: Client, who: str, call: str) -> None:
    answer = await client.data(f"mutation {{ x: {call} {{ userErrors {{ code }} }} }}", who)
    assert answer["x"]["userErrors"] == [], (call, answer)


async def test_a_days_news(client: Client, house: House) -> None:
    """An order's way from the manager to the technician and back, as both and the resident are told of it."""
    acme = client.world.acme
    order, ticket = acme.id("order0"), acme.id("ticket0")
    work, version = f'id: "{order}"', "expectedVersion: {}"
    given = f'{version.format(1)}, staffId: "{acme.id("tech2_staff")}"'
    await do(client, "manager", f"workOrderAssign({work}, input: {{ {given} }})")
    assert await news(client, "tech2") == [("WORK_ORDER_ASSIGNED", order)]
    assert await news(client, "tech1") == await news(client, "manager") == []
    await do(client, "tech2", f"workOrderAccept({work}, input: {{ {version.format(2)} }})")
    assert await news(client, "resident") == [("TICKET_PROGRESSED", ticket)]
    await do(client, "tech2", f'workOrderDecline({work}, input: {{ {version.format(3)}, note: "远" }})')
    assert await news(client, "manager") == [("WORK_ORDER_DECLINED", order)]
    assert await news(client, "chief") == [("WORK_ORDER_DECLINED", order)], "a manager of all Properties"
    assert await news(client, "away_manager") == []
    await do(client, "desk", f'ticketComment(id: "{ticket}", input: {{ text: "明天来" }})')
    await do(client, "desk", f'ticketComment(id: "{ticket}", input: {{ text: "难办", internal: true }})')
    await do(client, "resident", f'ticketComment(id: "{ticket}", input: {{ text: "好" }})')
    told = await news(client, "resident")
    assert [kind for kind, _ in told].count("TICKET_COMMENTED") == 1, "not of what staff say, nor of the own"
    await owner(house, "UPDATE occupancy SET move_out_on = '2026-11-21' WHERE id = $1", acme.keys["resident_occupancy"])
    await do(client, "desk", f'ticketComment(id: "{ticket}", input: {{ text: "来过了" }})')
    (kept,) = await owner(
        house, "SELECT COUNT(*) AS n FROM notification WHERE kind = 'TICKET_COMMENTED' AND account_id = $1",
        acme.keys["resident"],
    )  # fmt: skip
    assert kept["n"] == 1, "who has moved out is told no more"
    await do(client, "manager", f'workOrderCancel({work}, input: {{ {version.format(4)}, note: "重复" }})')
    assert ("WORK_ORDER_CANCELLED", order) in await news(client, "tech2")
    assert await news(client, "neighbour") == []


async def test_whoever_had_it_in_hand_hears_that_it_is_anothers(client: Client) -> None:
    """Not who gave it back, nor who has it again."""
    acme = client.world.acme
    order, version = acme.id("order0"), 0

    async def give(to: str, note: str = "") -> None:
        nonlocal version
        version += 1
        given = f'expectedVersion: {version}, staffId: "{acme.id(to)}", note: "{note}"'
        await do(client, "manager", f'workOrderAssign(id: "{order}", input: {{ {given} }})')

    await give("tech1_staff")
    await give("tech2_staff")
    assert await news(client, "tech1") == [("WORK_ORDER_ASSIGNED", None), ("WORK_ORDER_REASSIGNED", None)]
    await give("tech2_staff")
    assert {kind for kind, _ in await news(client, "tech2")} == {"WORK_ORDER_ASSIGNED"}, "it is still his"
    version += 1
    declined = f'expectedVersion: {version}, note: "远"'
    await do(client, "tech2", f'workOrderDecline(id: "{order}", input: {{ {declined} }})')
    await give("tech1_staff")
    assert {kind for kind, _ in await news(client, "tech2")} == {"WORK_ORDER_ASSIGNED"}, "he gave it back himself"


async def test_staff_hear_what_a_resident_says(client: Client, house: House) -> None:
    """Whoever handles the ticket or has its order in hand; where there is nobody, the desk."""
    acme = client.world.acme
    home = f'propertyId: "{acme.id("home")}", kind: INQUIRY, category: "收费", text: "几点？"'
    made = await client.data(f"mutation {{ ticketCreate(input: {{ {home} }}) {{ ticket {{ id }} }} }}", "resident")
    asked = made["ticketCreate"]["ticket"]["id"]
    assert await news(client, "desk") == [("TICKET_ROUTED", asked)]
    await do(client, "resident", f'ticketComment(id: "{asked}", input: {{ text: "急" }})')
    assert (await news(client, "desk"))[1:] == [("TICKET_REPLIED", asked)]
    # The ticket with an order that tech1 has in hand is his to hear of, and no more the desk's.
    order, ticket = acme.id("order0"), acme.id("ticket0")
    given = f'expectedVersion: 1, staffId: "{acme.id("tech1_staff")}"'
    await do(client, "manager", f'workOrderAssign(id: "{order}", input: {{ {given} }})')
    await do(client, "resident", f'ticketComment(id: "{ticket}", input: {{ text: "门铃坏了" }})')
    assert ("TICKET_REPLIED", ticket) in await news(client, "tech1")
    assert len(await news(client, "desk")) == 2
    # Who handles it hears of it beside him; nobody of what he says himself.
    await owner(
        house, "UPDATE ticket SET handler_id = $1 WHERE id = $2", acme.keys["manager_staff"], acme.keys["ticket0"]
    )
    await do(client, "resident", f'ticketComment(id: "{ticket}", input: {{ text: "在家" }})')
    await do(client, "manager", f'ticketComment(id: "{ticket}", input: {{ text: "好" }})')
    assert [kind for kind, _ in await news(client, "manager")] == ["TICKET_REPLIED"]
    assert [kind for kind, _ in await news(client, "tech1")].count("TICKET_REPLIED") == 3
    await do(client, "resident", f'ticketCancel(id: "{asked}", input: {{}})')
    assert await news(client, "control") == await news(client, "neighbour") == []
    assert await news(client, "away_manager") == []


async def test_an_appointment_is_reminded_of_once(client: Client, house: House) -> None:
    acme = client.world.acme
    wish = {"propertyId": acme.id("home"), "unitId": acme.id("unit0"), "kind": "REPAIR", "text": "漏水"}
    tickets = []
    for category, at in (("门", "06:00"), ("窗", "06:00"), ("灯", "02:30")):
        given = {**wish, "category": category, "appointmentAt": f"2026-11-22T{at}:00Z"}
        tickets.append((await client.data(RAISE, "resident", input=given))["x"]["ticket"])
    assert [one["remindAt"] and one["remindAt"][11:16] for one in tickets] == ["05:00", "05:00", None], "an hour before"
    await do(client, "resident", f'ticketCancel(id: "{tickets[1]["id"]}", input: {{}})')
    house.clock.move(timedelta(hours=3, seconds=-1))  # type: ignore[attr-defined]
    await remind_of_appointments(house)
    assert "TICKET_DUE" not in [kind for kind, _ in await news(client, "resident")], "not before its time"
    house.clock.move(timedelta(seconds=1))  # type: ignore[attr-defined]
    await asyncio.gather(*(remind_of_appointments(house) for _ in range(4)))
    told = [subject for kind, subject in await news(client, "resident") if kind == "TICKET_DUE"]
    assert told == [tickets[0]["id"]]
    assert [subject for kind, subject in await news(client, "desk") if kind == "WORK_ORDER_DUE"] == told, (
        "nobody has it"
    )
    shown = [(await client.data(REMINDED, "resident", id=one["id"]))["ticket"] for one in tickets]
    assert [one["remindedAt"] for one in shown] == ["2026-11-22T05:00:00.000000Z", None, None]
    assert len(await audits(house, "ticket.remind")) == 1
    # The Property says when, or never; an appointment lies within 90 days.
    days = "expectedVersion: 1, reopenDays: 7, closeDays: 7, remindMinutes: 0"
    await do(client, "manager", f'propertySetTicketDays(id: "{acme.id("home")}", input: {{ {days} }})')
    given = {**wish, "category": "墙", "appointmentAt": "2026-12-22T06:00:00Z"}
    assert (await client.data(RAISE, "resident", input=given))["x"]["ticket"]["remindAt"] is None
    given |= {"category": "顶", "appointmentAt": "2027-02-21T06:00:00Z"}
    (error,) = (await client.data(RAISE, "resident", input=given))["x"]["userErrors"]
    assert error["message"] == "An appointment is at most 90 days ahead."


async def test_an_alarm_reaches_the_guards_once_and_stock_the_buyers(client: Client, house: House) -> None:
    acme = client.world.acme
    home, raised = f'propertyId: "{acme.id("home")}"', 'type: FIRE, severity: {}, summary: "冒烟"'
    for severity, told in (("MINOR", 0), ("MAJOR", 1), ("CRITICAL", 1)):
        await do(client, "manager", f"alarmRaise(input: {{ {home}, {raised.format(severity)} }})")
        assert [kind for kind, _ in await news(client, "guard")] == ["ALARM_RAISED"] * told, severity
    assert len(await news(client, "control")) == 1
    assert await news(client, "manager") == await news(client, "tech1") == []
    (alarm,) = (await client.data(INBOX, "control"))["notifications"]["nodes"]
    assert (alarm["urgent"], alarm["title"]) == (True, "Major alarm: fire")
    chinese = await client.http.post(
        "/graphql", json={"query": INBOX}, headers={**client.headers("control"), "accept-language": "zh"}
    )
    (alarm,) = chinese.json()["data"]["notifications"]["nodes"]
    assert alarm["text"] == "acme home发生重要告警：火警。请立即查看。"
    stock = f'warehouseId: "{acme.id("warehouse")}", itemId: "{acme.id("tube")}"'
    await do(client, "manager", f'stockLevelSet(input: {{ {stock}, warningLevel: "11" }})')
    ((kind, _),) = await news(client, "buyer")
    assert kind == "STOCK_LOW"
    events = await owner(house, "SELECT data, audience FROM event WHERE type = 'notification.received'")
    assert events
    assert all(set(_keys(event["data"])) == {"kind", "subject_version"} for event in events), "no words in the log"


async def test_a_verb_with_a_key_tells_once_and_not_who_did_it(client: Client) -> None:
    acme, raised = client.world.acme, 'type: FIRE, severity: CRITICAL, summary: "冒烟"'
    call = f'alarmRaise(input: {{ propertyId: "{acme.id("home")}", {raised} }})'
    body = {"query": f"mutation {{ x: {call} {{ userErrors {{ code }} }} }}"}
    for _ in range(2):
        answer = await client.http.post(
            "/graphql", json=body, headers={**client.headers("control"), "idempotency-key": "one-fire-one-alarm"}
        )
        assert answer.json()["data"] == {"x": {"userErrors": []}}
    assert await news(client, "control") == []
    assert [kind for kind, _ in await news(client, "guard")] == ["ALARM_RAISED"]


async def test_many_writers_to_many_inboxes_wait_for_each_other_and_lose_nothing(client: Client, house: House) -> None:
    """Each alarm writes to the Property's stream and two inboxes; positions are without a gap in each."""
    home = f'propertyId: "{client.world.acme.id("home")}", severity: CRITICAL, summary: "x"'
    types = ("FIRE", "GAS", "FALL", "SMOKE", "FIGHT", "CROWD", "HELP", "ENERGY")
    await asyncio.gather(*(do(client, "manager", f"alarmRaise(input: {{ {home}, type: {type_} }})") for type_ in types))
    for who in ("guard", "control"):
        assert len(await news(client, who)) == len(types)
    rows = await owner(house, "SELECT stream_id, position, type FROM event ORDER BY stream_id, position")
    heads = await owner(house, "SELECT id, position FROM event_stream")
    for head in heads:
        positions = [row["position"] for row in rows if str(row["stream_id"]) == str(head["id"])]
        assert positions == list(range(1, head["position"] + 1))
    assert sum(row["type"] == "notification.received" for row in rows) == 2 * len(types)


def _keys(data: Any) -> Any:
    return orjson.loads(data) if isinstance(data, str) else data


async def test_what_is_read_and_what_is_left(client: Client, house: House) -> None:
    acme = client.world.acme
    ids = [acme.id("news1"), acme.id("news0")]
    await check_paging(client, "notifications", "tech1", "", ids)
    assert (await client.data(INBOX, "tech1"))["unreadNotificationCount"] == 2
    done = (await client.data(READ, "tech1", ids=[ids[0], ids[0]]))["notificationRead"]
    assert (done["unreadCount"], done["userErrors"]) == (1, [])
    assert [(node["id"], node["version"], bool(node["readAt"])) for node in done["notifications"]] == [
        (ids[0], 2, True)
    ]
    before = await dump(house)
    again = (await client.data(READ, "tech1", ids=[ids[0]]))["notificationRead"]
    assert (again["unreadCount"], again["notifications"][0]["version"]) == (1, 2)
    for who, tenant, wish, code in (
        ("tech2", acme, [ids[1]], "NOT_FOUND"),
        ("admin", acme, [ids[1]], "NOT_FOUND"),
        ("tech1", client.world.rival, [ids[1]], "NOT_FOUND"),
        ("tech1", acme, [ids[1], acme.id("guard_news")], "NOT_FOUND"),
        ("tech1", acme, [], "BAD_USER_INPUT"),
        ("tech1", acme, [acme.id("order1")], "BAD_USER_INPUT"),
    ):
        refused = (await client.data(READ, who, tenant, ids=wish))["notificationRead"]
        assert [error["code"] for error in refused["userErrors"]] == [code], (who, wish)
        assert refused["userErrors"][0]["field"] == ["input", "ids"]
    assert await dump(house) == before
    left = (await client.data(INBOX, "tech1", unread=True))["notifications"]["nodes"]
    assert [node["id"] for node in left] == [ids[1]]
    assert (await client.data(READ_ALL, "tech1"))["notificationReadAll"] == {"unreadCount": 0, "userErrors": []}
    assert (await client.data(INBOX, "guard"))["unreadNotificationCount"] == 1, "nobody else's"
    assert [entry["after"] for entry in await audits(house, "notification.readAll")] == [{"count": 1}]
    assert await client.codes(READ_ALL, "program") == ["GRAPHQL_VALIDATION_FAILED"], "not in its contract"
    assert await client.codes(READ_ALL, None) == ["UNAUTHENTICATED"]
    assert (await client.data("{ unreadNotificationCount }", None))["unreadNotificationCount"] is None


async def test_the_stream_resumes_without_a_gap(live: Live) -> None:
    client, acme = live.client, live.client.world.acme
    start = (await client.data(CURSOR, "guard"))["viewer"]["account"]["liveCursor"]
    raised = f'propertyId: "{acme.id("home")}", severity: CRITICAL, summary: "x"'
    for type_ in ("FIRE", "GAS"):
        await do(client, "manager", f"alarmRaise(input: {{ {raised}, type: {type_} }})")
    after = start
    for word in ("火警", "燃气泄漏", "跌倒"):
        async with talk(live.websocket_url, acme.token("guard")) as socket:
            await socket.subscribe("1", STREAM, after=after)
            if word == "跌倒":
                await do(client, "manager", f"alarmRaise(input: {{ {raised}, type: FALL }})")
            (result,) = await socket.results("1", 1)
        event = result["data"]["notificationReceived"]
        assert word in event["notification"]["text"]
        assert (event["kind"], event["version"], event["notification"]["readAt"]) == ("ALARM_RAISED", 1, None)
        after = event["cursor"]
