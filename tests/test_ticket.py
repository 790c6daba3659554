"""Tickets through the public endpoint."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from models.rules.data_import import ImportState
from models.rules.work_order import WorkOrderStatus
from schema.messages import message
from tests.client import Client
from tests.dump import audits, dump, owner, row
from tests.factories.world import NOW
from tests.paging import check_paging
from tests.visible import furnish

if TYPE_CHECKING:
    from resolvers.ports import House

CREATE = """mutation ($input: TicketCreateInput!) { ticketCreate(input: $input) {
    ticket { id number status kind priority text category appointmentAt reporter { name } unit { id } building { id }
        photos { id } workOrders { nodes { id number summary status version } } }
    userErrors { code message field } } }"""


NUMBERS = count()  # the same thing is not raised twice while it is open


async def raise_ticket(client: Client, who: str | None = "resident", **changes: Any) -> dict[str, Any]:
    acme = client.world.acme
    wanted = {
        "propertyId": acme.id("home"),
        "unitId": acme.id("unit0"),
        "kind": "REPAIR",
        "category": f"水管 {next(NUMBERS)}",
        "text": "漏水",
        **changes,
    }
    return await client.post(CREATE, who, input={name: value for name, value in wanted.items() if value is not None})


async def test_a_resident_raises_a_repair_and_its_order_opens(client: Client, house: House) -> None:
    acme = client.world.acme
    answer = (
        await raise_ticket(
            client, category=" 水龙头 ", text=" 漏水 ", priority="HIGH", appointmentAt="2026-11-23T09:00:00+08:00"
        )
    )["data"]["ticketCreate"]
    assert answer["userErrors"] == []
    ticket = answer["ticket"]
    assert (ticket["status"], ticket["kind"], ticket["priority"]) == ("OPEN", "REPAIR", "HIGH")
    assert (ticket["category"], ticket["text"]) == ("水龙头", "漏水")
    assert ticket["appointmentAt"] == "2026-11-23T01:00:00.000000Z"
    assert ticket["reporter"]["name"] == "acme resident"
    assert (ticket["unit"], ticket["building"]) == ({"id": acme.id("unit0")}, {"id": acme.id("building")})
    (order,) = ticket["workOrders"]["nodes"]
    assert (order["status"], order["version"], order["number"]) == ("CREATED", 1, ticket["number"])
    assert order["summary"] == "水龙头：漏水"
    (audit,) = await audits(house, "ticket.create")
    assert (audit["account_id"], audit["subject_type"]) == (acme.keys["resident"], "Ticket")
    assert audit["before"] is None
    assert (audit["after"]["text"], audit["after"]["number"]) == ("漏水", ticket["number"])
    assert len(await audits(house, "workOrder.create")) == 1
    events = await owner(house, "SELECT * FROM event ORDER BY position")
    assert [event["type"] for event in events] == ["work_order.changed", "ticket.changed", *["sla_clock.changed"] * 2]


@pytest.mark.parametrize("kind", ["SUGGESTION", "INQUIRY"])
async def test_a_question_opens_no_order(client: Client, house: House, kind: str) -> None:
    answer = (await raise_ticket(client, kind=kind))["data"]["ticketCreate"]
    assert answer["ticket"]["workOrders"]["nodes"] == []
    events = await owner(house, "SELECT type FROM event WHERE type <> 'sla_clock.changed'")
    assert {event["type"] for event in events} == {"ticket.changed", "notification.received"}, "the desk is told"


async def test_a_number_bears_the_propertys_day(client: Client, house: House) -> None:
    house.clock.move(timedelta(hours=20))  # type: ignore[attr-defined]  # 22:00 UTC: the 23rd in Shanghai
    answer = (await raise_ticket(client))["data"]["ticketCreate"]
    assert answer["ticket"]["number"].startswith("261123-")


async def test_staff_raise_tickets_for_shared_places(client: Client) -> None:
    answer = (await raise_ticket(client, "manager", unitId=None))["data"]["ticketCreate"]
    assert answer["userErrors"] == []
    assert (answer["ticket"]["reporter"], answer["ticket"]["unit"]) == (None, None)


async def test_lists_page_in_every_order(client: Client, house: House) -> None:
    """Tickets and work orders: those whose `updated_at` gives another order than their ids, with ties."""
    acme = client.world.acme
    for n in range(3):
        await raise_ticket(client, text=str(n))
    where = f'propertyId: "{acme.id("home")}"'
    for field in ("tickets", "workOrders"):
        data = await client.data(f"{{ {field}({where} order: OLDEST first: 100) {{ nodes {{ id }} }} }}")
        oldest = [node["id"] for node in data[field]["nodes"]]
        assert len(oldest) == 5
        await check_paging(client, field, "manager", f"{where} order: OLDEST", oldest)
        await check_paging(client, field, "manager", f"{where} order: NEWEST", oldest[::-1])
        table = "ticket" if field == "tickets" else "work_order"
        ids = [entry["id"] for entry in await owner(house, f"SELECT id FROM {table} ORDER BY id")]
        ours = [id_ for id_ in ids if str(id_) in {str(key) for key in await _of(house, table, acme.keys["home"])}]
        late, last = NOW + timedelta(microseconds=1), NOW + timedelta(days=1)
        await owner(house, f"UPDATE {table} SET updated_at = $1 WHERE id = $2", last, ours[1])
        await owner(house, f"UPDATE {table} SET updated_at = $1 WHERE id = $2", late, ours[3])
        changed = [oldest[1], oldest[3], oldest[4], oldest[2], oldest[0]]
        await check_paging(client, field, "manager", f"{where} order: LAST_CHANGED", changed)


async def _of(house: House, table: str, place: object) -> list[Any]:
    return [entry["id"] for entry in await owner(house, f"SELECT id FROM {table} WHERE property_id = $1", place)]


async def test_filters(client: Client, house: House) -> None:
    acme = client.world.acme
    await owner(house, "UPDATE ticket SET status = 'CLOSED', kind = 'INQUIRY' WHERE id = $1", acme.keys["ticket1"])
    cases = {
        ("tickets", "status: [OPEN]"): ["ticket0"],
        ("tickets", "status: [OPEN, CLOSED]"): ["ticket1", "ticket0"],
        ("tickets", "status: []"): [],
        ("tickets", "kind: [INQUIRY]"): ["ticket1"],
        ("tickets", "kind: [INQUIRY], status: [OPEN]"): [],
        ("workOrders", "status: [CREATED]"): ["order0"],
        ("workOrders", f'assigneeId: "{acme.id("tech1_staff")}"'): ["order1"],
        ("workOrders", f'assigneeId: "{acme.id("tech2_staff")}"'): [],
    }
    for (field, chosen), names in cases.items():
        data = await client.data(
            f'{{ {field}(propertyId: "{acme.id("home")}", filter: {{ {chosen} }}) {{ nodes {{ id }} }} }}'
        )
        assert [node["id"] for node in data[field]["nodes"]] == [acme.id(name) for name in names], (field, chosen)


async def test_who_may_not_raises_nothing(client: Client, house: House) -> None:
    acme = client.world.acme
    before = await dump(house)
    for who in ("tech1", "control"):
        for changes in ({}, {"text": ""}):
            answer = await raise_ticket(client, who, **changes)
            assert [error["extensions"]["code"] for error in answer["errors"]] == ["FORBIDDEN"], who
    answer = await raise_ticket(client, None, text="")
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["UNAUTHENTICATED"]
    for who, changes, field in (
        ("resident", {"unitId": acme.id("unit1")}, "unitId"),  # the neighbour's
        ("neighbour", {}, "unitId"),
        ("away_resident", {}, "propertyId"),
        ("away_manager", {}, "propertyId"),
        ("resident", {"propertyId": acme.id("away")}, "propertyId"),
        ("chief", {"propertyId": acme.id("away")}, "unitId"),  # a unit of another property
    ):
        (error,) = (await raise_ticket(client, who, **changes))["data"]["ticketCreate"]["userErrors"]
        assert (error["code"], error["field"]) == ("NOT_FOUND", ["input", field]), (who, changes)
    assert await dump(house) == before


async def test_a_bad_field_is_named(client: Client, house: House) -> None:
    acme = client.world.acme
    before = await dump(house)
    for changes, field in (
        ({"category": ""}, "category"),
        ({"category": " "}, "category"),
        ({"category": "x" * 41}, "category"),
        ({"text": "\n"}, "text"),
        ({"text": "x" * 2_001}, "text"),
        ({"appointmentAt": "2026-11-22T01:59:59.999999Z"}, "appointmentAt"),
        ({"propertyId": "nonsense"}, "propertyId"),
        ({"propertyId": acme.id("unit0")}, "propertyId"),
        ({"unitId": acme.id("home")}, "unitId"),
        ({"photoIds": [acme.id("home")]}, "photoIds"),
        ({"photoIds": ["RmlsZTo"] * 10}, "photoIds"),
    ):
        (error,) = (await raise_ticket(client, **changes))["data"]["ticketCreate"]["userErrors"]
        assert (error["code"], error["field"]) == ("BAD_USER_INPUT", ["input", field]), changes
    assert await dump(house) == before
    longest = {"category": "x" * 40, "text": "文" * 2_000, "appointmentAt": "2026-11-22T02:00:00Z"}
    assert (await raise_ticket(client, **longest))["data"]["ticketCreate"]["userErrors"] == []


async def test_photos_are_the_own_and_used_once(client: Client, house: House) -> None:
    acme = client.world.acme
    await furnish(house, acme, 100)
    before = await dump(house)
    for who, name, code in (
        ("manager", "loose_file", "NOT_FOUND"),  # another's, not attached
        ("resident", "ticket_file", "FILE_ALREADY_ATTACHED"),
        ("resident", "order_file", "NOT_FOUND"),  # in sight, but the technician's
    ):
        (error,) = (await raise_ticket(client, who, photoIds=[acme.id(name)]))["data"]["ticketCreate"]["userErrors"]
        assert (error["code"], error["field"]) == (code, ["input", "photoIds"]), name
    many = (await raise_ticket(client, photoIds=[acme.id("loose_file")] * 10))["data"]["ticketCreate"]["userErrors"]
    assert [(error["code"], error["field"]) for error in many] == [("BAD_USER_INPUT", ["input", "photoIds"])]
    assert await dump(house) == before
    loose = acme.id("loose_file")
    answer = (await raise_ticket(client, photoIds=[loose, loose]))["data"]["ticketCreate"]
    assert answer["userErrors"] == []
    assert answer["ticket"]["photos"] == [{"id": loose}]
    assert str((await row(house, "file", acme.keys["loose_file"]))["reporter_id"]) == str(acme.keys["resident_person"])
    (audit,) = await audits(house, "file.attach")
    assert audit["before"]["ticket_id"] is None
    (again,) = (await raise_ticket(client, photoIds=[loose]))["data"]["ticketCreate"]["userErrors"]
    assert again["code"] == "FILE_ALREADY_ATTACHED"


FOUND = """query ($p: ID!, $filter: TicketFilter, $orders: WorkOrderFilter) {
  tickets(propertyId: $p, filter: $filter) { nodes { id } }
  workOrders(propertyId: $p, filter: $orders) { nodes { id } } }"""


async def test_the_desk_finds_a_ticket_by_what_a_caller_says(client: Client, house: House) -> None:
    acme = client.world.acme
    made = (await raise_ticket(client, priority="URGENT", category="灯"))["data"]["ticketCreate"]["ticket"]
    await owner(house, "UPDATE ticket SET handler_id = $1 WHERE number = $2", acme.keys["desk_staff"], made["number"])
    mine, order = {"id": made["id"]}, {"id": made["workOrders"]["nodes"][0]["id"]}
    for filter_ in (
        {"number": made["number"]},
        {"priority": ["URGENT"]},
        {"handlerId": acme.id("desk_staff")},
        {"number": made["number"], "unitId": acme.id("unit0"), "status": ["OPEN"], "kind": ["REPAIR"]},
    ):
        orders = {name: value for name, value in filter_.items() if name in ("number", "priority")}
        found = await client.data(FOUND, "desk", p=acme.id("home"), filter=filter_, orders=orders)
        assert found["tickets"]["nodes"] == [mine], filter_
        assert (found["workOrders"]["nodes"] == [order]) is bool(orders), filter_
    others: list[dict[str, Any]] = [{"number": "x"}, {"ticketCategoryId": acme.id("category1")}, {"status": []}]
    for nobody in others:
        found = await client.data(FOUND, "desk", p=acme.id("home"), filter=nobody)
        assert mine not in found["tickets"]["nodes"], nobody
    seen = await client.data(FOUND, "neighbour", p=acme.id("home"), filter={"number": made["number"]})
    assert seen["tickets"]["nodes"] == [], "a number opens nothing"


async def test_a_refusal_speaks_the_callers_language_and_says_what_is_possible(client: Client) -> None:
    order = client.world.acme.id("order0")
    document = f"""mutation {{ workOrderVerify(id: "{order}", input: {{ expectedVersion: 1 }}) {{
        userErrors {{ code message }} }} }}"""
    for language, text in (
        ("zh-CN", "工单目前“待派单”，不能“验收”。此时可以：派单、取消。"),
        ("en", "A work order in CREATED cannot take the step VERIFY. Now it can: ASSIGN, CANCEL."),
    ):
        headers = {**client.headers("desk"), "accept-language": language}
        answer = await client.http.post("/graphql", json={"query": document}, headers=headers)
        (error,) = answer.json()["data"]["workOrderVerify"]["userErrors"]
        assert error == {"code": "TRANSITION_NOT_ALLOWED", "message": text}
    # A word is that of its own enum: an order, and an import may be DONE.
    assert message("WORK_ORDER_NOT_DONE", "zh", {"status": WorkOrderStatus.DONE}).startswith("工单目前“已完成”")
    assert message("IMPORT_ENDED", "zh", {"state": ImportState.DONE}) == "该导入已结束（完成），无法取消。"
    twice = {"categoryId": client.world.acme.id("category0"), "category": "灯"}
    (error,) = (await raise_ticket(client, **twice))["data"]["ticketCreate"]["userErrors"]
    assert (error["code"], error["field"]) == ("BAD_USER_INPUT", ["input", "category"])


async def test_the_desk_raises_what_a_resident_calls_about(client: Client, house: House) -> None:
    """It is the resident's: they follow it, hear of it and rate it. A shared place has its building."""
    acme = client.world.acme
    resident = acme.id("resident_person")
    ticket = (await raise_ticket(client, "desk", reporterId=resident))["data"]["ticketCreate"]["ticket"]
    seen = await client.data("query ($id: ID!) { ticket(id: $id) { viewerCanCancel } }", "resident", id=ticket["id"])
    assert (ticket["reporter"] is not None, seen["ticket"]) == (True, {"viewerCanCancel": True})
    (entry,) = await owner(
        house,
        "SELECT e.staff_id, e.person_id, e.reporter_id FROM ticket_entry e JOIN ticket t ON t.id = e.ticket_id"
        " WHERE t.number = $1",
        ticket["number"],
    )
    by = [entry[name] and str(entry[name]) for name in ("staff_id", "person_id", "reporter_id")]
    assert by == [str(acme.keys["desk_staff"]), None, str(acme.keys["resident_person"])]
    lobby = (await raise_ticket(client, "resident", unitId=None, buildingId=acme.id("building")))["data"][
        "ticketCreate"
    ]
    assert (lobby["ticket"]["unit"], lobby["ticket"]["building"]) == (None, {"id": acme.id("building")})
    away: dict[str, Any] = {"propertyId": acme.id("away"), "unitId": None}
    for who, wish, code, field in (
        ("desk", {"reporterId": acme.id("away_resident_person")}, "NOT_FOUND", "reporterId"),
        ("desk", {"reporterId": acme.id("neighbour_person")}, "BAD_USER_INPUT", "reporterId"),  # not of this Unit
        ("desk", {"reporterId": client.world.rival.id("resident_person")}, "NOT_FOUND", "reporterId"),
        ("resident", {"buildingId": acme.id("building")}, "BAD_USER_INPUT", "buildingId"),  # and a Unit
        ("chief", {**away, "buildingId": acme.id("building")}, "NOT_FOUND", "buildingId"),
    ):
        (error,) = (await raise_ticket(client, who, **wish))["data"]["ticketCreate"]["userErrors"]
        assert (error["code"], error["field"]) == (code, ["input", field]), wish
    answer = await raise_ticket(client, "resident", reporterId=acme.id("neighbour_person"))
    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
