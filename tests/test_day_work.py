"""A resident's day and a technician's day, through GraphQL alone."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from resolvers.jobs.ticket import close_tickets
from tests.visible import furnish
from tests.visible.furnish import Furnisher
from tests.work import do, order_of, refused

if TYPE_CHECKING:
    from resolvers.ports import House
    from tests.client import Client
    from tests.factories.tenant import Tenant

TIMELINE = """query ($id: ID!) { ticket(id: $id) { status stars ratingText category department
    timeline(first: 50) { nodes { kind internal text status stars outcome byStaff
        workOrderStep { verb note staff { id } } } } } }"""

AUDIT = "{ auditEntries(first: 500) { nodes { verb actor account { id } } } }"


async def timeline(client: Client, ticket: str, who: str) -> list[tuple[str, str | None]]:
    """What happened: the kind, and the step's verb or what was said."""
    nodes = (await client.data(TIMELINE, who, id=ticket))["ticket"]["timeline"]["nodes"]
    return [(node["kind"], (node["workOrderStep"] or {}).get("verb") or node["text"]) for node in nodes]


async def test_a_residents_day(client: Client, house: House) -> None:
    acme = client.world.acme
    kitchen: dict[str, Any] = {"propertyId": acme.id("home"), "unitId": acme.id("unit0"), "kind": "REPAIR"}
    # The manager has set up what tickets may be about.
    water = await do(
        client, "ticketCategoryCreate", "manager", None, propertyId=acme.id("home"), name="给排水", keywords=["龙头"],
        department="工程部", skill="水工", afterPhoto=False,
    )  # fmt: skip
    # In the morning the tap drips. The keywords know what that is; the same is not raised twice.
    ticket = (await do(client, "ticketCreate", "resident", None, **kitchen, text="厨房龙头滴水"))["id"]
    about = (await client.data(TIMELINE, "resident", id=ticket))["ticket"]
    assert (about["category"], about["department"], about["status"]) == ("给排水", "工程部", "OPEN")
    again = {**kitchen, "text": "还在滴水", "categoryId": water["id"]}
    assert await refused(client, "ticketCreate", "resident", None, **again) == "TICKET_DUPLICATE"
    await do(client, "ticketComment", "resident", ticket, text="下午在家")
    # It is done and found wanting: the resident has it done again.
    order = await order_of(client, ticket)
    version = order["version"]
    tech = {"staffId": acme.id("tech1_staff")}
    done: dict[str, Any] = {"result": "换了垫圈"}
    for name, who, wish in (
        ("Assign", "manager", tech), ("Accept", "tech1", {}), ("Start", "tech1", {}), ("Complete", "tech1", done),
    ):  # fmt: skip
        version = (await do(client, f"workOrder{name}", who, order["id"], expectedVersion=version, **wish))["version"]
    assert await refused(client, "ticketCancel", "resident", ticket) == "TRANSITION_NOT_ALLOWED"
    reopened = await do(client, "ticketReopen", "resident", ticket, reason="还是滴水")
    assert (reopened["status"], reopened["reopenCount"]) == ("OPEN", 1)
    redone = await order_of(client, ticket)
    assert (redone["status"], redone["assignee"], redone["reworkCount"]) == ("CREATED", None, 1)
    version = redone["version"]
    for name, who, wish in (
        ("Assign", "manager", tech), ("Accept", "tech1", {}), ("Start", "tech1", {}),
        ("Complete", "tech1", {"result": "换了龙头"}), ("Verify", "desk", {}),
    ):  # fmt: skip
        version = (await do(client, f"workOrder{name}", who, order["id"], expectedVersion=version, **wish))["version"]
    # In the evening: five stars; the desk calls, and notes for itself what was said.
    assert (await do(client, "ticketRate", "resident", ticket, stars=4))["stars"] == 4
    assert (await do(client, "ticketRate", "resident", ticket, stars=5, text="师傅很细心"))["stars"] == 5
    await do(client, "ticketFollowUp", "desk", ticket, outcome="SATISFIED", note="住户满意")
    await do(client, "ticketComment", "desk", ticket, text="龙头批次有问题", internal=True)
    # A week later nobody has objected: it closes, once, however many look.
    house.clock.move(timedelta(days=7, minutes=1))  # type: ignore[attr-defined]
    await close_tickets(house)
    await close_tickets(house)
    told = (await client.data(AUDIT, "auditor"))["auditEntries"]["nodes"]
    assert [one for one in told if one["verb"] == "workOrder.expire"] == [
        {"verb": "workOrder.expire", "actor": "JOB", "account": None}
    ]
    assert await refused(client, "ticketRate", "resident", ticket, stars=1) == "RATING_WINDOW_OVER"
    story = [
        ("RAISED", None), ("COMMENT", "下午在家"),
        ("STEP", "ASSIGN"), ("STEP", "ACCEPT"), ("STEP", "START"), ("STEP", "COMPLETE"),
        ("REOPENED", "还是滴水"), ("STEP", "OBJECT"),
        ("STEP", "ASSIGN"), ("STEP", "ACCEPT"), ("STEP", "START"), ("STEP", "COMPLETE"), ("STEP", "VERIFY"),
        ("RATING", None), ("RATING", "师傅很细心"),
        ("CALL", "住户满意"), ("COMMENT", "龙头批次有问题"), ("STEP", "EXPIRE"),
    ]  # fmt: skip
    assert await timeline(client, ticket, "desk") == story
    staffs = [("CALL", "住户满意"), ("COMMENT", "龙头批次有问题")]
    assert await timeline(client, ticket, "resident") == [entry for entry in story if entry not in staffs]
    shown = (await client.data(TIMELINE, "resident", id=ticket))["ticket"]
    assert (shown["status"], shown["stars"], shown["ratingText"]) == ("CLOSED", 5, "师傅很细心")
    assert all((node["workOrderStep"] or {}).get("note") is None for node in shown["timeline"]["nodes"])
    # Within the window it can be reopened; later a new ticket is needed.
    house.clock.move(timedelta(days=7, minutes=1))  # type: ignore[attr-defined]
    late = {"reason": "又滴水了"}
    assert await refused(client, "ticketReopen", "resident", ticket, **late) == "REOPEN_WINDOW_OVER"


async def test_a_technicians_day(client: Client, house: House) -> None:
    acme = client.world.acme
    await furnish(house, acme, 100)
    home = {"propertyId": acme.id("home")}
    await do(
        client, "ticketCategoryCreate", "manager", None, **home, name="电梯", keywords=["电梯"], skill="电梯证",
        beforePhoto=True, checklist=["断电挂牌", "恢复试运行"],
    )  # fmt: skip
    raised = await do(client, "ticketCreate", "desk", None, **home, kind="REPAIR", category="电梯", text="二号梯异响")
    order = await order_of(client, raised["id"])
    tech1, tech2 = ({"staffId": acme.id(f"tech{n}_staff")} for n in (1, 2))

    async def step(name: str, who: str, /, **wish: Any) -> dict[str, Any]:
        version = (await order_of(client, raised["id"]))["version"]
        return await do(client, f"workOrder{name}", who, order["id"], expectedVersion=version, **wish)

    async def cannot(name: str, who: str, /, **wish: Any) -> str:
        version = (await order_of(client, raised["id"]))["version"]
        return await refused(client, f"workOrder{name}", who, order["id"], expectedVersion=version, **wish)

    # His colleague cannot come; it is given to him.
    await step("Assign", "manager", **tech2)
    assert (await step("Decline", "tech2", note="今天请假"))["status"] == "REJECTED"
    await step("Assign", "manager", **tech1)
    await step("Accept", "tech1")
    await step("Depart", "tech1", location={"latitude": 30.25, "longitude": 120.16})
    # This kind of work begins with a photo.
    assert await cannot("Start", "tech1") == "PHOTO_REQUIRED"
    photo = await _photo(house, acme)
    await step("Start", "tech1", photoIds=[photo])
    await step("Wait", "tech1", note="缺导轨油杯")
    await step("Start", "tech1")
    # The checklist is worked off; a tick can be taken back, and set again changes nothing more.
    items = (await client.data(ITEMS, "tech1", id=order["id"]))["workOrder"]["items"]["nodes"]
    assert [item["text"] for item in items] == ["断电挂牌", "恢复试运行"]
    assert await cannot("Complete", "tech1", result="换了油杯") == "CHECKLIST_OPEN"
    for item in items:
        first = await do(client, "workOrderCheck", "tech1", order["id"], itemId=item["id"])
        assert (await do(client, "workOrderCheck", "tech1", order["id"], itemId=item["id"])) == first
    # Two hours, one of them booked by mistake; the guide comes from outside.
    cost = {"amount": "60.00"}
    await step("RecordLabour", "tech1", **tech1, minutes=120, cost=cost, note="两人抬")
    await step("RecordLabour", "tech1", **tech1, minutes=-60, cost={"amount": "-30.00"}, note="更正")
    assert await cannot("RecordLabour", "tech1", **tech1, minutes=-61) == "BAD_USER_INPUT"
    await step("SetContractor", "manager", name="迅达维保", phone="0571-88", cost={"amount": "800.00"})
    await step("Complete", "tech1", result="换了油杯，运行平稳")
    # Nobody passes his own work; the desk finds it wanting, then well done.
    await step("Return", "desk", note="仍有异响")
    for name in ("Accept", "Start"):
        await step(name, "tech1")
    await step("Complete", "tech1", result="调整导靴")
    await step("Verify", "desk")
    assert (await step("Close", "desk"))["status"] == "CLOSED"
    assert await cannot("RecordLabour", "desk", **tech1, minutes=1) == "WORK_ORDER_ENDED"
    seen = (await client.data(WHOLE, "manager", id=order["id"]))["workOrder"]
    assert [step["verb"] for step in seen["steps"]["nodes"]] == [
        "ASSIGN", "DECLINE", "ASSIGN", "ACCEPT", "DEPART", "START", "WAIT", "START", "COMPLETE", "RETURN", "ACCEPT",
        "START", "COMPLETE", "VERIFY", "CLOSE",
    ]  # fmt: skip
    assert seen["steps"]["nodes"][4]["location"] == {"latitude": 30.25, "longitude": 120.16}
    assert (seen["skill"], seen["reworkCount"], seen["photos"]) == ("电梯证", 1, [{"id": photo, "moment": "BEFORE"}])
    assert (seen["labourMinutes"], seen["labourCost"]["amount"]) == (60, "30.00")
    assert (seen["contractorName"], seen["contractorCost"]["amount"]) == ("迅达维保", "800.00")
    # He does not see what it cost, and the manager may reopen it within the window.
    assert (await client.data(WHOLE, "tech1", id=order["id"]))["workOrder"]["labourCost"] is None
    assert (await step("Reopen", "manager", note="夜里又响"))["status"] == "CREATED"


ITEMS = "query ($id: ID!) { workOrder(id: $id) { items { nodes { id text doneAt } } } }"
WHOLE = """query ($id: ID!) { workOrder(id: $id) { skill reworkCount labourMinutes labourCost { amount } contractorName
    contractorCost { amount } photos { id moment }
    steps(first: 50) { nodes { verb location { latitude longitude } } } } }"""


async def test_many_orders_each_by_itself(client: Client) -> None:
    acme = client.world.acme
    asked = [
        {"id": acme.id("order0"), "expectedVersion": 1},
        {"id": acme.id("order1"), "expectedVersion": 7},
        {"id": client.world.rival.id("order0"), "expectedVersion": 1},
    ]
    result = "results { id workOrder { status version } userErrors { code field } } userErrors { code }"
    assign = f"mutation ($input: WorkOrderAssignManyInput!) {{ x: workOrderAssignMany(input: $input) {{ {result} }} }}"
    wish: dict[str, Any] = {"items": asked, "staffId": acme.id("tech2_staff")}
    done = (await client.data(assign, "manager", input=wish))["x"]
    assert done["userErrors"] == []
    assert [one["workOrder"] for one in done["results"]] == [
        {"status": "ASSIGNED", "version": 2},
        {"status": "ASSIGNED", "version": 1},
        None,
    ]
    assert [[error["code"] for error in one["userErrors"]] for one in done["results"]] == [
        [],
        ["CONFLICT"],
        ["NOT_FOUND"],
    ]
    # Who may not is told so for each; too many, or one twice, is refused as a whole.
    denied = (await client.data(assign, "control", input=wish))["x"]["results"]
    assert [one["userErrors"][0]["code"] for one in denied] == ["FORBIDDEN", "FORBIDDEN", "NOT_FOUND"]
    for items in ([], [asked[0]] * 2, asked[:1] * 101):
        whole = (await client.data(assign, "manager", input={**wish, "items": items}))["x"]
        assert [error["code"] for error in whole["userErrors"]] == ["BAD_USER_INPUT"]
    cancel = f"mutation ($input: WorkOrderCancelManyInput!) {{ x: workOrderCancelMany(input: $input) {{ {result} }} }}"
    items = [{"id": acme.id(f"order{n}"), "expectedVersion": 2 - n} for n in range(2)]
    off = (await client.data(cancel, "manager", input={"items": items, "note": "重复"}))["x"]["results"]
    assert [one["workOrder"]["status"] for one in off] == ["CANCELLED", "CANCELLED"]


async def _photo(house: House, acme: Tenant) -> str:
    await Furnisher(house, acme, 500).file("tech_file", "tech1")
    photo = acme.id("tech_file")
    del acme.keys["tech_file"], acme.types["tech_file"]  # other tests count the world's rows
    return photo
